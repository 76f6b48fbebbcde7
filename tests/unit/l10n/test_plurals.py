from __future__ import annotations

from decimal import Decimal

import pytest

from retention_sdk.l10n.plurals import plural_categories, plural_category

NUMBERS = (*range(200), 1000, 10_000, 100_000, 1_000_000, 1_000_001, 2_000_000)
LETTERS = {"zero": "z", "one": "1", "two": "2", "few": "f", "many": "m", "other": "x"}


def test_every_whole_number_falls_into_the_category_icu_puts_it_in(oracle):
    """71 languages, 206 numbers, cardinal and ordinal."""
    table = oracle("plurals")
    for language, answers in table.items():
        for kind, expected in zip(("cardinal", "ordinal"), answers, strict=True):
            found = "".join(LETTERS[plural_category(language, n, kind)] for n in NUMBERS)
            assert expected == found, (language, kind)

    assert 71 == len(table)


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("en", Decimal(1), "one"),
        ("en", Decimal("1.0"), "other"),
        ("ru", Decimal("1.5"), "other"),
        ("pl", Decimal("2.5"), "other"),
        ("fr", Decimal("1.5"), "one"),
        ("fr", Decimal("-0.5"), "one"),
        ("da", Decimal("0.1"), "one"),
        ("xx", 1, "other"),
        ("ar", Decimal(f"1{'0' * 39}3"), "few"),
        ("ru", Decimal(f"1{'0' * 39}3.5"), "other"),
    ],
)
def test_visible_decimals_count(language, number, expected):
    """UTS #35 part 3: operands v and f see the zeros that are printed."""
    assert expected == plural_category(language, number)


def test_arabic_distinguishes_six_numbers_and_japanese_one():
    """The categories a translator must fill."""
    assert {"zero", "one", "two", "few", "many", "other"} == plural_categories("ar")
    assert {"other"} == plural_categories("ja")
    assert {"one", "two", "few", "other"} == plural_categories("en", "ordinal")


def test_portugal_has_plurals_of_its_own():
    """Nought is singular in Brazil, plural in Portugal and in Angola, which follows Portugal."""
    assert "one" == plural_category("pt-BR", 0)
    assert "other" == plural_category("pt-PT", 0)
    assert "other" == plural_category("pt-AO", 0)
    assert "one" == plural_category("pt-AO", 1)


def test_no_number_is_too_long_for_a_rule():
    """Thirty digits, with and without decimals, where Polish looks at the last ones."""
    assert "few" == plural_category("pl", Decimal(10**30 + 2))
    assert "other" == plural_category("pl", Decimal(f"{10**30}.5"))
    assert "other" == plural_category("ar", Decimal("9" * 40 + ".5"))
