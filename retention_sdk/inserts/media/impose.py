"""Several cards on one sheet, front and back, in the order of packing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from ...errors import PrintError
from .documents import Box, Sheets, SourcePage, Sources
from .marks import cut_lines, draw_lines, draw_names, fold_lines
from .sheets import Sheet
from .slots import POINTS_PER_MM, Matrix, Order, Reach, Slot, Turn, deal, slots_of

SHEETS_PER_FILE = 50
"""How many sheets are cut in one pile: about what a guillotine takes of heavy board."""


@dataclass(frozen=True, slots=True)
class Imposition:
    """How cards are put on sheets.

    ``sides`` is the number of pages of a card. ``turn`` is how the printer turns the paper.
    ``bleed_mm`` is how much of the bleed is kept, all of it by default; ``gutter_mm`` is between
    trimmed edges, twice the bleed by default. Marks are never put on sheets with fixed places;
    ``are_spreads`` adds marks for folding, for what ``fold`` returned.
    """

    sides: Literal[1, 2] = 2
    order: Order = "stack"
    turn: Turn = "long-edge"
    bleed_mm: float | None = None
    gutter_mm: float | None = None
    has_marks: bool = True
    are_spreads: bool = False


def impose(
    cards: bytes | Iterable[bytes],
    sheet: Sheet,
    plan: Imposition = Imposition(),
    *,
    names: Sequence[str] = (),
    underlay: bytes | None = None,
) -> bytes:
    """Return the sheets of finished cards: PDFs in packing order, with one or many cards each.

    The back of a card lies exactly behind its front and is upright when the card is turned like
    a page. With ``order="stack"`` the pile is cut once, and the small piles are laid onto each
    other from the first place to the last: the cards are in packing order. ``names`` are short
    and printed beside each card, outside the trim. ``underlay`` is the rest of a perforated
    sheet, for example packing slips: one page for all cards or one for each. Output intents,
    PDF/X keys and the PDF version are those of the cards; equal arguments give equal bytes.

    Raises:
        PrintError: the cards do not fit, are of several sizes or printing conditions, or are not
            whole; the message says what to do.
    """
    sources = Sources([cards] if isinstance(cards, bytes) else cards)
    try:
        return _impose(sources, sheet, plan, names, underlay)
    finally:
        sources.close()


def impose_files(
    cards: Iterable[tuple[bytes, str]],
    sheet: Sheet,
    plan: Imposition = Imposition(),
    *,
    sheets_per_file: int = SHEETS_PER_FILE,
) -> Iterator[bytes]:
    """Yield one file after another from a stream of single cards and their short names.

    Each file is a pile that is cut at once, so the order holds within a file and from file to
    file, and memory holds the cards of one file only.

    Raises:
        PrintError: as ``impose``.
    """
    rest = iter(cards)
    first = next(rest, None)
    if first is None:
        return
    size = sheets_per_file * cards_per_sheet(first[0], sheet, plan)
    pile = [first, *islice(rest, size - 1)]
    while pile:
        names = [name for _, name in pile]
        yield impose([card for card, _ in pile], sheet, plan, names=names if any(names) else ())
        pile = list(islice(rest, size))


def cards_per_sheet(card: bytes, sheet: Sheet, plan: Imposition = Imposition()) -> int:
    """Return how many cards like this one a sheet takes.

    Raises:
        PrintError: not one fits.
    """
    sources = Sources([card])
    try:
        return len(_slots(sources, sheet, plan)[0])
    finally:
        sources.close()


def _impose(
    sources: Sources,
    sheet: Sheet,
    plan: Imposition,
    names: Sequence[str],
    underlay: bytes | None,
) -> bytes:
    count = _count(sources, plan, names)
    slots, gutter = _slots(sources, sheet, plan)
    target = Sheets()
    target.inherit(sources)
    colours = target.registration(target.intents())
    marks = _marks(slots, sheet, plan)
    size = (sheet.width_mm * POINTS_PER_MM, sheet.height_mm * POINTS_PER_MM)
    slips = _Slips(underlay, sheet, count) if underlay is not None else None
    for dealt in deal(count, len(slots), plan.order):
        labelled = _names(dealt, slots, sheet, names, gutter)
        for side in range(plan.sides):
            placed = _placed(sources, slots, dealt, sheet=sheet, plan=plan, side=side)
            page = target.add(size, placed, marks + labelled[side], colours=colours)
            if slips and side == 0:
                slips.lay_under(page, dealt)
    try:
        return target.save(sources)
    finally:
        target.pdf.close()


def _marks(slots: Sequence[Slot], sheet: Sheet, plan: Imposition) -> bytes:
    if not plan.has_marks or sheet.places:
        return b""
    marks = draw_lines(cut_lines(slots, sheet), height_mm=sheet.height_mm)
    if plan.are_spreads:
        folds = fold_lines(slots, sheet)
        marks += draw_lines(folds, height_mm=sheet.height_mm, is_dashed=True)
    return marks


def _count(sources: Sources, plan: Imposition, names: Sequence[str]) -> int:
    pages = len(sources.pages)
    if pages % plan.sides:
        raise PrintError(
            f"{pages} pages are not whole cards of {plan.sides}; "
            "fold cards of four pages first, or set sides=1"
        )
    count = pages // plan.sides
    if names and len(names) != count:
        raise PrintError(f"there are {count} cards and {len(names)} names; give one for each")
    return count


def _slots(sources: Sources, sheet: Sheet, plan: Imposition) -> tuple[tuple[Slot, ...], float]:
    """Return the slots, and the distance of trimmed edges in millimetres."""
    width, height = (round(side / POINTS_PER_MM, 2) for side in sources.trim_size())
    bleed = round(sources.bleed() / POINTS_PER_MM, 3)
    kept = bleed if plan.bleed_mm is None else min(bleed, plan.bleed_mm)
    gutter = 2 * kept if plan.gutter_mm is None else plan.gutter_mm
    if min(kept, gutter) < 0:
        raise PrintError("bleed and gutter are zero or more millimetres")
    slots = slots_of(
        sheet, (width, height), bleed_mm=kept, gutter_mm=gutter, has_marks=plan.has_marks
    )
    return slots, gutter


def _names(
    dealt: Sequence[int | None],
    slots: Sequence[Slot],
    sheet: Sheet,
    names: Sequence[str],
    gutter: float,
) -> tuple[bytes, bytes]:
    """Return the names beside the fronts; backs have none."""
    if not names:
        return b"", b""
    if sheet.places:
        raise PrintError(f"{sheet.title}: there is no waste to print names in; leave them out")
    named = [
        (slot, names[card]) for slot, card in zip(slots, dealt, strict=True) if card is not None
    ]
    return draw_names(named, sheet=sheet, gutter_mm=gutter), b""


def _placed(
    sources: Sources,
    slots: Sequence[Slot],
    dealt: Sequence[int | None],
    *,
    sheet: Sheet,
    plan: Imposition,
    side: int,
) -> list[tuple[SourcePage, Matrix, Box]]:
    placed = []
    for slot, card in zip(slots, dealt, strict=True):
        if card is None:
            continue
        page = sources.pages[card * plan.sides + side]
        reach = slot.card_reach()
        if side == 0:
            matrix = slot.front_matrix(sheet)
        else:
            matrix = slot.back_matrix(sheet, plan.turn)
            reach = Reach(reach.right, reach.top, reach.left, reach.bottom)
        placed.append((page, matrix, _visible(page, reach)))
    return placed


def _visible(page: SourcePage, reach: Reach) -> Box:
    left, top, right, bottom = (length * POINTS_PER_MM for length in reach)
    trim, bleed = page.trim, page.bleed
    return Box(
        max(bleed.left, trim.left - left),
        max(bleed.bottom, trim.bottom - bottom),
        min(bleed.right, trim.right + right),
        min(bleed.top, trim.top + top),
    )


class _Slips:
    """What the rest of a perforated sheet shows."""

    def __init__(self, underlay: bytes, sheet: Sheet, count: int) -> None:
        if not sheet.is_perforated:
            raise PrintError(f"{sheet.title} has no room beside a card; take a perforated sheet")
        self._source = Sources([underlay])
        if len(self._source.pages) not in {1, count}:
            raise PrintError(
                f"there are {count} cards and {len(self._source.pages)} pages to go under them; "
                "give one page, or one for each"
            )

    def lay_under(self, page: object, dealt: Sequence[int | None]) -> None:
        """Put the page that belongs to a card under it, as large as the sheet allows."""
        pages = self._source.pages
        (card,) = (number for number in dealt if number is not None)
        page.add_underlay(pages[card if len(pages) > 1 else 0].page)  # type: ignore[attr-defined]  # a pikepdf page
