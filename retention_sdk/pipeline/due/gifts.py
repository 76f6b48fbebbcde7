"""Rewards for levels and ranks: given once what they are for is on record, and taken back with it.

Each look asks what holds now, so it does not matter how often, in which order or by how many
workers the rows are worked on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...loyalty.gifts import gift_row, rank_rewards, read_gift_row
from ..rewards.gifts import FOR_BUYERS, Gift, Gifts

if TYPE_CHECKING:
    from ...loyalty import PointsLedger, Program
    from ...loyalty.tiers import TierDecision, TierLadder
    from ...model import ShopEvent
    from ...storage import Connection, DueRow, LeasedRow, Store, TierChange

QUIET = "refresh:"
"""How causes begin that are no news to anybody."""

_FALLEN = "fallen:"


@dataclass(frozen=True, slots=True)
class GiftTime:
    """Gives and takes back. What a gift brings is received in its own commits."""

    gifts: Gifts

    def go_out(self, row: LeasedRow) -> None:
        """Do what a row is for, before the transaction that completes it."""
        program_id, key, is_back = read_gift_row(row)
        ledger = self.gifts.desk.book.ledgers.get(program_id)
        if ledger is None:
            return  # a programme that is not run any more
        if is_back:
            for each in self._fallen(ledger, row) if key.startswith(_FALLEN) else (key,):
                self.gifts.take_back(each, program=program_id)
        elif gift := self._gift(ledger, row, key):
            self.gifts.give(gift)

    def bring_about(
        self,
        connection: Connection,  # noqa: ARG002 - as every keeper
        row: LeasedRow,  # noqa: ARG002 - as every keeper
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """End the row: what there was to do is done."""
        return iter(()), None

    def _gift(self, ledger: PointsLedger, row: LeasedRow, key: str) -> Gift | None:
        with self._store.reading() as connection:
            return self._of_level(connection, ledger, row, key) or self._of_rank(
                connection, ledger, row, key
            )

    def _of_level(
        self, connection: Connection, ledger: PointsLedger, row: LeasedRow, key: str
    ) -> Gift | None:
        from ...loyalty import Cause
        from ...loyalty.achievements import AchievementBook
        from ...loyalty.achievements.steps import Held, step_key
        from ...storage.subject_merges import survivor_of

        who = survivor_of(connection, row.subject_id)

        def held(connection: Connection) -> Held | None:
            found = AchievementBook(self._store, ledger).held(connection, who)
            return next((h for h in found if step_key(h.subject_id, h.step) == key), None)

        level = held(connection)
        if level is None:
            return None
        return Gift(
            subject_id=who,
            reward=level.step.reward,
            key=key,
            cause=Cause("achievement (reward)", level.step.achievement),
            program=ledger.program.id,
            waives=FOR_BUYERS,
            is_quiet=self._is_quiet(connection, level.step.cause),
            is_due=lambda connection: held(connection) is not None,
        )

    def _of_rank(
        self, connection: Connection, ledger: PointsLedger, row: LeasedRow, key: str
    ) -> Gift | None:
        from ...loyalty import Cause
        from ...storage.subject_merges import survivor_of

        program, tiers = ledger.program, self._store.tiers
        ladder, who = program.tiers, survivor_of(connection, row.subject_id)
        if ladder is None:
            return None
        found = [
            (change, reward)
            for change in tiers.history(connection, program.id, who)
            for reward in rank_rewards(program, change.tier)
            if rank_key(row.subject_id, change.tier, change.at, reward) == key
        ]
        if not found:
            return None
        change, reward = found[0]

        def is_due(connection: Connection) -> bool:
            tiers.lock(connection, who)
            return not is_undone(ladder, tiers.history(connection, program.id, who), change)

        return Gift(
            subject_id=who,
            reward=reward,
            key=key,
            cause=Cause("rank (reward)", change.tier),
            program=program.id,
            waives=FOR_BUYERS,
            is_quiet=self._is_quiet(connection, change.cause),
            is_due=is_due,
        )

    def _fallen(self, ledger: PointsLedger, row: LeasedRow) -> tuple[str, ...]:
        """Return the keys of what somebody was given for ranks that refunds undid."""
        from ...storage.subject_merges import survivor_of

        program, store = ledger.program, self._store
        if program.tiers is None:
            return ()
        with store.reading() as connection:
            who = survivor_of(connection, row.subject_id)
            changes = store.tiers.history(connection, program.id, who)
            given = store.rewards.of_person(connection, who, program_id=program.id)
            people = store.subjects.person(connection, who)
        undone = [each for each in changes if is_undone(program.tiers, changes, each)]
        keys = {
            rank_key(person, change.tier, change.at, reward)
            for person in people
            for change in undone
            for reward in {issue.reward_id for issue in given}
        }
        return tuple(issue.idem_key for issue in given if issue.idem_key in keys)

    def _is_quiet(self, connection: Connection, cause: str) -> bool:
        """Whether what something was reached by is no news: of the past, or a look at everybody."""
        from ..snapshot import HISTORY

        is_history = self._store.stages.get(connection, cause, HISTORY) is not None
        return is_history or cause.startswith(QUIET)

    @property
    def _store(self) -> Store:
        return self.gifts.desk.store


def rank_gifts(
    program: Program, decision: TierDecision, who: str, *, at: datetime
) -> tuple[DueRow, ...]:
    """Return what is to be given or taken back after a change of somebody's rank."""
    if decision.has_risen:
        return tuple(
            gift_row(program.id, rank_key(who, decision.tier, at, reward), who, at)
            for reward in rank_rewards(program, decision.tier)
        )
    if decision.reason != "refunded":
        return ()
    return (gift_row(program.id, f"{_FALLEN}{who}:{at.isoformat()}", who, at, is_back=True),)


def rank_key(who: str, tier: str, at: datetime, reward: str) -> str:
    """Return what makes a reward for reaching a rank one gift."""
    return f"rank:{who}:{tier}:{at.isoformat()}:{reward}"


def is_undone(ladder: TierLadder, changes: Sequence[TierChange], reached: TierChange) -> bool:
    """Whether a rank ended because orders were refunded, not because its time was over."""
    heights = {rank.key: height for height, rank in enumerate(ladder.ranks)}
    if reached.reason != "reached" or reached.tier not in heights:
        return False
    after = list(changes)[list(changes).index(reached) + 1 :]
    height = heights[reached.tier]
    end = next((each for each in after if heights.get(each.tier, -1) < height), None)
    return end is not None and end.reason == "refunded"
