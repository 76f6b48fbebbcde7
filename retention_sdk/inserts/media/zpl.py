"""Labels in ZPL II, the language of Zebra's label printers and of most others.

Everything is sent as a picture: the printer's own faces know neither Persian nor a brand. The
commands follow Zebra's programming guide; ``^GFA`` carries the picture, either deflated (Z64,
with a checksum) or in the older run lengths that every firmware knows.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from ...errors import PrintError
from .dots import Dots

Encoding = Literal["z64", "ascii"]

# Letters that repeat the next digit: G to Y for 1 to 19 times, g to z for 20 to 400 in twenties.
_ONES = " GHIJKLMNOPQRSTUVWXY"
_TWENTIES = " ghijklmnopqrstuvwxyz"
_REPEATS_MAX = 400
_REPEAT_FROM = 3
_COPIES_MAX = 99_999_999
_REST_OF_ROW = {"0": ",", "F": "!"}
_SAME_ROW = ":"


def encode_zpl(
    pages: Sequence[Dots], *, encoding: Encoding = "z64", copies: int = 1, is_flipped: bool = False
) -> bytes:
    """Return one label for each page. Equal pages give equal bytes.

    ``is_flipped`` prints upside down, for printers that eject the foot first. Speed, darkness
    and the kind of label stay as the printer is set.

    Raises:
        PrintError: there is no page, or not a number of copies.
    """
    if not pages or not 1 <= copies <= _COPIES_MAX:
        raise PrintError("a label print has at least one page and one copy")
    return "".join(_label(page, encoding, copies, is_flipped=is_flipped) for page in pages).encode(
        "ascii"
    )


def _label(page: Dots, encoding: Encoding, copies: int, *, is_flipped: bool) -> str:
    return (
        f"^XA^PW{page.width}^LL{page.height}^LH0,0^LS0^PO{'I' if is_flipped else 'N'}"
        f"^FO0,0{_graphic(page, encoding)}^FS^PQ{copies}^XZ\n"
    )


def _graphic(page: Dots, encoding: Encoding) -> str:
    size = len(page.data)
    data = _deflated(page.data) if encoding == "z64" else _run_lengths(page.data, page.row_bytes)
    return f"^GFA,{size},{size},{page.row_bytes},{data}"


def _deflated(data: bytes) -> str:
    """Return the bits deflated, in base 64, with the checksum of the base 64 (CRC-16/XMODEM)."""
    text = base64.b64encode(zlib.compress(data, 9))
    return f":Z64:{text.decode('ascii')}:{binascii.crc_hqx(text, 0):04X}"


def _run_lengths(data: bytes, row_bytes: int) -> str:
    starts = range(0, len(data), row_bytes)
    rows = [data[start : start + row_bytes].hex().upper() for start in starts]
    return "".join(
        _SAME_ROW if number and row == rows[number - 1] else _row(row)
        for number, row in enumerate(rows)
    )


def _row(row: str) -> str:
    last = row[-1]
    rest = _REST_OF_ROW.get(last, "")
    kept = row.rstrip(last) if rest else row
    runs = ((digit, len(list(same))) for digit, same in groupby(kept))
    return "".join(_run(digit, count) for digit, count in runs) + rest


def _run(digit: str, count: int) -> str:
    if count < _REPEAT_FROM:
        return digit * count
    full, count = divmod(count, _REPEATS_MAX)
    twenties, ones = divmod(count, 20)
    letters = "z" * full + _TWENTIES[twenties] + _ONES[ones]
    return letters.replace(" ", "") + digit
