"""A picture of black dots, as a label printer burns it, and how a PDF becomes one.

Text, lines and codes are never dithered: the page is drawn four times as large without
antialiasing, and a dot is black where ink covers enough of it. Only photographs and large areas
of a middle tone (a two-coloured logo) are dithered, for they would turn into blots or vanish.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import PrintError

if TYPE_CHECKING:
    from PIL import Image

_FINE = 4
# How much of a dot ink has to cover. Less than half, for a burnt dot is round and hairlines of
# a serif face are thinner than it.
_COVER = 104
_DARK = 128
_PALE = 236
# A tone is an area where it fills a cell of so many dots; what is thinner is a line, and drawn.
_CELL_DOTS = 5
_MM_PER_INCH = 25.4
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows of dots from the top; in ``data`` each row fills whole bytes, and 1 is black."""

    width: int
    height: int
    dpi: int
    data: bytes

    @property
    def row_bytes(self) -> int:
        """How many bytes a row takes."""
        return -(-self.width // 8)

    def to_image(self) -> Image.Image:
        """Return a one-bit Pillow image, black on white."""
        from PIL import Image, ImageChops

        black = Image.frombytes("1", (self.width, self.height), self.data)
        return ImageChops.invert(black)

    def to_png(self) -> bytes:
        """Return a one-bit PNG that knows its resolution, so that it prints at its size."""
        out = io.BytesIO()
        self.to_image().save(out, "PNG", optimize=True, dpi=(self.dpi, self.dpi))
        return out.getvalue()


def from_image(image: Image.Image, dpi: int) -> Dots:
    """Return the dots of a one-bit image."""
    from PIL import ImageChops

    return Dots(image.width, image.height, dpi, ImageChops.invert(image).tobytes())


def read_dots(pdf: bytes, *, dpi: int) -> tuple[Dots, ...]:
    """Return the pages of a PDF as dots, each trimmed to whole dots.

    Raises:
        PrintError: the document cannot be read.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise PrintError("the card is not a readable PDF") from None
    try:
        return tuple(_page_dots(page, dpi) for page in document)
    finally:
        document.close()


def _page_dots(page: Any, dpi: int) -> Dots:
    from PIL import Image, ImageChops

    left, bottom, right, top = page.get_trimbox()
    page.set_cropbox(left, bottom, right, top)
    width = round((right - left) / _POINTS_PER_INCH * dpi)
    height = round((top - bottom) / _POINTS_PER_INCH * dpi)
    fine = _draw(page, dpi * _FINE, (width * _FINE, height * _FINE))
    covered = _is_covered(fine.point(_at_most(_DARK)))
    tinted = _is_covered(fine.point(_at_most(_PALE)))
    tones = ImageChops.logical_and(_areas(tinted, covered), tinted)
    photographs = _photographs(page, dpi, (width, height), (left, top))
    dithered = fine.reduce(_FINE).convert("1", dither=Image.Dither.FLOYDSTEINBERG)
    black = Image.composite(covered, tinted, tones)
    burnt = ImageChops.invert(dithered)
    black = Image.composite(ImageChops.logical_or(burnt, covered), black, tones)
    black = Image.composite(burnt, black, photographs)
    return Dots(width, height, dpi, black.tobytes())


def _draw(page: Any, dpi: int, size: tuple[int, int]) -> Image.Image:
    """Return the page in shades of grey, without antialiasing."""
    from PIL import Image

    picture: Image.Image = page.render(
        scale=dpi / _POINTS_PER_INCH,
        grayscale=True,
        no_smoothtext=True,
        no_smoothimage=True,
        no_smoothpath=True,
        fill_color=(255, 255, 255, 255),
    ).to_pil()
    # A page that is not whole pixels wide comes out one short or one long.
    sheet = Image.new("L", size, 255)
    sheet.paste(picture.convert("L"))
    return sheet


def _at_most(limit: int) -> list[int]:
    return [255 if shade < limit else 0 for shade in range(256)]


def _is_covered(ink: Image.Image) -> Image.Image:
    """Return the dots that enough ink lies on."""
    return ink.reduce(_FINE).point(_at_least(_COVER), mode="1")


def _at_least(limit: int) -> list[int]:
    return [255 if shade >= limit else 0 for shade in range(256)]


def _areas(tinted: Image.Image, covered: Image.Image) -> Image.Image:
    """Return where a middle tone is an area and no line: cells full of it, and their neighbours."""
    from PIL import Image, ImageChops, ImageFilter

    tones = ImageChops.logical_and(tinted, ImageChops.invert(covered)).convert("L")
    cells = tones.reduce(_CELL_DOTS).point(_at_least(255))
    near = cells.filter(ImageFilter.MaxFilter(3))
    size = (near.width * _CELL_DOTS, near.height * _CELL_DOTS)
    areas = Image.new("L", tones.size)
    areas.paste(near.resize(size, Image.Resampling.NEAREST))
    return areas.convert("1", dither=Image.Dither.NONE)


def _photographs(
    page: Any, dpi: int, size: tuple[int, int], corner: tuple[float, float]
) -> Image.Image:
    """Return where raster pictures lie."""
    from PIL import Image, ImageDraw
    from pypdfium2 import raw

    mask = Image.new("1", size)
    draw = ImageDraw.Draw(mask)
    scale = dpi / _POINTS_PER_INCH
    for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8):
        left, bottom, right, top = picture.get_bounds()
        x0, x1 = ((x - corner[0]) * scale for x in (left, right))
        y0, y1 = ((corner[1] - y) * scale for y in (top, bottom))
        draw.rectangle((round(x0), round(y0), round(x1) - 1, round(y1) - 1), fill=1)
    return mask
