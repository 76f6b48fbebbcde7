"""The paper sizes a card is made in. Data only; lengths are millimetres.

Sizes follow ISO 216 (A series), ISO 269 (DL), the business cards of Europe and the United States,
and the inch formats of American printers. Bleed and safe distance are the strictest that the
printers we read ask for: 3 mm (1/8 inch in inch formats), and 4 mm inside the trim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ..errors import PrintError

DEFAULT_FORMAT = "a6"
_INCH_BLEED_MM = 3.175


@dataclass(frozen=True, slots=True)
class CardFormat:
    """One page of a card after trimming. A folded card has four of them, a flat one two."""

    name: str
    title: str
    width_mm: float
    height_mm: float
    bleed_mm: float = 3.0
    safe_mm: float = 4.0
    is_folded: bool = False

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height after trimming."""
        return self.width_mm, self.height_mm

    @property
    def pages(self) -> int:
        """How many pages the document has: front and back, or the four panels of a folded card."""
        return 4 if self.is_folded else 2


FORMATS: Mapping[str, CardFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            CardFormat("a6", "A6, 105 × 148 mm", 105, 148),
            CardFormat("a6-landscape", "A6 landscape, 148 × 105 mm", 148, 105),
            CardFormat("a5", "A5, 148 × 210 mm", 148, 210),
            CardFormat("a7", "A7, 74 × 105 mm", 74, 105),
            CardFormat("dl", "DL, 99 × 210 mm", 99, 210),
            CardFormat("card-eu", "business card, 85 × 55 mm", 85, 55),
            CardFormat("card-us", "business card, 3.5 × 2 in", 88.9, 50.8, _INCH_BLEED_MM),
            CardFormat("square", "square, 100 × 100 mm", 100, 100),
            CardFormat("4x6in", "4 × 6 in", 101.6, 152.4, _INCH_BLEED_MM),
            CardFormat("5x7in", "5 × 7 in", 127, 177.8, _INCH_BLEED_MM),
            CardFormat("a6-folded", "A6 folded from A5", 105, 148, is_folded=True),
            CardFormat("dl-folded", "DL folded from 198 × 210 mm", 99, 210, is_folded=True),
        )
    }
)


def get_format(name: str) -> CardFormat:
    """Return a format by its name.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise PrintError(f"no card format {name!r}; there are: {', '.join(FORMATS)}") from None
