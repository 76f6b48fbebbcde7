"""Every code that a preflight can report: how grave it is, what it means, how it is mended.

The limits are the strictest that the printers we read agree on; where a standard gives one, it
is named: ISO 15930 (PDF/X), ISO 12647-2 (offset), ISO/IEC 18004 and 15415 (codes), and the GS1
General Specifications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A code: its severity, what it says, and what to do about it."""

    severity: Severity
    meaning: str
    fix: str


def _error(meaning: str, fix: str) -> Rule:
    return Rule("error", meaning, fix)


def _warning(meaning: str, fix: str) -> Rule:
    return Rule("warning", meaning, fix)


_FILE = {
    "file-damaged": _error(
        "the file cannot be read, or its syntax is broken", "export the file again"
    ),
    "file-encrypted": _error("the file is encrypted", "save it without a password"),
    "file-version": _error(
        "the PDF version is newer than the standard allows (X-1a: 1.4, X-4: 1.6)",
        "finish it for the press again",
    ),
    "file-identifier": _error("the file has no /ID", "save it with a file identifier"),
    "file-javascript": _error("the file holds JavaScript", "remove the scripts"),
    "file-attachment": _error("other files are embedded", "remove the attachments"),
    "file-action": _error("the file acts when it is opened or shown", "remove the actions"),
    "file-form": _error("the file has form fields", "flatten or remove the form"),
    "file-layers": _error(
        "the file has layers, which a press may print or not", "flatten the layers"
    ),
    "page-count": _error("the file has too few or too many pages", "print one page per side"),
}
_PAGE = {
    "page-annotation": _error(
        "a link, note or field lies on the card", "remove it; paper has no links"
    ),
    "page-rotated": _error("the page is turned", "turn the artwork, not the page"),
    "page-scaled": _error("the page is scaled with UserUnit", "set the page at its true size"),
    "page-blank": _error("nothing is printed on the page", "print a side, or leave the page out"),
    "box-trim-missing": _error("there is no TrimBox", "state where the card is cut"),
    "box-trim-size": _error(
        "the trimmed size is not the format's, to 0.1 mm", "choose the format that is ordered"
    ),
    "box-nested": _error(
        "the boxes do not lie in each other: media, bleed, trim", "set the boxes again"
    ),
    "box-bleed": _error("the bleed is narrower than the format's", "let the artwork run further"),
    "box-art": _error("there is an ArtBox beside the TrimBox", "remove the ArtBox"),
    "bleed-white": _error(
        "colour reaches the cut but not the edge of the bleed: a white line may show",
        "extend the artwork to the edge of the bleed",
    ),
}
_STANDARD = {
    "pdfx-label": _error(
        "the file does not say that it is the PDF/X it should be", "finish it for the press again"
    ),
    "pdfx-info": _error(
        "title or dates are missing, or differ from the metadata", "finish it for the press again"
    ),
    "pdfx-trapped": _error("whether the file is trapped is not stated", "state it in /Trapped"),
    "pdfx-metadata": _error(
        "XMP metadata that PDF/X-4 asks for are missing", "finish it for the press again"
    ),
    "intent-missing": _error(
        "no output intent says which press the colours are for", "add one output intent"
    ),
    "intent-many": _error("several output intents contradict each other", "keep one"),
    "intent-condition": _error(
        "the output intent names another printing condition than the profile's",
        "choose the profile that the printer prints by",
    ),
    "intent-registry": _warning(
        "the condition is not tied to the registry of the ICC", "name http://www.color.org"
    ),
    "intent-profile": _error(
        "PDF/X-4 needs the ICC profile inside the file", "embed the ICC profile"
    ),
    "intent-class": _error(
        "the ICC profile of the intent is not one of an output device", "embed a printer's profile"
    ),
    "intent-space": _error(
        "the ICC profile of the intent is of another colour space", "embed a CMYK profile"
    ),
    "intent-channels": _error(
        "/N is not the number of channels of the ICC profile", "write /N as the profile has it"
    ),
}
_COLOUR = {
    "colour-rgb": _error(
        "something is drawn in RGB without a profile", "convert it to CMYK or a spot ink"
    ),
    "colour-icc": _error(
        "something is drawn in a calibrated colour that this standard forbids",
        "convert it to the inks of the press",
    ),
    "colour-lab": _error("something is drawn in Lab", "convert it to CMYK or a spot ink"),
    "colour-registration": _error(
        "registration colour prints inside the card", "keep it for marks outside the bleed"
    ),
    "colour-spot": Rule("note", "the card needs an ink of its own", "order the ink, or convert it"),
    "transparency-alpha": _error("something is see-through", "flatten it, or deliver PDF/X-4"),
    "transparency-mask": _error(
        "something fades through a soft mask", "flatten it, or deliver PDF/X-4"
    ),
    "transparency-blend": _error(
        "a blend mode mixes colours", "flatten it, or deliver PDF/X-4 with a standard mode"
    ),
    "transparency-group": _error(
        "a page or drawing is a transparency group", "flatten it, or deliver PDF/X-4"
    ),
    "overprint-white": _error(
        "white is set to overprint, so it would vanish", "let white knock out"
    ),
    "ink-limit": _error(
        "more ink than the paper takes: it sets off and smears", "use darker inks, fewer of them"
    ),
}
_TYPE = {
    "font-embedded": _error("a font is not embedded", "embed every font"),
    "font-type3": _error(
        "a Type 3 font prints coarsely or not at all", "use an outline font, or draw shapes"
    ),
    "font-notdef": _error("the glyph for “missing” is printed", "use a face that has the letter"),
    "font-empty": _error(
        "a letter is set in a glyph without ink", "use a face that draws the letter"
    ),
    "type-tiny": _error("text is smaller than 5 pt", "set it larger"),
    "type-small": _warning("text is smaller than 6 pt", "set it larger"),
    "type-reversed": _warning(
        "light or many-coloured text below 7 pt fills in", "set it larger, or in one dark ink"
    ),
    "type-safe": _error("text stands too near the cut", "move it inside the safe area"),
    "type-four-colour": _warning(
        "dark text below 14 pt is built of several inks and will look blurred",
        "set it in black alone",
    ),
    "type-knockout": Rule(
        "note", "small black text knocks out of the colour below", "let black text overprint"
    ),
    "type-order": _error(
        "a number or a word is not read from left to right as it was written",
        "isolate it from the text around it (U+2068 … U+2069)",
    ),
    "type-missing": _error(
        "a number or a word that the card should show is on no page", "print the card again"
    ),
    "line-hair": _warning("a line is thinner than 0.25 pt", "draw it 0.25 pt or thicker"),
    "line-thin": _warning(
        "a light or many-coloured line is thinner than 0.5 pt", "draw it 0.5 pt or thicker"
    ),
    "image-coarse": _error("a picture has less than 150 dpi", "use a larger picture"),
    "image-low": _warning(
        "a picture has less than 300 dpi (600 dpi if it is one-bit)", "use a larger picture"
    ),
    "image-jpeg2000": _error("PDF/X-1a knows no JPEG 2000", "save the picture as JPEG"),
}
_CODE = {
    "code-missing": _error("no code can be read at 150 dpi", "print the code larger and darker"),
    "code-thermal": _error(
        "the code cannot be read as a label printer prints it", "use whole dots for a module"
    ),
    "code-wrong": _error("the code leads somewhere else", "print the card again"),
    "code-unexpected": _error("there is a code where none belongs", "remove the code"),
    "code-module": _error("modules are smaller than 0.40 mm", "print larger, or shorten the link"),
    "code-module-small": _warning("modules are smaller than 0.50 mm", "print the code larger"),
    "code-quiet": _error(
        "something stands in the quiet zone of 4 modules", "leave white around the code"
    ),
    "code-contrast": _error(
        "dark and light modules differ by less than 55 % reflectance", "print black on white"
    ),
    "code-safe": _error("the code stands too near the cut", "move it inside the safe area"),
}
_BATCH = {
    "batch-count": _error("there are not as many pages as cards", "print the batch again"),
    "batch-duplicate": _error("two cards carry the same code", "make a code for each card"),
    "batch-swapped": _error("a card carries the code of another", "print the batch again"),
    "batch-order": _error("the order number of a card is not on it", "print the batch again"),
    "picture-size": _error("the picture is not of the format's size", "draw it at the dots it has"),
    "picture-depth": _error("the picture is not one-bit", "turn it into black and white"),
}

RULES: Mapping[str, Rule] = MappingProxyType(
    {**_FILE, **_PAGE, **_STANDARD, **_COLOUR, **_TYPE, **_CODE, **_BATCH}
)
"""All rules by code."""
