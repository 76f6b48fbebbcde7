"""The pure part of a replay: the same question, asked of the same rules and of others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retention_sdk.consent import RuleSet, decide
from retention_sdk.consent.replay import compare, differences_between
from retention_sdk.model import Candidate, Consent, ConsentChannel, ConsentState, Context, Decision

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
YES = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, recorded_at=NOW)
KINDS = ["transactional", "marketing", "insert", "insert_plain", "insert_advert"]


@pytest.fixture(scope="module")
def kept(rules):
    """The rules as a store gives them back."""
    return RuleSet.parse(rules.dump())


@pytest.mark.parametrize("place", ["DE", "US", "AM", "KR", "ZA", None])
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_read_again_gives_the_same_bytes(kept, make_context, make_candidate, place, kind):
    vetoes = ("out of paper", "  a\u202e long " + "v" * 700) if place == "US" else ()
    candidate, context = make_candidate(kind), make_context(place, seat="DE", consents=(YES,))
    then = decide(candidate, context, rules=kept, vetoes=vetoes)
    stored = [each.model_dump_json() for each in (candidate, context, then)]

    replay = compare(
        Candidate.model_validate_json(stored[0]),
        Context.model_validate_json(stored[1]),
        Decision.model_validate_json(stored[2]),
        rules=kept,
    )
    assert stored[2] == replay.now.model_dump_json()
    assert replay.is_same
    assert () == replay.differences


def test_a_difference_names_what_came_and_what_went(rules, make_context, make_candidate):
    then = decide(make_candidate("marketing"), make_context("US", region="NY"), rules=rules)
    now = decide(make_candidate("marketing"), make_context("PL"), rules=rules)

    said = {each.field: each for each in differences_between(then, now)}
    assert (("yes",), ("no",)) == (said["allowed"].then, said["allowed"].now)
    assert (("us.mark.email",), ("pl.mark.email",)) == (said["rule_ids"].then, said["rule_ids"].now)
    assert "law of: US-CA; US, now PL" not in said["jurisdictions"].sentence()
    assert "law of: US, now PL" == said["jurisdictions"].sentence()
    assert "rules_version" not in said


def test_another_order_of_the_same_words_is_a_difference_too(rules, make_context, make_candidate):
    then = decide(make_candidate("marketing"), make_context("DE", seat="PL"), rules=rules)
    now = then.model_copy(update={"rule_ids": then.rule_ids[::-1]})

    (difference,) = differences_between(then, now)
    assert "rules: de.mark.email; pl.mark.email, now pl.mark.email; de.mark.email" == (
        difference.sentence()
    )


def test_other_vetoes_can_be_tried(rules, make_context, make_candidate):
    candidate, context = make_candidate("marketing"), make_context("US", region="NY")
    then = decide(candidate, context, rules=rules, vetoes=["out of paper"])

    assert not compare(candidate, context, then, rules=rules).now.allowed
    assert compare(candidate, context, then, rules=rules, vetoes=()).now.allowed
