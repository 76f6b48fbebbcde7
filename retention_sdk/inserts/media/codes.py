"""Draw a code again on whole dots.

A module of a code that is 4.8 dots wide comes out 4 or 5 dots wide, and small codes stop being
read. So the code is found where the card has it, taken out, and put back with modules of one
width.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import PrintError
from ..qr import MODULE_MIN_MM, QUIET_MODULES, modules_of
from .dots import Dots, from_image

if TYPE_CHECKING:
    from PIL import Image

_MM_PER_INCH = 25.4
# A reader tells the corners of a code to a dot or two; within the margin nothing else is black.
_REACH_DOTS = 4
Box = tuple[int, int, int, int]


def redraw_code(pages: tuple[Dots, ...], url: str) -> tuple[Dots, ...]:
    """Return the pages with the code of a URL on whole dots.

    The module is the nearest width that keeps a white margin of four modules, and at least
    0.40 mm: 4 dots at 203 dpi, 5 at 300.

    Raises:
        PrintError: no page shows the code, or there is no room for modules a phone reads.
    """
    drawn = tuple(_redrawn(page, url) for page in pages)
    if all(page is None for page in drawn):
        raise PrintError("the card's code cannot be read at this resolution; print it at 300 dpi")
    return tuple(new or old for new, old in zip(drawn, pages, strict=True))


def _redrawn(page: Dots, url: str) -> Dots | None:
    from PIL import Image

    image = page.to_image().convert("L")
    extent = _find(image, url)
    if extent is None:
        return None
    symbol = _symbol(url)
    image.paste(255, _grown(extent, _half_module(extent, symbol)))
    module, corner = _place(image, extent, symbol, page.dpi)
    side = (symbol.width * module, symbol.height * module)
    image.paste(symbol.resize(side, Image.Resampling.NEAREST), corner)
    return from_image(image.convert("1"), page.dpi)


def _find(image: Image.Image, url: str) -> Box | None:
    """Return where the code stands, without its margin."""
    import zxingcpp

    for code in zxingcpp.read_barcodes(image):
        if code.text == url:
            where: Any = code.position
            corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
            across, down = [corner.x for corner in corners], [corner.y for corner in corners]
            return _exact(image, (min(across), min(down), max(across) + 1, max(down) + 1))
    return None


def _exact(image: Image.Image, about: Box) -> Box:
    """Return the black extent of a code. Its eyes reach to three corners, so it has all edges."""
    from PIL import ImageChops

    around = _grown(about, _REACH_DOTS)
    left, top, right, bottom = ImageChops.invert(image.crop(around)).getbbox() or about
    return around[0] + left, around[1] + top, around[0] + right, around[1] + bottom


def _symbol(url: str) -> Image.Image:
    """Return the code with one pixel for each module and no margin."""
    from PIL import Image

    rows = modules_of(url)
    symbol = Image.new("L", (len(rows), len(rows)))
    symbol.putdata([0 if is_dark else 255 for row in rows for is_dark in row])
    return symbol


def _half_module(extent: Box, symbol: Image.Image) -> int:
    return max(1, round((extent[2] - extent[0]) / symbol.width / 2))


def _place(image: Image.Image, extent: Box, symbol: Image.Image, dpi: int) -> tuple[int, Box]:
    """Return the width of a module in dots, and where the code goes, where its margin is white."""
    from PIL import ImageChops

    middle = ((extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2)
    exact = (extent[2] - extent[0]) / symbol.width
    ink = ImageChops.invert(image)
    for module in sorted({int(exact) + 1, int(exact)}, key=lambda dots: abs(dots - exact)):
        if module / dpi * _MM_PER_INCH < MODULE_MIN_MM:
            continue
        side = symbol.width * module
        left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
        place = (left, top, left + side, top + side)
        room = _grown(place, QUIET_MODULES * module)
        if _is_inside(room, image) and ink.crop(room).getbbox() is None:
            return module, place
    raise PrintError(
        f"at {dpi} dpi the code has no room for modules of {MODULE_MIN_MM:.2f} mm on whole dots; "
        "use a shorter link, a larger format, or 300 dpi"
    )


def _grown(box: Box, by: int) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _is_inside(box: Box, image: Image.Image) -> bool:
    return min(box[:2]) >= 0 and box[2] <= image.width and box[3] <= image.height
