from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n.names import fold, is_company, is_name, join_name, lower, recase, upper


@pytest.mark.parametrize(
    ("typed", "language", "expected"),
    [
        (("ANNA", "MÜLLER-LÜDENSCHEIDT"), "de", ("Anna", "Müller-Lüdenscheidt")),
        (("SEÁN", "O'BRIEN"), "en", ("Seán", "O'Brien")),
        (("IAN", "MCDONALD"), "en", ("Ian", "McDonald")),
        (("İREM", "IŞIK"), "tr", ("İrem", "Işık")),
        (("ԱՆԻ", "ՍԵՎԱԿՅԱՆ"), "hy", ("Անի", "Սևակյան")),
        (("ԵՎԱ", "ՊԵՏՐՈՍՅԱՆ"), "hy", ("Եվա", "Պետրոսյան")),
        (("ΓΙΩΡΓΟΣ", ""), "el", ("Γιωργος", "")),
        (("IJSBRAND", "DE WIT"), "nl", ("IJsbrand", "De Wit")),
        (("ИРИНА", ""), "ru", ("Ирина", "")),
        (("J.R.R.", "TOLKIEN"), "en", ("J.R.R.", "Tolkien")),
        (("HENRY", "VIII"), "en", ("Henry", "VIII")),
        (("TƯỜNG VI", "NGUYỄN"), "vi", ("Tường Vi", "Nguyễn")),
        (("VI", "TRẦN"), "vi", ("Vi", "Trần")),
        (("JINPING", "XI"), "en", ("Jinping", "Xi")),
        (("SITI", "NURHALIZA"), "id", ("Siti", "Nurhaliza")),
    ],
)
def test_a_name_in_capitals_is_written_as_people_write_it(typed, language, expected):
    """Turkish dots, Armenian ligature, Greek final sigma, Dutch digraph, initials, numerals."""
    assert expected == recase(typed, language)


@pytest.mark.parametrize(
    "typed", [("Anna", "MÜLLER"), ("AJ", ""), ("anna", "müller"), ("محمد", ""), ("太郎", "山田")]
)
def test_what_may_be_meant_that_way_stays(typed):
    """A family name in capitals is French habit; two letters are initials."""
    assert typed == recase(typed, "en")


@given(st.text(max_size=200))
def test_recasing_never_raises_and_touches_nothing_but_capitals(text):
    """Any text at all."""
    (found,) = recase([text], "en")

    assert found == text or text.upper() == text


def test_capitals_and_small_letters_are_the_languages_own():
    """Python alone would give ԵՐԵՒԱՆ and ISTANBUL."""
    assert "ԵՐԵՎԱՆ" == upper("Երևան", "hy")
    assert "İSTANBUL" == upper("istanbul", "tr")
    assert "ırmak" == lower("IRMAK", "tr")
    assert "STRASSE" == upper("Straße", "de")


@pytest.mark.parametrize(
    ("given_name", "family_name", "is_family_first", "expected"),
    [
        ("Anna", "Lee", False, "Anna Lee"),
        ("Anna", "Nagy", True, "Nagy Anna"),
        ("太郎", "山田", False, "山田太郎"),
        ("철수", "김", False, "김철수"),
        ("Anna", "", False, "Anna"),
        ("", "Lee", True, "Lee"),
        ("Suharto", "SUHARTO", False, "Suharto"),
    ],
)
def test_parts_are_joined_in_the_order_the_name_asks_for(
    given_name, family_name, is_family_first, expected
):
    """East Asian names keep their order in any text; Hungarian ones in a Hungarian one."""
    assert expected == join_name(given_name, family_name, is_family_first=is_family_first)


@pytest.mark.parametrize(
    ("text", "expected"), [("Anna", True), ("🌸", True), ("-", False), ("12.", False), ("", False)]
)
def test_a_dash_in_a_required_field_is_no_name(text, expected):
    """People type something when a form insists."""
    assert expected is is_name(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C V Raman", False),
        ("PT Usha", False),
        ("Müller GmbH", True),
        ("KAFFEE GMBH", True),
        ("Acme, Inc.", True),
        ("Công ty Hoa Sen", True),
        ("株式会社山田", True),
        ("上海茶叶有限公司", True),
        ("شرکت چای نو", True),
        ("Anna Müller", False),
        ("Vincent", False),
        ("GmbH", False),
        ("山田太郎", False),
    ],
)
def test_a_firm_is_told_by_its_legal_form(text, expected):
    """People order for the office and write its name where theirs should stand."""
    assert expected is is_company(text, "en")


def test_pt_is_a_firm_in_indonesia_and_initials_elsewhere():
    """PT Maju Jaya, but P T Usha."""
    assert is_company("PT Maju Jaya", "id")
    assert not is_company("PT Maju Jaya", "en")


def test_folding_finds_what_was_typed_without_marks():
    """Telephone keyboards."""
    assert "nguyen" == fold("NGUYỄN")
    assert "dang" == fold("Đặng")
