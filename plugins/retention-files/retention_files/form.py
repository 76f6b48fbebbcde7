"""A mapping made fit for one file: how to get the text of each field out of a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retention_sdk.errors import PayloadError
from retention_sdk.model import ConsentState

from .cells import CellError, Literal
from .mapping import LINE_FIELDS, Column, ConsentRule
from .mapping import Mapping as FileMapping

Get = Callable[[Any], str]
Find = Callable[[str], "Get | None"]
_ANY = "*"
_ALL_OF = frozenset({"ship_street", "bill_street", "tags", "customer_tags", "categories"})
"""Fields to which every column that is named adds a part, not only the first that is filled in."""
PART = "\x1f"


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """One rule about consent, and how to get its cells."""

    rule: ConsentRule
    states: Mapping[str, ConsentState]
    answer: Get
    source: Get
    at: Get
    confirmed_at: Get
    evidence: Get


@dataclass(frozen=True, slots=True)
class Form:
    """The fields that a file has. ``repeated`` are cells that all rows of an order agree on."""

    order: Mapping[str, Get]
    line: Mapping[str, Get]
    repeated: Mapping[str, Get]
    has_line: Get
    consents: tuple[ConsentForm, ...]


def for_heading(mapping: FileMapping, heading: Sequence[str], *, name: str) -> Form:
    """Return the form of a CSV file with this heading; case and spaces in it do not matter.

    Raises:
        PayloadError: a column of the mapping is not there, or there twice.
    """
    places: dict[str, list[int]] = {}
    for place, title in enumerate(heading):
        places.setdefault(folded(title), []).append(place)

    def find(column: str) -> Get | None:
        found = places.get(folded(column), [])
        if len(found) > 1:
            message = f"two columns are called {column!r}; rename one of them in the file"
            raise PayloadError(message, adapter=name, path="row 1")
        return _cell(found[0]) if found else None

    return _form(mapping, find, name=name)


def for_objects(mapping: FileMapping, *, name: str) -> Form:
    """Return the form of lines of JSON; a path that an object lacks is an empty cell."""
    return _form(mapping, lambda path: _value_at(path.split(".")), name=name)


def folded(title: str) -> str:
    """Return a heading without what spreadsheets change in it."""
    return " ".join(title.replace("\ufeff", "").split()).casefold()


def _cell(place: int) -> Get:
    def get(cells: Sequence[str]) -> str:
        return cells[place].strip()

    return get


def _value_at(path: Sequence[str]) -> Get:
    def get(node: Any) -> str:
        for part in path:
            if isinstance(node, dict):
                node = node.get(part)
            elif isinstance(node, list) and part.isascii() and part.isdigit():
                node = node[int(part)] if int(part) < len(node) else None
            else:
                return ""
        return _text(node)

    return get


def _text(node: Any) -> str:
    if isinstance(node, str):
        return node if isinstance(node, Literal) else node.strip()
    if node is None or isinstance(node, bool):
        return "" if node is None else str(node).lower()
    if isinstance(node, list) and all(isinstance(each, str) for each in node):
        return PART.join(each.strip() for each in node)
    raise CellError("", "neither a text nor a number")


def _form(mapping: FileMapping, find: Find, *, name: str) -> Form:
    missing: list[str] = []
    raw = {
        field: found
        for field, column in mapping.columns.items()
        if (found := _places(column, find, missing)) or column.value
    }
    consents = tuple(_consent(rule, find, missing) for rule in mapping.consent)
    if missing:
        listed = ", ".join(map(repr, dict.fromkeys(missing)))
        hint = "compare the names with the first row of the file"
        raise PayloadError(f"the file has no column {listed}; {hint}", adapter=name, path="row 1")
    gets = {field: _get(field, mapping.columns[field], found) for field, found in raw.items()}
    in_line = {field: gets.pop(field) for field in LINE_FIELDS if field in gets}
    repeated = {field: _join(found) for field, found in raw.items() if field in gets and found}
    title = raw["title"] or [lambda _: "yes"]
    return Form(gets, in_line, repeated, _join(title), consents)


def _places(column: Column, find: Find, missing: list[str]) -> list[Get]:
    found = [(name, find(name)) for name in column.column]
    known = [get for _, get in found if get]
    if not known and not column.is_optional:
        missing += [name for name, _ in found]
    return known


def _join(places: Iterable[Get]) -> Get:
    gets = tuple(places)
    if len(gets) == 1:
        return gets[0]
    return lambda cells: next((text for get in gets if (text := get(cells))), "")


def _get(field: str, column: Column, places: list[Get]) -> Get:
    """Return how to get one field, in the fewest steps that its column needs."""
    value, words = column.value, {word.casefold(): to for word, to in column.words.items()}
    if field in _ALL_OF and len(places) > 1:
        gets = tuple(places)
        return lambda cells: PART.join(filter(None, [get(cells) for get in gets])) or value
    first = _join(places)
    if words:
        return lambda cells: _word(field, words, first(cells)) or value
    return (lambda cells: first(cells) or value) if value else first


def _word(field: str, words: Mapping[str, str], text: str) -> str:
    if not text:
        return words.get("", "")
    found = words.get(text.casefold(), words.get(_ANY))
    if found is None:
        raise CellError(field, "a word that the mapping does not list")
    return found


def _consent(rule: ConsentRule, find: Find, missing: list[str]) -> ConsentForm:
    def of(name: str) -> Get:
        if not name:
            return lambda _: ""
        get = find(name)
        if get is None:
            missing.append(name)
            return lambda _: ""
        return get

    source = of(rule.source_column)
    return ConsentForm(
        rule=rule,
        states={word.casefold(): state for word, state in rule.words.items()},
        answer=of(rule.column),
        source=lambda cells: source(cells) or rule.source,
        at=of(rule.at),
        confirmed_at=of(rule.confirmed_at),
        evidence=of(rule.evidence),
    )
