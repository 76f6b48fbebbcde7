"""In which order the characters of a line stand on paper (Unicode annex 9), and what that breaks.

A number with a hyphen in it, ``1042-7``, turns into ``7-1042`` in an Arabic sentence unless it is
isolated. Embeddings and overrides are not treated: a card's text holds none of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import PrintError

_LRI, _RLI, _FSI, _PDI = "\u2066", "\u2067", "\u2068", "\u2069"
_INITIATORS = frozenset({"LRI", "RLI", "FSI"})
_ISOLATES = frozenset({_LRI, _RLI, _FSI, _PDI})
_NEUTRAL = frozenset({"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"})
_RIGHT = frozenset({"R", "AN", "EN"})
_TRAILING = frozenset({"WS", "S", "B", "LRI", "RLI", "FSI", "PDI", "BN"})
_NUMBERS = frozenset({"EN", "AN"})
# The brackets of Unicode's BidiBrackets that occur in names and titles.
_BRACKETS = dict(zip("([{⁅⁽₍⟦⟨⟪「『【（［｛", ")]}⁆⁾₎⟧⟩⟫」』】）］｝", strict=True))
# What is read as one: letters of one direction, digits, and signs between them, without a space.
_TOKEN = re.compile(r"[^\s\u2066-\u2069]+")
# What may put a character of a left-to-right text at a level other than 0.
_TURNING = re.compile(
    r"[\u0590-\u08ff\u200f\u202a-\u202e\u2067\u2068\ufb1d-\ufdff\ufe70-\ufeff"
    r"\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_IDENTIFIERS = ("order_number", "code.label", "coupon.code", "contact")
_STRONG = frozenset({"L", "R", "AL"})


def check_order(texts: Mapping[str, str], *, is_rtl: bool) -> None:
    """Refuse texts in which a number or a foreign word would be read backwards.

    Order numbers, codes and contacts have to keep their order; elsewhere words with Latin
    letters do, such as ``3-in-1``. Bare numbers do not: Arabic reads the range ``١٠-٢٠`` from
    the right on purpose.

    Raises:
        PrintError: the name of the text and the way to mend it; the text itself is not quoted.
    """
    for name, text in texts.items():
        for word in misread(text, is_rtl=is_rtl):
            if _is_foreign(word) or name.startswith(_IDENTIFIERS):
                raise PrintError(
                    f"{name}: {len(word)} characters would not be read from left to right as they "
                    "were written; isolate them (U+2068 … U+2069)"
                )


def _is_foreign(word: str) -> bool:
    """Tell whether a word has letters that run to the right; numbers have none."""
    return any(unicodedata.bidirectional(char) == "L" for char in word)


def misread(text: str, *, is_rtl: bool) -> tuple[str, ...]:
    """Return the numbers and words without right-to-left letters that do not run left to right.

    Groups of Arabic-Indic digits alone, ``٢٠٢٦-٣٨``, are read from the right, as they are shown.
    """
    if not is_rtl and not _TURNING.search(text):
        return ()
    return tuple(word for line in text.split("\n") for word in _misread_line(line, is_rtl=is_rtl))


def _misread_line(line: str, *, is_rtl: bool) -> Iterator[str]:
    words = list(_tokens(line))
    if not words:
        return
    places = {index: place for place, index in enumerate(visual_order(line, is_rtl=is_rtl))}
    for start, word in words:
        shown = [places[start + n] for n, char in enumerate(word) if start + n in places]
        if shown != list(range(shown[0], shown[0] + len(shown))):
            yield word


def standing_alone(text: str, *, is_rtl: bool) -> str:
    """Return a name for a line of its own, isolated where that line would turn it around.

    ``7-Eleven`` would be ``Eleven-7`` in a line that runs to the left.
    """
    return f"{_FSI}{in_order(text)}{_PDI}" if misread(text, is_rtl=is_rtl) else text


def in_order(text: str, *, is_rtl: bool | None = None) -> str:
    """Return words of others with isolates around what would be read backwards, ``3-in-1``.

    Without ``is_rtl`` the direction of each line is that of its first strong letter, as inside an
    isolate. Nothing but invisible characters is added.
    """
    return "\n".join(_line_in_order(line, is_rtl) for line in text.split("\n"))


def _line_in_order(line: str, is_rtl: bool | None) -> str:
    if is_rtl is None:
        is_rtl = _starts_right([unicodedata.bidirectional(char) for char in line], 0)
    wrong = {word for word in misread(line, is_rtl=is_rtl) if _is_foreign(word)}
    for start, word in reversed(list(_tokens(line)) if wrong else []):
        if word in wrong:
            line = f"{line[:start]}{_LRI}{word}{_PDI}{line[start + len(word) :]}"
    return line


def _tokens(line: str) -> Iterator[tuple[int, str]]:
    """Yield the words that could be turned around, without the signs around them.

    They have no right-to-left letters; letters alone, or digits alone, always keep their order.
    """
    for match in _TOKEN.finditer(line):
        word = match[0]
        inner = word.strip("".join({char for char in word if not char.isalnum()}))
        if sum(char.isalnum() for char in inner) > 1 and _runs_right(inner):
            yield match.start() + word.index(inner), inner


def _runs_right(word: str) -> bool:
    kinds = {unicodedata.bidirectional(char) for char in word}
    return len(kinds) > 1 and not kinds & {"R", "AL"} and bool(kinds & {"L", "EN"})


def visual(text: str, *, is_rtl: bool) -> str:
    """Return one line as it stands on paper, from left to right, brackets turned around."""
    levels = line_levels(text, is_rtl=is_rtl)
    return "".join(
        _mirrored(text[index]) if levels[index] % 2 else text[index]
        for index in visual_order(text, is_rtl=is_rtl)
    )


def _mirrored(char: str) -> str:
    closing = {shut: opening for opening, shut in _BRACKETS.items()}
    return _BRACKETS.get(char) or closing.get(char, char)


def visual_order(line: str, *, is_rtl: bool) -> tuple[int, ...]:
    """Return the indices of a line's characters from left to right, without invisible ones."""
    levels = line_levels(line, is_rtl=is_rtl)
    order = [n for n, char in enumerate(line) if unicodedata.bidirectional(char) != "BN"]
    for level in range(max(levels, default=0), 0, -1):  # rule L2
        order = _reversed_runs(order, levels, level)
    return tuple(index for index in order if line[index] not in _ISOLATES)


def _reversed_runs(order: Sequence[int], levels: Sequence[int], level: int) -> list[int]:
    done: list[int] = []
    run: list[int] = []
    for index in order:
        if levels[index] >= level:
            run.append(index)
            continue
        done += run[::-1]
        done.append(index)
        run = []
    return done + run[::-1]


def line_levels(line: str, *, is_rtl: bool) -> list[int]:
    """Return the embedding level of each character of a line; odd levels run to the left."""
    base = int(is_rtl)
    classes = [unicodedata.bidirectional(char) or "L" for char in line]
    levels = [base] * len(line)
    for frame in _frames(classes, base):
        _resolve(frame, line, classes, levels)
    for index in reversed(range(len(line))):  # rule L1
        if classes[index] not in _TRAILING:
            break
        levels[index] = base
    return levels


@dataclass
class _Frame:
    """The characters directly inside one isolate: an isolating run sequence of rule X10."""

    level: int
    outer: int
    indices: list[int] = field(default_factory=list)


def _frames(classes: Sequence[str], base: int) -> list[_Frame]:
    stack = [_Frame(base, base)]
    frames = list(stack)
    for index, kind in enumerate(classes):
        if kind == "BN":
            continue
        if kind == "PDI" and len(stack) > 1:
            stack.pop()
        stack[-1].indices.append(index)
        if kind in _INITIATORS:
            outer = stack[-1].level
            is_right = kind == "RLI" or (kind == "FSI" and _starts_right(classes, index + 1))
            level = outer + 1 if (outer + 1) % 2 == is_right else outer + 2
            stack.append(_Frame(level, outer))
            frames.append(stack[-1])
    return frames


def _starts_right(classes: Sequence[str], start: int) -> bool:
    """Tell whether the first strong character of an isolate runs to the left (rules P2, P3)."""
    depth = 0
    for kind in classes[start:]:
        if kind == "PDI":
            if depth == 0:
                return False
            depth -= 1
        elif kind in _INITIATORS:
            depth += 1
        elif depth == 0 and kind in _STRONG:
            return kind != "L"
    return False


def _resolve(frame: _Frame, line: str, classes: Sequence[str], levels: list[int]) -> None:
    edge = "R" if max(frame.level, frame.outer) % 2 else "L"
    kinds = _weak([classes[index] for index in frame.indices], edge)
    _brackets([line[index] for index in frame.indices], kinds, edge, frame.level)
    _neutral(kinds, edge, frame.level)
    for index, kind in zip(frame.indices, kinds, strict=True):
        is_odd = frame.level % 2
        if kind == "R":
            levels[index] = frame.level + (0 if is_odd else 1)
        elif kind in _NUMBERS:
            levels[index] = frame.level + (1 if is_odd else 2)
        else:
            levels[index] = frame.level + (1 if is_odd and kind == "L" else 0)


def _weak(raw: Sequence[str], edge: str) -> list[str]:
    """Resolve marks, numbers and the signs in them (rules W1 to W7)."""
    kinds: list[str] = []
    for kind in raw:
        before = kinds[-1] if kinds else edge
        base = "ON" if before in _INITIATORS or before == "PDI" else before
        kinds.append(base if kind == "NSM" else kind)
    strong = edge
    for n, kind in enumerate(kinds):
        strong = kind if kind in _STRONG else strong
        if kind == "EN" and strong == "AL":
            kinds[n] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for n in range(1, len(kinds) - 1):
        before, kind, after = kinds[n - 1 : n + 2]
        if before == after and ((kind == "ES" and after == "EN") or _is_common(kind, after)):
            kinds[n] = after
    _terminators(kinds)
    strong = edge
    for n, kind in enumerate(kinds):
        strong = kind if kind in {"L", "R"} else strong
        if kind == "EN" and strong == "L":
            kinds[n] = "L"
    return kinds


def _is_common(kind: str, neighbour: str) -> bool:
    return kind == "CS" and neighbour in _NUMBERS


def _terminators(kinds: list[str]) -> None:
    """Let percent and currency signs belong to the number beside them (rules W5, W6)."""
    for n, kind in enumerate(kinds):
        if kind != "ET":
            continue
        end = n
        while end < len(kinds) and kinds[end] == "ET":
            end += 1
        is_beside = (n > 0 and kinds[n - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
        kinds[n:end] = ["EN" if is_beside else "ON"] * (end - n)
    kinds[:] = ["ON" if kind in {"ES", "ET", "CS"} else kind for kind in kinds]


def _brackets(chars: Sequence[str], kinds: list[str], edge: str, level: int) -> None:
    """Give both brackets of a pair one direction (rule N0)."""
    inward = "R" if level % 2 else "L"
    for opening, closing in _pairs(chars, kinds):
        inside = {_direction(kind) for kind in kinds[opening + 1 : closing]} & {"L", "R"}
        if inward in inside:
            found = inward
        elif inside:
            before = (_direction(kind) for kind in reversed(kinds[:opening]))
            context = next((kind for kind in before if kind in {"L", "R"}), edge)
            found = context if context in inside else inward
        else:
            continue
        for bracket in (opening, closing):
            kinds[bracket] = found
            _marks_after(bracket, chars, kinds)


def _marks_after(bracket: int, chars: Sequence[str], kinds: list[str]) -> None:
    for n in range(bracket + 1, len(chars)):
        if unicodedata.bidirectional(chars[n]) != "NSM":
            return
        kinds[n] = kinds[bracket]


def _pairs(chars: Sequence[str], kinds: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs = []
    for n, char in enumerate(chars):
        if kinds[n] != "ON":
            continue
        if char in _BRACKETS:
            waiting.append((_BRACKETS[char], n))
        elif any(char == closing for closing, _ in waiting):
            while waiting:
                closing, start = waiting.pop()
                if closing == char:
                    pairs.append((start, n))
                    break
    return sorted(pairs)


def _neutral(kinds: list[str], edge: str, level: int) -> None:
    """Let neutral characters follow their neighbours, else the line (rules N1, N2)."""
    inward = "R" if level % 2 else "L"
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > at:
            before = _direction(kinds[at - 1]) if at else edge
            after = _direction(kinds[end]) if end < len(kinds) else edge
            kinds[at:end] = [before if before == after else inward] * (end - at)
        at = max(end, at + 1)


def _direction(kind: str) -> str:
    return "R" if kind in _RIGHT else kind
