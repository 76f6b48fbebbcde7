"""What the law forbids a text to say does not leave; what it asks for is told."""

import logging

import pytest

from retention_sdk.consent import load_rules
from retention_sdk.consent.places import find_places, homes_of
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.inserts.samples import sample_card
from retention_sdk.model import Block, ContentKind
from retention_sdk.pipeline.law import block_vetoes, lint_finished, places_of, tell_findings
from retention_sdk.testing import a_candidate, a_context, a_paid_event, an_address, an_order

RULES = load_rules()
PRAISE = "Please leave us 5 stars!"


def a_block(text, content=ContentKind.REVIEW_REQUEST, **changes):
    return Block(content=content, text=text, plugin="nudge", **changes)


def with_blocks(*blocks, content=()):
    kinds = frozenset({ContentKind.THANKS, *content, *(block.content for block in blocks)})
    return a_candidate(blocks=blocks, content=kinds)


class Nudge:
    @hookimpl
    def retention_add_blocks(self, context):
        return [a_block(PRAISE)]


def test_a_block_that_asks_for_stars_is_a_veto_with_its_citation():
    (veto,) = block_vetoes(with_blocks(a_block(PRAISE)), a_context(), RULES)

    assert veto.startswith("blocks[0]: asks for a review and says '5 star'")
    assert "16 CFR 465.4" in veto


def test_praise_bought_with_a_coupon_on_the_same_card_is_the_graver_one():
    candidate = with_blocks(a_block(PRAISE), content={ContentKind.COUPON})

    (veto,) = block_vetoes(candidate, a_context(), RULES)
    assert "465.4 (reviews bought" in veto


@pytest.mark.parametrize(
    "block",
    [
        a_block("Tell us what you think."),
        a_block("Our bowls have 5 stars.", ContentKind.BRAND_STORY),
        a_block("Ten percent until May.", ContentKind.COUPON),
    ],
)
def test_honest_blocks_are_no_veto(block):
    assert () == block_vetoes(with_blocks(block), a_context(), RULES)


def test_a_candidate_without_blocks_is_not_looked_at():
    assert () == block_vetoes(a_candidate(), a_context(), RULES)


def test_a_forbidden_block_is_refused_and_the_next_candidate_leaves(make_shop):
    plugins = load(discover=False)
    plugins.add(Nudge(), "nudge")
    shop = make_shop(plugins=plugins, inserts={"holdout_ratio": 0})

    (outcome,) = shop.ingest([a_paid_event()])

    vetoes = [veto for each in outcome.decisions for veto in each.vetoes]
    assert any("16 CFR 465.4" in veto for veto in vetoes)
    assert "done" == outcome.state
    _, chosen = shop.pipeline.decisions(outcome.event_id)
    assert {"card", "email"} == {pick.candidate.surface for pick in chosen.picks}
    assert not [block for pick in chosen.picks for block in pick.candidate.blocks]


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("DE", "", {"DE", "EU", "*"}),
        ("CA", "QC", {"CA-QC", "CA", "*"}),
        ("JP", "", {"JP", "*"}),
    ],
)
def test_places_are_those_of_the_recipient(country, region, expected):
    home = an_address(country=country, region=region)
    customer = an_order().customer.model_copy(update={"address": home})
    order = an_order(customer=customer, shipping_address=home)

    assert expected == places_of(a_context(order=order), RULES)
    assert find_places(homes_of(a_context(order=order)), subdivisions_of=RULES.subdivisions_of)


def test_a_finished_card_is_asked_about_its_language_once():
    card = sample_card("thank_you", "en")

    assert ["language_missing_fr"] == [
        finding.code for finding in lint_finished(card, places=frozenset({"FR", "EU"}))
    ]
    french = sample_card("thank_you", "fr")
    assert () == lint_finished(french, None, places=frozenset({"FR", "EU"}))


def test_what_is_found_is_told_with_its_way_out(caplog):
    home = an_address(country="FR")
    customer = an_order().customer.model_copy(update={"address": home})
    context = a_context(order=an_order(customer=customer, shipping_address=home))

    with caplog.at_level(logging.WARNING, "retention_sdk.pipeline"):
        tell_findings(sample_card("thank_you", "en"), None, context=context, rules=RULES)

    (told,) = caplog.messages
    assert told.startswith("language_missing_fr language: says nothing in French, but en")
    assert "loi Toubon" in told
    assert "Ada" not in told
