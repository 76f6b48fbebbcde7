"""What customers see and choose of achievements and leaderboards: ``shop.loyalty.achievements``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from ...errors import LedgerError
from ...loyalty.achievements.progress import Progress
from ...loyalty.achievements.ticks import VISIT, closes_at
from ...loyalty.leaderboards.ranking import LeaderboardView
from ...model import Customer, Engagement, Record, ShopEvent
from ...model.base import Instant
from ..due.people import known_subject, newest_customer
from ..incoming.intake import Intake
from ..outcome import Outcome
from .achieving import earned_events

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...loyalty.achievements import Achievement, AchievementBook
    from ...loyalty.leaderboards import LeaderboardBook
    from ...storage import Connection, Store

Who = Customer | str
"""A customer as the platform knows them, or the id of a subject."""


class LevelHeld(Record):
    """A level that somebody holds. ``occurrence`` names the period or number of a repeating one."""

    level: str
    occurrence: str = ""
    at: Instant
    points: int = 0
    reward: str = ""


class AchievementView(Record):
    """An achievement as its member may see it: what it is called, how far it is, what is held."""

    program: str
    achievement: str
    kind: str
    name: str = ""
    is_challenge: bool = False
    may_join: bool = False
    progress: Progress
    held: tuple[LevelHeld, ...] = ()


class BoardMember(Record):
    """Somebody on a leaderboard, under the name that others see."""

    board: str
    name: str = Field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementDesk:
    """Achievements, challenges and leaderboards of one shop, in all its currencies of points.

    A name of an achievement or a board is looked for in the programme of ``[loyalty]`` first.
    Where ``who`` is nobody the shop knows, every method raises ``LedgerError``.
    """

    shop_id: str
    shop_name: str
    intake: Intake
    ledgers: Mapping[str, PointsLedger]
    clock: Callable[[], datetime]

    # Achievements ---------------------------------------------------------------------------

    def progress_of(self, who: Who, *, locale: str = "") -> tuple[AchievementView, ...]:
        """Return how far somebody is with every achievement; nothing is written."""
        now = self.clock()
        with self._store.reading() as connection:
            subject_id = self._subject(connection, who)
            return tuple(
                view
                for ledger in self.ledgers.values()
                for view in _views(
                    self._book(ledger), connection, subject_id, (ledger, now, locale)
                )
            )

    def join(self, who: Who, achievement: str, *, source: str = "") -> bool:
        """Let somebody take part in a challenge; False if they do already.

        ``source`` is where they chose to, kept with the choice.

        Raises:
            LedgerError: there is no such achievement, it is over, or nobody has to join it.
        """
        ledger, rule = self._find(achievement)
        if rule.join != "opt_in":
            raise LedgerError(f"nobody has to join {achievement!r}: it counts by itself")
        closes, now = closes_at(rule, _zone(ledger)), self.clock()
        if closes and closes <= now:
            raise LedgerError(f"{achievement!r} is over")
        return self._choose(who, ledger, achievement, "joined", source)

    def leave(self, who: Who, achievement: str, *, source: str = "") -> bool:
        """Let somebody take part no more; False if they did not. What they earned is theirs.

        Raises:
            LedgerError: there is no such achievement.
        """
        ledger, _ = self._find(achievement)
        return self._choose(who, ledger, achievement, "left", source)

    def visit(self, customer: Customer, *, at: datetime | None = None) -> Outcome | None:
        """Count a visit for today; None, and nothing is kept, where no achievement asks for it.

        A day counts once, however often somebody comes.
        """
        from ...loyalty.tiers.periods import day_of

        moment = at or self.clock()
        rules = [
            (ledger, rule)
            for ledger in self.ledgers.values()
            for rule in ledger.program.achievements
            if rule.kind == "visits" and _asks_for(rule, moment, ledger)
        ]
        if not rules:
            return None
        day = day_of(moment, _zone(rules[0][0]))
        with self._store.reading() as connection:
            who = self._subject(connection, customer)
        event = Engagement(
            id=f"engagement:{self.shop_id}:{VISIT}:{who}:{day}",
            shop_id=self.shop_id,
            occurred_at=moment,
            customer=customer,
            kind="visit",
            reference=str(day),
        )
        return self.intake.ingest([event])[0]

    def take_back(self, who: Who, kind: str, reference: str) -> bool:
        """Let a review, survey or follow count no more, say because it was deleted by its author.

        Levels that it alone gave are revoked with their points. Points of the rules of earning are
        left to ``ledger.grants.revoke``. Returns False if nothing of that name counted.
        """
        with self._changing(who) as (connection, subject_id, told):
            found = self._store.achievements.take_back_deed(
                connection, subject_id, kind, reference, now=self.clock()
            )
            for ledger in self.ledgers.values() if found else ():
                cause = f"taken back:{reference}"
                told.extend(self._update(connection, ledger, subject_id, cause))
        return found

    # Leaderboards ---------------------------------------------------------------------------

    def opt_in(self, who: Who, board: str, *, name: str = "", source: str = "") -> BoardMember:
        """Put somebody on a leaderboard at their own wish, under a name of theirs or a made one.

        A member gets the new name. Show the name before, and say that all members see it.

        Raises:
            LedgerError: there is no such board, or the name cannot be shown or is taken.
        """
        book = self._board(board)
        with self._changing(who) as (connection, subject_id, _):
            member = book.opt_in(
                connection,
                board,
                subject_id,
                display_name=name,
                refused=self._telling(connection, subject_id),
                source=source,
                now=self.clock(),
            )
        return BoardMember(board=board, name=member.name)

    def opt_out(self, who: Who, board: str, *, source: str = "") -> bool:
        """Take somebody off a leaderboard at once, with name and scores; False if not on it.

        Raises:
            LedgerError: there is no such board.
        """
        book = self._board(board)
        with self._changing(who) as (connection, subject_id, _):
            return book.opt_out(connection, board, subject_id, source=source, now=self.clock())

    def leaderboard(
        self, board: str, who: Who | None = None, *, is_previous: bool = False
    ) -> LeaderboardView:
        """Return what somebody may see of a leaderboard, or what everybody may.

        ``is_previous`` asks for the list of the period before.

        Raises:
            LedgerError: there is no such board.
        """
        book = self._board(board)
        with self._store.begin() as connection:
            now, subject_id = self.clock(), ""
            if who is not None:
                subject_id = self._subject(connection, who)
                # Points come by other ways than events, too.
                book.refresh(connection, subject_id, now=now)
            return book.view(connection, board, subject_id, now=now, back=int(is_previous))

    # Small things ---------------------------------------------------------------------------

    @property
    def _store(self) -> Store:
        return self.intake.store

    def _subject(self, connection: Connection, who: Who) -> str:
        return known_subject(self._store, connection, self.shop_id, who)

    def _book(self, ledger: PointsLedger) -> AchievementBook:
        from ...loyalty.achievements import AchievementBook

        return AchievementBook(self._store, ledger)

    def _find(self, name: str) -> tuple[PointsLedger, Achievement]:
        for ledger in self.ledgers.values():
            for rule in ledger.program.achievements:
                if rule.id == name:
                    return ledger, rule
        raise LedgerError(f"there is no achievement {name!r}")

    def _board(self, name: str) -> LeaderboardBook:
        from ...loyalty.leaderboards import LeaderboardBook

        for ledger in self.ledgers.values():
            if any(board.id == name for board in ledger.program.leaderboards):
                return LeaderboardBook(self._store, ledger)
        raise LedgerError(f"there is no leaderboard {name!r}")

    def _choose(
        self,
        who: Who,
        ledger: PointsLedger,
        achievement: str,
        act: Literal["joined", "left"],
        source: str,
    ) -> bool:
        from ...loyalty.achievements.records import spans_of
        from ...storage import ParticipationRow

        rows, program_id, now = self._store.achievements, ledger.program.id, self.clock()
        with self._changing(who) as (connection, subject_id, told):
            self._book(ledger).lock(connection, subject_id, now=now)
            spans = spans_of(rows.choices(connection, program_id, subject_id)).get(achievement, ())
            is_in = bool(spans) and spans[-1].left_at is None
            if is_in == (act == "joined"):
                return False
            row = ParticipationRow("achievement", achievement, act, source, now)
            rows.choose(connection, program_id, subject_id, row)
            told.extend(self._update(connection, ledger, subject_id, f"{act}:{achievement}"))
        return True

    def _update(
        self, connection: Connection, ledger: PointsLedger, subject_id: str, cause: str
    ) -> Iterator[ShopEvent]:
        now = self.clock()
        earned = self._book(ledger).update(
            connection, subject_id, cause=cause, occurred_at=now, now=now
        )
        return earned_events(self._store, connection, earned, shop_id=self.shop_id, ledger=ledger)

    @contextmanager
    def _changing(self, who: Who) -> Iterator[tuple[Connection, str, list[ShopEvent]]]:
        """Open a transaction about somebody; what it tells is received in it, then worked on."""
        told: list[ShopEvent] = []
        new: tuple[str, ...] = ()
        with self._store.begin() as connection:
            yield connection, self._subject(connection, who), told
            new = self._store.inbox.receive(connection, told, now=self.clock())
        self.intake.follow(new)

    def _telling(self, connection: Connection, subject_id: str) -> Iterable[str]:
        """Return the words that would tell who somebody is, or that the shop speaks."""
        customer = newest_customer(self._store, connection, subject_id)
        words = [self.shop_name]
        if customer:
            words += [customer.given_name, customer.family_name]
            words.append(customer.email.partition("@")[0])
        return [word for word in words if word]


def _views(
    book: AchievementBook,
    connection: Connection,
    subject_id: str,
    place: tuple[PointsLedger, datetime, str],
) -> Iterator[AchievementView]:
    ledger, now, locale = place
    if not ledger.program.achievements:
        return
    held = book.held(connection, subject_id)
    seen = book.look(connection, subject_id, now=now)
    for rule, progress in zip(ledger.program.achievements, seen, strict=True):
        steps = [each.step for each in held if each.step.achievement == rule.id]
        yield AchievementView(
            program=ledger.program.id,
            achievement=rule.id,
            kind=rule.kind,
            name=rule.names.pick(locale or "en") if rule.names else "",
            is_challenge=rule.is_challenge,
            may_join=rule.join == "opt_in" and not progress.has_joined and progress.is_open,
            progress=progress,
            held=tuple(
                LevelHeld(
                    level=step.level,
                    occurrence=step.occurrence,
                    at=step.occurred_at,
                    points=step.points,
                    reward=step.reward,
                )
                for step in steps
            ),
        )


def _asks_for(rule: Achievement, moment: datetime, ledger: PointsLedger) -> bool:
    """Return whether a visit at a moment would count."""
    from ...loyalty.achievements import Deed, Facts, Span
    from ...loyalty.achievements.ticks import ticks_of

    facts = Facts(deeds=(Deed(VISIT, "-", moment),), spans={rule.id: (Span(moment),)})
    return bool(ticks_of(rule, facts, _zone(ledger)))


def _zone(ledger: PointsLedger) -> ZoneInfo:
    return ZoneInfo(ledger.program.time_zone)
