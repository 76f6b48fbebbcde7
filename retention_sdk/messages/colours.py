"""Colours that can be read, whatever a brand's palette is: WCAG 2.2. Pure."""

from __future__ import annotations

CONTRAST_MIN = 4.5
"""Success criterion 1.4.3: text against its ground."""

_LINEAR_MAX = 0.04045


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two sRGB colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def first_readable(*colours: str, on: str) -> str:
    """Return the first colour that can be read, else the last one made readable."""
    good = (colour for colour in colours if contrast(colour, on) >= CONTRAST_MIN)
    return next(good, None) or readable(colours[-1], on=on)


def readable(colour: str, *, on: str) -> str:
    """Return the colour, or black or white where it could not be read."""
    if contrast(colour, on) >= CONTRAST_MIN:
        return colour
    return max("#000000", "#ffffff", key=lambda candidate: contrast(candidate, on))


def mix(base: str, other: str, share: float) -> str:
    """Return the base colour with a share of another in it, from 0 to 1."""
    pairs = zip(_channels(base), _channels(other), strict=True)
    mixed = (round(one + (two - one) * share) for one, two in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    """Undo the sRGB transfer function (IEC 61966-2-1); it is linear near black."""
    return value / 12.92 if value <= _LINEAR_MAX else ((value + 0.055) / 1.055) ** 2.4
