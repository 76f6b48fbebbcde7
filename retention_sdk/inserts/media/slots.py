"""Where cards stand on a sheet, which card stands where, and what lies behind what.

Lengths are millimetres from the top left corner of the front until ``matrix`` turns them into
points from the lower left corner, as PDF counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ...errors import PrintError
from ..formats import FORMATS
from .sheets import Place, Sheet

Order = Literal["stack", "plain"]
Turn = Literal["long-edge", "short-edge"]
POINTS_PER_MM = 72 / 25.4
MARK_GAP_MM = 0.5
MARK_MIN_MM = 2.0
MARK_MAX_MM = 5.0
_MARK_ROOM_MM = MARK_GAP_MM + MARK_MIN_MM
_SLACK_MM = 0.05  # A4 is 210.0 mm wide and two A6 are, too


class Matrix(NamedTuple):
    """A PDF transformation: x' = ax + cy + e, y' = bx + dy + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def then(self, after: Matrix) -> Matrix:
        """Return the transformation that does this one first and the other one after it."""
        return Matrix(
            after.a * self.a + after.c * self.b,
            after.b * self.a + after.d * self.b,
            after.a * self.c + after.c * self.d,
            after.b * self.c + after.d * self.d,
            after.a * self.e + after.c * self.f + after.e,
            after.b * self.e + after.d * self.f + after.f,
        )


class Reach(NamedTuple):
    """How far artwork may be seen over each edge of the trimmed card, in millimetres."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one trimmed card stands. ``is_turned`` cards lie on their right side."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    is_turned: bool
    reach: Reach

    def front_matrix(self, sheet: Sheet) -> Matrix:
        """Return how a card's front comes here: its lower left trim corner is the origin."""
        x = self.x_mm * POINTS_PER_MM
        y = (sheet.height_mm - self.y_mm - self.height_mm) * POINTS_PER_MM
        if self.is_turned:
            return Matrix(0, 1, -1, 0, x + self.width_mm * POINTS_PER_MM, y)
        return Matrix(1, 0, 0, 1, x, y)

    def back_matrix(self, sheet: Sheet, turn: Turn) -> Matrix:
        """Return how a card's back comes exactly behind its front, upright when it is turned.

        A card is turned over like the page of a book. Seen through the paper its back is
        mirrored; the front's place carries that mirror image to the sheet, and turning the
        sheet mirrors it again.
        """
        card_width = self.height_mm if self.is_turned else self.width_mm
        through = Matrix(-1, 0, 0, 1, card_width * POINTS_PER_MM, 0)
        if turns_sideways(sheet, turn):
            turned = Matrix(-1, 0, 0, 1, sheet.width_mm * POINTS_PER_MM, 0)
        else:
            turned = Matrix(1, 0, 0, -1, 0, sheet.height_mm * POINTS_PER_MM)
        return through.then(self.front_matrix(sheet)).then(turned)

    def card_reach(self) -> Reach:
        """Return the reach in the card's own directions."""
        if self.is_turned:
            left, top, right, bottom = self.reach
            # The card's top points to the left of the sheet.
            return Reach(bottom, left, top, right)
        return self.reach


def turns_sideways(sheet: Sheet, turn: Turn) -> bool:
    """Tell whether the printer turns the sheet about an upright axis."""
    is_upright = sheet.height_mm >= sheet.width_mm
    return is_upright == (turn == "long-edge")


def slots_of(
    sheet: Sheet,
    card_mm: tuple[float, float],
    *,
    bleed_mm: float,
    gutter_mm: float | None = None,
    has_marks: bool = True,
) -> tuple[Slot, ...]:
    """Return the places of a sheet for cards of one size, row by row, from the left.

    On a press sheet as many as fit, upright or turned, in the middle; ``gutter_mm`` is between
    trimmed edges and twice the bleed by default.

    Raises:
        PrintError: not one card fits; the message says what would.
    """
    if sheet.places:
        return tuple(_slot_in(sheet, place, card_mm, bleed_mm) for place in sheet.places)
    gutter = 2 * bleed_mm if gutter_mm is None else gutter_mm
    edge = bleed_mm + (_MARK_ROOM_MM if has_marks else 0)
    grids = [_grid(sheet, card_mm, gutter, edge, is_turned=turned) for turned in (False, True)]
    columns, rows, is_turned = max(grids, key=lambda grid: (grid[0] * grid[1], not grid[2]))
    if not columns * rows:
        _refuse_sheet(sheet, card_mm, edge)
    size = card_mm[::-1] if is_turned else card_mm
    return _slots(sheet, size, (columns, rows), gutter, bleed_mm, is_turned=is_turned)


def _grid(
    sheet: Sheet, card_mm: tuple[float, float], gutter: float, edge: float, *, is_turned: bool
) -> tuple[int, int, bool]:
    size = card_mm[::-1] if is_turned else card_mm
    columns, rows = (
        max(0, int((length - 2 * edge + gutter + _SLACK_MM) // (side + gutter)))
        for length, side in zip(sheet.size_mm, size, strict=True)
    )
    return columns, rows, is_turned


def _refuse_sheet(sheet: Sheet, card_mm: tuple[float, float], edge: float) -> None:
    width, height = (side + 2 * edge for side in card_mm)
    raise PrintError(
        f"{sheet.title}: a card of {card_mm[0]:g} × {card_mm[1]:g} mm needs "
        f"{width:g} × {height:g} mm with its bleed and marks; take a larger sheet, "
        "leave out the marks, or print without bleed"
    )


def _slots(
    sheet: Sheet,
    size: tuple[float, float],
    counts: tuple[int, int],
    gutter: float,
    bleed: float,
    *,
    is_turned: bool,
) -> tuple[Slot, ...]:
    (width, height), (columns, rows) = size, counts
    left = (sheet.width_mm - columns * width - (columns - 1) * gutter) / 2
    top = (sheet.height_mm - rows * height - (rows - 1) * gutter) / 2
    inner = min(bleed, gutter / 2)

    def reach(column: int, row: int) -> Reach:
        return Reach(
            bleed if column == 0 else inner,
            bleed if row == 0 else inner,
            bleed if column == columns - 1 else inner,
            bleed if row == rows - 1 else inner,
        )

    return tuple(
        Slot(
            left + column * (width + gutter),
            top + row * (height + gutter),
            width,
            height,
            is_turned,
            reach(column, row),
        )
        for row in range(rows)
        for column in range(columns)
    )


def _slot_in(sheet: Sheet, place: Place, card_mm: tuple[float, float], bleed: float) -> Slot:
    """Return the slot in the middle of a label or of a perforated card."""
    for is_turned in (False, True):
        width, height = card_mm[::-1] if is_turned else card_mm
        spare_x, spare_y = (place.width_mm - width) / 2, (place.height_mm - height) / 2
        if min(spare_x, spare_y) >= -_SLACK_MM:
            across = min(bleed, max(0.0, spare_x) + place.room_mm)
            down = min(bleed, max(0.0, spare_y) + place.room_mm)
            return Slot(
                place.x_mm + spare_x,
                place.y_mm + spare_y,
                width,
                height,
                is_turned,
                Reach(across, down, across, down),
            )
    raise PrintError(
        f"{sheet.title}: a card of {card_mm[0]:g} × {card_mm[1]:g} mm is larger than the place "
        f"of {place.width_mm:g} × {place.height_mm:g} mm; {_formats_for(place)}"
    )


def _formats_for(place: Place) -> str:
    room = sorted((place.width_mm + _SLACK_MM, place.height_mm + _SLACK_MM))
    fitting = [
        each.name
        for each in FORMATS.values()
        if not each.is_folded
        and all(side <= most for side, most in zip(sorted(each.size_mm), room, strict=True))
    ]
    return f"these formats fit: {', '.join(fitting)}" if fitting else "no card format fits"


def deal(cards_count: int, slots_count: int, order: Order) -> tuple[Sequence[int | None], ...]:
    """Return for each sheet which card stands in each slot; None leaves a slot empty.

    ``stack``: cut the whole pile at once and lay the small piles onto each other, the one from
    the first slot on top; the cards are then in order. ``plain`` fills sheet after sheet, for
    labels and for single sheets.
    """
    sheets_count = -(-cards_count // slots_count)

    def card(sheet: int, slot: int) -> int | None:
        is_stack = order == "stack"
        number = slot * sheets_count + sheet if is_stack else sheet * slots_count + slot
        return number if number < cards_count else None

    return tuple(
        tuple(card(sheet, slot) for slot in range(slots_count)) for sheet in range(sheets_count)
    )
