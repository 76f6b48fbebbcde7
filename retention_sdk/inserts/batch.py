"""Draw many cards: a chunk of them in one go, some chunks at a time, in the order they came.

A chunk shares the typesetter's work on faces and words. Memory holds a few chunks, however many
cards there are. Its PDFs are untagged: they go to a press, and a structure tree would describe
the whole chunk.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from ..errors import PrintError
from ..model import Artifact
from .appearance import set_up, texts_of
from .boxes import merge_cards, part_cards
from .card import Card, RenderedCard
from .fonts import FontLibrary, load_fonts
from .formats import DEFAULT_FORMAT, CardFormat, get_format
from .ink import check_texts
from .render import render_card, source_files, typesetter_for
from .style import CardStyle, get_style
from .template import CardTemplate

T = TypeVar("T")

# The typesetter remembers its last ten runs, each with all cards of a chunk: six keep mixed scripts
# below 300 MB on two threads, and draw as fast as twenty-five do in 600 MB.
CHUNK = 6
# Cards of one run share the faces in the file.
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
    chunk: int = CHUNK,
    threads: int = THREADS,
) -> Iterator[RenderedCard]:
    """Yield each card as a PDF of its own, without pictures, in the order of the cards.

    Equal batches give equal bytes. A card that ``render_card`` would refuse stops the batch
    when its turn comes, or is skipped after ``refused`` was told.

    Raises:
        PrintError: as ``render_card``, for the first card that cannot be printed.
        ConfigError: a logo is not safe to draw.
    """
    press = _Press(created_at, fonts or load_fonts(), template, styles, get_format(format))
    for index, card, drawn in _drawn(cards, press, chunk, threads):
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
    parts = _in_threads(cards, chunk, threads, lambda group: _document(group, press))
    return merge_cards(parts, press.paper)


Drawn = RenderedCard | PrintError


def _drawn(
    cards: Iterable[Card], press: _Press, chunk: int, threads: int
) -> Iterator[tuple[int, Card, Drawn]]:
    index = 0
    for group in _in_threads(cards, chunk, threads, lambda some: _chunk(some, press)):
        for card, drawn in group:
            yield index, card, drawn
            index += 1


def _in_threads(
    cards: Iterable[Card], chunk: int, threads: int, work: Callable[[Sequence[Card]], T]
) -> Iterator[T]:
    """Yield what each chunk becomes, in order, with one chunk more under way than threads."""
    source = iter(cards)
    under_way: deque[Future[T]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="cards") as pool:
        while group := tuple(islice(source, chunk)):
            under_way.append(pool.submit(work, group))
            if len(under_way) > threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _chunk(cards: Sequence[Card], press: _Press) -> list[tuple[Card, Drawn]]:
    """Return the cards of a chunk, drawn together; one by one if one of them cannot be drawn."""
    try:
        documents = list(part_cards(_document(cards, press), press.paper))
    except PrintError:
        return [(card, _alone(card, press)) for card in cards]
    return [(card, _as_card(data)) for card, data in zip(cards, documents, strict=True)]


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


def _as_card(data: bytes) -> RenderedCard:
    nothing = Artifact(name="card-front.png", media_type="image/png", data=b"")
    return RenderedCard(
        pdf=Artifact(name="card.pdf", media_type="application/pdf", data=data),
        front_png=nothing,
        back_png=nothing.model_copy(update={"name": "card-back.png"}),
    )
