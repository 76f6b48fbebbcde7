"""Compact font programs (CFF) stand bare in a PDF; HarfBuzz reads them inside an OpenType font.

Adobe Technical Note 5176 describes the format.
"""

from __future__ import annotations

import struct
from itertools import pairwise

_EM = 1000
_HEAD = struct.Struct(">HHIIIHHqqhhhhHHhhh")
_HEAD_MAGIC = 0x5F0F3CF5
_MAXP_VERSION = 0x00005000
_CHARSTRINGS = 17
_ESCAPE, _OPERATORS_MAX = 12, 21
_END_NIBBLE = 0x0F
_SHORT, _LONG, _REAL = 28, 29, 30
_PAIRS_MIN, _NEGATIVE_PAIRS_MIN = 247, 251


def dressed(_face: object, tag: str, program: bytes) -> bytes | None:
    """Return a table of the OpenType font around a bare program; None for most."""
    if tag == "CFF ":
        return program
    if tag == "head":
        return _HEAD.pack(1, 0, 0, 0, _HEAD_MAGIC, 0, _EM, *(0,) * 11)
    if tag == "maxp":
        return struct.pack(">IH", _MAXP_VERSION, glyph_count(program))
    return None


def glyph_count(program: bytes) -> int:
    """Return how many glyphs a bare program holds; nought where it cannot be read."""
    try:
        _, names_end = _index(program, program[2])
        dictionaries, _ = _index(program, names_end)
        start, end = dictionaries[0]
        offset = _operand(program[start:end], _CHARSTRINGS)
        return int(struct.unpack_from(">H", program, offset)[0])
    except (IndexError, struct.error):
        return 0


def _index(program: bytes, at: int) -> tuple[list[tuple[int, int]], int]:
    """Return where the items of an INDEX begin and end, and where it ends itself."""
    (count,) = struct.unpack_from(">H", program, at)
    if count == 0:
        return [], at + 2
    size = program[at + 2]
    first = at + 3
    data = first + (count + 1) * size - 1
    marks = [
        data + int.from_bytes(program[first + n * size : first + (n + 1) * size])
        for n in range(count + 1)
    ]
    return list(pairwise(marks)), marks[-1]


def _operand(dictionary: bytes, wanted: int) -> int:
    """Return the last number before an operator of a DICT.

    Raises:
        IndexError: the operator is not in it.
    """
    at, value = 0, 0
    while True:
        first = dictionary[at]
        if first <= _OPERATORS_MAX:
            if first == wanted:
                return value
            at += 2 if first == _ESCAPE else 1
        else:
            value, at = _number(dictionary, at)


def _number(dictionary: bytes, at: int) -> tuple[int, int]:
    """Return a number of a DICT and where the next thing begins; reals count as nought."""
    first = dictionary[at]
    if first == _SHORT:
        return int.from_bytes(dictionary[at + 1 : at + 3], signed=True), at + 3
    if first == _LONG:
        return int.from_bytes(dictionary[at + 1 : at + 5], signed=True), at + 5
    if first == _REAL:
        at += 1
        while _END_NIBBLE not in {dictionary[at] & 0x0F, dictionary[at] >> 4}:
            at += 1
        return 0, at + 1
    if first >= _NEGATIVE_PAIRS_MIN:
        return -(first - _NEGATIVE_PAIRS_MIN) * 256 - dictionary[at + 1] - 108, at + 2
    if first >= _PAIRS_MIN:
        return (first - _PAIRS_MIN) * 256 + dictionary[at + 1] + 108, at + 2
    return first - 139, at + 1
