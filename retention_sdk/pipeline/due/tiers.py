"""What time does to ranks: they end, and before that their holders are warned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ...model import Customer, ShopEvent, TierAtRisk, TierChanged
from .people import newest_customer

if TYPE_CHECKING:
    from ...config import Config
    from ...loyalty import PointsLedger, Program
    from ...loyalty.tiers import TierBook, TierDecision
    from ...storage import Connection, LeasedRow, Store

TIER_TURNS = "tier_turns"
"""The kind of row that waits for the next thing that time does to somebody's rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierTime:
    """Keeps ranks in step with events and with time, and plans when to look at them again."""

    store: Store
    shop_id: str
    programs: Sequence[Program]
    warning_days: int

    def update(
        self,
        connection: Connection,
        book: TierBook,
        who: str,
        *,
        cause: str,
        customer: Customer | None,
        now: datetime,
    ) -> tuple[TierDecision, list[ShopEvent]]:
        """Record the rank of a person after an event; return it, and what there is to tell."""
        from ...storage import DueRow

        decision, number = book.turn(connection, who, cause=cause, now=now)
        if number:
            self._plan_gifts(connection, book, decision, who, at=now)
        if next_at := self._next(book.program, decision.until, now):
            row = DueRow(TIER_TURNS, _key(book.program, who), who, next_at)
            self.store.due.move(connection, row, now=now)
        return decision, list(self._changed(book, decision, number, customer, now))

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Warn, or let a rank end, at the moment of a row; return when to look again.

        Where an event was worked on after that moment, its rank holds.
        """
        from ...storage.subject_merges import survivor_of

        who, at = survivor_of(connection, row.subject_id), row.due_at
        program = next((each for each in self.programs if row.key == _key(each, who)), None)
        book = open_tiers(self.store, program) if program else None
        if book is None:
            return iter(()), None  # not run any more, or one person now with a row of their own
        newest = self.store.tiers.newest(connection, book.program.id, who)
        if newest and newest.at > at:
            return iter(()), self._next(book.program, newest.until, newest.at)
        decision, number = book.turn(connection, who, cause=f"due:{at.isoformat()}", now=at)
        if number:
            self._plan_gifts(connection, book, decision, who, at=at)
        customer = newest_customer(self.store, connection, who)
        found = [
            *self._changed(book, decision, number, customer, at),
            *self._warning(connection, book, who, customer, at),
        ]
        return iter(found), self._next(book.program, decision.until, at)

    def _plan_gifts(
        self,
        connection: Connection,
        book: TierBook,
        decision: TierDecision,
        who: str,
        *,
        at: datetime,
    ) -> None:
        from .gifts import rank_gifts

        self.store.due.plan(connection, rank_gifts(book.program, decision, who, at=at))

    def _next(self, program: Program, until: date | None, after: datetime) -> datetime | None:
        from ...loyalty.tiers.risk import next_turn

        return next_turn(until, program.time_zone, days=self.warning_days, after=after)

    def _changed(
        self,
        book: TierBook,
        decision: TierDecision,
        number: int,
        customer: Customer | None,
        at: datetime,
    ) -> Iterator[ShopEvent]:
        """Tell of another rank. What a shop did to its own ladder is for the shop to tell."""
        is_another = decision.tier != decision.tier_before
        if not (number and is_another and customer) or decision.reason == "ladder_changed":
            return
        yield TierChanged(
            id=f"tier:{book.program.id}:{number}",
            shop_id=self.shop_id,
            occurred_at=at,
            customer=customer,
            program=book.program.id,
            tier=decision.tier,
            tier_before=decision.tier_before,
            tier_until=decision.until,
            is_up=decision.has_risen,
        )

    def _warning(
        self,
        connection: Connection,
        book: TierBook,
        who: str,
        customer: Customer | None,
        at: datetime,
    ) -> Iterator[ShopEvent]:
        """Tell once of each last day of a rank, on the morning on which a warning is due."""
        from ...loyalty.tiers.risk import warning_at

        program, days = book.program, self.warning_days
        risk = book.risk(connection, who, now=at) if days and customer else None
        if risk is None or customer is None:
            return
        if warning_at(risk.until, program.time_zone, days=days) == at:
            yield TierAtRisk(
                id=f"tier-risk:{program.id}:{who}:{risk.until}",
                shop_id=self.shop_id,
                occurred_at=at,
                customer=customer,
                program=program.id,
                tier=risk.tier,
                falls_to=risk.falls_to,
                on=risk.until,
                measure=risk.measure,
                missing=risk.missing,
                currency=risk.currency,
            )


def read_tiers(config: Config, store: Store, ledgers: Iterable[PointsLedger]) -> TierTime:
    """Return what keeps the ranks of a shop's programmes."""
    return TierTime(
        store=store,
        shop_id=config.shop.id,
        programs=tuple(each.program for each in ledgers),
        warning_days=config.due.tier_warning_days,
    )


def open_tiers(store: Store, program: Program) -> TierBook | None:
    """Return the book of ranks of a programme; None if it has no ranks."""
    from ...loyalty.tiers import TierBook

    return TierBook(store, program, program.tiers) if program.tiers else None


def _key(program: Program, who: str) -> str:
    return f"{program.id}:{who}"
