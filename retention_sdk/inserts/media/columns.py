"""Break text into lines of so many columns, as terminals and receipt printers count them.

A column holds one narrow character; Han, Kana, Hangul and emoji take two (UAX #11), marks and
controls none. What a reader sees as one letter is never divided (UAX #29), and isolates that a
line break falls into are closed before it and opened after it (UAX #9), so that each line is
whole by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

Direction = Literal["ltr", "rtl"]

_ISOLATES = "\u2066\u2067\u2068"
_PDI = "\u2069"
_LRM, _RLM = "\u200e", "\u200f"
_ZWJ, _ZWNJ = "\u200d", "\u200c"
_EMOJI_STYLE = "\ufe0f"
_CONTROLS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN = range(0x1F3FB, 0x1F400)
_STRONG: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
# Kinsoku: what must not begin a line, and what must not end one (JIS X 4051, in short).
_NOT_FIRST = frozenset(
    "、。，．・：；？！ー）」』】〕〉》〗〙〟’”々…‥%)]}.,:;?!"
    "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
)
_NOT_LAST = frozenset("（「『【〔〈《〖〘〝‘“([{")
_AFTER = frozenset("-/–—\u2010")
_WIDE = 2
_NO_WIDTH = frozenset({"Mn", "Me", "Cf", "Cc"})
# Thai and Lao vowels that are written before their consonant, and those after it.
_LEADING = frozenset("เแโใไເແໂໃໄ")
_TRAILING = frozenset("ะาำๅะາຳ")


def clusters(text: str) -> list[str]:
    """Return what readers see as single letters, with the controls before them."""
    found: list[str] = []
    for char in text:
        if found and _goes_on(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _goes_on(before: str, char: str) -> bool:
    last = before[-1]
    if _is_control(last) or _is_control(char):
        return False
    is_flag = ord(char) in _REGIONAL and len(before) == 1 and ord(last) in _REGIONAL
    return (
        unicodedata.category(char) in {"Mn", "Me", "Mc"}
        or char in {_ZWJ, _ZWNJ}
        or last == _ZWJ
        or ord(char) in _SKIN
        or char in _TRAILING
        or last in _LEADING
        or is_flag
        or _is_jamo(last, char)
    )


def _is_jamo(last: str, char: str) -> bool:
    """Tell whether two parts of a Hangul syllable stand beside each other."""
    names = unicodedata.name(last, ""), unicodedata.name(char, "")
    return names[0].startswith("HANGUL") and names[1].startswith(
        ("HANGUL JUNGSEONG", "HANGUL JONGSEONG")
    )


def _is_control(char: str) -> bool:
    return bool(_CONTROLS.match(char)) or char == "\n"


def width_of(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(_cluster_width(cluster) for cluster in clusters(text))


def _cluster_width(cluster: str) -> int:
    spacing = [char for char in cluster if unicodedata.category(char) not in _NO_WIDTH]
    if not spacing:
        return 0
    is_wide = any(unicodedata.east_asian_width(char) in "WF" for char in spacing)
    is_sign = is_wide or _EMOJI_STYLE in cluster or ord(cluster[0]) in _REGIONAL
    # Thai vowels before and after a consonant belong to one letter and take a column each.
    return _WIDE if is_sign else len(spacing)


def wrap(text: str, columns: int, direction: Direction) -> list[str]:
    """Return the lines of a paragraph, each whole by itself and set in the card's direction."""
    lines = [line for part in text.split("\n") for line in _lines(part, columns)]
    return [_directed(line, direction) for line in _isolated(lines)]


def without_controls(text: str) -> str:
    """Return text for printers that show a box for what steers the direction."""
    return _CONTROLS.sub("", text)


def _lines(text: str, columns: int) -> Iterator[str]:
    line, width = "", 0
    for piece in _pieces(text, columns):
        if line and width + width_of(piece.rstrip(" ")) > columns:
            yield line.rstrip(" ")
            line, width = "", 0
        kept = piece if line else piece.lstrip(" ")
        line += kept
        width += width_of(kept)
    yield line.rstrip(" ")


def _pieces(text: str, columns: int) -> Iterator[str]:
    """Yield stretches between which a line may end; none is wider than a line."""
    piece = ""
    for cluster in clusters(text):
        if piece and (_may_break(piece, cluster) or _is_full(piece, cluster, columns)):
            yield piece
            piece = ""
        piece += cluster
    if piece:
        yield piece


def _may_break(piece: str, cluster: str) -> bool:
    if cluster == " " or cluster[0] in _NOT_FIRST or cluster == _PDI:
        return False
    last = _CONTROLS.sub("", piece)[-1:]
    if not last or last in _NOT_LAST:
        return False
    if last == " " or last in _AFTER:
        return last == " " or not cluster[0].isdigit()
    return _is_ideographic(last) or _is_ideographic(cluster[0])


def _is_full(piece: str, cluster: str, columns: int) -> bool:
    return cluster != " " and width_of(piece) + _cluster_width(cluster) > columns


def _is_ideographic(char: str) -> bool:
    """Tell whether lines may break beside a character: Han and Kana, but Korean keeps words."""
    return unicodedata.east_asian_width(char) in "WF" and not unicodedata.name(char, "").startswith(
        "HANGUL"
    )


def _isolated(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines that close their isolates and open those of the line before."""
    opened: list[str] = []
    for line in lines:
        start = "".join(opened)
        for char in line:
            if char in _ISOLATES:
                opened.append(char)
            elif char == _PDI and opened:
                opened.pop()
        yield start + line + _PDI * len(opened)


def _directed(line: str, direction: Direction) -> str:
    """Return a line that viewers set in the card's direction: they go by its first letter."""
    depth = 0
    for char in line:
        if char in _ISOLATES:
            depth += 1
        elif char == _PDI:
            depth = max(0, depth - 1)
        elif not depth and (strong := _STRONG.get(unicodedata.bidirectional(char))):
            if strong == direction:
                return line
            break
    has_text = bool(_CONTROLS.sub("", line).strip())
    is_plain = direction == "ltr" and not any(
        unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in line
    )
    return line if is_plain or not has_text else (_RLM if direction == "rtl" else _LRM) + line
