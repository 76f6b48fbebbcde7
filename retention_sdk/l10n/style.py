"""What a careful typesetter of a language would mark: letters, spaces, punctuation, quotes."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# The first word of a character's Unicode name, for the letters each script may use.
_SCRIPT_LETTERS: Mapping[str, frozenset[str]] = {
    "Latn": frozenset({"LATIN", "MODIFIER"}),
    "Arab": frozenset({"ARABIC"}),
    "Hebr": frozenset({"HEBREW"}),
    "Armn": frozenset({"ARMENIAN"}),
    "Cyrl": frozenset({"CYRILLIC"}),
    "Grek": frozenset({"GREEK"}),
    "Deva": frozenset({"DEVANAGARI"}),
    "Thai": frozenset({"THAI"}),
    "Kore": frozenset({"HANGUL"}),
    "Hans": frozenset({"CJK"}),
    "Hant": frozenset({"CJK"}),
    "Jpan": frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}),
}

# Written in Latin letters whatever the script of the language.
_LATIN_NAMES = re.compile("Global Privacy Control|SMS")

_ARABIC_PUNCTUATION = ("[?;,]", "Arabic script has ؟ ؛ ،")
_WIDE_PUNCTUATION = ("[!?;:,.()]", "use the full-width form")

# Per language: what must not occur, and what to do about it.
_LANGUAGE_RULES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "fa": (
        ("[يكىة]", "Persian has ی and ک"),
        ("[٠-٩]", "Persian digits differ"),
        (r"(?<!\w)ن?می [آ-ی]", "می joins its verb with U+200C"),
        (r"\w (ها|های|هایی|هایتان|هایمان|هایت|هایم)(?!\w)", "ها joins its noun with U+200C"),
        ("\u200c(?![آ-ی])|(?<![آ-ی])\u200c", "U+200C stands between two letters only"),
        _ARABIC_PUNCTUATION,
    ),
    "ar": (("[یکۀ]", "Arabic has ي and ك"), _ARABIC_PUNCTUATION),
    "hy": (
        (":", "the Armenian full stop is U+0589"),
        ("[?!]", "Armenian marks the stressed vowel: ՞ and ՜"),
        ("եւ", "Eastern Armenian writes և"),
    ),
    "fr": (
        ("«(?!\u202f)", "a narrow no-break space follows"),
        ("(?<!\u202f)[!?;»]", "a narrow no-break space goes before"),
        ("(?<!\u00a0):", "a no-break space goes before"),
    ),
    "de": (("ß(?=[A-ZÄÖÜ])", "ẞ among capitals"),),
    "tr": (
        ("i\u0307", "one letter, not two: i or İ"),
        # Vowels of a word are all front or all back, so a front vowel follows İ, never I.
        (r"\bI[^\W_aeıioöuü]*[eiöü]", "the capital of i is İ"),
    ),
    "hi": ((r"\.(?!\w)", "a sentence ends with ।"),),
    "el": ((r"\?", "the Greek question mark is ;"),),
    "ja": (_WIDE_PUNCTUATION, (r"[^\s￼] [^\s\d￼]", "no space within a sentence")),
    "zh": (_WIDE_PUNCTUATION,),
}
_EVERYWHERE = (
    ("[\"']", "use the language's own quotation marks or apostrophe"),
    (r"\.\.\.", "one ellipsis, not three stops"),
    ("  ", "two spaces"),
    (r"^\s|\s$", "space at the edge"),
    ("[ ][,.;:!?،؛؟։।]", "a breaking space before punctuation"),
    ("[\u202a-\u202e\u200e\u200f\u061c]", "bidi marks belong to the formatter"),
)
_DIGITS = re.compile("[0-9]")
_DIGITS_BELONG = "digits come from arguments, so that they follow the locale"


def style_faults(text: str, language: str, script: str) -> Iterator[tuple[str, str]]:
    """Yield a code and a detail for each fault of one way a message can read.

    Arguments stand in the text as U+FFFC.
    """
    text = _LATIN_NAMES.sub("\N{OBJECT REPLACEMENT CHARACTER}", text)
    if not unicodedata.is_normalized("NFC", text):
        yield "nfc", "not in NFC"
    for char in sorted(set(text)):
        if char.isalpha() and not _belongs(char, script):
            yield "script", f"{char!r} is not a letter of {script}"
    if match := _DIGITS.search(text):
        yield "digits", f"{match[0]!r}: {_DIGITS_BELONG}"
    for pattern, detail in (*_EVERYWHERE, *_LANGUAGE_RULES.get(language, ())):
        if match := re.search(pattern, text):
            yield "style", f"{match[0]!r}: {detail}"
    if language == "es":
        yield from _unopened(text)


def _belongs(char: str, script: str) -> bool:
    return unicodedata.name(char, "").partition(" ")[0] in _SCRIPT_LETTERS[script]


def _unopened(text: str) -> Iterator[tuple[str, str]]:
    for opening, closing in ("¿?", "¡!"):
        if text.count(opening) != text.count(closing):
            yield "style", f"{opening} and {closing} come in pairs"
