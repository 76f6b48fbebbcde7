"""How light and how colourful an sRGB colour looks: CIE 1976 L*a*b*, seen under daylight."""

from __future__ import annotations

from math import hypot

Rgb = tuple[int, int, int]
"""Red, green and blue from 0 to 255."""

# IEC 61966-2-1: linear sRGB to XYZ of D65, each row divided by the white point.
_TO_XYZ = (
    (0.4339499, 0.3762098, 0.1898404),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0177566, 0.1094680, 0.8727754),
)
_LINEAR_MAX = 0.04045
_CUBE_MIN = 216 / 24389
_SLOPE = 24389 / 27


def lightness(rgb: Rgb) -> float:
    """Return L*: 0 is black, 100 is white."""
    return 116 * _curve(_xyz(rgb)[1]) - 16


def chroma(rgb: Rgb) -> float:
    """Return C*: 0 is grey, pure sRGB red has 105."""
    x, y, z = (_curve(value) for value in _xyz(rgb))
    return hypot(500 * (x - y), 200 * (y - z))


def _xyz(rgb: Rgb) -> tuple[float, float, float]:
    linear = [_linear(value / 255) for value in rgb]
    x, y, z = (sum(a * b for a, b in zip(row, linear, strict=True)) for row in _TO_XYZ)
    return x, y, z


def _linear(value: float) -> float:
    return value / 12.92 if value <= _LINEAR_MAX else float(((value + 0.055) / 1.055) ** 2.4)


def _curve(value: float) -> float:
    return float(value ** (1 / 3)) if value > _CUBE_MIN else (_SLOPE * value + 16) / 116
