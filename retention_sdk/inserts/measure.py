"""Measure a text of the catalogues as the card would set it: its width, and what has no ink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .fonts import FontLibrary, load_fonts
from .ink import unprintable
from .typography import Face, typography_for
from .widths import width_of

# The registry gives the room at this size; what the card really uses depends on the script.
SIZE_PT = 9.0
_MM_PER_POINT = 25.4 / 72
# Which role sets which message; everything else is set as the body. See ``layout``.
_ROLES: Mapping[str, str] = {
    "headline": "display",
    "salutation": "aside",
    "signoff": "aside",
    "tagline": "aside",
    "more_items": "aside",
    "caption": "aside",
}


@dataclass(frozen=True, slots=True)
class CardGauge:
    """Measures texts in the faces that the card uses for a language."""

    library: FontLibrary

    def width_mm(self, key: str, text: str, *, tag: str, script: str) -> float:
        """Return the width of a message in one line, at the size the registry speaks of.

        Raises:
            MissingFont: the face is not installed.
        """
        return width_mm(text, face_for(key, tag=tag, script=script), self.library)

    def lacking(self, key: str, text: str, *, tag: str, script: str) -> str:
        """Return the characters of a message that no face of its chain can print.

        Raises:
            MissingFont: the face is not installed.
        """
        return unprintable(text, face_for(key, tag=tag, script=script), self.library)


def card_gauge() -> CardGauge:
    """Return a gauge for the installed faces.

    Raises:
        MissingFont: no font package is installed.
    """
    return CardGauge(load_fonts())


def face_for(key: str, *, tag: str, script: str) -> Face:
    """Return the face that sets a message of the card, by the last part of its key."""
    style = typography_for(tag, script)
    face: Face = getattr(style, _ROLES.get(key.rpartition(".")[2], "body"))
    return face


def width_mm(text: str, face: Face, library: FontLibrary, *, size_pt: float = SIZE_PT) -> float:
    """Return how wide a text is when it stands in one line, fallback faces included.

    Words are shaped one by one, each in its own direction, and the spaces added: the width of a
    line does not depend on the order that bidi puts its words in.

    Raises:
        MissingFont: the face is not installed.
    """
    return width_of(text, face, library) * size_pt * _MM_PER_POINT
