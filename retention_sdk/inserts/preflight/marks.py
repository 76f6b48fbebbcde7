"""What is painted on a page: colours, transparency, lines and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .geometry import Box
from .job import Job, Sheet, Tally
from .report import Finding
from .spaces import PROCESS_INKS, Colour
from .state import NORMAL
from .texts import check_text
from .walk import Mark

LINE_MIN_PT, LINE_MIXED_MIN_PT = 0.25, 0.5
DPI_MIN, DPI_LOW, DPI_LOW_ONE_BIT = 150, 300, 600
_DPI_SLACK = 1
_LINE_SHAPE = 5  # a filled box that is so many times longer than thick is a line
_SMALL_PT = 3
_TONES = frozenset({"None", *PROCESS_INKS})


def check_marks(job: Job, sheet: Sheet, marks: Iterable[Mark]) -> Iterator[Finding]:
    """Check everything a page paints, in the order of painting.

    What lies wholly outside the bleed, such as marks and a line of text beside them, is cut off.
    """
    tally = Tally(sheet)
    if job.pdfx == "x-1a" and "/Group" in sheet.page.obj:
        tally.add("transparency-group", "the page is a transparency group")
    for mark in marks:
        if mark.box is not None and sheet.bleed.misses(mark.box):
            continue
        if job.is_press:
            _colours(job, tally, mark)
            _overprint(tally, mark)
        if job.pdfx == "x-1a":
            _transparency(tally, mark)
        if mark.kind == "path":
            _line(tally, mark)
        elif mark.kind == "image":
            _image(job, tally, mark)
        elif mark.kind == "text":
            check_text(job, tally, mark)
    yield from tally.findings()


def _colours(job: Job, tally: Tally, mark: Mark) -> None:
    for colour in (mark.fill, mark.stroke):
        if colour is not None:
            _colour(job, tally, mark, colour)


def _colour(job: Job, tally: Tally, mark: Mark, colour: Colour) -> None:
    space = colour.space.base or colour.space
    what, box = _NAMES[mark.kind], mark.box
    if space.kind == "rgb":
        tally.add("colour-rgb", f"{what} in DeviceRGB", box)
    elif space.kind == "lab":
        tally.add("colour-lab", f"{what} in Lab", box)
    elif job.pdfx != "x-4" and (space.kind == "calibrated" or space.has_profile):
        tally.add("colour-icc", f"{what} in a space with an ICC profile", box)
    elif space.kind == "spot":
        _spot(tally, space.names, box)


def _spot(tally: Tally, names: tuple[str, ...], box: Box | None) -> None:
    if names == ("All",):
        tally.add("colour-registration", "all inks at once", box)
        return
    for name in names:
        if name not in _TONES:
            tally.add("colour-spot", f"the ink {name}", box)


def _overprint(tally: Tally, mark: Mark) -> None:
    state = mark.state
    pairs = ((mark.fill, state.is_fill_overprint), (mark.stroke, state.is_stroke_overprint))
    if mark.kind in {"path", "text"} and any(
        is_over and colour is not None and colour.is_white for colour, is_over in pairs
    ):
        tally.add("overprint-white", f"white {_NAMES[mark.kind]} overprints", mark.box)


def _transparency(tally: Tally, mark: Mark) -> None:
    state, what = mark.state, _NAMES[mark.kind]
    alphas = [state.fill_alpha] if mark.fill else []
    alphas += [state.stroke_alpha] if mark.stroke else []
    if min(alphas, default=1) < 1:
        tally.add("transparency-alpha", f"{what} at {min(alphas):.0%}", mark.box)
    if state.has_mask or (mark.image is not None and "/SMask" in mark.image):
        tally.add("transparency-mask", f"{what} with a soft mask", mark.box)
    if state.blend not in NORMAL:
        tally.add("transparency-blend", f"{what} in mode {state.blend[1:]}", mark.box)
    if mark.is_group:
        tally.add("transparency-group", "a drawing is a transparency group", mark.box)


def _line(tally: Tally, mark: Mark) -> None:
    width = colour = None
    if mark.stroke is not None:
        width, colour = mark.width_pt, mark.stroke
    elif mark.box and mark.fill and mark.fill.pattern is None:
        thin, long = sorted((mark.box.width, mark.box.height))
        if thin * _LINE_SHAPE < long and thin < LINE_MIXED_MIN_PT:
            width, colour = thin, mark.fill
    if width is None or colour is None or (colour.is_white and mark.stroke is None):
        return
    if width < LINE_MIN_PT - 0.005:
        tally.add("line-hair", f"{width:.2f} pt", mark.box)
    elif width < LINE_MIXED_MIN_PT - 0.005 and (colour.is_white or len(colour.inks) > _INKS_MAX):
        tally.add("line-thin", f"{width:.2f} pt in {_mixture(colour)}", mark.box)


_INKS_MAX = 2


def _mixture(colour: Colour) -> str:
    return "white" if colour.is_white else f"{len(colour.inks)} inks"


def _image(job: Job, tally: Tally, mark: Mark) -> None:
    image = mark.image
    across = int(image.get("/Width", image.get("/W", 0)))
    down = int(image.get("/Height", image.get("/H", 0)))
    width, height = mark.matrix.width_scale, mark.matrix.height_scale
    if job.pdfx == "x-1a" and "/JPXDecode" in _filters(image):
        tally.add("image-jpeg2000", "a picture in JPEG 2000", mark.box)
    if min(width, height) < _SMALL_PT or max(across, down) <= 1:
        return
    dpi = min(across / width, down / height) * 72 + _DPI_SLACK
    is_one_bit = int(image.get("/BitsPerComponent", image.get("/BPC", 1))) == 1
    low = DPI_LOW_ONE_BIT if is_one_bit else DPI_LOW
    if dpi < DPI_MIN:
        tally.add("image-coarse", f"{dpi:.0f} dpi", mark.box)
    elif dpi < low:
        tally.add("image-low", f"{dpi:.0f} dpi", mark.box)


def _filters(image: Any) -> tuple[str, ...]:
    import pikepdf

    found = image.get("/Filter", ())
    names = found if isinstance(found, pikepdf.Array) else (found,)
    return tuple(str(name) for name in names)


_NAMES = {"path": "a shape", "text": "text", "image": "a picture", "shading": "a gradient"}
