"""What somebody earned so far, as caps and milestones ask for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from ..tables import lot as lots
from ..tables import txn as txns


def points_between(connection: Connection, account_id: str, start: datetime, end: datetime) -> int:
    """Return what was earned from ``start`` until before ``end``, less what was taken back."""
    # A lot is called like the transaction that made it.
    query = (
        select(func.coalesce(func.sum(lots.c.earned - lots.c.clawed), 0))
        .join(txns, txns.c.id == lots.c.id)
        .where(
            txns.c.account_id == account_id,
            txns.c.kind == "earn",
            txns.c.occurred_at >= start,
            txns.c.occurred_at < end,
        )
    )
    return int(connection.execute(query).scalar_one())


def times_between(
    connection: Connection, account_id: str, cause_type: str, *, span: tuple[datetime, datetime]
) -> int:
    """Return how often something of a kind earned points in a half-open span of time."""
    query = select(func.count()).where(
        txns.c.account_id == account_id,
        txns.c.kind == "earn",
        txns.c.cause_type == cause_type,
        txns.c.occurred_at >= span[0],
        txns.c.occurred_at < span[1],
    )
    return connection.execute(query).scalar_one()


def kept_breakdowns(connection: Connection, account_id: str) -> list[str]:
    """Return the breakdowns of lots that were not taken back in full."""
    query = select(lots.c.rule_breakdown).where(
        lots.c.account_id == account_id, lots.c.clawed < lots.c.earned
    )
    return list(connection.execute(query).scalars())
