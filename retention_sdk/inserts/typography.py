"""How a script is set: faces, sizes, line heights. The numbers are in each style's ``style.toml``.

Sizes are points, line heights and edges are multiples of the size. The numbers were chosen by
looking at printed proofs: a Latin x-height, a Persian tooth and a kanji of the same point size
do not look equally large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from ..errors import PrintError

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
    "Noto Serif TC",
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

# Scripts (ISO 15924), and Persian, which is set unlike others of its script.
SCRIPTS = (
    "Latn", "Cyrl", "Grek", "Armn", "Hebr", "Arab", "fa",
    "Deva", "Thai", "Jpan", "Kore", "Hans", "Hant",
)  # fmt: skip
_ROLES = ("display", "body", "aside", "hand")
_STEPS = 9


@dataclass(frozen=True, slots=True)
class Face:
    """A family with its weight and style. ``size`` is used by roles of a fixed size.

    ``partner`` fills the gaps of a family; ``is_whole`` sets a text in the partner alone rather
    than in two hands, ``partner_scale`` times as large. ``stroke`` emboldens by a line around each
    letter, in ems, where no bold face exists; ``slant`` leans letters, in degrees.
    """

    family: str
    weight: int = 400
    style: Literal["normal", "italic"] = "normal"
    partner: str = ""
    partner_scale: float = 1.0
    is_whole: bool = False
    size: float = 0.0
    slant: float = 0.0
    stroke: float = 0.0

    @property
    def families(self) -> tuple[str, ...]:
        """The family, the partner that fills its gaps, then everybody else; each once."""
        first = (self.family, self.partner) if self.partner else (self.family,)
        return tuple(dict.fromkeys((*first, *FALLBACK)))


CODE_FACE = Face("IBM Plex Mono", weight=500)
"""What sets codes that are typed: a zero with a dot, a one with a foot."""


@dataclass(frozen=True, slots=True)
class Typography:
    """Everything that depends on a script or a language.

    ``ascent + descent`` is the height of a line's box and must hold the tallest cluster;
    ``line_body`` and ``line_display`` are the distances of baselines. ``headline`` and ``text``
    are the largest and the smallest size: smaller than that a press cannot print legibly (7 pt
    for Latin). ``tracking`` spaces word marks, ``title_tracking`` headlines, both in ems.
    """

    display: Face
    body: Face
    aside: Face
    hand: Face
    headline: tuple[float, float]
    text: tuple[float, float]
    small: float
    legal: float
    ascent: float = 0.78
    descent: float = 0.24
    line_body: float = 1.4
    line_display: float = 1.1
    # Italics and light faces look smaller than the text they stand beside.
    aside_scale: float = 1.14
    tracking: float = 0.0
    title_tracking: float = 0.0
    small_caps: bool = False
    keep_words: bool = False
    justify: bool = False
    is_even: bool = True
    jitters: Literal["", "words", "letters"] = ""
    script: str | None = None

    def headline_sizes(self, scale: float = 1.0) -> tuple[float, ...]:
        """Return the sizes to try for a headline on a page ``scale`` times as large as A6."""
        largest, floor = self.headline
        return steps(largest * scale, max(_HEADLINE_FLOOR, floor * min(1.0, scale)))

    def body_sizes(self, scale: float = 1.0) -> tuple[float, ...]:
        """Return the sizes to try for the text, never below what prints legibly."""
        largest, floor = self.text
        lowest = max(min(floor, _TEXT_FLOOR), floor * min(1.0, scale))
        return steps(max(largest * scale, lowest), lowest)


_HEADLINE_FLOOR = 9.0
_TEXT_FLOOR = 7.0


def steps(first: float, floor: float, *, count: int = _STEPS) -> tuple[float, ...]:
    """Return sizes from the first down to the floor, in equal steps."""
    step = max(0.0, first - floor) / (count - 1)
    return tuple(dict.fromkeys(round(first - step * number, 2) for number in range(count)))


@dataclass(frozen=True)
class TypeTable:
    """The typography of a style for each script."""

    by_script: Mapping[str, Typography] = field(hash=False)

    def of(self, tag: str, script: str) -> Typography:
        """Return the typography of a tag's language, else of its script, else the Latin one."""
        language = tag.replace("_", "-").partition("-")[0].lower()
        return self.by_script.get(language) or self.by_script.get(script) or self.by_script["Latn"]


def read_table(raw: Mapping[str, Any], *, base: TypeTable | None, where: str) -> TypeTable:
    """Return the table of a ``style.toml``; what it does not say is as in the base.

    Raises:
        PrintError: a key is unknown or has a value of another type; the message says where.
    """
    unknown = sorted(set(raw) - set(SCRIPTS))
    if unknown:
        raise PrintError(f"{where}: type.{unknown[0]}: there are {', '.join(SCRIPTS)}")
    built = {
        key: _typography(
            raw.get(key, {}), base.by_script[key] if base else None, f"{where}: type.{key}"
        )
        for key in SCRIPTS
    }
    return TypeTable(built)


def _typography(raw: Mapping[str, Any], base: Typography | None, where: str) -> Typography:
    values: dict[str, Any] = {
        key: _face(value, f"{where}.{key}") if key in _ROLES else _plain(value)
        for key, value in raw.items()
    }
    _check(values, Typography, where)
    try:
        return replace(base, **values) if base else Typography(**values)
    except TypeError as error:
        raise PrintError(f"{where}: {error}") from None


def _face(raw: object, where: str) -> Face:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("family"), str):
        raise PrintError(f'{where}: a face is a table with a family, as in {{ family = "Amiri" }}')
    _check(raw, Face, where)
    return Face(**raw)


def _plain(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


_KINDS: Mapping[str, tuple[type, ...]] = {
    "float": (int, float),
    "int": (int,),
    "bool": (bool,),
    "str": (str,),
    "str | None": (str,),
    "Face": (Face,),
    "tuple[float, float]": (tuple,),
}


def _check(values: Mapping[str, Any], record: type, where: str) -> None:
    """Refuse keys that a record does not have, and values of another type."""
    kinds = {each.name: str(each.type) for each in fields(record)}
    for key, value in values.items():
        if key not in kinds:
            raise PrintError(f"{where}.{key}: there are {', '.join(kinds)}")
        if not isinstance(value, _KINDS.get(kinds[key], (str,))):
            raise PrintError(f"{where}.{key}: {value!r} is not {kinds[key]}")


def typography_for(tag: str, script: str, style: str = "classic") -> Typography:
    """Return how a built-in style sets a language.

    Raises:
        PrintError: there is no such style.
    """
    from .style import built_in_style

    return built_in_style(style).table.of(tag, script)
