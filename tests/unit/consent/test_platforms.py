"""What platforms say about consent, and what it proves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.consent.platforms import (
    SILENCE,
    platform_words,
    read_state,
    words_for,
    write_state,
)
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import ConsentState, OptInLevel

YES, NO, SILENT = ConsentState.GRANTED, ConsentState.DENIED, ConsentState.UNKNOWN
SINGLE, CONFIRMED, UNPROVED = OptInLevel.SINGLE, OptInLevel.CONFIRMED, OptInLevel.UNKNOWN
PLATFORMS = sorted(platform_words())


@pytest.mark.parametrize(
    ("state", "level", "expected"),
    [
        ("SUBSCRIBED", "SINGLE_OPT_IN", (YES, SINGLE)),
        ("SUBSCRIBED", "CONFIRMED_OPT_IN", (YES, CONFIRMED)),
        ("SUBSCRIBED", "UNKNOWN", (YES, UNPROVED)),
        ("SUBSCRIBED", None, (YES, UNPROVED)),
        ("SUBSCRIBED", "TRIPLE_OPT_IN", (YES, UNPROVED)),
        ("subscribed", "confirmed_opt_in", (YES, CONFIRMED)),
        ("UNSUBSCRIBED", "CONFIRMED_OPT_IN", (NO, UNPROVED)),
        ("REDACTED", "CONFIRMED_OPT_IN", (NO, UNPROVED)),
        ("PENDING", "CONFIRMED_OPT_IN", (SILENT, UNPROVED)),
        ("NOT_SUBSCRIBED", "SINGLE_OPT_IN", (SILENT, UNPROVED)),
        ("INVALID", "SINGLE_OPT_IN", (SILENT, UNPROVED)),
        (None, None, (SILENT, UNPROVED)),
    ],
)
@pytest.mark.parametrize("platform", ["shopify", "shopify_whatsapp"])
def test_shopify_states_are_read_for_what_they_prove(platform, state, level, expected):
    assert expected == read_state(platform, state, level)


@pytest.mark.parametrize(
    ("platform", "value", "expected"),
    [
        ("shopware", "direct", (YES, SINGLE)),
        ("shopware", "optIn", (YES, CONFIRMED)),
        ("shopware", "notSet", SILENCE),
        ("shopware", "optOut", (NO, UNPROVED)),
        ("woocommerce", "Yes", (YES, UNPROVED)),
        ("woocommerce", "0", (NO, UNPROVED)),
        ("woocommerce", "maybe", SILENCE),
        ("prestashop", 1, (YES, UNPROVED)),
        ("prestashop", "0", (NO, UNPROVED)),
        ("adobe", True, (YES, UNPROVED)),
        ("adobe", False, (NO, UNPROVED)),
        ("adobe", None, SILENCE),
        ("bigcommerce", "marketing_newsletter", (YES, UNPROVED)),
        ("bigcommerce", "abandoned_cart", SILENCE),
        ("vendure", None, SILENCE),
        ("vendure", "true", (YES, UNPROVED)),
        ("nobody knows this shop", "yes", SILENCE),
    ],
)
def test_other_platforms_are_read_for_what_they_prove(platform, value, expected):
    assert expected == read_state(platform, value)


def test_yes_is_what_the_tables_call_yes_and_nothing_else():
    """The whole list, so that a word cannot become a yes by mistake."""
    assert {
        "adobe": ("true",),
        "bigcommerce": ("marketing_newsletter",),
        "medusa": ("subscribed", "true"),
        "prestashop": ("1", "true"),
        "saleor": ("subscribed", "true"),
        "shopify": ("subscribed",),
        "shopify_whatsapp": ("subscribed",),
        "shopware": ("direct", "optin"),
        "vendure": ("true",),
        "woocommerce": ("1", "granted", "on", "subscribed", "true", "yes"),
    } == {platform: words_for(platform, YES) for platform in PLATFORMS}


@pytest.mark.parametrize("platform", PLATFORMS)
@given(value=st.text() | st.none() | st.floats() | st.lists(st.text()) | st.binary())
def test_no_other_word_is_a_yes(platform, value):
    word = value.strip().casefold() if isinstance(value, str) else None

    if word not in words_for(platform, YES):
        assert YES is not read_state(platform, value)[0]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("state", [YES, NO])
@pytest.mark.parametrize("level", list(OptInLevel))
def test_what_is_written_is_read_back_and_no_proof_is_invented(platform, state, level):
    value, written = write_state(platform, state, level)
    again, proof = read_state(platform, value, written)

    assert state is again
    strength = {UNPROVED: 0, SINGLE: 1, CONFIRMED: 2}
    if state is YES and platform != "shopware":  # it knows no yes without a level
        assert strength[proof] <= strength[level]
    assert CONFIRMED is not proof or CONFIRMED is level


@pytest.mark.parametrize(
    ("platform", "level", "written"),
    [
        ("shopify", CONFIRMED, ("SUBSCRIBED", "CONFIRMED_OPT_IN")),
        ("shopify", SINGLE, ("SUBSCRIBED", "SINGLE_OPT_IN")),
        ("shopify", UNPROVED, ("SUBSCRIBED", "UNKNOWN")),
        ("medusa", CONFIRMED, ("subscribed", "confirmed_opt_in")),
        ("woocommerce", CONFIRMED, ("yes", "")),
    ],
)
def test_words_are_written_as_the_platform_spells_them(platform, level, written):
    """Shopify's are names of an enumeration, in capitals."""
    assert written == write_state(platform, YES, level)


@pytest.mark.parametrize("platform", [*PLATFORMS, "nobody knows this shop"])
def test_silence_is_told_to_nobody(platform):
    with pytest.raises(UnsupportedFeature, match=platform):
        write_state(platform, SILENT)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_table_says_where_its_words_are_documented(platform):
    words = platform_words()[platform]

    assert 10 < len(words.source)
    assert words.field
    assert (platform != "shopify_whatsapp") is words.is_read
