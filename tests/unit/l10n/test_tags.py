from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from retention_sdk.l10n.tags import Tag, maximize, parents, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fa_IR", "fa-IR"),
        ("FA", "fa"),
        ("fa-IR-u-ca-persian", "fa-IR"),
        ("Persian", "fa"),
        ("فارسی", "fa"),
        ("Deutsch", "de"),
        ("de_DE.UTF-8", "de-DE"),
        ("sr_RS@latin", "sr-Latn-RS"),
        ("iw_IL", "he-IL"),
        ("in", "id"),
        ("per", "fa"),
        ("sh", "sr-Latn"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("en-UK", "en-GB"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH"),
    ],
)
def test_every_platforms_spelling_is_understood(text, expected):
    """POSIX, BCP 47, capitals, names of languages, codes withdrawn decades ago."""
    assert expected == str(parse(text))


@pytest.mark.parametrize("text", ["", "  ", "x", "und", "xx-YY", "☃", "12", "--", "🇩🇪", "klingon!"])
def test_what_names_no_language_is_none(text):
    """No exception, and no guess either."""
    assert parse(text) is None


def test_wishes_for_calendar_and_digits_are_kept():
    """Unicode extension u."""
    assert Tag("fa", "", "IR", "gregorian", "latn") == parse("fa-IR-u-ca-gregory-nu-latn")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("zh-TW", "zh-Hant-TW"), ("zh", "zh-Hans-CN"), ("sr", "sr-Cyrl-RS"), ("fa-AF", "fa-Arab-AF")],
)
def test_what_is_likely_is_added(text, expected):
    """CLDR likely subtags."""
    assert expected == str(maximize(parse(text)))


@pytest.mark.parametrize(
    ("text", "ancestor", "stranger"),
    [
        ("zh-TW", "zh-Hant", "zh"),
        ("es-MX", "es-419", "es-ES"),
        ("sr-Latn-RS", "sr-Latn", "sr"),
        ("nb", "no", "nn"),
        ("en-GB", "en-001", "en-US"),
    ],
)
def test_parents_never_cross_a_script(text, ancestor, stranger):
    """Traditional Chinese does not inherit from Simplified, nor Latin Serbian from Cyrillic."""
    line = list(parents(parse(text)))

    assert ancestor in line
    assert stranger not in line


@given(st.text(max_size=30))
@example("a" * 5000)
@example("fa_\x00")
def test_reading_a_tag_never_raises(text):
    """Whatever it is, it is a tag or it is not."""
    tag = parse(text)

    if tag is not None:
        assert parse(str(tag)) == Tag(tag.language, tag.script, tag.region)
        assert list(parents(tag))
