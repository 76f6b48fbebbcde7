"""Which colours of a palette go together on paper."""

from __future__ import annotations

from ..model import Palette

# WCAG 2.2, success criterion 1.4.3.
_CONTRAST_MIN = 4.5
_MUTED_SHARE = 0.3
_SOFT_SHARE = 0.11
# Where the curve of sRGB turns into a line, as WCAG 2.2 defines relative luminance.
_LINEAR_MAX = 0.04045


def colours_of(palette: Palette) -> dict[str, str]:
    """Return the palette with what follows from it, as sRGB.

    Titles and text on colour are legible, ``muted`` is for small print, and ``soft`` is a shade
    of the brand's colour that is only just seen on it.
    """
    on_primary = _most_legible(palette.primary, (palette.paper, palette.ink))
    return {
        "paper": palette.paper,
        "ink": palette.ink,
        "primary": palette.primary,
        "accent": palette.accent,
        "title": _most_legible(palette.paper, (palette.primary, palette.ink)),
        "muted": _mixed(palette.ink, palette.paper, _MUTED_SHARE),
        "on_primary": on_primary,
        "soft": _mixed(palette.primary, on_primary, _SOFT_SHARE),
    }


def _most_legible(ground: str, candidates: tuple[str, ...]) -> str:
    """Return the first colour that reads well on a ground, else plain white or black."""
    for colour in candidates:
        if contrast(colour, ground) >= _CONTRAST_MIN:
            return colour
    return max(("#ffffff", "#000000"), key=lambda colour: contrast(colour, ground))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two sRGB colours, from 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= _LINEAR_MAX else ((value + 0.055) / 1.055) ** 2.4


def _mixed(one: str, other: str, share: float) -> str:
    """Return the first colour with a share of the second in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
