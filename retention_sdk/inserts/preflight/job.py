"""One file under examination, and what is asked of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..formats import CardFormat
from ..profiles import PdfX, PressProfile
from .geometry import Box, bleed_of, place_of, trim_of, union
from .report import Finding, make_finding

if TYPE_CHECKING:
    import pikepdf


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, or one label: its number from 1, its boxes in points, the code it should carry.

    ``is_code_known`` tells whether ``code`` means something: None then stands for no code.
    """

    number: int
    trim: Box
    bleed: Box
    page: Any = None
    code: str | None = None
    is_code_known: bool = False

    def finding(self, code: str, message: str, box: Box | None = None) -> Finding:
        """Return a finding on this page."""
        place = place_of(box, self.trim) if box else None
        return make_finding(code, message, page=self.number, place=place)


@dataclass(frozen=True)
class Job:
    """A file with the printing condition, the format and the standard it is checked against.

    ``codes_read`` is filled while the pages are looked at, by number.
    """

    data: bytes
    pdf: pikepdf.Pdf
    profile: PressProfile
    format: CardFormat
    pdfx: PdfX | None
    sheets: tuple[Sheet, ...]
    pages: int
    codes_read: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_press(self) -> bool:
        """Tell whether the file is made of inks."""
        return self.profile.colour == "cmyk"


@dataclass
class Tally:
    """Gathers what is found again and again on a page, so that it is told once."""

    sheet: Sheet
    _found: dict[tuple[str, str], list[Box | None]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, code: str, message: str, box: Box | None = None) -> None:
        """Count one more of the same."""
        self._found[code, message].append(box)

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each message, with the rectangle around all its places."""
        for (code, message), boxes in self._found.items():
            times = f" ({len(boxes)} times)" if len(boxes) > 1 else ""
            around = union(box for box in boxes if box)
            yield self.sheet.finding(code, message + times, around)


def sheets_of(pdf: pikepdf.Pdf, codes: Sequence[str | None] | None) -> tuple[Sheet, ...]:
    """Return the pages of a document with the codes they should carry."""
    expected = list(codes or ())
    expected += [None] * (len(pdf.pages) - len(expected))
    is_known = codes is not None
    return tuple(
        Sheet(number, trim_of(page), bleed_of(page), page, code, is_known)
        for number, (page, code) in enumerate(zip(pdf.pages, expected, strict=False), 1)
    )
