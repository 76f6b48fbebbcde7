"""People's names: their script, their case, their order. Nothing here guesses a gender."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_CJK = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_BREAKS = re.compile(r"([\s\-'’.]+)")
_SHORT_MAX = 3
_ROMAN = re.compile(r"[IVX]+")
_TURKIC = frozenset({"tr", "az"})
# Vi and Xi are names, and nobody is numbered by a numeral that stands alone.
_NO_NUMERALS = frozenset({"VI", "XI"})
# Legal forms, as they stand at the end of a name, before it, or anywhere in it.
_COMPANY = re.compile(
    r".[ ,](?i:GmbH|mbH|OHG|Ltd|Limited|LLC|LLP|PLC|Inc|Corp|Pty|SARL|S\.r\.l|SRL|B\.V)\.?$"
    r"|.[ ,](ApS|Oy|A\.Ş|Şti|z o\.o|ՍՊԸ|ՓԲԸ|ΕΠΕ|ΑΕ|בע[״\"]מ)\.?$"
    r"|^(ООО|ТОВ|Công ty|บริษัท|شرکت|شركة) "
    r"|株式会社|有限会社|合同会社|주식회사|\(주\)|公司$"
)
# Elsewhere these are initials: C V Raman, P T Usha.
_COMPANY_INDONESIAN = re.compile(r"^(PT|CV)\.? ")
_LOWER_I = str.maketrans({"I": "ı", "İ": "i"})
_UPPER_I = str.maketrans({"i": "İ", "ı": "I"})


def is_name(text: str) -> bool:
    """Tell whether text can stand where a name stands: not only digits and punctuation."""
    return any(unicodedata.category(char)[0] in "LS" for char in text)


def is_hangul(name: str) -> bool:
    """Tell whether a name is written in Korean letters."""
    return any(_block(char) == "HANGUL" for char in name)


def is_cjk(name: str) -> bool:
    """Tell whether a name is written in Chinese characters, kana or Hangul."""
    return any(_block(char) in _CJK for char in name if char.isalpha())


def is_company(name: str, language: str) -> bool:
    """Tell a firm that was typed where a person's name belongs, by its legal form."""
    if language == "id" and _COMPANY_INDONESIAN.match(name):
        return True
    return _COMPANY.search(name) is not None


def fold(text: str) -> str:
    """Return text in small letters without marks, to compare what people type (Nguyễn, nguyen)."""
    bare = unicodedata.normalize("NFD", text.casefold()).replace("đ", "d")
    return "".join(char for char in bare if not unicodedata.combining(char))


def upper(text: str, language: str) -> str:
    """Return text in capitals as the language writes them (Turkish İ, Armenian ԵՎ)."""
    if language in _TURKIC:
        text = text.translate(_UPPER_I)
    if language == "hy":
        text = text.replace("և", "ԵՎ")
    return text.upper()


def lower(text: str, language: str) -> str:
    """Return text in small letters as the language writes them (Turkish ı, Greek final ς)."""
    if language in _TURKIC:
        text = text.translate(_LOWER_I)
    return text.lower()


def recase(parts: Sequence[str], language: str) -> tuple[str, ...]:
    """Return the parts of a name as they are normally written if all were typed in capitals.

    ``ANNA``, ``MÜLLER`` is Anna, Müller; ``AJ`` alone and ``Henry``, ``VIII`` stay as they are.
    """
    letters = [char for part in parts for char in part if char.isalpha()]
    if len(letters) <= _SHORT_MAX or not all(char.isupper() for char in letters):
        return tuple(parts)
    return tuple(
        "".join(
            word if _BREAKS.fullmatch(word) else _recase_word(word, language, part)
            for word in _BREAKS.split(part)
        )
        for part in parts
    )


def _recase_word(word: str, language: str, part: str) -> str:
    may_be_name = language == "vi" or part in _NO_NUMERALS
    if _ROMAN.fullmatch(word) and not may_be_name:
        return word
    rest = lower(word, language)[1:]
    if language == "hy":
        # The sequence inside a word is written with the ligature letter since 1940.
        rest = rest.replace("եվ", "և")
    if language == "nl" and word.startswith("IJ"):
        return f"IJ{rest[1:]}"
    if language == "en" and len(word) > _SHORT_MAX + 1 and word.startswith("MC"):
        return f"Mc{word[2]}{rest[2:]}"
    return f"{word[:1]}{rest}"


def join_name(given: str, family: str, *, is_family_first: bool) -> str:
    """Return both parts in the order that the name's own script asks for, else the locale.

    Chinese, Japanese and Korean names stand family first and unspaced wherever they are printed.
    Who has one name only, and typed it into both fields, is called by it once.
    """
    if not given or not family or given.casefold() == family.casefold():
        return given or family
    if is_cjk(given + family):
        return f"{family}{given}"
    return f"{family} {given}" if is_family_first else f"{given} {family}"


def _block(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
