"""The text on a page: fonts, missing and empty glyphs, sizes, inks, and the safe area."""

from __future__ import annotations

from ..ink import is_inkless
from .geometry import POINTS_PER_MM, Box, union
from .job import Job, Tally
from .spaces import PROCESS_INKS, Colour
from .walk import Letter, Mark

TYPE_TINY_PT, TYPE_SMALL_PT, TYPE_REVERSED_PT, TYPE_OVERPRINT_PT = 5, 6, 7, 14
_SIZE_SLACK_PT = 0.01
# Round letters reach over their line on purpose; a knife is not that exact.
_SAFE_SLACK_MM = 0.1
_INKS_MAX = 2
_DARK_MIN, _BLACK_MIN, _NEUTRAL_MAX = 0.5, 0.95, 0.4
_INVISIBLE = (3, 7)
_CLUSTER = 3  # glyphs of one cluster stand no further apart


def check_text(job: Job, tally: Tally, mark: Mark) -> None:
    """Check one string as it stands on the page."""
    font = mark.font
    assert font is not None
    if not font.is_embedded:
        tally.add("font-embedded", f"{font.name} is not embedded", mark.box)
    if font.kind == "Type3":
        tally.add("font-type3", f"{font.name} is a Type 3 font", mark.box)
    if mark.state.render_mode in _INVISIBLE:
        return
    _glyphs(tally, mark)
    if any(letter.box or letter.glyph is None for letter in mark.letters):
        _size(job, tally, mark)
        if job.is_press:
            _inks(tally, mark)
        _safe(job, tally, mark)


def _glyphs(tally: Tally, mark: Mark) -> None:
    font = mark.font
    assert font is not None
    for number, letter in enumerate(mark.letters):
        if letter.glyph == 0:
            tally.add("font-notdef", f"{_named(letter)} in {font.name}", _spot(letter))
        elif font.has_outlines and _is_empty(mark, number):
            tally.add("font-empty", f"{_named(letter)} in {font.name}", _spot(letter))


def _is_empty(mark: Mark, number: int) -> bool:
    """Tell whether a letter that has to show has no ink.

    A cluster may be built of several glyphs, each filed under all of its letters: then ink in one
    of the neighbours is enough, and Indic faces have placeholders among them.
    """
    letter = mark.letters[number]
    if not letter.text or is_inkless(letter.text):
        return False
    around = mark.letters[max(0, number - _CLUSTER) : number + _CLUSTER + 1]
    return not any(_has_ink(mark, each) for each in around if each.text == letter.text)


def _has_ink(mark: Mark, letter: Letter) -> bool:
    """Tell whether a glyph draws something; what cannot be known is trusted."""
    assert mark.font is not None
    return letter.glyph is None or mark.font.outline(letter.glyph) is not None


def _named(letter: Letter) -> str:
    points = " ".join(f"U+{ord(char):04X}" for char in letter.text)
    return f"the glyph for {points}" if points else "a glyph"


def _spot(letter: Letter) -> Box:
    return letter.box or Box(*letter.origin, *letter.origin)


def _size(job: Job, tally: Tally, mark: Mark) -> None:
    size = mark.size_pt + _SIZE_SLACK_PT
    colour = mark.fill or mark.stroke
    if size < TYPE_TINY_PT:
        tally.add("type-tiny", f"text of {mark.size_pt:.1f} pt", mark.box)
    elif size < TYPE_SMALL_PT:
        tally.add("type-small", f"text of {mark.size_pt:.1f} pt", mark.box)
    elif (
        size < TYPE_REVERSED_PT
        and colour
        and (colour.is_light or (job.is_press and len(colour.inks) > _INKS_MAX))
    ):
        how = "light text" if colour.is_light else f"text in {len(colour.inks)} inks"
        tally.add("type-reversed", f"{how} of {mark.size_pt:.1f} pt", mark.box)


def _inks(tally: Tally, mark: Mark) -> None:
    colour = mark.fill or mark.stroke
    if colour is None or mark.size_pt >= TYPE_OVERPRINT_PT:
        return
    black = colour.inks.get("Black", 0.0)
    if black >= _DARK_MIN and len(colour.inks) > _INKS_MAX and _is_neutral(colour):
        shares = " ".join(f"{name} {share:.0%}" for name, share in colour.inks.items())
        tally.add("type-four-colour", f"{mark.size_pt:.1f} pt in {shares}", mark.box)
    elif black >= _BLACK_MIN and len(colour.inks) == 1 and not mark.state.is_fill_overprint:
        tally.add("type-knockout", "black text knocks out", mark.box)


def _is_neutral(colour: Colour) -> bool:
    """Tell black and grey from a brand's dark red, which is many-coloured on purpose."""
    shares = [colour.inks.get(name, 0.0) for name in PROCESS_INKS[:3]]
    return max(shares) - min(shares) < _NEUTRAL_MAX or colour.inks["Black"] >= _BLACK_MIN


def _safe(job: Job, tally: Tally, mark: Mark) -> None:
    margin = (job.format.safe_mm - _SAFE_SLACK_MM) * POINTS_PER_MM
    safe = tally.sheet.trim.shrunk(margin)
    near = [
        _spot(letter)
        for letter in mark.letters
        if (letter.box or letter.glyph is None) and not safe.holds(_spot(letter))
    ]
    if near:
        text = f"text less than {job.format.safe_mm:g} mm from the cut"
        tally.add("type-safe", text, union(near))
