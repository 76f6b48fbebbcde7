"""What a card says about the order itself: its number, its day, what lies in the parcel, points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict
from zoneinfo import ZoneInfo

from ..l10n import isolate
from ..loyalty.words import progress_line
from ..model import ContentKind, Order
from .bidi import in_order
from .card import CardBlock, CardItem, CardPoints
from .parts import Writer

ITEMS_MAX = 3


class OrderPart(TypedDict, total=False):
    """The fields of a card that are about its order."""

    order_number: str
    order_date: str
    items: tuple[CardItem, ...]
    more_items: str


def order_part(writer: Writer) -> OrderPart:
    """Return what the back says about the order: nothing, its number, or number, day and items.

    Whoever gets a gift may quote the number for an exchange, and learns no more.
    """
    order = writer.context.order
    if order is None or ContentKind.ORDER_SUMMARY not in writer.candidate.content:
        return {}
    number = writer.say("card.order.number", number=order.number)
    if not writer.candidate.is_personalised:
        return OrderPart(order_number=number)
    lines = _packed_lines(order)
    hidden = len(lines) - ITEMS_MAX
    items = tuple(
        CardItem(quantity=writer.words.number(quantity), title=isolate(in_order(title)))
        for quantity, title in lines[:ITEMS_MAX]
    )
    more = writer.say("card.order.more_items", count=hidden) if hidden > 0 else ""
    placed_on = order.placed_at.astimezone(ZoneInfo(writer.context.shop.time_zone)).date()
    return OrderPart(
        order_number=number,
        order_date=writer.say("card.order.date", date=placed_on),
        items=items,
        more_items=more,
    )


def points_part(writer: Writer) -> tuple[CardPoints, ...]:
    """Return the points earned and held, if the card declares that it shows them."""
    context = writer.context
    if ContentKind.POINTS_BALANCE not in writer.candidate.content or not context.has_points:
        return ()
    loyalty = context.loyalty
    counts = {"card.points.earned": loyalty.earned, "card.points.balance": loyalty.balance}
    return tuple(
        CardPoints(text=writer.say(key, points=count), number=writer.words.number(count))
        for key, count in counts.items()
        if count > 0
    )


def member_notes(writer: Writer) -> tuple[CardBlock, ...]:
    """Return when points come and go, and how far the next rank is, as far as there is room.

    They stand on cards that show points, and nowhere else. The progress is left out first, so
    that a day on which points expire stays longest.
    """
    if not points_part(writer):
        return ()
    progress = writer.context.loyalty.tier_progress
    ahead = progress_line(progress, writer.say_if, writer.words, surface="card")
    notes = ("\n".join(filter(None, _days_of_points(writer))), ahead)
    return tuple(CardBlock(content=ContentKind.POINTS_BALANCE, text=note) for note in notes if note)


def _days_of_points(writer: Writer) -> Iterator[str]:
    loyalty = writer.context.loyalty
    if loyalty.pending and loyalty.pending_on:
        values = {"points": loyalty.pending, "date": loyalty.pending_on}
        yield writer.say_if("card.points.pending", **values)
    if loyalty.expiring and loyalty.expires_on:
        values = {"points": loyalty.expiring, "date": loyalty.expires_on}
        yield writer.say_if("card.points.expiring", **values)


def _packed_lines(order: Order) -> list[tuple[int, str]]:
    """Return quantity and title of what lies in the parcel that gets the card."""
    fulfilment = order.insert_fulfilment
    titles = {line.id: line.title for line in order.lines}
    parts = fulfilment.lines if fulfilment else ()
    return [(part.quantity, titles[part.line_id]) for part in parts if titles[part.line_id]]
