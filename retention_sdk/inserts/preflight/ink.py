"""How much ink lies on top of each other, measured on the plates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from .job import Job, Sheet
from .picture import Picture, open_renderer
from .plates import make_plate
from .report import Finding
from .spaces import PROCESS_INKS
from .walk import Mark

DPI = 100
# Eight bits a plate: four plates can round up by two percent together.
_SLACK = 2
_SOLID = 255


def inks_of(marks: Iterable[Mark]) -> tuple[str, ...]:
    """Return the process inks and every spot ink that something is painted with."""
    names: dict[str, None] = dict.fromkeys(PROCESS_INKS)
    for mark in marks:
        for colour in (mark.fill, mark.stroke):
            if colour is not None:
                space = colour.space.base or colour.space
                names |= dict.fromkeys(space.names)
    return tuple(name for name in names if name not in {"All", "None"})


def check_ink_limit(job: Job, inks: Sequence[str]) -> Iterator[Finding]:
    """Report where the inks inside the bleed add up to more than the paper takes."""
    for sheet, total in zip(job.sheets, measure_ink(job, inks), strict=True):
        limit = (job.profile.ink_max + _SLACK) * _SOLID // 100
        highest = total.image.getextrema()[1]
        if highest > limit:
            area = _over(total.image, limit).getbbox()
            text = f"{highest * 100 / _SOLID:.0f} %, and the limit is {job.profile.ink_max} %"
            yield sheet.finding("ink-limit", text, total.box(*area))


def measure_ink(job: Job, inks: Sequence[str]) -> Iterator[Picture]:
    """Yield the sum of all plates for each page, inside its bleed; 255 is one solid ink."""
    with ExitStack() as stack:
        plates = [stack.enter_context(open_renderer(make_plate(job.data, ink))) for ink in inks]
        for sheet in job.sheets:
            yield _sum([_inside(plate.draw(sheet, dpi=DPI), sheet) for plate in plates])


def _inside(plate: Picture, sheet: Sheet) -> Picture:
    left, top, right, bottom = plate.pixels(sheet.bleed)
    box = plate.box(left, top, right, bottom)
    return Picture(plate.image.crop((left, top, right, bottom)), plate.dpi, (box.left, box.top))


def _sum(plates: Sequence[Picture]) -> Picture:
    from PIL import ImageMath

    def add(images: dict[str, Any]) -> Any:
        total = _SOLID - images["plate0"]
        for number in range(1, len(plates)):
            total = total + (_SOLID - images[f"plate{number}"])
        return total

    named = {f"plate{number}": plate.image for number, plate in enumerate(plates)}
    total = ImageMath.lambda_eval(add, **named)
    return Picture(total, plates[0].dpi, plates[0].origin)


def _over(total: Any, limit: int) -> Any:
    from PIL import ImageMath

    return ImageMath.lambda_eval(
        lambda images: images["convert"](images["total"] > limit, "L"), total=total
    )
