"""Counts over many cards: what was printed, scanned, redeemed, and who came back. Never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Subquery,
    and_,
    case,
    exists,
    func,
    select,
    type_coerce,
)

from .tables import card, card_code, card_copy, card_scan, card_step, order_fact

# A gift's card is the buyer's own; it is dealt to no group.
_GIFT = "gift_message"
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPeriod:
    """Which cards are counted: those given out from ``since`` until before ``until``.

    ``window`` is how long after a card, or after a scan, an order still counts.
    """

    shop_id: str
    since: datetime
    until: datetime
    window: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCounts:
    """What became of the cards of one template and arm, by their newest copy. All count cards.

    ``ordered`` are scanned ones whose customer ordered again after the scan. ``coupons`` were
    made for them; ``redeemed`` is how many cards' coupons were used.
    """

    template: str
    arm: str
    assigned: int
    printed: int
    packed: int
    voided: int
    scanned: int
    ordered: int
    coupons: int
    redeemed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """How many customers were dealt to a group, and how many of them ordered again."""

    customers: int = 0
    returned: int = 0


def cards_among(connection: Connection, numbers: range) -> tuple[int, ...]:
    """Return the card numbers within a range of step 1 that were given out, newest first."""
    query = (
        select(card.c.card_id)
        .where(card.c.card_id.between(numbers.start, numbers.stop - 1))
        .order_by(card.c.created_at.desc(), card.c.card_id)
    )
    return tuple(connection.execute(query).scalars())


def count_cards(connection: Connection, period: CardPeriod) -> tuple[CardCounts, ...]:
    """Return the counts of a period, by template and arm in the order of their names."""
    columns = {
        "printed": _count_if(_has_step("printed")),
        "packed": _count_if(_has_step("packed")),
        "voided": _count_if(_has_step("voided")),
        "scanned": _count_if(exists().where(card_scan.c.card_id == card.c.card_id)),
        "ordered": _count_if(_is_ordered_after_scan(period.window)),
        "coupons": _count_if(exists().where(card_code.c.card_id == card.c.card_id)),
        "redeemed": _count_if(_is_redeemed()),
    }
    named = [column.label(name) for name, column in columns.items()]
    names = (card_copy.c.template, card_copy.c.arm)
    query = (
        select(*names, func.count().label("assigned"), *named)
        .select_from(card.join(card_copy, _is_newest_copy()))
        .where(_is_in(period))
        .group_by(*names)
        .order_by(*names)
    )
    return tuple(CardCounts(**row) for row in connection.execute(query).mappings())


def count_returns(connection: Connection, period: CardPeriod) -> tuple[GroupCounts, GroupCounts]:
    """Return customers with cards and customers held out, as they were first dealt.

    One customer counts once, in the group of the first card of the period, whatever was printed
    or scanned afterwards. To return is to pay for an order placed within ``window`` after that
    card, and not to cancel it.
    """
    first = _first_cards(period)
    has_returned = exists().where(
        order_fact.c.shop_id == period.shop_id,
        order_fact.c.subject_id == first.c.subject_id,
        order_fact.c.paid_at.is_not(None),
        order_fact.c.cancelled_at.is_(None),
        order_fact.c.placed_at > first.c.created_at,
        _us(order_fact.c.placed_at) <= _us(first.c.created_at) + period.window // _MICROSECOND,
    )
    query = (
        select(first.c.is_holdout, func.count(), _count_if(has_returned))
        .where(first.c.place == 1)
        .group_by(first.c.is_holdout)
    )
    groups = {
        is_holdout: GroupCounts(customers=customers, returned=returned)
        for is_holdout, customers, returned in connection.execute(query)
    }
    return groups.get(False, GroupCounts()), groups.get(True, GroupCounts())


def _first_cards(period: CardPeriod) -> Subquery:
    """Number the cards of each customer in order; the group is that of the card's first copy."""
    place = func.row_number().over(
        partition_by=card.c.subject_id, order_by=(card.c.created_at, card.c.card_id)
    )
    is_first_copy = and_(card_copy.c.card_id == card.c.card_id, card_copy.c.copy == 1)
    return (
        select(card.c.subject_id, card.c.created_at, card_copy.c.is_holdout, place.label("place"))
        .select_from(card.join(card_copy, is_first_copy))
        .where(_is_in(period), card_copy.c.template != _GIFT)
        .subquery()
    )


def _is_in(period: CardPeriod) -> ColumnElement[bool]:
    return and_(
        card.c.shop_id == period.shop_id,
        card.c.created_at >= period.since,
        card.c.created_at < period.until,
    )


def _is_newest_copy() -> ColumnElement[bool]:
    other = card_copy.alias()
    newest = select(func.max(other.c.copy)).where(other.c.card_id == card.c.card_id)
    return and_(
        card_copy.c.card_id == card.c.card_id,
        card_copy.c.copy == newest.correlate(card).scalar_subquery(),
    )


def _has_step(state: str) -> ColumnElement[bool]:
    return exists().where(
        card_step.c.card_id == card_copy.c.card_id,
        card_step.c.copy == card_copy.c.copy,
        card_step.c.state == state,
    )


def _is_ordered_after_scan(window: timedelta) -> ColumnElement[bool]:
    """Scans are kept by the hour, so an order of the same hour counts; the card's own does not."""
    return exists().where(
        card_scan.c.card_id == card.c.card_id,
        order_fact.c.shop_id == card.c.shop_id,
        order_fact.c.subject_id == card.c.subject_id,
        order_fact.c.order_id != card.c.order_id,
        order_fact.c.paid_at.is_not(None),
        order_fact.c.cancelled_at.is_(None),
        order_fact.c.placed_at > card.c.created_at,
        order_fact.c.placed_at >= card_scan.c.at_hour,
        _us(order_fact.c.placed_at) <= _us(card_scan.c.at_hour) + window // _MICROSECOND,
    )


def _is_redeemed() -> ColumnElement[bool]:
    return exists().where(card_code.c.card_id == card.c.card_id, card_code.c.state == "redeemed")


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _us(column: Column[datetime] | ColumnElement[datetime]) -> ColumnElement[int]:
    """Return a moment as what it is in the table, microseconds, to calculate with."""
    return type_coerce(column, BigInteger)
