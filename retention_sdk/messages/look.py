"""Colours and faces of an e-mail, worked out from the brand's palette and the script."""

from __future__ import annotations

from dataclasses import dataclass

from ..l10n import strip_isolates
from .colours import CONTRAST_MIN, contrast, first_readable, mix, readable
from .message import Message

_MUTED_SHARES = (0.32, 0.26, 0.2, 0.12)
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
    paper, ink = palette.paper, readable(palette.ink, on=palette.paper)
    ground, tint = mix(paper, ink, 0.06), mix(paper, palette.accent, 0.12)
    text_faces, heading_faces, line_height = faces_of(message.script)
    heading_face = Face(f"{heading_faces},serif", 400)
    if not heading_faces:
        heading_face = Face(f"{text_faces},sans-serif", 600)
    is_rtl = message.direction == "rtl"
    dark_heading = first_readable(palette.accent, palette.primary, _DARK_INK, on=_DARK_PAPER)
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
        muted=first_readable(*(mix(ink, paper, s) for s in _MUTED_SHARES), ink, on=ground),
        line=mix(paper, ink, 0.14),
        tint=tint if contrast(ink, tint) >= CONTRAST_MIN else paper,
        heading=first_readable(palette.primary, ink, on=paper),
        accent=palette.accent,
        button=palette.primary,
        button_ink=readable(paper, on=palette.primary),
        dark_paper=_DARK_PAPER,
        dark_ground="#121110",
        dark_ink=_DARK_INK,
        dark_muted=mix(_DARK_INK, _DARK_PAPER, 0.3),
        dark_line=mix(_DARK_PAPER, _DARK_INK, 0.18),
        dark_tint=mix(_DARK_PAPER, palette.accent, 0.16),
        dark_heading=dark_heading,
    )


def faces_of(script: str) -> tuple[str, str, float]:
    """Return faces for text, faces for headings if they differ, and the line height of a script."""
    return _SCRIPTS.get(script, (_SANS, _SERIF, 1.6))


def _face_of(name: str, face: Face) -> Face:
    """A name keeps its own look: a Latin word mark is the same in an Arabic e-mail."""
    is_bookish = all(ord(char) < _SERIF_END for char in strip_isolates(name))
    return Face(f"{_SERIF},serif", 400) if is_bookish else face
