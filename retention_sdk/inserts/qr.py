"""QR codes that a phone reads off paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import PrintError

QUIET_MODULES = 4
MODULE_MIN_MM = 0.40  # GS1 General Specifications ask for 0.396 mm
MODULE_MM = 0.60
PATCH_MAX_MM = 26.0
_DARK = 0
_STRETCH = re.compile(rb"\x00+")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A drawing of a code, black on white with its quiet zone, and how wide to print it."""

    svg: bytes
    width_mm: float
    module_mm: float


def build_qr(url: str, *, patch_max_mm: float = PATCH_MAX_MM) -> QrCode:
    """Return the code of a URL at error correction level M (15 %), at most so wide.

    Level H would make the modules smaller, and small codes decode worse with it. Modules are
    0.60 mm where there is room; a long link on a small card makes them smaller.

    Raises:
        PrintError: the URL is so long that modules would fall below 0.40 mm.
    """
    rows = _rows_of(url)
    modules = len(rows) + 2 * QUIET_MODULES
    module_mm = min(MODULE_MM, patch_max_mm / modules)
    if module_mm < MODULE_MIN_MM:
        raise PrintError(
            f"the QR code needs {modules} modules, {module_mm:.2f} mm each; "
            f"{MODULE_MIN_MM:.2f} mm is the least a phone reads: use a shorter link"
        )
    return QrCode(_draw(rows), round(modules * module_mm, 3), module_mm)


def modules_of(url: str) -> tuple[tuple[bool, ...], ...]:
    """Return the rows of the symbol at level M, True for a dark module, without quiet zone."""
    return tuple(tuple(value == _DARK for value in row) for row in _rows_of(url))


def _rows_of(url: str) -> list[bytes]:
    """Return the rows of the symbol at level M, a byte for each module, without quiet zone."""
    import zxingcpp

    code = zxingcpp.create_barcode(url, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # typed as if it had no buffer
    pixels = memoryview(image)
    height, width = pixels.shape or (0, 0)
    flat = pixels.tobytes()
    return [flat[start : start + width] for start in range(0, height * width, width)]


def _draw(rows: list[bytes]) -> bytes:
    """Filling closes a path, so that no operator has to."""
    side = len(rows) + 2 * QUIET_MODULES
    dark = "".join([f"M{a} {top}h{b - a}v{end - top}h{a - b}" for a, b, top, end in _blocks(rows)])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    ).encode()


def _blocks(rows: list[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Yield left, right, top and bottom of rectangles of dark modules, each module in one.

    Equal stretches of neighbouring rows are one rectangle: a quarter fewer to draw and to read,
    and no seam between them where a screen smooths edges.
    """
    begun: dict[tuple[int, int], int] = {}
    bottom = len(rows) + QUIET_MODULES
    for y, row in enumerate(rows, QUIET_MODULES):
        before, begun = begun, {}
        for found in _STRETCH.finditer(row):
            begun[found.span()] = before.pop(found.span(), y)
        yield from _placed(before, y)
    yield from _placed(begun, bottom)


def _placed(ended: dict[tuple[int, int], int], y: int) -> Iterator[tuple[int, int, int, int]]:
    for (start, end), top in ended.items():
        yield start + QUIET_MODULES, end + QUIET_MODULES, top, y
