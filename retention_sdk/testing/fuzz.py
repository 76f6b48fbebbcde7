"""Bodies that no platform sends, made of one that a platform sent. Pure: a seed, a body."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from .mutants import Path, dotted, paths_of, replaced, without

CONTENT_TYPES = (
    "",
    "text/plain",
    "text/html; charset=latin-1",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=utf-16",
    "\u2603",
)

_DEPTH = 480
"""json.loads takes it, and whoever calls itself twice for each level does not."""

# JSON as it stands in the body, because some of it cannot be made by json.dumps.
_TOKENS = (
    "null",
    "true",
    "-0",
    "1.5",
    "-1e400",
    "1e-400",
    "1e999990",
    '"1e999990"',
    "9" * 5_000,
    "NaN",
    "-Infinity",
    '""',
    '" "',
    '"\\ud800"',
    '"\\u0000"',
    '"\\u202e\\ud83d\\udca5"',
    '"' + "\u0301" * 2_000 + '"',
    '"' + "x" * 100_000 + '"',
    "[]",
    "{}",
    "[null]",
    '{"": ""}',
    "[" * _DEPTH + "]" * _DEPTH,
    '{"a":' * _DEPTH + "1" + "}" * _DEPTH,
    '"0000-00-00 00:00:00"',
    '"2026-02-30T00:00:00Z"',
    '"2026-11-20T10:00:00"',
    '"9999-12-31T23:59:59-23:59"',
    '"0001-01-01T00:00:00+23:59"',
    '"EUR"',
    '"XXX"',
)
_PIECES = ("\ud800", "\u0000", "\u202e", "\U0001f4a5", "'", '"><b>', "{{7*7}}", "%s", "\r\n", " ")
_CHANGES_MAX = 4
_BYTES_SPOILED_ONE_IN = 6


def fuzzed(document: Any, chance: Random) -> tuple[str, bytes]:
    """Return a body with one to four things wrong at any depth, and what was done to it.

    One in six is spoiled as bytes as well: cut off, in another encoding, not UTF-8.
    """
    draft = _Draft(document, chance)
    for _ in range(chance.randint(1, _CHANGES_MAX)):
        chance.choice(_STEPS)(draft)
    body = draft.body()
    if chance.randrange(_BYTES_SPOILED_ONE_IN) == 0:
        name, spoil = chance.choice(_SPOILS)
        draft.done.append(name)
        body = spoil(body, chance)
    return ", ".join(draft.done), body


@dataclass
class _Draft:
    """A document on its way to be wrong; ``marks`` become text that json.dumps would not write."""

    document: Any
    chance: Random
    done: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)

    def place(self) -> Path | None:
        """Return the path of some value; None where there is no value left."""
        paths = list(paths_of(self.document))
        return self.chance.choice(paths) if paths else None

    def mark(self, text: str) -> str:
        """Return a value that will stand as this text in the body."""
        name = f"@mark-{len(self.marks)}@"
        self.marks[json.dumps(name)] = text
        return name

    def body(self) -> bytes:
        """Return the document as bytes; lone surrogates stay as they are."""
        text = json.dumps(self.document, ensure_ascii=self.chance.random() < 0.5)
        for mark, raw in self.marks.items():
            text = text.replace(mark, raw)
        return text.encode("utf-8", "surrogatepass")


def _drop(draft: _Draft) -> None:
    if path := draft.place():
        draft.done.append(f"{dotted(path)} dropped")
        draft.document = without(draft.document, path)


def _replace(draft: _Draft) -> None:
    if path := draft.place():
        token = draft.chance.choice(_TOKENS)
        draft.done.append(f"{dotted(path)} = {token:.30}")
        draft.document = replaced(draft.document, path, draft.mark(token))


def _worsen(draft: _Draft) -> None:
    """Change a value and leave its type, so that it gets further than a wrong type does."""
    if path := draft.place():
        value = _at(draft.document, path)
        draft.done.append(f"{dotted(path)} worse")
        draft.document = replaced(draft.document, path, _worse(value, draft.chance))


def _worse(value: Any, chance: Random) -> Any:
    if isinstance(value, str):
        cut = chance.randrange(len(value) + 1)
        return chance.choice((value * 300, value[:cut], value[:cut] + chance.choice(_PIECES)))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return chance.choice((-value, value + 1, value * 10**20, 0.1))
    if isinstance(value, list):
        return chance.choice((value[::-1], value[1:], value * 200))
    return {}


def _retype(draft: _Draft) -> None:
    """Say the same in another type: a text for a number, a list for its item, an item for both."""
    if path := draft.place():
        value = _at(draft.document, path)
        other = draft.chance.choice(list(_other_types(value)))
        draft.done.append(f"{dotted(path)} as {type(other).__name__}")
        draft.document = replaced(draft.document, path, other)


def _repeat(draft: _Draft) -> None:
    """Say something twice: an item of a list, or a field under the same name with another value."""
    if path := draft.place():
        *to_parent, key = path
        parent: Any = _at(draft.document, tuple(to_parent))
        twice: Any
        draft.done.append(f"{dotted(path)} twice")
        if isinstance(parent, list):
            twice = [*parent, *[parent[int(key)]] * draft.chance.choice((1, 100))]
        else:
            again = draft.mark(json.dumps(key))
            twice = {**parent, again: draft.mark(draft.chance.choice(_TOKENS))}
        whole = tuple(to_parent)
        draft.document = replaced(draft.document, whole, twice) if whole else twice


def _swap(draft: _Draft) -> None:
    """Let one value stand where another stood."""
    here, there = draft.place(), draft.place()
    if here and there:
        value = copy.deepcopy(_at(draft.document, there))
        draft.done.append(f"{dotted(here)} = {dotted(there)}")
        draft.document = replaced(draft.document, here, value)


def _other_types(value: Any) -> Iterator[Any]:
    yield [value]
    yield {"value": value}
    yield str(value)
    if isinstance(value, str):
        yield list(value)
        yield len(value)
        yield float(len(value))
    elif isinstance(value, dict):
        yield list(value.values())
        yield list(value)
    elif isinstance(value, list):
        yield dict(enumerate(map(str, value)))
        yield value[0] if value else None
    else:
        yield not value


def _at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def _cut(body: bytes, chance: Random) -> bytes:
    return body[: chance.randrange(len(body) + 1)]


def _flip(body: bytes, chance: Random) -> bytes:
    spoiled = bytearray(body or b" ")
    for _ in range(chance.randint(1, 8)):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


_STEPS: tuple[Callable[[_Draft], None], ...] = (_drop, _replace, _worsen, _retype, _repeat, _swap)
_SPOILS: tuple[tuple[str, Callable[[bytes, Random], bytes]], ...] = (
    ("cut off", _cut),
    ("bits flipped", _flip),
    ("with a byte order mark", lambda body, _: b"\xef\xbb\xbf" + body),
    ("in UTF-16", lambda body, _: body.decode("utf-8", "replace").encode("utf-16")),
    ("in Latin-1", lambda body, _: body.decode("utf-8", "replace").encode("latin-1", "replace")),
    ("said twice", lambda body, _: body * 2),
    ("in a list", lambda body, _: b"[" + body + b"]"),
)
