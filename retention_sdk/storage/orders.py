"""The few facts of past orders that tell a first order from a tenth."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from ..model import History, Order
from .ids import insert_into
from .tables import order_fact


class OrderFacts:
    """Orders without names, addresses or products: who (as a subject), when, how much."""

    def record(
        self, connection: Connection, order: Order, *, shop_id: str, subject_id: str
    ) -> None:
        """Store what an order's state proves. News that arrive late take nothing back."""
        query = insert_into(connection, order_fact).values(
            shop_id=shop_id,
            order_id=order.id,
            subject_id=subject_id,
            placed_at=order.placed_at,
            paid_at=order.paid_at,
            cancelled_at=order.cancelled_at,
            currency=order.currency,
            total_minor=order.total.minor,
            refunded_minor=order.refunded.minor if order.refunded else 0,
        )
        new, old = query.excluded, order_fact.c
        # max() of two values is scalar on SQLite, greatest() on PostgreSQL.
        greatest = func.greatest if connection.dialect.name == "postgresql" else func.max
        connection.execute(
            query.on_conflict_do_update(
                index_elements=[old.shop_id, old.order_id],
                set_={
                    "paid_at": func.coalesce(old.paid_at, new.paid_at),
                    "cancelled_at": func.coalesce(old.cancelled_at, new.cancelled_at),
                    "refunded_minor": greatest(old.refunded_minor, new.refunded_minor),
                },
            )
        )

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
        table = order_fact.c
        query = select(func.count(), func.min(table.placed_at), func.max(table.placed_at)).where(
            table.subject_id == subject_id,
            table.paid_at.is_not(None),
            table.cancelled_at.is_(None),
        )
        if excluding is not None:
            query = query.where(table.order_id != excluding)
        if before is not None:
            query = query.where(table.placed_at < before)
        count, first, last = connection.execute(query).one()
        return History(orders_count=count, first_order_at=first, last_order_at=last)
