"""Read what the rules need to know about somebody; only what some rule asks for."""

from __future__ import annotations

import json
from datetime import datetime

from ...model import Order
from ...storage import Connection, Store
from ...storage.ledger import Account, earned
from .clocks import Period, period_of
from .plan import EarningPlan, Standing, is_milestone


def standing_for_order(
    store: Store,
    connection: Connection,
    plan: EarningPlan,
    account: Account,
    *,
    order: Order,
    occurred_at: datetime,
) -> Standing:
    """Return how somebody stands before an order. Their account is locked, so that it holds."""
    tier = _tier(store, connection, plan, account, order) if plan.tier_factors else ""
    if not plan.milestones:
        return Standing(tier=tier, earned=_earned(connection, plan, account, occurred_at))
    before = store.orders.history(connection, account.subject_id, excluding=order.id).orders_count
    return Standing(
        orders_before=before,
        tier=tier,
        milestones=_milestones(connection, plan, account, before + 1),
        earned=_earned(connection, plan, account, occurred_at),
    )


def standing_for_occasion(
    connection: Connection, plan: EarningPlan, account: Account, kind: str, occurred_at: datetime
) -> Standing:
    """Return how somebody stands before an occasion."""
    span = period_of(occurred_at, "year", plan.zone)
    often = earned.times_between(connection, account.id, kind, span=span)
    return Standing(
        earned=_earned(connection, plan, account, occurred_at),
        times={kind: often},
    )


def _tier(
    store: Store, connection: Connection, plan: EarningPlan, account: Account, order: Order
) -> str:
    """Return the rank held when an order was placed; what it brings itself comes after it."""
    from ..tiers import TierBook

    if plan.program.tiers is None:
        return ""
    book = TierBook(store, plan.program, plan.program.tiers)
    who, placed_at = account.subject_id, order.placed_at
    return book.look(connection, who, now=placed_at, excluding=order.id).tier


def _earned(
    connection: Connection, plan: EarningPlan, account: Account, moment: datetime
) -> dict[str, int]:
    periods: set[Period] = {cap.per for cap in plan.caps if cap.per != "order"}
    return {
        period: earned.points_between(connection, account.id, *period_of(moment, period, plan.zone))
        for period in sorted(periods)
    }


def _milestones(
    connection: Connection, plan: EarningPlan, account: Account, number: int
) -> frozenset[tuple[str, int]]:
    if not any(is_milestone(rule, number) for rule in plan.milestones):
        return frozenset()
    breakdowns = map(json.loads, earned.kept_breakdowns(connection, account.id))
    return frozenset(
        (part["rule"], part["number"])
        for breakdown in breakdowns
        for part in breakdown.get("parts", ())
        if "number" in part
    )
