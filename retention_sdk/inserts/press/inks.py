"""Which inks print a colour: what the brand fixed, black alone for text, colour management else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import dist
from typing import Protocol

from ...errors import PrintError
from ...model import Palette
from ...model.shop import PressInk
from ..profiles import PressProfile
from .cielab import Rgb, chroma, lightness
from .icc import Cmyk, PressColours, colours_for

SOLID_BLACK: Cmyk = (0.0, 0.0, 0.0, 1.0)
_PAPER: Cmyk = (0.0, 0.0, 0.0, 0.0)
_WHITE: Rgb = (255, 255, 255)

# A colour of text that looks black is printed with black alone: four inks never meet exactly, and
# a letter of four inks has coloured edges.
_TEXT_LIGHTNESS_MAX = 35.0
_TEXT_CHROMA_MAX = 15.0
_BLACK_LIGHTNESS_MAX = 20.0
_BLACK_CHROMA_MAX = 10.0
# Steps of 8-bit sRGB within which a grey is grey, and a mixed colour lies on a line.
_TOLERANCE = 2
# Nearer to the paper than this, a tint of text is a colour of its own, and takes the paper's hue.
_TINT_MAX = 0.5


@dataclass(frozen=True, slots=True)
class Ink:
    """A mixture of process inks, or a tint of a spot ink that the mixture stands for in proofs."""

    cmyk: Cmyk
    spot: str = ""
    tint: float = 1.0

    @property
    def count(self) -> int:
        """How many inks it takes; white takes none."""
        return 1 if self.spot else sum(value > 0 for value in self.cmyk)

    @property
    def is_solid_black(self) -> bool:
        """Whether it is black ink alone, and all of it."""
        return self.cmyk == SOLID_BLACK and not self.spot


class Inks(Protocol):
    """What turns colours into inks; masks have another one than pages."""

    def ink(self, rgb: Rgb) -> Ink:
        """Return what prints an sRGB colour."""

    def grey(self, light: float) -> Ink:
        """Return what prints a calibrated grey, from 0 (black) to 1."""

    def process(self, mix: Cmyk) -> Ink:
        """Return what prints a mixture that a file asks for."""

    def lab(self, values: Sequence[float]) -> Ink:
        """Return what prints a colour of CIE L*a*b*."""

    def ramp(self, colours: Sequence[Rgb]) -> list[Cmyk]:
        """Return the mixtures along a gradient."""


@lru_cache(maxsize=16)
def ink_table(profile: PressProfile, palette_json: str) -> InkTable:
    """Return the table of a printing condition and a palette (as JSON, which can be a key).

    Raises:
        PrintError: a mixture of the palette asks for more ink than the paper takes.
    """
    palette = Palette.model_validate_json(palette_json)
    return InkTable(palette, colours_for(profile), profile)


class InkTable:
    """The inks of one brand on one press. Every colour is looked up once."""

    def __init__(self, palette: Palette, colours: PressColours, profile: PressProfile) -> None:
        self.colours = colours
        self._named = {_rgb(code): _named(code, mix) for code, mix in palette.inks.items()}
        _check_named(self._named, palette, profile)
        self._text = _rgb(palette.ink)
        self.paper = _rgb(palette.paper)
        named = self._named.get(self._text)
        self._is_text_black = (
            named.is_solid_black
            if named
            else _looks_black(self._text, _TEXT_LIGHTNESS_MAX, _TEXT_CHROMA_MAX)
        )
        self._found: dict[Rgb, Ink] = {}
        self.spots = {ink.spot: ink.cmyk for ink in self._named.values() if ink.spot}

    def ink(self, rgb: Rgb) -> Ink:
        """Return what prints an sRGB colour: fixed, black, or in whole percents by the profile."""
        found = self._found.get(rgb)
        if found is None:
            found = self.exact(rgb) or Ink(self.colours.mix(rgb))
            self._found[rgb] = found
        return found

    def exact(self, rgb: Rgb) -> Ink | None:
        """Return what prints a colour that colour management must not touch, else nothing."""
        if rgb in self._named:
            return self._named[rgb]
        if rgb == _WHITE:
            return Ink(_PAPER)
        if self._is_text_black:
            share = _share_of(rgb, self._text, self.paper, _WHITE)
            if share is not None and share <= _TINT_MAX:
                return self._black(rgb, base=lightness(self._text))
        if max(rgb) - min(rgb) <= _TOLERANCE:
            return self._black(rgb, base=0.0)
        if _looks_black(rgb, _BLACK_LIGHTNESS_MAX, _BLACK_CHROMA_MAX):
            return Ink(SOLID_BLACK)
        return self._tinted(rgb)

    def _black(self, rgb: Rgb, *, base: float) -> Ink:
        """Return a tint of black ink; what is as dark as ``base`` (L*) is solid."""
        light = 100 * (lightness(rgb) - base) / (100 - base)
        return Ink(_in_percents((0.0, 0.0, 0.0, self.colours.black_for(light))))

    def _tinted(self, rgb: Rgb) -> Ink | None:
        """Return a tint of one of the brand's own inks, where a colour is one."""
        for named, ink in self._named.items():
            share = _share_of(rgb, named, _WHITE)
            if share is None:
                share = _share_of(rgb, named, self.paper)
                share = None if share is None or share > _TINT_MAX else share
            if share is not None:
                cyan, magenta, yellow, black = (round(v * (1 - share), 2) for v in ink.cmyk)
                return Ink((cyan, magenta, yellow, black), ink.spot, round(1 - share, 2))
        return None

    def grey(self, light: float) -> Ink:
        """Return the tint of black that looks like an sRGB grey, from 0 (black) to 1."""
        code = min(255, max(0, round(light * 255)))
        return self.ink((code, code, code))

    def process(self, mix: Cmyk) -> Ink:
        """Return a mixture as it was asked for, within the ink limit."""
        return Ink(self.colours.limited(mix))

    def lab(self, values: Sequence[float]) -> Ink:
        """Return what prints a colour of CIE L*a*b*."""
        return Ink(self.colours.limited(_in_percents(self.colours.mix_of_lab(values))))

    def ramp(self, colours: Sequence[Rgb]) -> list[Cmyk]:
        """Return the mixtures along a gradient. It starts and ends in the brand's own inks.

        Between its ends colour management leads; where the ends differ from it, the colours near
        them do so too, so that a gradient meets the flat colour beside it and has no step.
        """
        exact = [self.exact(rgb) for rgb in colours]
        if all(exact):
            return [ink.cmyk for ink in exact if ink]
        mixes = self.colours.mixes(colours)
        moves = [(end, _difference(self.ink(end).cmyk, mixes[at])) for end, at in _ends(colours)]
        span = max(1.0, dist(colours[0], colours[-1]))
        return [
            self.colours.limited(
                _moved(mix, [(move, 1 - dist(rgb, end) / span) for end, move in moves])
            )
            for rgb, mix in zip(colours, mixes, strict=True)
        ]


class MaskInks:
    """Luminosity instead of ink, for what is painted into a soft mask."""

    def ink(self, rgb: Rgb) -> Ink:
        """Return the grey that a mask reads from a colour (ISO 32000-1, 11.5.3 and 10.3.5)."""
        red, green, blue = (value / 255 for value in rgb)
        return self.grey(0.3 * red + 0.59 * green + 0.11 * blue)

    def grey(self, light: float) -> Ink:
        """Return a grey as it stands."""
        return Ink((0.0, 0.0, 0.0, 1 - light))

    def process(self, mix: Cmyk) -> Ink:
        """Return the grey of a mixture (ISO 32000-1, 10.3.5)."""
        cyan, magenta, yellow, black = mix
        return self.grey(max(0.0, 1 - 0.3 * cyan - 0.59 * magenta - 0.11 * yellow - black))

    def lab(self, values: Sequence[float]) -> Ink:
        """Return the grey of a lightness."""
        return self.grey(values[0] / 100)

    def ramp(self, colours: Sequence[Rgb]) -> list[Cmyk]:
        """Return the greys along a gradient."""
        return [self.ink(rgb).cmyk for rgb in colours]


def _rgb(code: str) -> Rgb:
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red, green, blue


def _named(code: str, mix: PressInk) -> Ink:
    cyan, magenta, yellow, black = (round(percent / 100, 4) for percent in mix.cmyk)
    if any(ord(char) < ord(" ") for char in mix.spot) or mix.spot in {"All", "None"}:
        raise PrintError(f"palette.inks.{code}: {mix.spot!r} cannot be the name of an ink")
    return Ink((cyan, magenta, yellow, black), mix.spot)


def _check_named(named: dict[Rgb, Ink], palette: Palette, profile: PressProfile) -> None:
    for code, ink in zip(palette.inks, named.values(), strict=False):
        total = sum(ink.cmyk) * 100
        if not ink.spot and total > profile.ink_max + 0.01:
            raise PrintError(
                f"palette.inks.{code} asks for {total:.0f} % of ink, and {profile.name} takes "
                f"{profile.ink_max} %: mix it with less"
            )
    spots: dict[str, Cmyk] = {}
    for ink in named.values():
        if ink.spot and spots.setdefault(ink.spot, ink.cmyk) != ink.cmyk:
            raise PrintError(f"palette.inks: {ink.spot} has two mixtures, and can have one")


def _looks_black(rgb: Rgb, lightness_max: float, chroma_max: float) -> bool:
    return lightness(rgb) <= lightness_max and chroma(rgb) <= chroma_max


def _share_of(rgb: Rgb, one: Rgb, *others: Rgb) -> float | None:
    """Return how much of another colour is mixed into the first, if that is what a colour is."""
    for other in others:
        span = max(zip(one, other, strict=True), key=lambda pair: abs(pair[1] - pair[0]))
        if span[0] == span[1]:
            continue
        channel = next(n for n, pair in enumerate(zip(one, other, strict=True)) if pair == span)
        share = (rgb[channel] - one[channel]) / (span[1] - span[0])
        mixed = [a + (b - a) * share for a, b in zip(one, other, strict=True)]
        is_near = all(abs(m - v) <= _TOLERANCE for m, v in zip(mixed, rgb, strict=True))
        if 0 <= share <= 1 and is_near:
            return share
    return None


def _in_percents(mix: Cmyk) -> Cmyk:
    """Return whole percents: a press cannot hold finer steps, and people can read them."""
    cyan, magenta, yellow, black = (round(value, 2) for value in mix)
    return cyan, magenta, yellow, black


def _difference(one: Cmyk, other: Cmyk) -> Cmyk:
    cyan, magenta, yellow, black = (a - b for a, b in zip(one, other, strict=True))
    return cyan, magenta, yellow, black


def _ends(colours: Sequence[Rgb]) -> list[tuple[Rgb, int]]:
    """Return the first and the last colour of a gradient with their places."""
    return [(colours[0], 0), (colours[-1], -1)] if colours[0] != colours[-1] else [(colours[0], 0)]


def _moved(mix: Cmyk, moves: Sequence[tuple[Cmyk, float]]) -> Cmyk:
    """Return a mixture with shares of others added."""
    shares = [(move, max(0.0, share)) for move, share in moves]
    cyan, magenta, yellow, black = (
        min(1.0, max(0.0, value + sum(move[at] * share for move, share in shares)))
        for at, value in enumerate(mix)
    )
    return cyan, magenta, yellow, black
