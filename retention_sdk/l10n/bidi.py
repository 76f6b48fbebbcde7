"""Keep a piece of text from disturbing the direction of the text around it (UAX #9)."""

from __future__ import annotations

import re
import unicodedata

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"
ISOLATES = frozenset((LRI, RLI, FSI, PDI))

# Bidirectional classes that can move something in a line that runs from left to right.
_TURNING = frozenset({"R", "AL", "AN"})
_OPENING = frozenset((LRI, RLI, FSI))
# Embeddings and overrides end with the isolate around them, but nobody prints them on purpose.
_EMBEDDINGS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e"))
_WITHOUT_ISOLATES = dict.fromkeys(map(ord, ISOLATES))
# Bidi class B: an isolate never reaches beyond the end of a paragraph (rule BD9).
_PARAGRAPH = re.compile("([\n\r\x1c\x1d\x1e\x85\u2029]+)")
# Between Arabic-Indic digits (bidi class AN) a separator counts as right-to-left and turns the
# groups around, even inside a left-to-right isolate (rule N1). A mark on both sides stops that.
_ARABIC_INDIC = re.compile("[\u0660-\u0669]")
_LRM = "\u200e"
_RTL_MARKS = dict.fromkeys(map(ord, "\u200f\u061c"))
_SIGNS = " \u00a0!-/:-@\\[-`{-~،؛–—·"
_SEPARATORS = re.compile(rf"(?<![\u200e{_SIGNS}])([{_SIGNS}]+)(?![\u200e{_SIGNS}])")


def isolate(text: str) -> str:
    """Wrap text in FSI and PDI, so that its own first strong letter sets its direction.

    Each paragraph is wrapped by itself. Isolates inside stay when they are balanced and go
    otherwise; embeddings and overrides always go.
    """
    return _wrap(text, FSI)


def isolate_ltr(text: str) -> str:
    """Wrap a code, phone number, URL or e-mail address in LRI and PDI: it runs left to right.

    Groups of Arabic-Indic digits keep their order too; marks that would turn them around go.
    """
    text = text.translate(_RTL_MARKS)
    if _ARABIC_INDIC.search(text):
        text = _SEPARATORS.sub(rf"{_LRM}\1{_LRM}", text)
    return _wrap(text, LRI)


def strip_isolates(text: str) -> str:
    """Return text without isolates, for GSM-7 and for renderers that do not know them."""
    return text.translate(_WITHOUT_ISOLATES)


def turns(text: str) -> bool:
    """Tell whether something in a text could move what stands in a line from left to right."""
    return any(unicodedata.bidirectional(char) in _TURNING for char in text)


def is_balanced(text: str) -> bool:
    """Tell whether every isolate is closed, in order, within its paragraph."""
    depth = 0
    for char in text:
        if char in _OPENING:
            depth += 1
        elif char == PDI:
            depth -= 1
            if depth < 0:
                return False
        elif depth and _PARAGRAPH.match(char):
            return False
    return depth == 0


def _wrap(text: str, opening: str) -> str:
    text = text.translate(_EMBEDDINGS)
    if not ISOLATES.isdisjoint(text) and not is_balanced(text):
        text = strip_isolates(text)
    if not _PARAGRAPH.search(text):
        return f"{opening}{text}{PDI}"
    pieces = _PARAGRAPH.split(text)
    return "".join(
        piece if index % 2 or not piece else f"{opening}{piece}{PDI}"
        for index, piece in enumerate(pieces)
    )
