"""Cards for label printers: black, on white, in whole dots.

A label printer knows one colour, so the card is drawn anew and not converted: floods become
paper, text on them black, and the code gets modules of whole dots.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ...errors import PrintError
from ...model import Palette
from ..card import Card
from ..fonts import FontLibrary
from ..render import render_card
from ..style import CardStyle
from ..template import CardTemplate
from .codes import redraw_code
from .dots import Dots, read_dots
from .zpl import Encoding, encode_zpl

DPIS = (203, 300, 600)
DEFAULT_FORMAT = "4x6in"
BLACK_ON_WHITE = Palette(paper="#ffffff", ink="#000000", primary="#ffffff", accent="#000000")


def thermal_dots(
    card: Card,
    *,
    created_at: datetime,
    dpi: int = 203,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] | None = None,
) -> tuple[Dots, ...]:
    """Return front and back of a card in dots of a printer's resolution.

    Raises:
        PrintError: a resolution that label printers do not have, a code that would not be read,
            or as ``render_card``.
    """
    if dpi not in DPIS:
        raise PrintError(f"label printers have {', '.join(map(str, DPIS))} dpi, not {dpi}")
    drawn = render_card(
        black_on_white(card),
        created_at=created_at,
        fonts=fonts,
        template=template,
        styles=styles or {},
        format=format,
        preview=False,
    )
    pages = read_dots(drawn.pdf.data, dpi=dpi)
    return redraw_code(pages, card.code.url) if card.code else pages


def thermal_png(
    card: Card,
    *,
    created_at: datetime,
    dpi: int = 203,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] | None = None,
) -> tuple[bytes, ...]:
    """Return front and back as one-bit PNGs that know their resolution.

    Raises:
        PrintError: as ``thermal_dots``.
    """
    pages = thermal_dots(
        card,
        created_at=created_at,
        dpi=dpi,
        format=format,
        fonts=fonts,
        template=template,
        styles=styles,
    )
    return tuple(page.to_png() for page in pages)


def thermal_zpl(
    card: Card,
    *,
    created_at: datetime,
    dpi: int = 203,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] | None = None,
    encoding: Encoding = "z64",
    copies: int = 1,
) -> bytes:
    """Return ZPL that prints front and back as two labels.

    Raises:
        PrintError: as ``thermal_dots``, or not a number of copies.
    """
    pages = thermal_dots(
        card,
        created_at=created_at,
        dpi=dpi,
        format=format,
        fonts=fonts,
        template=template,
        styles=styles,
    )
    return encode_zpl(pages, encoding=encoding, copies=copies)


def black_on_white(card: Card) -> Card:
    """Return the card in the one colour of a label printer."""
    return card.model_copy(update={"palette": BLACK_ON_WHITE})
