"""The few facts of past orders that tell a first order from a tenth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Select,
    bindparam,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ..model import History, Money, Order
from .tables import order_fact, subject


def _record(insert: postgresql.Insert | sqlite.Insert, greatest: Any) -> Insert:
    new, old = insert.excluded, order_fact.c
    return insert.on_conflict_do_update(
        index_elements=[old.shop_id, old.order_id],
        set_={
            "paid_at": func.coalesce(old.paid_at, new.paid_at),
            "cancelled_at": func.coalesce(old.cancelled_at, new.cancelled_at),
            "refunded_minor": greatest(old.refunded_minor, new.refunded_minor),
        },
    )


# Built once: that takes longer than running it, and every event of an order asks. max() of two
# values is scalar on SQLite, greatest() on PostgreSQL.
_RECORD = {
    "sqlite": _record(sqlite.insert(order_fact), func.max),
    "postgresql": _record(postgresql.insert(order_fact), func.greatest),
}


@cache
def _history(*, is_excluding: bool, is_until: bool) -> Select[int, Any, Any]:
    table = order_fact.c
    query = select(func.count(), func.min(table.placed_at), func.max(table.placed_at)).where(
        table.subject_id == bindparam("who"),
        table.paid_at.is_not(None),
        table.cancelled_at.is_(None),
    )
    if is_excluding:
        query = query.where(table.order_id != bindparam("excluding"))
    return query.where(table.placed_at < bindparam("before")) if is_until else query


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """A sale without who bought what."""

    order_id: str
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    total: Money
    refunded: Money


class OrderFacts:
    """Orders without names, addresses or products: who (as a subject), when, how much."""

    def record(
        self, connection: Connection, order: Order, *, shop_id: str, subject_id: str
    ) -> None:
        """Store what an order's state proves. News that arrive late take nothing back."""
        values = {
            "shop_id": shop_id,
            "order_id": order.id,
            "subject_id": subject_id,
            "placed_at": order.placed_at,
            "paid_at": order.paid_at,
            "cancelled_at": order.cancelled_at,
            "currency": order.currency,
            "total_minor": order.total.minor,
            "refunded_minor": order.refunded.minor if order.refunded else 0,
        }
        connection.execute(_RECORD[connection.dialect.name], values)

    def settle(self, connection: Connection, order: Order, *, shop_id: str) -> bool:
        """Note what was refunded or cancelled of a sale on record; add none that is not."""
        table = order_fact
        refunded = order.refunded.minor if order.refunded else 0
        greatest = func.greatest if connection.dialect.name == "postgresql" else func.max
        query = (
            update(table)
            .where(table.c.shop_id == shop_id, table.c.order_id == order.id)
            .values(
                cancelled_at=func.coalesce(
                    table.c.cancelled_at, literal(order.cancelled_at, table.c.cancelled_at.type)
                ),
                refunded_minor=greatest(
                    table.c.refunded_minor, literal(refunded, table.c.refunded_minor.type)
                ),
            )
        )
        return connection.execute(query).rowcount == 1

    def reassign(self, connection: Connection, subject_id: str, *, to: str) -> int:
        """Let the orders of one subject be those of another, after a merge; return how many."""
        query = update(order_fact).where(order_fact.c.subject_id == subject_id)
        return connection.execute(query.values(subject_id=to)).rowcount

    def owner(self, connection: Connection, shop_id: str, order_id: str) -> str | None:
        """Return whose order it is, None if nothing is known of it."""
        table = order_fact.c
        query = select(table.subject_id)
        return connection.execute(
            query.where(table.shop_id == shop_id, table.order_id == order_id)
        ).scalar()

    def of_subject(self, connection: Connection, subject_id: str) -> tuple[OrderFact, ...]:
        """Return what is kept of a person's orders, earliest first."""
        table = order_fact
        query = select(table).where(table.c.subject_id == subject_id)
        rows = connection.execute(query.order_by(table.c.placed_at, table.c.order_id)).all()
        return tuple(
            OrderFact(
                order_id=row.order_id,
                placed_at=row.placed_at,
                paid_at=row.paid_at,
                cancelled_at=row.cancelled_at,
                total=Money(minor=row.total_minor, currency=row.currency),
                refunded=Money(minor=row.refunded_minor, currency=row.currency),
            )
            for row in rows
        )

    def forget(self, connection: Connection, shop_id: str, *, before: datetime) -> int:
        """Delete the sales of erased people placed before a moment; return how many."""
        table = order_fact
        erased = select(subject.c.id).where(subject.c.erased_at.is_not(None))
        query = delete(table).where(
            table.c.shop_id == shop_id, table.c.placed_at < before, table.c.subject_id.in_(erased)
        )
        return connection.execute(query).rowcount

    def history(
        self,
        connection: Connection,
        subject_id: str,
        *,
        excluding: str | None = None,
        before: datetime | None = None,
    ) -> History:
        """Count paid orders of a subject that were not cancelled.

        ``excluding`` is the identifier of the order at hand; ``before`` leaves out orders placed
        at or after a moment, so that an event worked on late sees what it would have seen.
        """
        query = _history(is_excluding=excluding is not None, is_until=before is not None)
        asked = {"who": subject_id, "excluding": excluding, "before": before}
        count, first, last = connection.execute(query, asked).one()
        return History(orders_count=count, first_order_at=first, last_order_at=last)
