"""Pseudo-locales: longer, or from right to left, and never offered to anybody."""

from __future__ import annotations

from datetime import date

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import TextOverflow
from retention_sdk.inserts import card_candidates, compose_card, render_card
from retention_sdk.l10n import REGISTRY, available_locales, is_balanced, localizer, negotiate
from retention_sdk.l10n.messageformat import arguments_of, texts_of
from retention_sdk.l10n.pseudo import PSEUDO_LOCALES, padding_for, pseudo_catalogue, pseudo_texts
from retention_sdk.l10n.resources import compiled_catalogue
from retention_sdk.messages import compose_email, message_candidates, render_text
from retention_sdk.testing import builders as b

URL = "https://soap.example/r/7K3Q9ZD2M1XAB4C5EF"
SAMPLES = {"text": "Kiln & Leaf", "code": "A-1001", "count": 3, "date": date(2026, 11, 21)}


@pytest.mark.parametrize("tag", PSEUDO_LOCALES)
def test_every_message_can_be_said_in_brackets(tag):
    """The same arguments as English, balanced, nothing left over."""
    first, last = {"en-XA": "[]", "ar-XB": "﴿﴾"}[tag]
    for key, spec in REGISTRY.items():
        arguments = {param.name: SAMPLES[param.type] for param in spec.params}
        text = localizer(tag).message(key, **arguments)

        assert (first, last) == (text[0], text[-1])
        assert is_balanced(text)
        assert "{" not in text


@pytest.mark.parametrize("tag", PSEUDO_LOCALES)
def test_arguments_are_those_of_english(tag):
    english = compiled_catalogue("en")["messages"]
    pseudo = pseudo_catalogue(tag)["messages"]

    assert english.keys() == pseudo.keys()
    assert all(arguments_of(english[each]) == arguments_of(pseudo[each]) for each in english)


def test_en_xa_is_a_third_to_twice_as_long():
    """Padding and brackets together; the shortest labels grow most."""
    english = compiled_catalogue("en")["messages"]
    for context, text in pseudo_texts("en-XA").items():
        length = max(map(len, texts_of(english[context])))
        longest = max(map(len, texts_of(pseudo_catalogue("en-XA")["messages"][context])))

        assert 1.35 <= longest / length <= 2.0 + 3 / length, context
        assert text.isprintable()


@pytest.mark.parametrize(("length", "share"), [(5, 1.0), (15, 0.8), (40, 0.45), (300, 0.36)])
def test_padding_follows_the_length(length, share):
    assert share * length == pytest.approx(len(padding_for(length)), abs=2)


def test_ar_xb_runs_from_right_to_left_without_overrides():
    """Arabic letters for English sounds: real direction, real joining."""
    found = localizer("ar-XB")
    text = found.message("card.thank_you.headline")

    assert ("rtl", "Arab") == (found.direction, found.script)
    assert "﴿ثانك يو.﴾" == text
    for each in pseudo_texts("ar-XB").values():
        assert not set("\u202a\u202b\u202c\u202d\u202e\u200e\u200f") & set(each)
        assert not any("a" <= char.lower() <= "z" for char in each)


@pytest.mark.parametrize("tag", PSEUDO_LOCALES)
def test_no_customer_is_ever_offered_one(tag):
    """Neither by name nor by way of the region."""
    match = negotiate([tag], available_locales())

    assert tag not in available_locales()
    assert tag.partition("-")[0] == match.tag == match.regional


@pytest.mark.parametrize("tag", PSEUDO_LOCALES)
@pytest.mark.parametrize("template", ["thank_you", "plain_thanks"])
def test_a_card_is_printed(tag, template):
    """Layouts meet long words and the other direction before translators do."""
    context = b.a_context(locale=tag)
    candidate = next(each for each in card_candidates(context) if template == each.template)
    decision = b.a_decision(candidate_id=candidate.id, event_id=context.event_id)
    card = compose_card(context, candidate, decision, localizer(tag), code_url=URL)

    printed = render_card(card, created_at=context.now)

    assert localizer(tag).direction == card.direction
    assert printed.pdf.data.startswith(b"%PDF")


def test_a_card_that_would_lose_letters_is_refused_by_name():
    """Twice the filler does not fit anywhere: the error names the text."""
    context = b.a_context(locale="en-XA")
    candidate = next(iter(card_candidates(context)))
    decision = b.a_decision(candidate_id=candidate.id, event_id=context.event_id)
    card = compose_card(context, candidate, decision, localizer("en-XA"), code_url=URL)
    endless = card.model_copy(update={"body": tuple(text * 6 for text in card.body)})

    with pytest.raises(TextOverflow, match="body"):
        render_card(endless, created_at=context.now)


@pytest.mark.parametrize("tag", PSEUDO_LOCALES)
def test_a_mail_is_written(tag):
    """Text and HTML, in the direction of the locale, every word pseudo."""
    context = b.a_context(locale=tag)
    (candidate, *_) = message_candidates(context)
    decision = decide(candidate, context, rules=load_rules())
    message = compose_email(context, candidate, decision, localizer(tag))

    assert message.headline == localizer(tag).message("email.thank_you.headline")
    assert message.headline in render_text(message)
    assert localizer(tag).direction == message.direction
