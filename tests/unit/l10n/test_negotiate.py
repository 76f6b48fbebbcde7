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
        ("fa_AF.UTF-8", "fa"),
        ("Farsi", "fa"),
        ("فارسی", "fa"),
        ("Dari", "fa"),
        ("Deutsch", "de"),
        ("Norwegian", "nb"),
        ("no_NO", "nb"),
        ("Chinese (Traditional)", "zh-Hant"),
        ("Chinese (Taiwan)", "zh-Hant"),
        ("Simplified Chinese", "zh-Hans"),
        ("Brazilian Portuguese", "pt"),
        ("Portuguese (Brazil)", "pt"),
        ("Latin American Spanish", "es-419"),
        ("Spanish (Mexico)", "es-419"),
        ("es_AR", "es-419"),
        ("de_DE_formal", "de"),
        ("zh-cmn-Hans-CN", "zh-Hans"),
        ("zh_TW.Big5", "zh-Hant"),
        ("en_US_POSIX", "en"),
    ],
)
def test_a_wish_finds_the_catalogue_that_serves_it(wish, expected):
    """Parents, likely scripts and languages that are read alike."""
    assert expected == negotiate([wish], SHOPS).tag


@pytest.mark.parametrize("wish", ["zh-TW", "zh_HK", "zh-Hant-MO", "zh-Hant"])
def test_whoever_reads_traditional_characters_gets_them(wish):
    """From the catalogues that are shipped, whichever they are."""
    assert "zh-Hant" == negotiate([wish], available_locales()).tag


@pytest.mark.parametrize(
    "wish", ["sr-Latn", "sr-Latn-RS", "sr_RS@latin", "uk", "be", "ca", "ur", "az-Arab"]
)
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


ALPHABET = "abcdefxuzhntwr-_@. ()0419ا中"


@given(st.text(alphabet=ALPHABET, max_size=40), st.text(max_size=20))
def test_what_nearly_is_a_tag_never_raises(wish, other):
    """Extensions, keywords, brackets and encodings cut off anywhere."""
    for text in (wish, f"fa-u-{wish}", f"{other} ({wish}", f"zh-{wish}", f"en@{other}"):
        assert negotiate([text], SHOPS).tag in SHOPS


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
