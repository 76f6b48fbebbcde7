"""What a text message costs: GSM-7 or UCS-2, and how many segments (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .bidi import FSI, LRI, PDI, RLI

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Encoding = Literal["gsm7", "ucs2"]

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These take an escape and therefore two septets.
_GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")
# Units in a message that stands alone, and in each part of a longer one, which needs a header.
_ROOM: Mapping[Encoding, tuple[int, int]] = {"gsm7": (160, 153), "ucs2": (70, 67)}

_LRM = "\u200e"
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
# Isolates show as boxes on older telephones, and either kind of control makes a message UCS-2.
_CONTROLS = dict.fromkeys(
    map(ord, "\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e\u200e\u200f\u061c")
)
# Good typography that GSM-7 does not know, and what a telephone keyboard would give.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "‘": "'",
        "’": "'",
        "‚": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "\u2011": "-",
        "…": "...",
        "·": "-",
        "×": "x",
    }
)


@dataclass(frozen=True, slots=True)
class SmsLength:
    """``units`` are septets of GSM-7 or 16-bit units of UCS-2; ``segments`` is what is paid."""

    encoding: Encoding
    units: int
    segments: int


def sms_text(text: str) -> str:
    """Return a text as a telephone gets it: without isolates, composed (NFC).

    Codes, numbers and links in a text that runs from right to left get a mark on either side
    instead, which even old telephones obey, so that they keep running left to right.

    Quotation marks, dashes and special spaces become plain ones if that alone makes the message
    fit GSM-7, where a segment holds more than twice as many letters. Letters are never changed.
    """
    bare = unicodedata.normalize("NFC", text.translate(_CONTROLS))
    plain = bare.translate(_PLAIN)
    if _is_gsm7(plain):
        return plain
    return "".join(_marked(unicodedata.normalize("NFC", text))) if _is_rtl(bare) else bare


def sms_length(text: str) -> SmsLength:
    """Return encoding, units and segments of a text as it is; empty text costs nothing."""
    encoding: Encoding = "gsm7" if _is_gsm7(text) else "ucs2"
    sizes = [_units(char, encoding) for char in text]
    total = sum(sizes)
    alone, part = _ROOM[encoding]
    segments = min(total, 1) if total <= alone else _parts(sizes, part)
    return SmsLength(encoding, total, segments)


def _is_rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)


def _marked(text: str) -> Iterator[str]:
    """Yield the characters of a text, with marks where left-to-right isolates begin and end."""
    opened: list[str] = []
    for char in text:
        if char in (LRI, RLI, FSI):
            opened.append(char)
        is_code = LRI in (char, opened.pop() if char == PDI and opened else "")
        if is_code or char == _LRM:
            yield _LRM
        elif ord(char) not in _CONTROLS:
            yield char


def _is_gsm7(text: str) -> bool:
    return all(char in _GSM7 or char in _GSM7_EXTENSION for char in text)


def _units(char: str, encoding: Encoding) -> int:
    if encoding == "gsm7":
        return 2 if char in _GSM7_EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - a surrogate pair


def _parts(sizes: Iterable[int], room: int) -> int:
    """Fill segments in order; neither an escape nor a surrogate pair is ever torn in two."""
    parts, left = 1, room
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
