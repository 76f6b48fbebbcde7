"""The subset of ICU MessageFormat that catalogues may use, as a small syntax tree.

``{name}``, ``{count, number}``, ``{day, date, long}``, ``plural`` and ``selectordinal`` with
``=N`` and ``offset:``, ``select``; ``''`` is an apostrophe and ``'{'`` quotes syntax. Nodes are
JSON: a string is text, ``["arg", name, type, style]``, ``["hash", name, offset]``,
``["plural" | "selectordinal", name, offset, {case: nodes}]``, ``["select", name, 0, {case:
nodes}]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import MessageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Node = str | list[Any]
"""Text, or a list whose first item says what it is."""

CHOICES = ("plural", "selectordinal", "select")
_TYPES = ("number", "date", *CHOICES)
_NAME = re.compile(r"\s*([A-Za-z_]\w*)\s*")
_TYPE = re.compile(r",\s*([a-z]+)\s*")
_STYLE = re.compile(r"(?:,\s*([a-z]*)\s*)?\}")
_OFFSET = re.compile(r"\s*offset:(\d+)")
_CASE = re.compile(r"\s*(=\d+|[A-Za-z]\w*)\s*\{")
_CLOSE = re.compile(r"\s*\}")


def parse(text: str) -> list[Node]:
    """Read one message.

    Raises:
        MessageError: the syntax is wrong; the message tells the position.
    """
    nodes, end = _Parser(text).nodes(0, None)
    if end < len(text):
        raise MessageError(f"stray }} at position {end}")
    return nodes


def walk(nodes: Sequence[Node]) -> Iterator[Node]:
    """Yield every node of a message, branches included, depth first."""
    for node in nodes:
        yield node
        if isinstance(node, list) and node[0] in CHOICES:
            for branch in node[3].values():
                yield from walk(branch)


def arguments_of(nodes: Sequence[Node]) -> frozenset[str]:
    """Return the names of the arguments a message uses."""
    return frozenset(node[1] for node in walk(nodes) if isinstance(node, list))


def texts_of(nodes: Sequence[Node]) -> Iterator[str]:
    """Yield every way a message can read, with a space where an argument stands."""
    results = [""]
    for node in nodes:
        if isinstance(node, str):
            endings = [node]
        elif node[0] in CHOICES:
            endings = [text for branch in node[3].values() for text in texts_of(branch)]
        else:
            endings = ["\N{OBJECT REPLACEMENT CHARACTER}"]
        results = [start + end for start in results for end in endings]
    yield from results


class _Parser:
    """One pass over one text; positions go in and out, so there is no state to lose."""

    def __init__(self, text: str) -> None:
        self._text = text

    def nodes(self, at: int, plural: tuple[str, int] | None) -> tuple[list[Node], int]:
        """Read until the end of the text or the brace that closes this branch."""
        found: list[Node] = []
        while at < len(self._text):
            char = self._text[at]
            if char == "}":
                break
            if char == "{":
                node, at = self._argument(at + 1, plural)
                found.append(node)
            elif char == "#" and plural:
                found.append(["hash", *plural])
                at += 1
            else:
                literal, at = self._literal(at, is_plural=plural is not None)
                found.append(literal)
        return _joined(found), at

    def _literal(self, at: int, *, is_plural: bool) -> tuple[str, int]:
        if self._text[at] != "'":
            return self._text[at], at + 1
        following = self._text[at + 1 : at + 2]
        if following == "'":
            return "'", at + 2
        if following not in ("{", "}", "#") or (following == "#" and not is_plural):
            return "'", at + 1
        end = self._text.find("'", at + 1)
        if end < 0:
            raise MessageError(f"unclosed quote at position {at}")
        return self._text[at + 1 : end], end + 1

    def _argument(self, at: int, plural: tuple[str, int] | None) -> tuple[Node, int]:
        name, at = self._take(_NAME, at, "an argument's name")
        if self._text[at : at + 1] == "}":
            return ["arg", name, "", ""], at + 1
        kind, at = self._take(_TYPE, at, "a comma and a type, or }")
        if kind not in _TYPES:
            raise MessageError(f"type {kind!r} is not one of {', '.join(_TYPES)}")
        if kind not in CHOICES:
            style, at = self._take(_STYLE, at, "a style or }")
            return ["arg", name, kind, style or ""], at
        if self._text[at : at + 1] != ",":
            raise MessageError(f"expected the cases of {name} at position {at}")
        return self._choice(name, kind, at + 1, plural)

    def _choice(
        self, name: str, kind: str, at: int, plural: tuple[str, int] | None
    ) -> tuple[Node, int]:
        offset = 0
        if kind != "select" and (match := _OFFSET.match(self._text, at)):
            offset, at = int(match[1]), match.end()
        inner = plural if kind == "select" else (name, offset)
        cases: dict[str, list[Node]] = {}
        while match := _CASE.match(self._text, at):
            if match[1] in cases:
                raise MessageError(f"case {match[1]} of {name} stands twice")
            branch, at = self.nodes(match.end(), inner)
            if at >= len(self._text):
                raise MessageError(f"case {match[1]} of {name} is not closed")
            cases[match[1]] = branch
            at += 1
        _, at = self._take(_CLOSE, at, f"the end of the cases of {name}")
        if "other" not in cases:
            raise MessageError(f"{kind} {name} has no case 'other'")
        return [kind, name, offset, cases], at

    def _take(self, pattern: re.Pattern[str], at: int, what: str) -> tuple[str, int]:
        match = pattern.match(self._text, at)
        if not match:
            raise MessageError(f"expected {what} at position {at}")
        return (match[1] if pattern.groups else ""), match.end()


def _joined(nodes: list[Node]) -> list[Node]:
    """Join neighbouring characters into one text."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and found and isinstance(found[-1], str):
            found[-1] += node
        else:
            found.append(node)
    return found
