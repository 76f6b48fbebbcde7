"""How each script is set: faces, sizes, line heights. Data only; nothing here draws.

Sizes are points, line heights and edges are multiples of the size. The numbers were chosen by
looking at printed proofs: a Latin x-height, a Persian tooth and a kanji of the same point size
do not look equally large.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

CJK_PACKAGE = "retention-sdk-fonts-cjk"
CORE_PACKAGE = "retention-sdk-fonts"

CJK_FAMILIES = frozenset(
    {
        "Shippori Mincho",
        "Klee One",
        "Zen Kaku Gothic New",
        "Gowun Batang",
        "Nanum Pen",
        "Gothic A1",
        "Noto Serif SC",
        "Noto Serif TC",
        "Ma Shan Zheng",
    }
)

# Where a name in another script finds its letters. The order puts the faces that go together
# with the text first; Han comes from one face, so that a name is not set in two.
FALLBACK = (
    "EB Garamond",
    "Noto Serif Armenian",
    "Frank Ruhl Libre",
    "Vazirmatn",
    "Tiro Devanagari Hindi",
    "Trirong",
    "Noto Serif SC",
    "Gowun Batang",
    "Noto Sans",
    "Noto Sans Georgian",
    "Noto Sans Bengali",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Oriya",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Sinhala",
    "Noto Sans Lao",
    "Noto Sans Khmer",
    "Noto Sans Myanmar",
    "Noto Sans Ethiopic",
    "Noto Sans Devanagari",
    "Noto Sans Symbols",
    "Noto Emoji",
)


@dataclass(frozen=True, slots=True)
class Face:
    """A family with its weight and style. ``size`` is used by roles of a fixed size."""

    family: str
    weight: int = 400
    style: Literal["normal", "italic"] = "normal"
    partner: str = ""
    size: float = 0.0
    slant: float = 0.0

    @property
    def families(self) -> tuple[str, ...]:
        """The family, the partner that fills its gaps, then everybody else; each once."""
        first = (self.family, self.partner) if self.partner else (self.family,)
        return tuple(dict.fromkeys((*first, *FALLBACK)))


@dataclass(frozen=True, slots=True)
class Typography:
    """Everything that depends on a script or a language.

    ``ascent + descent`` is the height of a line's box and must hold the tallest cluster;
    ``line_body`` and ``line_display`` are the distances of baselines. The last entries of the
    ``*_sizes`` are floors: smaller than that a press cannot print legibly (7 pt for Latin).
    """

    display: Face
    body: Face
    aside: Face
    hand: Face
    headline_sizes: tuple[float, ...]
    body_sizes: tuple[float, ...]
    small_size: float
    legal_size: float
    ascent: float = 0.78
    descent: float = 0.24
    line_body: float = 1.4
    line_display: float = 1.1
    tracking: float = 0.0
    small_caps: bool = False
    keep_words: bool = False
    justify: bool = False
    is_even: bool = True
    script: str | None = None


def _steps(first: float, floor: float, *, count: int) -> tuple[float, ...]:
    """Return sizes from the first down to the floor, in equal steps."""
    step = (first - floor) / (count - 1)
    return tuple(round(first - step * number, 2) for number in range(count))


GARAMOND = Face("EB Garamond")
GARAMOND_ITALIC = Face("EB Garamond", style="italic")

LATIN = Typography(
    display=GARAMOND,
    body=GARAMOND,
    aside=GARAMOND_ITALIC,
    hand=Face("Caveat", weight=500, size=21, partner="EB Garamond"),
    headline_sizes=_steps(29, 14, count=8),
    body_sizes=_steps(11.2, 8, count=9),
    small_size=8.8,
    legal_size=8,
    tracking=0.09,
    small_caps=True,
)

CYRILLIC = replace(
    LATIN,
    headline_sizes=_steps(27, 14, count=8),
    body_sizes=_steps(10.8, 8, count=8),
    small_caps=False,
    tracking=0.03,
)
GREEK = replace(CYRILLIC, hand=replace(GARAMOND_ITALIC, size=18))

# No free hand face has Armenian letters. The serif, light and slanted, stands in for one.
ARMENIAN_FACE = Face("Noto Serif Armenian", partner="EB Garamond")
ARMENIAN = Typography(
    display=replace(ARMENIAN_FACE, weight=300),
    body=replace(ARMENIAN_FACE, weight=300),
    aside=replace(ARMENIAN_FACE, weight=300),
    hand=replace(ARMENIAN_FACE, weight=300, size=15, slant=11),
    headline_sizes=_steps(22, 12, count=8),
    body_sizes=_steps(9.1, 7, count=8),
    small_size=7.4,
    legal_size=6.6,
    line_body=1.55,
    line_display=1.22,
    tracking=0.03,
)

HEBREW_FACE = Face("Frank Ruhl Libre", partner="EB Garamond")
HEBREW = Typography(
    display=replace(HEBREW_FACE, weight=300),
    body=HEBREW_FACE,
    aside=replace(HEBREW_FACE, weight=300),
    hand=Face("Gveret Levin", size=21, partner="Frank Ruhl Libre"),
    headline_sizes=_steps(28, 14, count=8),
    body_sizes=_steps(10.4, 7.6, count=8),
    small_size=8.4,
    legal_size=7.2,
    line_body=1.45,
    line_display=1.15,
    tracking=0.02,
)

# Joined scripts are never letter-spaced: a space inside a word is a broken word.
ARABIC = Typography(
    display=Face("Amiri"),
    body=Face("Amiri"),
    aside=Face("Amiri"),
    hand=Face("Aref Ruqaa", size=20, partner="Amiri"),
    headline_sizes=_steps(27, 14, count=9),
    body_sizes=_steps(11.2, 8, count=9),
    small_size=9.2,
    legal_size=8,
    ascent=0.9,
    descent=0.4,
    line_body=1.5,
    line_display=1.35,
)
PERSIAN = Typography(
    display=Face("Vazirmatn", weight=300),
    body=Face("Vazirmatn", weight=350),
    aside=Face("Vazirmatn", weight=300),
    hand=Face("Markazi Text", size=21, partner="Vazirmatn"),
    headline_sizes=_steps(23, 12, count=8),
    body_sizes=_steps(9.2, 7, count=8),
    small_size=7.6,
    legal_size=6.8,
    ascent=1.0,
    descent=0.45,
    line_body=1.85,
    line_display=1.6,
)

DEVANAGARI = Typography(
    display=Face("Tiro Devanagari Hindi"),
    body=Face("Tiro Devanagari Hindi"),
    aside=Face("Tiro Devanagari Hindi"),
    hand=Face("Kalam", weight=300, size=17, partner="Tiro Devanagari Hindi"),
    headline_sizes=_steps(26, 14, count=8),
    body_sizes=_steps(10.4, 8, count=8),
    small_size=8.4,
    legal_size=7.4,
    ascent=0.95,
    descent=0.42,
    line_body=1.6,
    line_display=1.42,
)
THAI = Typography(
    display=Face("Trirong", weight=300),
    body=Face("Trirong", weight=300),
    aside=Face("Trirong", weight=300),
    hand=Face("Charmonman", size=17, partner="Trirong"),
    headline_sizes=_steps(24, 13, count=8),
    body_sizes=_steps(9.4, 7.4, count=8),
    small_size=7.8,
    legal_size=6.9,
    ascent=1.05,
    descent=0.4,
    line_body=1.75,
    line_display=1.55,
    is_even=False,
)

MINCHO = Face("Shippori Mincho", partner="EB Garamond")
JAPANESE = Typography(
    display=MINCHO,
    body=MINCHO,
    aside=MINCHO,
    hand=Face("Klee One", size=15, partner="Shippori Mincho"),
    headline_sizes=_steps(20, 12, count=8),
    body_sizes=_steps(8.8, 7, count=7),
    small_size=7.4,
    legal_size=6.6,
    ascent=0.88,
    descent=0.12,
    line_body=1.9,
    line_display=1.55,
    tracking=0.12,
    justify=True,
    is_even=False,
)
BATANG = Face("Gowun Batang", partner="EB Garamond")
KOREAN = replace(
    JAPANESE,
    display=BATANG,
    body=BATANG,
    aside=BATANG,
    hand=replace(BATANG, size=15),
    body_sizes=_steps(9.2, 7, count=8),
    line_body=1.8,
    line_display=1.45,
    tracking=0.06,
    justify=False,
    is_even=True,
    keep_words=True,
)
SONG = Face("Noto Serif SC", partner="EB Garamond")
CHINESE = replace(
    JAPANESE, display=SONG, body=SONG, aside=SONG, hand=replace(SONG, size=14), script="hans"
)

BY_SCRIPT = {
    "Latn": LATIN,
    "Cyrl": CYRILLIC,
    "Grek": GREEK,
    "Armn": ARMENIAN,
    "Hebr": HEBREW,
    "Arab": ARABIC,
    "Deva": DEVANAGARI,
    "Thai": THAI,
    "Jpan": JAPANESE,
    "Kore": KOREAN,
    "Hans": CHINESE,
    "Hant": replace(CHINESE, script="hant"),
}
BY_LANGUAGE = {"fa": PERSIAN}


def typography_for(tag: str, script: str) -> Typography:
    """Return the style of a tag's language, else of its script, else the Latin one."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return BY_LANGUAGE.get(language) or BY_SCRIPT.get(script, LATIN)
