"""Codes are read back from the picture of the page, as a telephone would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .geometry import POINTS_PER_MM, Box
from .job import Sheet
from .picture import Picture
from .report import Finding

DPI = 150
MODULE_MIN_MM, MODULE_SMALL_MM = 0.40, 0.50
SAFE_MM = 5.0
# Grade B for symbol contrast in ISO/IEC 15415.
CONTRAST_MIN = 0.55
_MODULE_SLACK_MM = 0.01  # a pixel of a code that is a hundred pixels wide
_SAFE_SLACK_MM = 0.2
_QUIET_MODULES = 4
_BLUR = 2.0  # pixels at the rim of the quiet zone that may be half covered
_NEAR = 0.6
_FIRST_VERSION, _VERSION_STEP = 17, 4  # modules of a QR code: 17 + 4 × version (ISO/IEC 18004)
_EXTREME_SHARE = 0.2
_LINEAR_MAX = 0.04045


class ReadCode(NamedTuple):
    """A code in a picture: what it says, its place in pixels, and its modules across."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    modules: int

    @property
    def module(self) -> float:
        """The width of a module in pixels."""
        return (self.right - self.left + self.bottom - self.top) / 2 / self.modules


def read_codes(picture: Picture) -> tuple[ReadCode, ...]:
    """Return the QR codes that can be read.

    The reader's own "QRCode" is a family: now and then it sees a Micro QR code within a large one.
    """
    import zxingcpp

    wanted = zxingcpp.barcode_formats_from_str("QRCodeModel2")
    found = zxingcpp.read_barcodes(picture.image, formats=wanted)
    return tuple(_read(each) for each in found if each.valid)


def _read(barcode: Any) -> ReadCode:
    place = barcode.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
    modules = _FIRST_VERSION + _VERSION_STEP * int(barcode.extra.get("Version", 1))
    return ReadCode(barcode.text, min(xs), min(ys), max(xs) + 1, max(ys) + 1, modules)


def check_codes(sheet: Sheet, picture: Picture, found: tuple[ReadCode, ...]) -> Iterator[Finding]:
    """Check that the right code, and no other, was read, and that it is well printed."""
    if sheet.is_code_known:
        yield from _expected(sheet, picture, found)
    for code in found:
        yield from check_quality(sheet, picture, code)
        yield from _place(sheet, _box(picture, code))


def _expected(sheet: Sheet, picture: Picture, found: tuple[ReadCode, ...]) -> Iterator[Finding]:
    wanted = sheet.code
    others = [code for code in found if code.text != wanted]
    if wanted is not None and len(others) == len(found):
        if not found:
            yield sheet.finding("code-missing", "the card has a code, and none can be read")
            return
        wrong = others.pop(0)
        yield sheet.finding("code-wrong", "it is not this card's", _box(picture, wrong))
    for code in others:
        yield sheet.finding("code-unexpected", "it is not this card's", _box(picture, code))


def check_dots(sheet: Sheet, picture: Picture) -> Iterator[Finding]:
    """Check that a code survives a printer that knows black dots and no others."""
    dots = picture.image.point(lambda value: 255 if value >= 128 else 0)  # noqa: PLR2004
    found = read_codes(Picture(dots, picture.dpi, picture.origin))
    is_there = sheet.code in {code.text for code in found} if sheet.is_code_known else True
    if sheet.code is not None and not is_there:
        yield sheet.finding("code-thermal", f"it is lost at {picture.dpi:g} dpi in one bit")


def check_quality(sheet: Sheet, picture: Picture, code: ReadCode) -> Iterator[Finding]:
    """Check the size of the modules, the contrast and the quiet zone of a code."""
    box = _box(picture, code)
    module_mm = code.module * 25.4 / picture.dpi
    if module_mm < MODULE_MIN_MM - _MODULE_SLACK_MM:
        yield sheet.finding("code-module", f"{module_mm:.2f} mm", box)
    elif module_mm < MODULE_SMALL_MM - _MODULE_SLACK_MM:
        yield sheet.finding("code-module-small", f"{module_mm:.2f} mm", box)
    dark, light = _levels(picture.image, code)
    contrast = _reflectance(light) - _reflectance(dark)
    if contrast < CONTRAST_MIN:
        yield sheet.finding("code-contrast", f"they differ by {contrast:.0%}", box)
    if not _is_quiet(picture.image, code, dark + (light - dark) * _NEAR):
        yield sheet.finding("code-quiet", "the margin around the code is not clear", box)


def _levels(image: Any, code: ReadCode) -> tuple[float, float]:
    """Return how bright the dark and the light modules are, from 0 to 255."""
    area = image.crop((round(code.left), round(code.top), round(code.right), round(code.bottom)))
    counts = area.convert("L").histogram()
    return _mean_end(list(enumerate(counts))), _mean_end(list(enumerate(counts))[::-1])


def _mean_end(levels: list[tuple[int, int]]) -> float:
    """Return the mean of the first fifth of the pixels."""
    room = total = max(1, int(sum(count for _, count in levels) * _EXTREME_SHARE))
    weighted = 0
    for level, count in levels:
        taken = min(room, count)
        weighted += level * taken
        room -= taken
    return weighted / total


def _is_quiet(image: Any, code: ReadCode, level: float) -> bool:
    """Tell whether the four modules around a code are as light as its light modules."""
    far, near = code.module * _QUIET_MODULES - _BLUR, code.module * _NEAR
    outer = tuple(
        round(value)
        for value in (code.left - far, code.top - far, code.right + far, code.bottom + far)
    )
    width, height = image.size
    if outer[0] < 0 or outer[1] < 0 or outer[2] > width or outer[3] > height:
        return False
    ring = image.crop(outer).convert("L")
    hole = (round(far - near), round(far - near), *(round(side - far + near) for side in ring.size))
    ring.paste(255, hole)
    return bool(ring.getextrema()[0] >= level)


def _place(sheet: Sheet, box: Box) -> Iterator[Finding]:
    safe = sheet.trim.shrunk((SAFE_MM - _SAFE_SLACK_MM) * POINTS_PER_MM)
    if not safe.holds(box):
        yield sheet.finding("code-safe", f"less than {SAFE_MM:g} mm from the cut", box)


def _box(picture: Picture, code: ReadCode) -> Box:
    return picture.box(code.left, code.top, code.right, code.bottom)


def _reflectance(level: float) -> float:
    """Return the share of light that an sRGB grey throws back (IEC 61966-2-1)."""
    value = level / 255
    return value / 12.92 if value <= _LINEAR_MAX else float(((value + 0.055) / 1.055) ** 2.4)
