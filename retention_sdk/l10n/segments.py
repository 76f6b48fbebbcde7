"""What a text message costs: GSM-7 or UCS-2, and how many segments (3GPP TS 23.038, 23.040)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .bidi import ISOLATES, LRI, PDI

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
_ISOLATES_AND_EMBEDDINGS = {code: None for code in _CONTROLS if chr(code) != _LRM}
_CODE = re.compile(f"{LRI}([^{''.join(sorted(ISOLATES))}]*){PDI}")
# What runs left to right between Arabic letters without help: digits alone, and what begins with
# a Latin letter and does not end with a sign (rules W2, W4, W7, N1).
_STEADY = re.compile(r"[0-9]+|[A-Za-z](?:[^\n]*[A-Za-z0-9])?")
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

    A code that would turn around in a text from right to left, such as a telephone number, gets
    a left-to-right mark on either side instead, which even old telephones obey.

    Quotation marks, dashes and special spaces become plain ones if that alone makes the message
    fit GSM-7, where a segment holds more than twice as many letters. Letters are never changed.
    """
    bare = unicodedata.normalize("NFC", text.translate(_CONTROLS))
    plain = bare.translate(_PLAIN)
    if _is_gsm7(plain):
        return plain
    return unicodedata.normalize("NFC", _marked(text)) if _is_rtl(bare) else bare


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


def _marked(text: str) -> str:
    """Return a text without isolates, with marks around those codes that would turn around."""
    return _CODE.sub(_marked_code, text).translate(_ISOLATES_AND_EMBEDDINGS)


def _marked_code(match: re.Match[str]) -> str:
    code = match[1]
    return code if _STEADY.fullmatch(code) else f"{_LRM}{code}{_LRM}"


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
