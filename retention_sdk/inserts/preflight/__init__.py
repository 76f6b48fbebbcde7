"""Prove that a file may go to print: findings with a code, a place and a way to mend them.

Nothing is certified here: no independent validator of PDF/X is freely to be had. What is
checked stands in ``rules``. PDFium draws the pages and is not safe to share between threads:
run this in one thread of a process.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..formats import CardFormat
from ..profiles import PdfX, PressProfile
from .batch import preflight_batch
from .examine import Order, examine
from .label import preflight_picture
from .report import Depth, Finding, Place, Report
from .rules import RULES, Rule, Severity

__all__ = [
    "RULES",
    "Depth",
    "Finding",
    "Place",
    "Report",
    "Rule",
    "Severity",
    "preflight",
    "preflight_batch",
    "preflight_picture",
]


def preflight(
    pdf: bytes,
    *,
    profile: PressProfile,
    format: CardFormat,  # noqa: A002 - as everywhere that a card is drawn
    codes: Sequence[str | None] | None = None,
    pdfx: PdfX | None = None,
    words: Sequence[str] = (),
    depth: Depth = "full",
) -> Report:
    """Return everything a printer, or a customer with a telephone, could object to.

    ``codes`` holds for each page what its code says, None for no code; without ``codes`` any
    code will do. ``words`` are numbers and words that must be read from left to right, such as the
    order number. Without ``pdfx`` the file is held to the standard it names itself. The depth
    ``card`` reads structure, boxes, standard and codes, which differ from card to card; colours,
    type, ink and bleed need ``full``, once for each template, language and longest text.
    """
    order = Order(pdf, profile, format, pdfx, depth, pages=format.pages, words=words)
    return examine(order, codes)
