"""Write a postal address as its country reads it, and lose nothing that the customer typed.

Layouts are Google's address data; what a country's layout has no place for is folded in.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .names import is_cjk, upper
from .resources import supplemental
from .tags import parents, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..model import Address

_DATA = Path(__file__).parent / "data"
_OTHER = "ZZ"
_CACHE_SIZE = 1024
_TOKEN = re.compile(r"%([A-Z])|([^%]+)")
_ARABIC = re.compile("[\u0600-\u06ff]")
_TONOS = "\u0301"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Lines of tokens, each a literal and a field code, one of them empty."""

    lines: tuple[tuple[tuple[str, str], ...], ...]
    own_fields: frozenset[str]
    literals: frozenset[str]


def render_address(
    address: Address, *, locale: str = "en", origin_country: str | None = None
) -> tuple[str, ...]:
    """Return the lines of an address label, from the first to the last.

    The layout is that of the address's country, in the order that its script asks for. The last
    lines name the country in capitals, in the carrier's language ``locale`` (BCP 47) and, where
    that is not written in Latin letters, in English too; within ``origin_country`` they are left
    out. Every field but the phone number is printed; a city-state's name is not repeated.

    .. versionadded:: 0.1.0
    """
    country = address.country or _OTHER
    layout = _layout(country, is_latin=_is_latin(address))
    values = _values(address, country, layout)
    comma = "، " if _ARABIC.search("".join((*address.street, address.city))) else ", "
    lines = [*_lines(layout, values, _streets(address, country), comma)]
    return (*lines, *_country_lines(address.country, origin_country, locale))


@lru_cache(maxsize=_CACHE_SIZE)
def country_name(country: str, locale: str = "en") -> str:
    """Return a country's name in a language, else in English, else its ISO 3166 code."""
    tag = parse(locale)
    for name in (*(parents(tag) if tag else ()), "en"):
        found = _country_names(name).get(country)
        if found:
            return found
    return country


def _lines(
    layout: _Layout, values: Mapping[str, str], streets: tuple[str, ...], comma: str
) -> Iterator[str]:
    for tokens in layout.lines:
        if any(code == "A" for _, code in tokens):
            yield from streets[:-1]
        line = _line(tokens, {**values, "A": streets[-1] if streets else ""}, comma)
        if line:
            yield line


def _line(tokens: tuple[tuple[str, str], ...], values: Mapping[str, str], comma: str) -> str:
    """Fill one line. Punctuation stands only between two values, a word always."""
    line = gap = ""
    for literal, code in tokens:
        if literal:
            gap = comma if literal == ", " else literal
        elif value := values.get(code, ""):
            line += (_joint(line, gap, value) if line else _prefix(gap, value)) + value
            gap = ""
    if any(char.isalpha() for char in gap):
        line += gap if line else gap.lstrip()
    return line.strip()


def _joint(line: str, gap: str, value: str) -> str:
    is_run_on = is_cjk(line[-1]) and is_cjk(value[0])
    return gap or ("" if is_run_on else " ")


def _prefix(gap: str, value: str) -> str:
    """Return what leads a line: ``CH-`` or ``〒``, unless the customer typed it too."""
    mark = gap.strip(" -,/")
    if not mark or value.casefold().startswith(mark.casefold()):
        return ""
    return gap.lstrip()


def _values(address: Address, country: str, layout: _Layout) -> dict[str, str]:
    company = address.company if address.company.casefold() != address.name.casefold() else ""
    values = {
        "N": address.name,
        "O": company,
        "C": address.city,
        "S": address.region,
        "Z": address.postcode,
    }
    # A city-state gives its name as city, as region and in the layout: once is enough.
    for code, other in (("S", "C"), ("C", "S")):
        folded = values[code].casefold()
        is_said = folded in layout.literals or folded == values[other].casefold()
        if code not in layout.own_fields and is_said:
            values[code] = ""
    shouted, language = _rule(country)["upper"], _language_of(country)
    return {
        code: _capitals(value, language) if code in shouted else value
        for code, value in values.items()
    }


def _streets(address: Address, country: str) -> tuple[str, ...]:
    streets = tuple(line for line in address.street if line)
    if "A" not in _rule(country)["upper"]:
        return streets
    return tuple(_capitals(line, _language_of(country)) for line in streets)


def _country_lines(country: str | None, origin: str | None, locale: str) -> tuple[str, ...]:
    if country is None or country == origin:
        return ()
    tag = parse(locale)
    name = _capitals(country_name(country, locale), tag.language if tag else "en")
    english = _capitals(country_name(country), "en")
    return (name,) if _has_only_latin(name) else (name, english)


def _capitals(text: str, language: str) -> str:
    """Return text in capitals. Georgian has none on signs; Greek ones carry no accents."""
    if language == "ka":
        return text
    capitals = upper(text, language)
    if language == "el":
        bare = unicodedata.normalize("NFD", capitals).replace(_TONOS, "")
        return unicodedata.normalize("NFC", bare)
    return capitals


def _is_latin(address: Address) -> bool:
    """Whether the place, or else the person, is written in Latin letters only."""
    place = "".join((*address.street, address.city, address.region))
    text = place if any(map(str.isalpha, place)) else address.name
    return any(map(str.isalpha, text)) and _has_only_latin(text)


def _has_only_latin(text: str) -> bool:
    return text.isascii() or all(
        unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH LATIN"))
        for char in text
        if unicodedata.category(char) in ("Lu", "Ll", "Lo")
    )


def _language_of(country: str) -> str:
    likely: str = supplemental()["likely"].get(f"und-{country}", "en")
    return likely.partition("-")[0]


@cache
def _layout(country: str, *, is_latin: bool) -> _Layout:
    rule = _rule(country)
    layout = rule["lfmt"] if is_latin and "lfmt" in rule else rule["fmt"]
    own = frozenset(code for code, _ in _TOKEN.findall(layout) if code)
    lines = tuple(
        tuple((literal, code) for code, literal in _TOKEN.findall(line))
        for line in _completed([line for line in layout.split("%n") if line])
    )
    words = frozenset(literal.strip().casefold() for line in lines for literal, _ in line)
    return _Layout(lines, own - {"D", "X"}, words - {""})


def _completed(lines: list[str]) -> list[str]:
    """Give city, postcode and region a place in layouts that have none for them."""
    is_large_first = _row("%A", lines) < _row("%N", lines)
    had_postcode = any("%Z" in line for line in lines)
    if not any("%C" in line for line in lines):
        lines = _with_city(lines, is_large_first=is_large_first)
    if not had_postcode:
        if is_large_first:
            lines = ["%Z", *lines]
        else:
            lines = [f"{line} %Z" if "%C" in line else line for line in lines]
    if not any("%S" in line for line in lines):
        row = _row("%C", lines)
        # The line with the postcode has to stay the last one, because machines sort by it.
        is_after = not is_large_first and (not had_postcode or _row("%Z", lines) > row)
        at = row + 1 if is_after or "%A" in lines[row] else row
        lines = [*lines[:at], "%S", *lines[at:]]
    return lines


def _with_city(lines: list[str], *, is_large_first: bool) -> list[str]:
    street = _row("%A", lines)
    if "%S" in lines[street]:
        return [line.replace("%S", "%C, %S") for line in lines]
    if not is_large_first:
        return [*lines[: street + 1], "%C", *lines[street + 1 :]]
    if any("%S" in line for line in lines):
        return [line.replace("%S", "%S%C") for line in lines]
    return [*lines[:street], "%C", *lines[street:]]


def _row(field: str, lines: list[str]) -> int:
    return next(row for row, line in enumerate(lines) if field in line)


@cache
def _rule(country: str) -> Mapping[str, str]:
    rules = _formats()
    return {**rules[_OTHER], **rules.get(country, {})}


@cache
def _formats() -> Mapping[str, Mapping[str, str]]:
    return _read(_DATA / "addresses" / "formats.json")


@cache
def _country_names(tag: str) -> Mapping[str, str]:
    path = _DATA / "countries" / f"{tag}.json"
    return _read(path) if path.is_file() else {}


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
