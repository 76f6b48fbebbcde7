"""Whatever a customer is called, a message stays whole (UAX #9)."""

from __future__ import annotations

import os
import re
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.l10n import (
    REGISTRY,
    available_locales,
    is_balanced,
    isolate,
    isolate_ltr,
    localizer,
    sms_length,
    sms_text,
)
from retention_sdk.l10n.bidi import ISOLATES
from retention_sdk.l10n.catalogue import catalogue_of
from retention_sdk.l10n.pseudo import PSEUDO_LOCALES
from retention_sdk.model import Customer

IS_SOAK = os.environ.get("RETENTION_SOAK") == "1"
LOCALES = (*available_locales(), *PSEUDO_LOCALES)
NASTY = st.text(
    st.one_of(
        st.sampled_from("\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\u200e\u200f\u061c"),
        st.sampled_from("\u0301\u0308\u0670\u20dd\u200b\u200c\u200d\ufe0f\n\r\u2028\u2029\x85\x1c"),
        st.sampled_from("😀👩‍👩‍👧🏴🇮🇷{}#'<>&\"%$\\|*_[]`=/"),
        st.sampled_from("0123456789۰۱۲٣٤٥०१२"),
        st.sampled_from("اكيیبگשלום한日कกաАß"),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=200,
)
FORMALITIES = st.sampled_from(["formal", "neutral", "warm"])
EMBEDDINGS = re.compile("[\u202a-\u202e]")


def keys_of(tag):
    """Return the messages a locale has; drafts are not translated everywhere yet."""
    return sorted(key for key in REGISTRY if key in catalogue_of(tag)["messages"])


@st.composite
def messages(draw):
    """Return a locale, a key, a formality and arguments for it, each text hostile."""
    tag = draw(st.sampled_from(LOCALES))
    key = draw(st.sampled_from(keys_of(tag)))
    kinds = {
        "text": NASTY,
        "code": NASTY,
        "count": st.integers(min_value=0, max_value=10**9),
        "date": st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)),
    }
    params = REGISTRY[key].params
    return tag, key, draw(FORMALITIES), {each.name: draw(kinds[each.type]) for each in params}


@settings(max_examples=5_000 if IS_SOAK else 300, deadline=None)
@given(messages())
def test_no_argument_breaks_a_message(case):
    """Never raises; balanced; each argument stands whole in its own isolate, digits in order."""
    tag, key, formality, arguments = case
    speaker = localizer(tag)
    said = speaker.message(key, formality=formality, **arguments)

    assert is_balanced(said)
    assert not EMBEDDINGS.search(said)
    for param in REGISTRY[key].params:
        value = arguments[param.name]
        if param.type == "text":
            assert isolate(value) in said
        if param.type == "code":
            assert isolate_ltr(value) in said


@settings(max_examples=5_000 if IS_SOAK else 300, deadline=None)
@given(messages())
def test_what_surrounds_an_argument_does_not_depend_on_it(case):
    """The same message with a harmless argument differs in the argument only."""
    tag, key, formality, arguments = case
    speaker = localizer(tag)
    types = REGISTRY[key].types
    harmless = {
        name: "x" if types[name] in ("text", "code") else value for name, value in arguments.items()
    }
    said = speaker.message(key, formality=formality, **arguments)
    expected = speaker.message(key, formality=formality, **harmless)

    for name, value in arguments.items():
        if types[name] == "text":
            expected = expected.replace(isolate("x"), isolate(value), 1)
        elif types[name] == "code":
            expected = expected.replace(isolate_ltr("x"), isolate_ltr(value), 1)
    if sum(types[name] in ("text", "code") for name in arguments) <= 1:
        assert expected == said


@settings(max_examples=2_000 if IS_SOAK else 150, deadline=None)
@given(tag=st.sampled_from(LOCALES), number=st.integers(min_value=0, max_value=10**12))
def test_digits_keep_their_order(tag, number):
    """As they are stored, from left to right, in whatever digits."""
    digits = [char for char in localizer(tag).number(number) if char.isdigit()]

    assert number == int("".join(str(int(char)) for char in digits))


@settings(max_examples=2_000 if IS_SOAK else 150, deadline=None)
@given(messages())
def test_a_text_message_holds_no_isolate_and_is_counted(case):
    tag, key, formality, arguments = case
    sent = sms_text(localizer(tag).message(key, formality=formality, **arguments))

    assert ISOLATES.isdisjoint(sent)
    assert sms_length(sent).segments >= 1


@settings(max_examples=2_000 if IS_SOAK else 150, deadline=None)
@given(
    tag=st.sampled_from(LOCALES),
    formality=FORMALITIES,
    relation=st.sampled_from(["first", "repeat"]),
    names=st.tuples(NASTY, NASTY, NASTY),
)
def test_no_name_breaks_a_salutation(tag, formality, relation, names):
    given_name, family, company = names
    customer = Customer.model_construct(
        given_name=given_name, family_name=family, full_name="", company=company
    )
    text = localizer(tag).salutation(customer, formality=formality, relation=relation).text

    assert is_balanced(text)
    assert text.strip()
