from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n import LocaleMatch, available_locales, negotiate
from retention_sdk.l10n.tags import maximize, parse

SHOPS = ("en", "de", "es", "es-419", "fa", "he", "nb", "pt", "ru", "sr", "zh-Hans", "zh-Hant")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("fa_IR", "fa"),
        ("fa-AF", "fa"),
        ("FA", "fa"),
        ("fa-IR-u-ca-persian", "fa"),
        ("Persian", "fa"),
        ("iw", "he"),
        ("no", "nb"),
        ("zh-TW", "zh-Hant"),
        ("zh_HK", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("es-MX", "es-419"),
        ("es-ES", "es"),
        ("sr_RS", "sr"),
        ("gsw", "de"),
        ("en-KW", "en"),
        ("pt-BR", "pt"),
    ],
)
def test_a_wish_finds_the_catalogue_that_serves_it(wish, expected):
    """Parents, likely scripts and languages that are read alike."""
    assert expected == negotiate([wish], SHOPS).tag


@pytest.mark.parametrize("wish", ["zh-TW", "zh_HK", "zh-Hant-MO", "zh-Hant"])
def test_whoever_reads_traditional_characters_gets_them(wish):
    """From the catalogues that are shipped, whichever they are."""
    assert "zh-Hant" == negotiate([wish], available_locales()).tag


@pytest.mark.parametrize("wish", ["sr-Latn", "sr-Latn-RS", "uk", "be", "ca", "ur", "az-Arab"])
def test_nobody_is_given_a_script_or_a_language_they_did_not_ask_for(wish):
    """Not Cyrillic for Latin Serbian, not Russian for Ukrainian, not Spanish for Catalan."""
    assert "en" == negotiate([wish], SHOPS).tag


def test_the_first_wish_that_can_be_served_wins_and_the_reason_tells_the_story():
    """Asked, matched, why: one sentence that a shop owner can read."""
    found = negotiate([None, "", "☃", "tlh", "de_AT.UTF-8", "en"], SHOPS)

    assert LocaleMatch("de", found.reason, "de-AT") == found
    assert found.reason == (
        "'☃' names no language; 'tlh' names no language; 'de_AT.UTF-8' matched de as its parent"
    )


def test_without_a_wish_the_fallback_is_named():
    """Nothing asked, nothing available."""
    assert LocaleMatch("de", "nothing was asked for: fell back to de", "de") == negotiate(
        [], SHOPS, fallback="de"
    )
    assert "'ja' is not available: fell back to en" == negotiate(["ja"], SHOPS).reason


def test_the_region_is_kept_for_formats_but_not_across_languages():
    """de-AT keeps its own prices; Swiss German read as German does not become de-CH by itself."""
    assert "es-MX" == negotiate(["es_MX"], SHOPS).regional
    assert "zh-Hant-HK" == negotiate(["zh-HK"], SHOPS).regional
    assert "de" == negotiate(["gsw-CH"], SHOPS).regional


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["fa", "zh-TW", "sr-Latn"]))
    )
)
def test_rubbish_never_raises_and_always_gets_an_available_locale(wishes):
    """The reason is one printable line of reasonable length."""
    found = negotiate(wishes, SHOPS)

    assert found.tag in SHOPS
    assert found.reason.isprintable()


@given(st.sampled_from(sorted(available_locales())))
def test_every_catalogue_finds_itself(tag):
    """In its own script."""
    found = negotiate([tag], available_locales())

    assert tag == found.tag
    assert maximize(parse(tag)).script == maximize(parse(found.regional)).script
