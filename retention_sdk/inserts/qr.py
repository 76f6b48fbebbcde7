"""QR codes that a phone reads off paper."""

from __future__ import annotations

import io
from dataclasses import dataclass

from ..errors import PrintError

QUIET_MODULES = 4
MODULE_MIN_MM = 0.40  # GS1 General Specifications ask for 0.396 mm
MODULE_MM = 0.60
PATCH_MAX_MM = 26.0
# All eight masks decode equally well on paper; searching for the nicest costs five milliseconds.
_MASK = 3


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
    import segno

    code = segno.make(url, error="m", mask=_MASK, micro=False, boost_error=False)
    modules = code.symbol_size(border=QUIET_MODULES)[0]
    module_mm = min(MODULE_MM, patch_max_mm / modules)
    if module_mm < MODULE_MIN_MM:
        raise PrintError(
            f"the QR code needs {modules} modules, {module_mm:.2f} mm each; "
            f"{MODULE_MIN_MM:.2f} mm is the least a phone reads: use a shorter link"
        )
    return QrCode(_draw(code), round(modules * module_mm, 3), module_mm)


def _draw(code: object) -> bytes:
    out = io.BytesIO()
    code.save(  # type: ignore[attr-defined]  # segno is untyped
        out,
        kind="svg",
        border=QUIET_MODULES,
        dark="#000",
        light="#fff",
        xmldecl=False,
        omitsize=True,
    )
    return out.getvalue()
