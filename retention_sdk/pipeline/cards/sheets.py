"""Where each card of a job lies on its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...model import Artifact

if TYPE_CHECKING:
    from ...inserts.formats import CardFormat
    from ...inserts.media.sheets import Sheet
    from ...storage import PrintJob

# About what a guillotine takes of heavy board at once.
SHEETS_PER_FILE = 50


def plan_named(sheet: str, *, sheets_per_file: int = SHEETS_PER_FILE) -> SheetPlan:
    """Return the plan for a sheet of that name.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    from ...inserts.media.sheets import get_sheet

    return SheetPlan(sheet=get_sheet(sheet), sheets_per_file=sheets_per_file)


def places_of(job: PrintJob) -> list[tuple[int, int]]:
    """Return page and position of the front of each card of a job, from 1; position 0: alone."""
    from ...inserts.formats import get_format

    if not job.sheet:
        return [(1, 0)] * len(job.cards)
    return plan_named(job.sheet).places(len(job.cards), get_format(job.format))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPlan:
    """Imposed printing: on which sheet, and how many sheets make a file."""

    sheet: Sheet
    sheets_per_file: int = SHEETS_PER_FILE

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.sheet.name

    @property
    def is_press(self) -> bool:
        """Whether cards are cut out of it; label and perforated sheets have fixed places."""
        return not self.sheet.places

    def places_count(self, paper: CardFormat) -> int:
        """Return how many cards a sheet takes.

        Raises:
            PrintError: not one fits; the message says what would.
        """
        from ...inserts.media.slots import slots_of

        return len(slots_of(self.sheet, paper.size_mm, bleed_mm=paper.bleed_mm))

    def impose(self, cards: Sequence[Artifact], names: Sequence[str]) -> Artifact:
        """Return one file with all cards, in the order of packing once it is cut."""
        from ...inserts.media.impose import Imposition, impose

        plan = Imposition(order="stack" if self.is_press else "plain")
        shown = tuple(names) if self.is_press else ()
        data = impose([card.data for card in cards], self.sheet, plan, names=shown)
        return Artifact(name="sheets.pdf", media_type="application/pdf", data=data)

    def places(self, cards_count: int, paper: CardFormat) -> list[tuple[int, int]]:
        """Return page and position of the front of each card, both from 1."""
        from ...inserts.media.slots import Order, deal

        order: Order = "stack" if self.is_press else "plain"
        found = [(0, 0)] * cards_count
        for sheet, dealt in enumerate(deal(cards_count, self.places_count(paper), order)):
            for position, card in enumerate(dealt, start=1):
                if card is not None:
                    found[card] = 2 * sheet + 1, position
        return found
