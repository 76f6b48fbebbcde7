"""Colours as a content stream names them, and the inks they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

Kind = Literal["gray", "cmyk", "rgb", "calibrated", "lab", "spot", "pattern", "unknown"]

PROCESS_INKS = ("Cyan", "Magenta", "Yellow", "Black")
_DEVICE: Mapping[str, tuple[Kind, int]] = {
    "/DeviceGray": ("gray", 1), "/G": ("gray", 1),
    "/DeviceRGB": ("rgb", 3), "/RGB": ("rgb", 3),
    "/DeviceCMYK": ("cmyk", 4), "/CMYK": ("cmyk", 4),
    "/CalGray": ("calibrated", 1), "/CalRGB": ("calibrated", 3), "/Lab": ("lab", 3),
    "/Pattern": ("pattern", 0),
}  # fmt: skip
_SPOT_SPACES = frozenset({"/Separation", "/DeviceN"})
# Shares below this are rounding of a conversion, not ink.
INK_MIN = 0.02


@dataclass(frozen=True)
class Space:
    """A colour space: what kind, how many numbers a colour has, and the inks it names.

    ``has_profile`` marks ICC spaces; ``base`` is what indexed colours and patterns look up.
    """

    kind: Kind
    channels: int
    names: tuple[str, ...] = ()
    has_profile: bool = False
    base: Space | None = None

    @property
    def initial(self) -> Colour:
        """The colour that is current after the space was chosen."""
        values = {"cmyk": (0.0, 0.0, 0.0, 1.0), "spot": (1.0,) * self.channels}
        return Colour(self, values.get(self.kind, (0.0,) * self.channels))


@dataclass(frozen=True)
class Colour:
    """A colour in its space; ``pattern`` is the pattern that is painted instead."""

    space: Space
    values: tuple[float, ...] = ()
    pattern: Any = None

    @cached_property
    def inks(self) -> Mapping[str, float]:
        """Shares of the inks from 0 to 1, without those that do not print.

        Empty is the white of the paper, and also what cannot be known: RGB and patterns.
        """
        return {name: share for name, share in self._shares() if share > INK_MIN}

    def _shares(self) -> Sequence[tuple[str, float]]:
        space, values = self.space, self.values
        if space.kind == "cmyk":
            return tuple(zip(PROCESS_INKS, values, strict=False))
        if space.kind == "gray" and values:
            return (("Black", 1 - values[0]),)
        if space.kind == "spot":
            return tuple(zip(space.names, values, strict=False))
        return ()

    @property
    def is_white(self) -> bool:
        """Tell whether nothing but paper shows."""
        if self.space.kind in {"cmyk", "gray", "spot"}:
            return not self.inks
        return (
            self.space.kind in {"rgb", "calibrated"} and min(self.values, default=0) > 1 - INK_MIN
        )

    @property
    def is_light(self) -> bool:
        """Tell whether it is lighter than most grounds: text in it is set in reverse."""
        if self.space.kind in {"rgb", "calibrated"}:
            return len(self.values) > 0 and sum(self.values) / len(self.values) > _LIGHT
        if self.space.kind in {"cmyk", "gray", "spot"}:
            return sum(self.inks.values()) < 1 - _LIGHT
        return False


_LIGHT = 0.75
BLACK = Colour(Space("gray", 1), (0.0,))


def read_space(raw: Any, resources: Any) -> Space:
    """Return a colour space that an operator, an image or a shading names."""
    import pikepdf

    if isinstance(raw, pikepdf.Name):
        name = str(raw)
        named = (resources.get("/ColorSpace") or {}).get(name)
        if named is not None and not (isinstance(named, pikepdf.Name) and str(named) == name):
            return read_space(named, resources)
        return Space(*_DEVICE.get(name, ("unknown", 1)))
    if not isinstance(raw, pikepdf.Array) or not len(raw):
        return Space("unknown", 1)
    return _read_array(str(raw[0]), raw, resources)


def _read_array(head: str, raw: Any, resources: Any) -> Space:
    if head == "/ICCBased":
        return _of_profile(raw[1])
    if head in _SPOT_SPACES:
        names = (raw[1],) if head == "/Separation" else tuple(raw[1])
        return Space("spot", len(names), tuple(str(name)[1:] for name in names))
    if head in {"/Indexed", "/I"}:
        base = read_space(raw[1], resources)
        return Space(base.kind, 1, base.names, base.has_profile, base)
    if head == "/Pattern":
        coloured = read_space(raw[1], resources) if len(raw) > 1 else None
        return Space("pattern", coloured.channels if coloured else 0, base=coloured)
    return Space(*_DEVICE.get(head, ("unknown", 1)))


def _of_profile(stream: Any) -> Space:
    """Return the space of an ICC profile: calibrated, except that four channels are inks."""
    channels = int(stream.get("/N", 0))
    if channels == len(PROCESS_INKS):
        return Space("cmyk", channels, has_profile=True)
    is_lab = stream.read_bytes()[16:20] == b"Lab "
    return Space("lab" if is_lab else "calibrated", channels, has_profile=True)
