"""What the fonts of a PDF draw: widths, glyph numbers, outlines, and the letters they stand for."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from .compact import dressed
from .geometry import Box

_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
_EM = 1000.0
_CID_MAX = 0xFFFF
_SYMBOLS = 0xF000  # where symbol fonts keep their 256 characters
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_MAPPINGS = re.compile(rb"begin(bfchar|bfrange)(.*?)end(?:bfchar|bfrange)", re.DOTALL)
_RANGE = re.compile(
    rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f\s]*>|\[[^\]]*\])", re.DOTALL
)


class Shown(NamedTuple):
    """One glyph of a string: its code, its advance in ems, its number in the font program."""

    code: int
    advance: float
    glyph: int | None
    is_word_space: bool


@dataclass
class Font:
    """A font resource. ``raw`` is its dictionary."""

    raw: Any
    _boxes: dict[int, Box | None] = field(default_factory=dict)

    @cached_property
    def name(self) -> str:
        """The name without the tag of a subset."""
        return str(self.raw.get("/BaseFont", "/unnamed"))[1:].rpartition("+")[2]

    @cached_property
    def kind(self) -> str:
        """The subtype: Type0, TrueType, Type1, Type3."""
        return str(self.raw.get("/Subtype", "/Type1"))[1:]

    @cached_property
    def program(self) -> bytes | None:
        """The embedded font program; None where there is none."""
        descriptor = self._descendant.get("/FontDescriptor") or {}
        found = next((descriptor[key] for key in _PROGRAMS if key in descriptor), None)
        return None if found is None else found.read_bytes()

    @cached_property
    def is_embedded(self) -> bool:
        """Tell whether a printer needs nothing but the file."""
        if self.kind == "Type3":
            return True
        descriptor = self._descendant.get("/FontDescriptor") or {}
        return any(key in descriptor for key in _PROGRAMS)

    def show(self, raw: bytes) -> Iterator[Shown]:
        """Yield the glyphs of a string."""
        if self.kind == "Type0":
            for code in struct.unpack(f">{len(raw) // 2}H", raw[: len(raw) // 2 * 2]):
                yield Shown(code, self._width(code), self._glyph_of_cid(code), is_word_space=False)
        else:
            for code in raw:
                yield Shown(code, self._width(code), self._glyph_of_byte(code), code == ord(" "))

    def outline(self, glyph: int) -> Box | None:
        """Return the box of a glyph's ink in ems; None for a glyph without ink."""
        if glyph not in self._boxes:
            self._boxes[glyph] = self._measure(glyph)
        return self._boxes[glyph]

    @property
    def has_outlines(self) -> bool:
        """Tell whether the program can be read, so that ``outline`` means something."""
        return self._shaper is not None

    def text(self, code: int) -> str:
        """Return the letters a code stands for; nothing where the file does not say."""
        return self._letters.get(code, "")

    # Inside --------------------------------------------------------------------------------

    @cached_property
    def _descendant(self) -> Any:
        return self.raw["/DescendantFonts"][0] if "/DescendantFonts" in self.raw else self.raw

    def _width(self, code: int) -> float:
        return self._widths.get(code, self._width_otherwise)

    @cached_property
    def _width_otherwise(self) -> float:
        if self.kind == "Type0":
            return float(self._descendant.get("/DW", 1000)) / _EM
        descriptor = self.raw.get("/FontDescriptor") or {}
        return float(descriptor.get("/MissingWidth", 0)) / _EM

    @cached_property
    def _widths(self) -> Mapping[int, float]:
        if self.kind == "Type0":
            return dict(_cid_widths(list(self._descendant.get("/W", []))))
        first = int(self.raw.get("/FirstChar", 0))
        unit = float(self.raw.get("/FontMatrix", [1 / _EM])[0])
        widths = self.raw.get("/Widths", [])
        return {first + number: float(width) * unit for number, width in enumerate(widths)}

    def _glyph_of_cid(self, cid: int) -> int:
        table = self._cid_to_glyph
        return struct.unpack_from(">H", table, 2 * cid)[0] if 2 * cid + 1 < len(table) else cid

    @cached_property
    def _cid_to_glyph(self) -> bytes:
        import pikepdf

        raw = self._descendant.get("/CIDToGIDMap")
        return raw.read_bytes() if isinstance(raw, pikepdf.Stream) else b""

    def _glyph_of_byte(self, code: int) -> int | None:
        """Return the glyph of a simple TrueType font; other simple fonts go by names."""
        if self._shaper is None or self.kind != "TrueType":
            return None
        letter = self._encoded(code)
        candidates = (ord(letter) if letter else code, code, _SYMBOLS + code)
        found = (self._shaper.get_nominal_glyph(number) for number in candidates)
        return next((glyph for glyph in found if glyph), 0)

    def _encoded(self, code: int) -> str:
        encoding = self.raw.get("/Encoding")
        table = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
        name = table.get(str(encoding), "") if encoding is not None else ""
        return bytes([code]).decode(name, "ignore") if name else ""

    @cached_property
    def _shaper(self) -> Any:
        """The program as HarfBuzz reads it; None for Type 1 programs and broken ones."""
        data = self.program
        if not data or data[:2] in {b"%!", b"\x80\x01"}:
            return None
        import uharfbuzz

        if data[:4] in {b"\x00\x01\x00\x00", b"OTTO", b"true", b"ttcf"}:
            face = uharfbuzz.Face(uharfbuzz.Blob(data))
        else:
            face = uharfbuzz.Face.create_for_tables(dressed, data)
        return uharfbuzz.Font(face) if face.upem and face.glyph_count else None

    def _measure(self, glyph: int) -> Box | None:
        shaper = self._shaper
        extents = shaper.get_glyph_extents(glyph) if shaper else None
        if extents is None or not extents.width or not extents.height:
            return None
        em = shaper.face.upem
        left, top = extents.x_bearing / em, extents.y_bearing / em
        return Box(left, top + extents.height / em, left + extents.width / em, top)

    @cached_property
    def _letters(self) -> Mapping[int, str]:
        stream = self.raw.get("/ToUnicode")
        return {} if stream is None else dict(_read_letters(stream.read_bytes()))


def _cid_widths(raw: list[Any]) -> Iterator[tuple[int, float]]:
    """Yield the widths of /W: ``first [w …]`` or ``first last w`` (ISO 32000-1, 9.7.4.3)."""
    import pikepdf

    at = 0
    while at + 1 < len(raw):
        first, then = int(raw[at]), raw[at + 1]
        if isinstance(then, pikepdf.Array):
            yield from ((first + n, float(width) / _EM) for n, width in enumerate(then))
            at += 2
        else:
            last = min(int(then), _CID_MAX)
            yield from ((code, float(raw[at + 2]) / _EM) for code in range(first, last + 1))
            at += 3


def _read_letters(data: bytes) -> Iterator[tuple[int, str]]:
    for kind, body in _MAPPINGS.findall(data):
        if kind == b"bfchar":
            codes = _HEX.findall(body)
            for code, letters in zip(codes[::2], codes[1::2], strict=False):
                yield int(code, 16), _letters_of(letters)
        else:
            yield from _ranges(body)


def _ranges(body: bytes) -> Iterator[tuple[int, str]]:
    for first, last, target in _RANGE.findall(body):
        start, end = int(first, 16), int(last, 16)
        targets = [_letters_of(each) for each in _HEX.findall(target)]
        for code in range(start, min(end, start + 0xFFFF) + 1):
            if target.startswith(b"["):
                yield code, targets[code - start] if code - start < len(targets) else ""
            elif targets and targets[0]:
                yield code, targets[0][:-1] + chr(ord(targets[0][-1]) + code - start)


def _letters_of(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")
