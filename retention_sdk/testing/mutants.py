"""Documents with exactly one thing wrong."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

Path = tuple[str | int, ...]

_SWAPS: tuple[Any, ...] = (
    None,
    "",
    -1,
    0,
    1.5,
    True,
    10**30,
    [],
    {},
    "\u202e\u0000💥",
    "NaN",
    "9" * 501,
)
# A bare "subscription" is one to goods, as in the canonical order, and says nothing about consent.
_CONSENT_WORDS = re.compile(
    r"(?i)consent|marketing|subscribe|unsubscri|(mail|sms|push).?subscription|opt.?in|newsletter"
    r"|permission"
)
_ANSWER_FIELDS = frozenset("key name value answer state status checked".split())
_PERSONAL_WORDS = re.compile(r"(?i)name|mail|phone|address|street|city|post|zip|note|message")


def paths_of(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value inside a JSON document."""
    pairs: Iterator[tuple[str | int, Any]]
    if isinstance(node, dict):
        pairs = iter(node.items())
    elif isinstance(node, list):
        pairs = iter(enumerate(node))
    else:
        return
    for key, value in pairs:
        yield (*path, key)
        yield from paths_of(value, (*path, key))


def mutants(document: Any, *, turn: int | None = None) -> Iterator[tuple[str, Any]]:
    """Yield copies in which one value was removed or replaced, each with what was done.

    With a ``turn``, every value is removed, and replaced by one thing only: another one in each
    turn, and in each item of a list, so that a field which many items have still meets most.
    """
    dealt: Counter[str] = Counter()
    swaps = _SWAPS
    for path in paths_of(document):
        yield f"{dotted(path)} removed", without(document, path)
        if turn is not None:
            field = ".".join(key for key in path if isinstance(key, str))
            nth = crc32(field.encode("utf-8", "replace")) + dealt[field] + turn
            swaps = (_SWAPS[nth % len(_SWAPS)],)
            dealt[field] += 1
        for value in swaps:
            yield f"{dotted(path)} = {value!r:.40}", replaced(document, path, value)


def without(document: Any, path: Path) -> Any:
    """Return a copy that lacks one value."""
    copied, parent = _copied_along(document, path)
    del parent[path[-1]]
    return copied


def replaced(document: Any, path: Path, value: Any) -> Any:
    """Return a copy in which one value is another."""
    copied, parent = _copied_along(document, path)
    parent[path[-1]] = value
    return copied


def _copied_along(document: Any, path: Path) -> tuple[Any, Any]:
    """Copy what a path leads through, and share the rest: it is ten times as fast as all of it."""
    copied = parent = copy.copy(document)
    for key in path[:-1]:
        parent[key] = copy.copy(parent[key])
        parent = parent[key]
    return copied, parent


def with_news(node: Any) -> Any:
    """Return a copy in which every object has a field that nobody knows yet."""
    if isinstance(node, dict):
        grown = {key: with_news(value) for key, value in node.items()}
        return {**grown, "x_new_field_2031": {"a": [1]}}
    return [with_news(value) for value in node] if isinstance(node, list) else node


def consent_paths(document: Any) -> list[Path]:
    """Return the values that may say something about consent.

    Either the field is named so, or it lies in an entry such as
    ``{"key": "newsletter", "value": "yes"}``.
    """
    found = []
    for path in paths_of(document):
        parent = _value_at(document, path[:-1])
        labels = [value for value in _scalars(parent) if isinstance(value, str)]
        is_labelled = any(map(_CONSENT_WORDS.search, labels))
        is_answer = is_labelled and str(path[-1]) in _ANSWER_FIELDS
        if _CONSENT_WORDS.search(str(path[-1])) or is_answer:
            found.append(path)
    return found


def silenced(document: Any) -> Any:
    """Return a copy from which everything about consent is gone."""
    for path in sorted(consent_paths(document), key=len, reverse=True):
        document = replaced(document, path, None)
    return document


def personal_values(document: Any) -> set[str]:
    """Return texts that may not appear in any error: names, addresses, messages."""
    shortest = 5
    return {
        value
        for path in paths_of(document)
        if _PERSONAL_WORDS.search(str(path[-1]))
        and isinstance(value := _value_at(document, path), str)
        and len(value) >= shortest
    }


def dotted(path: Path) -> str:
    """Write a path as a person does: ``line_items[0].price``."""
    parts = (f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return "".join(parts).lstrip(".")


def _scalars(node: Any) -> list[Any]:
    return list(node.values()) if isinstance(node, Mapping) else []


def _value_at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document
