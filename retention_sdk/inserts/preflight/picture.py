"""Pages as pixels. PDFium is not safe to share between threads: one thread of a process draws."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .geometry import Box
from .job import Sheet

INCH_PT = 72
_PIXELS_MAX = 100_000_000  # SRA3 at 600 dpi


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, or a label, in pixels. ``origin`` is its upper left corner in points."""

    image: Any
    dpi: float
    origin: tuple[float, float]

    def box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a rectangle of pixels in points."""
        unit = INCH_PT / self.dpi
        x, y = self.origin
        return Box(x + left * unit, y - bottom * unit, x + right * unit, y - top * unit)

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """Return a rectangle in points as left, top, right, bottom pixels inside the picture."""
        unit = self.dpi / INCH_PT
        x, y = self.origin
        width, height = self.image.size
        return (
            max(0, min(width, round((box.left - x) * unit))),
            max(0, min(height, round((y - box.top) * unit))),
            max(0, min(width, round((box.right - x) * unit))),
            max(0, min(height, round((y - box.bottom) * unit))),
        )


class Renderer:
    """Draws the pages of one document."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def draw(self, sheet: Sheet, *, dpi: int, is_gray: bool = True) -> Picture:
        """Return a page as a printer would see it, its bleed included."""
        page = self._document[sheet.number - 1]
        try:
            _check_size(page.get_size(), dpi)
            bitmap = page.render(scale=dpi / INCH_PT, grayscale=is_gray)
            image = bitmap.to_pil().convert("L" if is_gray else "RGB")
            left, _, _, top = page.get_cropbox()
        finally:
            page.close()
        return Picture(image, dpi, (left, top))


def _check_size(size: tuple[float, float], dpi: int) -> None:
    """Refuse a page that would fill the memory; posters are not our trade."""
    if size[0] * size[1] * (dpi / INCH_PT) ** 2 > _PIXELS_MAX:
        raise ValueError("the page is larger than a card or a sheet of cards")


@contextmanager
def open_renderer(data: bytes) -> Iterator[Renderer]:
    """Open a PDF to draw its pages."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        yield Renderer(document)
    finally:
        document.close()


def is_blank(picture: Picture) -> bool:
    """Tell whether every pixel is the same."""
    image = picture.image if picture.image.mode == "L" else picture.image.convert("L")
    low, high = image.getextrema()
    return bool(low == high)
