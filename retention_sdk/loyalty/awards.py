"""What somebody gets by the rules, who stands as the books say: for orders and for occasions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..model import Award, OrderEvent
from ..storage import Connection, Store
from ..storage import ledger as rows
from .earning.occasions import YEARLY, Grant, Occasion, weigh
from .earning.plan import EarningPlan
from .earning.standing import standing_for_occasion, standing_for_order
from .grants import PointsGrants
from .journal import Cause, Journal
from .posted import Posted, read_posted
from .rules import Program
from .weighed import Weighed, weigh_at_rate, written


class PointsAwards:
    """Gives what the rules say for sign-ups, reviews, birthdays and the like."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self._plan = EarningPlan(program)
        self._grants = PointsGrants(store, program)

    def of_order(
        self,
        connection: Connection,
        event: OrderEvent,
        account: rows.Account,
        awards: Sequence[Award],
    ) -> Weighed:
        """Return what an order earns somebody whose account is locked; nothing is written."""
        if not awards and self._plan.is_plain:
            return weigh_at_rate(event.order, self._plan.program)
        standing = standing_for_order(
            self._store,
            connection,
            self._plan,
            account,
            order=event.order,
            occurred_at=event.occurred_at,
        )
        return written(self._plan.earn(event.order, standing=standing, awards=awards))

    def give(
        self, connection: Connection, occasion: Occasion, *, subject_id: str, now: datetime
    ) -> Posted | None:
        """Grant what an occasion brings; None if that is nothing. A repetition changes nothing.

        A review that somebody else was given points for brings nothing, too. What brought nothing
        leaves no trace, so that it may be told again, say after a consent.
        """
        program = self._plan.program
        if not any(rule.kind == occasion.kind for rule in self._plan.occasions):
            return None
        # Locks the account, so that no other award passes the same cap at the same time.
        account = Journal(self._store, connection, program, subject_id, now=now).account
        key = self.key(occasion, subject_id)
        if stored := rows.txn_by_key(connection, program.id, key):
            is_own = rows.owner_of(connection, stored.account_id) == subject_id
            return read_posted(stored, is_new=False) if is_own else None
        standing = standing_for_occasion(
            connection, self._plan, account, occasion.kind, occasion.occurred_at
        )
        grant = weigh(occasion, self._plan, standing)
        if not grant.points:
            return None
        return self._grants.grant(
            connection,
            subject_id=subject_id,
            points=grant.points,
            cause=Cause(occasion.kind, self._reference(occasion)),
            key=key,
            occurred_at=occasion.occurred_at,
            now=now,
            reason="",
            breakdown=_breakdown(grant),
        )

    def key(self, occasion: Occasion, subject_id: str) -> str:
        """Return the idempotency key: what makes an occasion one, and the same, for a person."""
        reference = self._reference(occasion)
        whose = "" if occasion.kind == "review" else f"{subject_id}:"
        return f"award:{occasion.kind}:{whose}{reference}"

    def _reference(self, occasion: Occasion) -> str:
        if occasion.kind in {"signup", "newsletter"}:
            return "once"
        if occasion.kind in YEARLY:
            return str(occasion.occurred_at.astimezone(self._plan.zone).year)
        return occasion.reference


def _breakdown(grant: Grant) -> dict[str, object]:
    reasons = {"parts": {"__all__": {"reason", "plugin"}}}
    return grant.model_dump(mode="json", exclude=reasons)
