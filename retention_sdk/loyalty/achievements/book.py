"""Achievements in a store: earned and revoked as their facts hold, in the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...model import CustomersMerged, Engagement, OrderEvent, ReferralRewarded, ShopEvent
from ...storage import AchievementStep, Connection, DeedRow, DueRow, Store, StoredEvent
from ...storage.subject_merges import survivor_of
from ..journal import Journal
from .facts import Facts
from .progress import Progress, ends_at, progress, runs_out
from .records import FactBook
from .settings import Achievement, StreakAchievement
from .steps import MERGED, Held, StepWriter, Writing, held_of

if TYPE_CHECKING:
    from ..ledger import PointsLedger

ENDS = "achievement_ends"
BROKEN, TIME_OVER = "the streak broke", "the time was over"
_NEWS = (OrderEvent, Engagement, CustomersMerged, ReferralRewarded)
_INSTANT = timedelta(microseconds=1)


class AchievementBook:
    """The achievements of one programme.

    For example::

        book = AchievementBook(store, ledger)
        with store.begin() as connection:
            earned = book.note(connection, stored, who, now)

    What is held follows from the facts on record, so a book can be brought up to date as often as
    one likes. A level is weighed by the rules it was earned by: changing a programme takes
    nothing away.
    """

    def __init__(self, store: Store, ledger: PointsLedger) -> None:
        self._store, self._program = store, ledger.program
        self._ledger = ledger
        self._facts = FactBook(store, ledger.program)
        self._steps = StepWriter(store, ledger)

    def note(
        self, connection: Connection, stored: StoredEvent, who: str, now: datetime
    ) -> tuple[Held, ...]:
        """Keep what an event says, and return what it let people earn.

        That is mostly ``who``; an order that is given back also counts for who brought its buyer.
        """
        event = stored.event
        if not self._program.achievements or not isinstance(event, _NEWS):
            return ()
        self.lock(connection, who, now=now)
        if isinstance(event, OrderEvent):
            self._facts.keep(connection, event, who)
        elif isinstance(event, Engagement):
            row = DeedRow(event.kind, event.reference, event.occurred_at)
            self._store.achievements.note_deed(connection, who, row)
        return tuple(
            earned
            for each in (who, *self._referrers(connection, event, who))
            for earned in self.update(
                connection, each, cause=event.id, occurred_at=event.occurred_at, now=now
            )
        )

    def update(
        self,
        connection: Connection,
        who: str,
        *,
        cause: str,
        occurred_at: datetime,
        now: datetime,
    ) -> tuple[Held, ...]:
        """Bring a person up to ``now``; return what was earned by that.

        ``cause`` names the event or whatever else was due.
        """
        self.lock(connection, who, now=now)
        writing = Writing(connection, who, cause, occurred_at, now)
        history = self._store.achievements.history(connection, self._program.id, who)
        held = held_of(history)
        old = self._steps.old_rules(connection, held)
        rules = [*self._program.achievements, *old.values()]
        facts = self._facts.read(connection, who, rules, keeping=True)
        lost = self._steps.lose(writing, held, old, facts)
        gone = Counter(each.name for each in lost)
        kept = {name for name, count in Counter(h.name for h in held).items() if count > gone[name]}
        earned = self._steps.earn(writing, facts, kept=kept, history=history)
        self._plan(connection, who, facts, writing.moment)
        return _news(earned, lost)

    def look(self, connection: Connection, who: str, *, now: datetime) -> tuple[Progress, ...]:
        """Return how far a person is with each achievement, as listed; nothing is written."""
        facts, zone = self.facts(connection, who), self._program.time_zone
        return tuple(
            progress(each, facts, now, time_zone=zone) for each in self._program.achievements
        )

    def facts(self, connection: Connection, who: str) -> Facts:
        """Return what counts for a person; nothing is written."""
        return self._facts.read(connection, who, self._program.achievements, keeping=False)

    def held(self, connection: Connection, who: str) -> tuple[Held, ...]:
        """Return the levels that a person holds, in the order in which they were earned."""
        return held_of(self._store.achievements.history(connection, self._program.id, who))

    def lock(self, connection: Connection, who: str, *, now: datetime) -> None:
        """Let nobody else evaluate a person until the transaction ends: locks their account."""
        Journal(self._store, connection, self._program, who, now=now)

    # Time -----------------------------------------------------------------------------------

    def plan(self, connection: Connection, who: str, *, now: datetime) -> None:
        """Plan the ends of what a person has begun."""
        self._plan(connection, who, self.facts(connection, who), now)

    def end(self, connection: Connection, row: DueRow, who: str) -> datetime | None:
        """Note that a period, challenge or streak ended without its level; return the next end."""
        at, name = row.due_at, row.key.split(" ")[1]
        achievement = next((a for a in self._program.achievements if a.id == name), None)
        if achievement is None:
            return None
        self.lock(connection, who, now=at)
        facts = self._facts.read(connection, who, [achievement], keeping=True)
        before, zone = at - _INSTANT, self._program.time_zone
        planned = ends_at(achievement, facts, before, time_zone=zone)
        if planned == at:
            seen = progress(achievement, facts, before, time_zone=zone)
            if runs_out(achievement, seen):
                self._note_end(Writing(connection, who, f"time:{ENDS}", at, at), achievement, seen)
        is_later = planned is not None and planned > at
        return planned if is_later else ends_at(achievement, facts, at, time_zone=zone)

    def _plan(self, connection: Connection, who: str, facts: Facts, now: datetime) -> None:
        for each in self._program.achievements:
            end = ends_at(each, facts, now, time_zone=self._program.time_zone)
            if end:
                row = DueRow(ENDS, f"{self._program.id} {each.id} {who}", who, end)
                self._store.due.move(connection, row, now=now)

    def _note_end(self, writing: Writing, achievement: Achievement, seen: Progress) -> None:
        """Record an end once, whoever of two workers comes to it."""
        occurrence = f"{writing.now:%Y-%m-%dT%H:%MZ}"
        connection, program_id = writing.connection, self._program.id
        history = self._store.achievements.history(connection, program_id, writing.who)
        name = (achievement.id, seen.next_level, occurrence)
        if any(Held(who, s).name == name for who, s in history if s.step == "ended"):
            return
        step = AchievementStep(
            achievement=achievement.id,
            level=seen.next_level,
            occurrence=occurrence,
            step="ended",
            number=seen.count,
            reason=BROKEN if isinstance(achievement, StreakAchievement) else TIME_OVER,
            rules="",
            cause=writing.cause,
            occurred_at=writing.now,
            recorded_at=writing.now,
        )
        self._steps.record(writing, writing.who, step)

    def _referrers(self, connection: Connection, event: ShopEvent, who: str) -> list[str]:
        """Return who brought somebody along, where that counts for anything."""
        is_asked = any(each.kind == "referrals" for each in self._program.achievements)
        if not is_asked or not isinstance(event, OrderEvent):
            return []
        found = self._store.achievements.referrers(connection, self._program.id, who)
        people = {survivor_of(connection, each) for each in found} - {who}
        is_erased = self._store.subjects.is_erased
        return sorted(each for each in people if not is_erased(connection, each))


def _news(earned: Iterable[Held], lost: Iterable[Held]) -> tuple[Held, ...]:
    """Return what was earned anew: who became one person has reached nothing twice by that."""
    again = Counter(each.name[:2] for each in lost if each.step.reason == MERGED)
    found = []
    for each in earned:
        if again[each.name[:2]]:
            again[each.name[:2]] -= 1
        else:
            found.append(each)
    return tuple(found)
