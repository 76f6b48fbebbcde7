"""Join the panels of a folded card into the two sides of the sheet it is folded from.

A half fold: four panels in reading order become the outside, back beside cover, and the inside.
A single fold of one leaf has no creep, so panels are not made narrower.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ...errors import PrintError
from ..formats import CardFormat
from .documents import Box, Sheets, SourcePage, Sources
from .marks import Line, draw_lines
from .slots import MARK_GAP_MM, MARK_MAX_MM, POINTS_PER_MM, Matrix

if TYPE_CHECKING:
    import pikepdf

PANELS = 4
_SLUG_MM = MARK_GAP_MM + MARK_MAX_MM + 0.5
_SIZE_TOLERANCE_MM = 0.1


def fold(
    pdf: bytes,
    format: CardFormat,  # noqa: A002 - the word of the trade
    *,
    direction: Literal["ltr", "rtl"] = "ltr",
    has_marks: bool = True,
) -> bytes:
    """Return two pages, outside and inside, from a finished PDF of four panels.

    The panels come as they are read: cover, first inside, second inside, back. A card that is
    read from right to left opens to the other side. Bleed is kept on the outer edges and cut at
    the fold; marks stand outside the bleed, dashed for the fold. Output intents, PDF/X keys and
    the PDF version are kept; equal arguments give equal bytes.

    Raises:
        PrintError: the format is not folded, or the document is not its four panels.
    """
    if not format.is_folded:
        raise PrintError(f"{format.title} is not folded; take a6-folded or dl-folded")
    sources = Sources([pdf])
    try:
        return _fold(sources, format, direction, has_marks=has_marks)
    finally:
        sources.close()


def _fold(sources: Sources, format: CardFormat, direction: str, *, has_marks: bool) -> bytes:  # noqa: A002 - as above
    _check(sources, format)
    cover, first, second, back = sources.pages
    sides = ((back, cover), (first, second))
    if direction == "rtl":
        sides = ((cover, back), (second, first))
    target = Sheets()
    target.inherit(sources)
    colours = target.registration(target.intents())
    panel = sources.trim_size()
    for side in sides:
        _add_spread(target, side, panel, sources.bleed(), colours if has_marks else None)
    try:
        return target.save(sources)
    finally:
        target.pdf.close()


def _check(sources: Sources, format: CardFormat) -> None:  # noqa: A002 - as above
    if len(sources.pages) != PANELS:
        raise PrintError(
            f"a folded card has {PANELS} panels, and this document {len(sources.pages)} pages"
        )
    size = tuple(side / POINTS_PER_MM for side in sources.trim_size())
    if any(
        abs(is_now - asked) > _SIZE_TOLERANCE_MM
        for is_now, asked in zip(size, format.size_mm, strict=True)
    ):
        raise PrintError(
            f"the panels are {size[0]:.1f} × {size[1]:.1f} mm, not those of {format.title}"
        )


def _add_spread(
    target: Sheets,
    panels: Sequence[SourcePage],
    panel: tuple[float, float],
    bleed: float,
    colours: pikepdf.Object | None,
) -> None:
    slug = _SLUG_MM * POINTS_PER_MM if colours is not None else 0.0
    edge = bleed + slug
    size = (2 * panel[0] + 2 * edge, panel[1] + 2 * edge)
    left, right = panels
    placed = [
        (left, Matrix(1, 0, 0, 1, edge, edge), _visible(left, bleed, fold="right")),
        (right, Matrix(1, 0, 0, 1, edge + panel[0], edge), _visible(right, bleed, fold="left")),
    ]
    trim = Box(edge, edge, size[0] - edge, size[1] - edge)
    outer = Box(slug, slug, size[0] - slug, size[1] - slug)
    marks = b"" if colours is None else _draw(size, edge, bleed)
    target.add(size, placed, marks, boxes=(outer, trim), colours=colours)


def _visible(page: SourcePage, bleed: float, *, fold: str) -> Box:
    trim = page.trim
    return Box(
        trim.left - (0 if fold == "left" else bleed),
        trim.bottom - bleed,
        trim.right + (0 if fold == "right" else bleed),
        trim.top + bleed,
    )


def _draw(size: tuple[float, float], edge: float, bleed: float) -> bytes:
    """Return cut marks at the corners and fold marks at the middle, above and below."""
    width, height = (length / POINTS_PER_MM for length in size)
    trim, start = edge / POINTS_PER_MM, (edge - bleed) / POINTS_PER_MM - MARK_GAP_MM
    end = start - MARK_MAX_MM

    def upright(x: float) -> list[Line]:
        return [(x, end, x, start), (x, height - start, x, height - end)]

    def level(y: float) -> list[Line]:
        return [(end, y, start, y), (width - start, y, width - end, y)]

    cuts = [*upright(trim), *upright(width - trim), *level(trim), *level(height - trim)]
    folds = draw_lines(upright(width / 2), height_mm=height, is_dashed=True)
    return draw_lines(cuts, height_mm=height) + folds
