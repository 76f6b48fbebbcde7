"""The sheets that cards are printed on, several at a time or beside a perforation. Data only.

Lengths are millimetres; places are measured from the top left corner of the front. Paper sizes
are ISO 216 (A4, A3), ISO 217 (SRA3) and ANSI Y14.1 (Letter, Tabloid). The grids of label sheets
are the dimensions their makers print on the box; the comments name the product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ...errors import PrintError

_INCH = 25.4
# Rounding on the boxes of label sheets: a grid may reach this far over the edge.
_SLACK_MM = 0.06


@dataclass(frozen=True, slots=True)
class Place:
    """A fixed place for one card on a sheet: a label, or what a perforation surrounds.

    ``room_mm`` is how far artwork may reach over its edge, on each side.
    """

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    room_mm: float = 0.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper. Without ``places`` it is a press sheet, and cards are laid out on it.

    ``is_perforated`` sheets leave the rest of the page free for something else.
    """

    name: str
    title: str
    width_mm: float
    height_mm: float
    places: tuple[Place, ...] = ()
    is_perforated: bool = False

    def __post_init__(self) -> None:
        if self.width_mm <= 0 or self.height_mm <= 0:
            raise PrintError(f"sheet {self.name}: width and height are above zero")
        for place in self.places:
            _check_place(self, place)
        _check_overlaps(self)

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return self.width_mm, self.height_mm


def _check_place(sheet: Sheet, place: Place) -> None:
    right, bottom = place.x_mm + place.width_mm, place.y_mm + place.height_mm
    is_inside = (
        min(place.x_mm, place.y_mm) >= -_SLACK_MM
        and right <= sheet.width_mm + _SLACK_MM
        and bottom <= sheet.height_mm + _SLACK_MM
    )
    if min(place.width_mm, place.height_mm) <= 0 or not is_inside:
        raise PrintError(
            f"sheet {sheet.name}: a place of {place.width_mm:g} × {place.height_mm:g} mm at "
            f"{place.x_mm:g}, {place.y_mm:g} mm is not on the paper; check the margins"
        )


def _check_overlaps(sheet: Sheet) -> None:
    for number, one in enumerate(sheet.places):
        for other in sheet.places[number + 1 :]:
            if _overlap(one, other):
                raise PrintError(f"sheet {sheet.name}: places overlap; the pitch is too small")


def _overlap(one: Place, other: Place) -> bool:
    """Tell whether two places share paper. Room may be shared; it is cut or peeled off."""
    across = min(one.x_mm + one.width_mm, other.x_mm + other.width_mm) - max(one.x_mm, other.x_mm)
    down = min(one.y_mm + one.height_mm, other.y_mm + other.height_mm) - max(one.y_mm, other.y_mm)
    return across > _SLACK_MM and down > _SLACK_MM


@dataclass(frozen=True, slots=True)
class _Grid:
    """Equal places in rows and columns. ``pitch`` is from one left or upper edge to the next."""

    columns: int
    rows: int
    size_mm: tuple[float, float]
    start_mm: tuple[float, float]
    pitch_mm: tuple[float, float]

    def places(self) -> Iterator[Place]:
        """Yield the places row by row, each from left to right, as they are peeled off."""
        width, height = self.size_mm
        room = max(0.0, min(self.pitch_mm[0] - width, self.pitch_mm[1] - height) / 2)
        for row in range(self.rows):
            for column in range(self.columns):
                x = self.start_mm[0] + column * self.pitch_mm[0]
                y = self.start_mm[1] + row * self.pitch_mm[1]
                yield Place(round(x, 3), round(y, 3), width, height, round(room, 3))


def _a4(name: str, title: str, grid: _Grid) -> Sheet:
    return Sheet(name, f"{title} on A4", 210, 297, tuple(grid.places()))


def _letter(name: str, title: str, grid: _Grid) -> Sheet:
    """Return a sheet of US Letter; the grid is in inches, as its maker prints it."""
    size, start, pitch = (
        (round(x * _INCH, 3), round(y * _INCH, 3))
        for x, y in (grid.size_mm, grid.start_mm, grid.pitch_mm)
    )
    places = tuple(_Grid(grid.columns, grid.rows, size, start, pitch).places())
    return Sheet(name, f"{title} on Letter", 215.9, 279.4, places)


_PRESS = (
    Sheet("sra3", "SRA3, 320 × 450 mm", 320, 450),
    Sheet("a3", "A3, 297 × 420 mm", 297, 420),
    Sheet("a4", "A4, 210 × 297 mm", 210, 297),
    Sheet("letter", "US Letter, 8.5 × 11 in", 215.9, 279.4),
    Sheet("tabloid", "US Tabloid, 11 × 17 in", 279.4, 431.8),
)

# A card in the lower right corner, where a packing slip has room. Two of its edges are the
# paper's own; a perforation is torn, so artwork may cross it by a millimetre.
_PERFORATED = (
    Sheet(
        "a4-card-a6",
        "A4 with a perforated A6 card in the corner",
        210,
        297,
        (Place(105, 149, 105, 148, 1.0),),
        is_perforated=True,
    ),
    Sheet(
        "a4-card-85x55",
        "A4 with a perforated card of 85 × 55 mm in the corner",
        210,
        297,
        (Place(125, 242, 85, 55, 1.0),),
        is_perforated=True,
    ),
    Sheet(
        "letter-card-4x6in",
        "US Letter with a perforated 4 × 6 in card in the corner",
        215.9,
        279.4,
        (Place(114.3, 127, 101.6, 152.4, 1.0),),
        is_perforated=True,
    ),
    Sheet(
        "letter-card-us",
        "US Letter with a perforated card of 3.5 × 2 in in the corner",
        215.9,
        279.4,
        (Place(127, 228.6, 88.9, 50.8, 1.0),),
        is_perforated=True,
    ),
)

_LABELS = (
    # Avery L7160, J8160: 21 address labels.
    _a4("l7160", "21 labels, 63.5 × 38.1 mm",
        _Grid(3, 7, (63.5, 38.1), (7.25, 15.15), (66.0, 38.1))),
    # Avery L7163, J8163: 14 address labels.
    _a4("l7163", "14 labels, 99.1 × 38.1 mm",
        _Grid(2, 7, (99.1, 38.1), (4.65, 15.15), (101.6, 38.1))),
    # Avery L7165, J8165: 8 parcel labels; a business card of 85 × 55 mm fits on one.
    _a4("l7165", "8 labels, 99.1 × 67.7 mm",
        _Grid(2, 4, (99.1, 67.7), (4.65, 13.1), (101.6, 67.7))),
    # Avery L7168: 2 parcel labels; A6 landscape fits on one.
    _a4("l7168", "2 labels, 199.6 × 143.5 mm",
        _Grid(1, 2, (199.6, 143.5), (5.2, 5.0), (199.6, 143.5))),
    # Avery L7169: 4 parcel labels; A7 fits on one.
    _a4("l7169", "4 labels, 99.1 × 139 mm",
        _Grid(2, 2, (99.1, 139.0), (4.65, 9.5), (101.6, 139.0))),
    # Avery 5160, 5260, 8160: 30 address labels.
    _letter("5160", "30 labels, 2.625 × 1 in",
            _Grid(3, 10, (2.625, 1), (0.1875, 0.5), (2.75, 1))),
    # Avery 5163, 5263, 8163: 10 shipping labels; a business card of 3.5 × 2 in fits on one.
    _letter("5163", "10 labels, 4 × 2 in",
            _Grid(2, 5, (4, 2), (0.15625, 0.5), (4.1875, 2))),
    # Avery 5168: 4 shipping labels; A7 fits on one.
    _letter("5168", "4 labels, 3.5 × 5 in",
            _Grid(2, 2, (3.5, 5), (0.5, 0.5), (4, 5))),
    # Avery 5371, 8371: 10 business cards that touch.
    _letter("5371", "10 cards, 3.5 × 2 in",
            _Grid(2, 5, (3.5, 2), (0.75, 0.5), (3.5, 2))),
)  # fmt: skip

SHEETS: Mapping[str, Sheet] = MappingProxyType(
    {each.name: each for each in (*_PRESS, *_PERFORATED, *_LABELS)}
)


def get_sheet(name: str) -> Sheet:
    """Return a sheet by its name.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    try:
        return SHEETS[name]
    except KeyError:
        raise PrintError(f"no sheet {name!r}; there are: {', '.join(SHEETS)}") from None
