"""The ground under every record: frozen, strict, silent about personal data."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)


class Record(BaseModel):
    """An immutable value. Unknown fields and silent conversions are refused.

    Errors never quote the input, because the input may be somebody's name.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        validate_default=True,
        defer_build=True,
    )


class Settings(BaseModel):
    """A record read from a file a person wrote: lists may stand for tuples, ``8`` for ``8.0``."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_default=True,
        defer_build=True,
    )


# Explicit embeddings and overrides, isolates, and the three invisible marks. ZWJ and ZWNJ stay:
# Persian and the Indic scripts spell with them.
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_DROPPED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
# Files bring it along; inside a text it means nothing since Unicode 3.2, and PDF/UA forbids it.
_BYTE_ORDER_MARK = "\ufeff"


def clean_text(text: str) -> str:
    """Return text in NFC without control, private-use and bidi-control characters.

    Line breaks survive. Markup stays as it is: it is text like any other.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    text = text.replace(_BYTE_ORDER_MARK, "")
    kept = (
        char
        for char in unicodedata.normalize("NFC", text)
        if char == "\n"
        or (char not in BIDI_CONTROLS and unicodedata.category(char) not in _DROPPED_CATEGORIES)
    )
    return "".join(kept).strip()


def _one_line(text: str) -> str:
    # Most fields of most records are empty or plain words.
    if not text or (text.isascii() and text.isprintable() and "  " not in text):
        return text.strip()
    return " ".join(clean_text(text).split())


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # the first day of the year 1, told from the east
        raise ValueError("a moment before the calendar begins, or after it ends") from None


Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\s\x00]+$")
]
"""A platform identifier, kept as text: 1-200 characters without white space."""

Line = Annotated[str, StringConstraints(max_length=500), AfterValidator(_one_line)]
"""One line of somebody's text, at most 500 characters, cleaned of controls."""

Paragraph = Annotated[str, StringConstraints(max_length=5000), AfterValidator(clean_text)]
"""Several lines of somebody's text, at most 5,000 characters, cleaned of controls."""

PersonalLine = Annotated[Line, Field(repr=False)]
"""A line that names or reaches a person: it never shows in a repr."""

Instant = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment, aware; stored in UTC. A naive time is refused."""

LanguageTag = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$", max_length=60)
]
"""What a platform calls a language, in its own spelling: ``fa_IR``, ``pt-BR``."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
