"""Draw many cards, some at a time, in the order they came, as files of their own or as one.

Memory holds a few cards, however many there are. A card of its own is the same file whether it is
drawn alone or among others. The one document is drawn in chunks, which share faces and words; it
is untagged, because it goes to a press and a structure tree would describe a chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ..errors import PrintError
from ..threads import in_threads
from .appearance import set_up, texts_of
from .boxes import merge_cards
from .card import Card, RenderedCard
from .fonts import FontLibrary, load_fonts
from .formats import DEFAULT_FORMAT, CardFormat, get_format
from .ink import check_texts
from .render import render_card, source_files, typesetter_for
from .style import CardStyle, get_style
from .template import CardTemplate

# Cards of one run share the faces in the file. More of them draw no faster, and the typesetter
# remembers its last ten runs with all that was in them.
DOCUMENT_CHUNK = 12
THREADS = 2
_NO_STYLES: Mapping[str, CardStyle] = {}

Refused = Callable[[int, Card, PrintError], None]
"""Told of a card that cannot be printed: its place in the batch, the card, and the reason."""


@dataclass(frozen=True, slots=True)
class _Press:
    """What all cards of a batch have in common."""

    created_at: datetime
    library: FontLibrary
    template: CardTemplate | None
    styles: Mapping[str, CardStyle]
    paper: CardFormat


def render_cards(
    cards: Iterable[Card],
    *,
    created_at: datetime,
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] = _NO_STYLES,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - as in render_card
    refused: Refused | None = None,
    threads: int = THREADS,
) -> Iterator[RenderedCard]:
    """Yield each card as ``render_card`` draws it, byte for byte, in order and without pictures.

    A card that ``render_card`` would refuse stops the batch when its turn comes, or is skipped
    after ``refused`` was told.

    Raises:
        PrintError: as ``render_card``, for the first card that cannot be printed.
        ConfigError: a logo is not safe to draw.
    """
    press = _Press(created_at, fonts or load_fonts(), template, styles, get_format(format))
    made = in_threads(cards, lambda card: (card, _alone(card, press)), threads, name="cards")
    for index, (card, drawn) in enumerate(made):
        if not isinstance(drawn, PrintError):
            yield drawn
        elif refused is None:
            raise drawn
        else:
            refused(index, card, drawn)


def render_document(
    cards: Iterable[Card],
    *,
    created_at: datetime,
    fonts: FontLibrary | None = None,
    template: CardTemplate | None = None,
    styles: Mapping[str, CardStyle] = _NO_STYLES,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - as in render_card
    chunk: int = DOCUMENT_CHUNK,
    threads: int = THREADS,
) -> bytes:
    """Return one PDF of all cards, a third as large as the cards by themselves.

    Raises:
        PrintError: as ``render_card``, for the first card that cannot be printed.
    """
    press = _Press(created_at, fonts or load_fonts(), template, styles, get_format(format))
    parts = in_threads(
        _chunks(cards, chunk), lambda group: _document(group, press), threads, name="cards"
    )
    return merge_cards(parts, press.paper)


Drawn = RenderedCard | PrintError


def _chunks(cards: Iterable[Card], size: int) -> Iterator[tuple[Card, ...]]:
    source = iter(cards)
    while chunk := tuple(islice(source, size)):
        yield chunk


def _document(cards: Sequence[Card], press: _Press) -> bytes:
    """Return one PDF of some cards, in order.

    Raises:
        PrintError: one of them cannot be drawn as it stands.
    """
    parts = [_typeset(group, press) for group in _runs_of_style(cards)]
    return parts[0] if len(parts) == 1 else merge_cards(parts, press.paper)


def _runs_of_style(cards: Sequence[Card]) -> Iterator[list[Card]]:
    """Yield neighbours of one style: each style is a program of its own."""
    run: list[Card] = []
    for card in cards:
        if run and run[-1].style != card.style:
            yield run
            run = []
        run.append(card)
    yield run


def _typeset(cards: Sequence[Card], press: _Press) -> bytes:
    look = get_style(cards[0].style, press.styles)
    settings = [set_up(card, style=look, paper=press.paper) for card in cards]
    for setting in settings:
        is_rtl = setting.card.direction == "rtl"
        check_texts(texts_of(setting), press.library, is_rtl=is_rtl)
    files = source_files(settings, press.library, press.template)
    (pdf,) = typesetter_for(press.library).compile(
        files, "pdf", press.created_at, is_accessible=False
    )
    return pdf


def _alone(card: Card, press: _Press) -> Drawn:
    """Return a card by itself, with less of what is optional if need be, or why it cannot be."""
    try:
        return render_card(
            card,
            created_at=press.created_at,
            fonts=press.library,
            template=press.template,
            styles=press.styles,
            format=press.paper.name,
            preview=False,
        )
    except PrintError as error:
        return error
