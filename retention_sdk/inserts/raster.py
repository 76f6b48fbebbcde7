"""Pictures made of pixels: how they become a drawing, and how fine they print."""

from __future__ import annotations

import io
import re
from base64 import b64decode, b64encode

_EMBEDDED = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]+)")
_MM_PER_INCH = 25.4


def wrap_picture(data: bytes, kind: str) -> str:
    """Return an SVG that holds a picture (``png`` or ``jpeg``), as large as it has pixels.

    Raises:
        ValueError: the bytes are not such a picture.
    """
    width, height = picture_size(data)
    encoded = b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/{kind};base64,{encoded}"/></svg>'
    )


def picture_size(data: bytes) -> tuple[int, int]:
    """Return width and height in pixels.

    Raises:
        ValueError: the bytes are no PNG or JPEG.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            size: tuple[int, int] = picture.size
            return size
    except (UnidentifiedImageError, OSError):
        raise ValueError("this is not a PNG or JPEG") from None


def picture_dpi(svg: str, height_mm: float) -> float | None:
    """Return the dots per inch that the first picture in a drawing has at a printed height.

    None where the drawing is all lines. It is assumed that the picture fills the drawing.
    """
    found = _EMBEDDED.search(svg)
    if found is None:
        return None
    _, height = picture_size(b64decode(found[1]))
    return height / (height_mm / _MM_PER_INCH)
