"""Rectangles and matrices on a page, in points, and where they are on the trimmed card."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from .report import Place

if TYPE_CHECKING:
    import pikepdf

POINTS_PER_MM = 72 / 25.4


class Box(NamedTuple):
    """Left, bottom, right, top; y grows upwards, as in PDF."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.top - self.bottom

    def holds(self, other: Box, *, slack: float = 0.0) -> bool:
        """Tell whether the other rectangle lies inside this one."""
        return (
            other.left >= self.left - slack
            and other.bottom >= self.bottom - slack
            and other.right <= self.right + slack
            and other.top <= self.top + slack
        )

    def misses(self, other: Box) -> bool:
        """Tell whether two rectangles lie apart; a line has a rectangle without height."""
        return (
            other.right < self.left
            or other.left > self.right
            or other.top < self.bottom
            or other.bottom > self.top
        )

    def shrunk(self, margin: float) -> Box:
        """Return the rectangle with a margin taken off on every side."""
        return Box(self.left + margin, self.bottom + margin, self.right - margin, self.top - margin)

    def shared(self, other: Box) -> Box | None:
        """Return what two rectangles have in common; nothing where they only touch."""
        left, bottom = max(self.left, other.left), max(self.bottom, other.bottom)
        right, top = min(self.right, other.right), min(self.top, other.top)
        return Box(left, bottom, right, top) if left < right and bottom < top else None


class Matrix(NamedTuple):
    """An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def before(self, then: Matrix) -> Matrix:
        """Return the map that applies this one first, then the other."""
        return Matrix(
            self.a * then.a + self.b * then.c,
            self.a * then.b + self.b * then.d,
            self.c * then.a + self.d * then.c,
            self.c * then.b + self.d * then.d,
            self.e * then.a + self.f * then.c + then.e,
            self.e * then.b + self.f * then.d + then.f,
        )

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lands."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def box(self, box: Box) -> Box:
        """Return the rectangle around the image of a rectangle."""
        corners = [self.point(x, y) for x in (box.left, box.right) for y in (box.bottom, box.top)]
        return around(corners)

    @property
    def width_scale(self) -> float:
        """How much horizontal lengths grow."""
        return math.hypot(self.a, self.b)

    @property
    def height_scale(self) -> float:
        """How much vertical lengths grow."""
        return math.hypot(self.c, self.d)

    @property
    def scale(self) -> float:
        """How much lengths grow on average; lines are that much thicker."""
        return math.sqrt(abs(self.a * self.d - self.b * self.c))


def around(points: Iterable[tuple[float, float]]) -> Box:
    """Return the rectangle around some points."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def union(boxes: Iterable[Box]) -> Box | None:
    """Return the rectangle around rectangles; None if there are none."""
    found = list(boxes)
    if not found:
        return None
    lefts, bottoms, rights, tops = zip(*found, strict=True)
    return Box(min(lefts), min(bottoms), max(rights), max(tops))


def read_box(page: pikepdf.Page, name: str) -> Box | None:
    """Return a box of a page, with its corners in order; None where it is not stated."""
    raw = page.mediabox if name == "/MediaBox" else page.obj.get(name)
    if raw is None:
        return None
    x0, y0, x1, y1 = (float(value) for value in raw)
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def trim_of(page: pikepdf.Page) -> Box:
    """Return what is left of the page after trimming; the whole page where it is not stated.

    An ArtBox stands for the TrimBox where there is none, as PDF/X has it.
    """
    return read_box(page, "/TrimBox") or read_box(page, "/ArtBox") or bleed_of(page)


def bleed_of(page: pikepdf.Page) -> Box:
    """Return the page with its bleed; the whole page where it is not stated."""
    found = read_box(page, "/BleedBox") or read_box(page, "/MediaBox")
    assert found is not None
    return found


def place_of(box: Box, trim: Box) -> Place:
    """Return where a rectangle is on the trimmed card."""
    return Place(
        x_mm=round((box.left - trim.left) / POINTS_PER_MM, 2),
        y_mm=round((trim.top - box.top) / POINTS_PER_MM, 2),
        width_mm=round(box.width / POINTS_PER_MM, 2),
        height_mm=round(box.height / POINTS_PER_MM, 2),
    )
