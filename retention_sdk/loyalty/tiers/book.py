"""Ranks in a store: evaluated within the caller's transaction, and kept as they change."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...storage import Connection, OrderPosting, Store, TierChange
from ..clawback import target
from .evaluate import TierDecision, TierStanding, evaluate
from .facts import Qualifying, qualifying_orders
from .ladder import TierLadder
from .risk import TierRisk, risk_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..rules import Program


class TierBook:
    """Ranks of the members of one programme.

    For example::

        book = TierBook(store, program)
        with store.begin() as connection:
            decision = book.update(connection, subject_id, cause=event.id, now=now)

    A rank follows from the orders on record, so it can be updated as often as one likes.
    """

    def __init__(self, store: Store, program: Program, ladder: TierLadder) -> None:
        self._store, self.program, self.ladder = store, program, ladder

    def look(
        self, connection: Connection, subject_id: str, *, now: datetime, excluding: str = ""
    ) -> TierDecision:
        """Return the rank of a person at ``now``, without one of their orders; write nothing."""
        newest = self._store.tiers.newest(connection, self.program.id, subject_id)
        return self._evaluate(connection, subject_id, newest, now, excluding=excluding)

    def risk(self, connection: Connection, subject_id: str, *, now: datetime) -> TierRisk | None:
        """Return how the rank somebody holds at ``now`` will end, None if it will not."""
        return risk_of(
            self.ladder,
            self.facts(connection, subject_id),
            now,
            time_zone=self.program.time_zone,
            joined_at=self._joined_at(connection, subject_id),
        )

    def update(
        self, connection: Connection, subject_id: str, *, cause: str, now: datetime
    ) -> TierDecision:
        """Return the rank of a person at ``now``, and record it if anything of it changed.

        ``cause`` names the event or whatever else was due; each is recorded once.
        """
        return self.turn(connection, subject_id, cause=cause, now=now)[0]

    def turn(
        self, connection: Connection, subject_id: str, *, cause: str, now: datetime
    ) -> tuple[TierDecision, int]:
        """Update a rank as ``update`` does; return the number of the record, too, 0 for none."""
        self._store.tiers.lock(connection, subject_id)
        newest = self._store.tiers.newest(connection, self.program.id, subject_id)
        decision = self._evaluate(connection, subject_id, newest, now)
        known = newest and (newest.tier, newest.until, newest.ladder)
        is_news = known != (decision.tier, decision.until, decision.ladder)
        if not is_news or not (newest or decision.tier):
            return decision, 0
        change = _change(decision, cause=cause, now=now)
        return decision, self._store.tiers.record(connection, self.program.id, subject_id, change)

    def history(self, connection: Connection, subject_id: str) -> tuple[TierChange, ...]:
        """Return how the rank of a person changed, oldest first."""
        return self._store.tiers.history(connection, self.program.id, subject_id)

    def facts(
        self, connection: Connection, subject_id: str, *, excluding: str = ""
    ) -> tuple[Qualifying, ...]:
        """Return what counts for a person: orders net of refunds, or what they earned."""
        ladder = self.ladder
        if ladder.qualify == "points":
            postings = self._store.tiers.postings(connection, self.program.id, subject_id)
            return qualifying_points(postings)
        orders = self._store.orders.of_subject(connection, subject_id)
        counted = (order for order in orders if order.order_id != excluding)
        return qualifying_orders(counted, ladder.qualify)

    def _evaluate(
        self,
        connection: Connection,
        subject_id: str,
        newest: TierChange | None,
        now: datetime,
        *,
        excluding: str = "",
    ) -> TierDecision:
        return evaluate(
            self.ladder,
            self.facts(connection, subject_id, excluding=excluding),
            now,
            _standing(newest),
            time_zone=self.program.time_zone,
            joined_at=self._joined_at(connection, subject_id),
        )

    def _joined_at(self, connection: Connection, subject_id: str) -> datetime | None:
        """Return when a person was first told of, or first ordered if that was before.

        An order that was cancelled counts here: who joined did not leave by giving it back.
        """
        if self.ladder.period != "anniversary":
            return None
        orders = self._store.orders.of_subject(connection, subject_id)
        known = self._store.tiers.joined_at(connection, subject_id)
        moments = [order.placed_at for order in orders[:1]] + ([known] if known else [])
        return min(moments, default=None)


def qualifying_points(postings: Iterable[OrderPosting]) -> tuple[Qualifying, ...]:
    """Return the points that orders earned, less what their refunds took back so far.

    Whether points were spent or expired since makes no difference; points that no order earned,
    such as those of a birthday or a transfer, do not count.
    """
    earned: dict[str, tuple[datetime, int]] = {}
    refunded: dict[str, Fraction] = {}
    for posting in postings:
        body: dict[str, Any] = json.loads(posting.body)
        if posting.kind == "earn":
            earned[posting.cause_id] = (posting.occurred_at, body["points"])
        else:
            ratio = Fraction(body["ratio"])
            refunded[posting.cause_id] = max(ratio, refunded.get(posting.cause_id, ratio))
    kept = (
        Qualifying(at, points - target(points, refunded.get(order, Fraction(0))))
        for order, (at, points) in earned.items()
    )
    return tuple(each for each in kept if each.amount > 0)


def _standing(change: TierChange | None) -> TierStanding | None:
    if change is None:
        return None
    return TierStanding(
        tier=change.tier, since=change.since, until=change.until, ladder=change.ladder
    )


def _change(decision: TierDecision, *, cause: str, now: datetime) -> TierChange:
    progress = decision.progress
    return TierChange(
        tier=decision.tier,
        tier_before=decision.tier_before,
        since=decision.since,
        until=decision.until,
        reason=decision.reason,
        ladder=decision.ladder,
        progress=progress.model_dump_json() if progress else "",
        cause=cause,
        at=now,
    )
