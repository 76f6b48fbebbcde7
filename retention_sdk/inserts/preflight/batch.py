"""Many cards in one file: as many as there should be, and each with its own code."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..formats import CardFormat
from ..profiles import PdfX, PressProfile
from .examine import Order, examine
from .job import Job, Sheet
from .report import Depth, Finding, Report, make_finding


def preflight_batch(
    pdf: bytes,
    *,
    codes: Sequence[str | None],
    profile: PressProfile,
    format: CardFormat,  # noqa: A002 - as everywhere that a card is drawn
    pdfx: PdfX | None = None,
    order_numbers: Sequence[str] | None = None,
    depth: Depth = "card",
) -> Report:
    """Return what is wrong with a file of many cards.

    ``codes`` says for each card, in printing order, what its code leads to (None: it has none).
    ``order_numbers`` are looked for in the text of each card, in any digits.
    """
    plan = _Batch(codes, order_numbers, format.pages)
    pages = len(codes) * format.pages
    order = Order(pdf, profile, format, pdfx, depth, pages=pages, afterwards=plan.check)
    return examine(order, None)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the cards of a file should carry."""

    codes: Sequence[str | None]
    order_numbers: Sequence[str] | None
    pages: int

    def check(self, job: Job) -> Iterator[Finding]:
        """Compare what was read with what should be there."""
        if len(job.sheets) != len(self.codes) * self.pages:
            text = f"{len(job.sheets)} page(s) for {len(self.codes)} card(s) of {self.pages}"
            yield make_finding("batch-count", text)
            return
        owners = {code: card for card, code in enumerate(self.codes, 1) if code}
        for card, code in enumerate(self.codes, 1):
            yield from _code(self._read(job, card), code, card, owners)
        yield from self._twice(job)
        if self.order_numbers is not None:
            yield from self._numbers(job, self.order_numbers)

    def _sheets(self, job: Job, card: int) -> tuple[Sheet, ...]:
        return job.sheets[(card - 1) * self.pages : card * self.pages]

    def _read(self, job: Job, card: int) -> list[tuple[Sheet, str]]:
        return [
            (sheet, text)
            for sheet in self._sheets(job, card)
            for text in job.codes_read.get(sheet.number, ())
        ]

    def _twice(self, job: Job) -> Iterator[Finding]:
        first: dict[str, int] = {}
        for card in range(1, len(self.codes) + 1):
            for sheet, text in self._read(job, card):
                if first.setdefault(text, card) != card:
                    says = f"card {card} carries the code of card {first[text]}"
                    yield sheet.finding("batch-duplicate", says)

    def _numbers(self, job: Job, numbers: Sequence[str]) -> Iterator[Finding]:
        import pypdfium2

        document = pypdfium2.PdfDocument(job.data)
        try:
            for card, number in enumerate(numbers, 1):
                first = self._sheets(job, card)[0]
                texts = (
                    _letters(document[first.number - 1 + page].get_textpage().get_text_range())
                    for page in range(self.pages)
                )
                wanted = _letters(number)
                if not any(wanted in text or wanted[::-1] in text for text in texts):
                    says = f"card {card} does not name its order"
                    yield first.finding("batch-order", says)
        finally:
            document.close()


def _code(
    read: Sequence[tuple[Sheet, str]], wanted: str | None, card: int, owners: Mapping[str, int]
) -> Iterator[Finding]:
    if wanted is not None and wanted not in {text for _, text in read}:
        if not read:
            yield make_finding("code-missing", f"card {card} has a code, and none can be read")
            return
        sheet, text = read[0]
        owner = owners.get(text)
        if owner is None:
            yield sheet.finding("code-wrong", f"it is not the code of card {card}")
        else:
            says = f"card {card} carries the code of card {owner}"
            yield sheet.finding("batch-swapped", says)
    if wanted is None and read:
        yield read[0][0].finding("code-unexpected", f"card {card} should have none")


def _letters(text: str) -> str:
    """Return the letters and digits of a text; digits of all scripts become those of ASCII.

    An extracted line may run either way and hold joiners and isolates: they are left out.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_digit(char) for char in folded if char.isalnum())


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)
