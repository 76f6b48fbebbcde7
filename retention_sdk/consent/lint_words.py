"""The laws and words that texts are looked over with, as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Severity = Literal["error", "warning"]
WordLists = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class LawText:
    """One law about texts. Without ``places`` it holds everywhere; see ``is_read`` in the data."""

    code: str
    severity: Severity
    citation: str
    is_read: bool
    way_out: str
    places: frozenset[str] = frozenset()

    def holds_in(self, places: frozenset[str]) -> bool:
        """Whether it is the law of one of these places."""
        return not self.places or bool(self.places & places)


@cache
def law_texts() -> Mapping[str, LawText]:
    """Return every law about texts by its code."""
    tables = {name: table for name, table in _read("lints").items() if name != "words"}
    return {
        name: LawText(code=name, **{**table, "places": frozenset(table.get("places", ()))})
        for name, table in tables.items()
    }


@cache
def law_words() -> WordLists:
    """Return the words that a law is about, by code and language."""
    words: WordLists = _read("lints")["words"]
    return words


@cache
def opinion_words() -> WordLists:
    """Return the words that ask for ``praise`` or promise a ``reward``, by language."""
    return _read("opinions")


def words_of(table: Mapping[str, Iterable[str]], language: str) -> tuple[str, ...]:
    """Return the words of the nearest language: ``zh-Hant``, then ``zh``."""
    tag = language.replace("_", "-")
    while tag:
        if tag in table:
            return tuple(table[tag])
        tag = tag.rpartition("-")[0]
    return ()


def _read(name: str) -> dict[str, Any]:
    source = files(__package__) / "data" / f"{name}.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
