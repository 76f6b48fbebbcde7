"""Colours and faces of an e-mail, worked out from the brand's palette and the script."""

from __future__ import annotations

from dataclasses import dataclass

from ..l10n import strip_isolates
from .message import Message

# WCAG 2.2, success criterion 1.4.3: contrast of text.
_CONTRAST_MIN = 4.5
_MUTED_SHARES = (0.32, 0.26, 0.2, 0.12)
_LINEAR_MAX = 0.04045
_DARK_PAPER, _DARK_INK = "#1c1a18", "#f3eee6"

_SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial"
_SERIF = "Georgia,'Noto Serif','Times New Roman'"
# ISO 15924 code: faces for text, faces for headings, line height. Faces that the systems bring
# along; a script without italics or a bookish serif has the same faces for both.
_SCRIPTS = {
    "Arab": ("Vazirmatn,'Segoe UI',Tahoma,'Geeza Pro','Noto Sans Arabic'", "", 1.85),
    "Hebr": ("'Segoe UI',Arial,'Arial Hebrew','Noto Sans Hebrew'", "", 1.65),
    "Jpan": ("'Hiragino Sans','Yu Gothic',Meiryo,'Noto Sans JP','Noto Sans CJK JP'", "", 1.8),
    "Kore": ("'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR'", "", 1.75),
    "Hans": ("'PingFang SC','Microsoft YaHei','Noto Sans SC'", "", 1.8),
    "Hant": ("'PingFang TC','Microsoft JhengHei','Noto Sans TC'", "", 1.8),
    "Armn": (
        f"{_SANS},'Noto Sans Armenian',Sylfaen",
        f"'Noto Serif Armenian',Sylfaen,{_SERIF}",
        1.7,
    ),
    "Deva": ("'Kohinoor Devanagari','Nirmala UI','Noto Sans Devanagari'", "", 1.75),
    "Thai": ("Thonburi,'Leelawadee UI','Noto Sans Thai'", "", 1.8),
}
# How lines break where that is not at spaces: Korean between words, Japanese between phrases.
_BREAKS = {"Kore": "keep-all", "Jpan": "auto-phrase"}

# Latin, Greek and Cyrillic stand before this code point: scripts with a bookish serif.
_SERIF_END = 0x0530


@dataclass(frozen=True, slots=True)
class Face:
    """Faces in order of wish, and the weight that suits them."""

    names: str
    weight: int


@dataclass(frozen=True, slots=True)
class Look:
    """Everything the template may ask for. ``start`` and ``end`` are left or right."""

    start: str
    end: str
    text_faces: str
    heading_face: Face
    mark_face: Face
    signer_face: Face
    line_height: float
    word_break: str
    paper: str
    ground: str
    ink: str
    muted: str
    line: str
    tint: str
    heading: str
    accent: str
    button: str
    button_ink: str
    dark_paper: str
    dark_ground: str
    dark_ink: str
    dark_muted: str
    dark_line: str
    dark_tint: str
    dark_heading: str


def find_look(message: Message) -> Look:
    """Return how the message looks; texts stay readable whatever the palette is."""
    palette = message.palette
    paper, ink = palette.paper, _readable(palette.ink, on=palette.paper)
    ground, tint = _mix(paper, ink, 0.06), _mix(paper, palette.accent, 0.12)
    text_faces, heading_faces, line_height = _SCRIPTS.get(message.script, (_SANS, _SERIF, 1.6))
    heading_face = Face(f"{heading_faces},serif", 400)
    if not heading_faces:
        heading_face = Face(f"{text_faces},sans-serif", 600)
    is_rtl = message.direction == "rtl"
    dark_heading = _first_readable(palette.accent, palette.primary, _DARK_INK, on=_DARK_PAPER)
    return Look(
        start="right" if is_rtl else "left",
        end="left" if is_rtl else "right",
        text_faces=f"{text_faces},sans-serif",
        heading_face=heading_face,
        mark_face=_face_of(message.brand_name, heading_face),
        signer_face=_face_of(message.signer, heading_face),
        line_height=line_height,
        word_break=_BREAKS.get(message.script, ""),
        paper=paper,
        ground=ground,
        ink=ink,
        muted=_first_readable(*(_mix(ink, paper, s) for s in _MUTED_SHARES), ink, on=ground),
        line=_mix(paper, ink, 0.14),
        tint=tint if contrast(ink, tint) >= _CONTRAST_MIN else paper,
        heading=_first_readable(palette.primary, ink, on=paper),
        accent=palette.accent,
        button=palette.primary,
        button_ink=_readable(paper, on=palette.primary),
        dark_paper=_DARK_PAPER,
        dark_ground="#121110",
        dark_ink=_DARK_INK,
        dark_muted=_mix(_DARK_INK, _DARK_PAPER, 0.3),
        dark_line=_mix(_DARK_PAPER, _DARK_INK, 0.18),
        dark_tint=_mix(_DARK_PAPER, palette.accent, 0.16),
        dark_heading=dark_heading,
    )


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two sRGB colours, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _face_of(name: str, face: Face) -> Face:
    """A name keeps its own look: a Latin word mark is the same in an Arabic e-mail."""
    is_bookish = all(ord(char) < _SERIF_END for char in strip_isolates(name))
    return Face(f"{_SERIF},serif", 400) if is_bookish else face


def _first_readable(*colours: str, on: str) -> str:
    good = (colour for colour in colours if contrast(colour, on) >= _CONTRAST_MIN)
    return next(good, None) or _readable(colours[-1], on=on)


def _readable(colour: str, *, on: str) -> str:
    """Return the colour, or black or white where it could not be read."""
    if contrast(colour, on) >= _CONTRAST_MIN:
        return colour
    return max("#000000", "#ffffff", key=lambda candidate: contrast(candidate, on))


def _mix(base: str, other: str, share: float) -> str:
    """Return the base colour with a share of another in it, from 0 to 1."""
    pairs = zip(_channels(base), _channels(other), strict=True)
    mixed = (round(one + (two - one) * share) for one, two in pairs)
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    """Undo the sRGB transfer function (IEC 61966-2-1); it is linear near black."""
    return value / 12.92 if value <= _LINEAR_MAX else ((value + 0.055) / 1.055) ** 2.4
