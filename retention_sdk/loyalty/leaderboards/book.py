"""Leaderboards in a store: scores of members as facts have them, and what one may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...errors import LedgerError
from ...storage import Board, Connection, DueRow, Member, ParticipationRow, Store
from ..achievements.progress import progress
from ..achievements.records import FactBook
from ..achievements.settings import StreakAchievement
from ..achievements.ticks import Tally, ticks_of
from .display_names import FIRST_WORDS, SECOND_WORDS, check_name, make_names
from .likeness import likeness
from .periods import WINDOW, BoardPeriod, period_at
from .ranking import LeaderboardView, places, rank
from .settings import Leaderboard

if TYPE_CHECKING:
    from ..ledger import PointsLedger

ENDS = "leaderboard_ends"
# How long the last list of a window can still be seen.
WINDOW_KEPT = timedelta(days=31)
_INSTANT = timedelta(microseconds=1)
_TRIES_MAX = 200


class LeaderboardBook:
    """The leaderboards of one programme. Nobody is on one who did not choose to be.

    For example::

        book = LeaderboardBook(store, ledger)
        with store.begin() as connection:
            book.opt_in(connection, "monthly", subject_id, name="Swift Otter", now=now)
            view = book.view(connection, "monthly", subject_id, now=now)
    """

    def __init__(self, store: Store, ledger: PointsLedger) -> None:
        self._store, self._program = store, ledger.program

    def board(self, name: str) -> Leaderboard:
        """Return a leaderboard by its id.

        Raises:
            LedgerError: the programme has none of that id.
        """
        for each in self._program.leaderboards:
            if each.id == name:
                return each
        raise LedgerError(f"there is no leaderboard {name!r} in {self._program.id!r}")

    # Members --------------------------------------------------------------------------------

    def opt_in(
        self,
        connection: Connection,
        name: str,
        subject_id: str,
        *,
        now: datetime,
        display_name: str = "",
        refused: Iterable[str] = (),
        source: str = "",
    ) -> Member:
        """Put a person on a board under a name of theirs, or one from the words of the board.

        A member gets the new name, or keeps the old one if none is given. ``refused`` are words
        that would tell who it is. ``source`` is where they chose, kept with the choice.

        Raises:
            LedgerError: the name cannot be shown, or one on the board looks like it.
        """
        board, place = self.board(name), self._place(name)
        before = self._store.leaderboards.member(connection, place, subject_id)
        if before and not display_name:
            return before
        shop_id = self._store.achievements.shop_of(connection, subject_id)
        if display_name:
            candidates: Iterable[str] = [check_name(display_name, refused=refused)]
        else:
            candidates = self._made_names(board)
        owner = before.subject_id if before else subject_id
        for each in candidates:
            member = Member(owner, each, before.joined_at if before else now)
            seen = likeness(each)
            if self._store.leaderboards.join(
                connection, place, member, shop_id=shop_id, likeness=seen
            ):
                break
        else:
            raise LedgerError("this name looks like one that is on the leaderboard; choose another")
        if not before:
            row = ParticipationRow("leaderboard", name, "joined", source, now)
            self._store.achievements.choose(connection, self._program.id, subject_id, row)
        self.refresh(connection, subject_id, now=now)
        return member

    def opt_out(
        self, connection: Connection, name: str, subject_id: str, *, now: datetime, source: str = ""
    ) -> bool:
        """Take a person off a board at once, with every score; False if they were not on it.

        A board that the programme has no more can be left, too.
        """
        is_gone = self._store.leaderboards.leave(connection, self._place(name), subject_id)
        if is_gone:
            row = ParticipationRow("leaderboard", name, "left", source, now)
            self._store.achievements.choose(connection, self._program.id, subject_id, row)
        return is_gone

    def _made_names(self, board: Leaderboard) -> Iterable[str]:
        def choose(below: int) -> int:
            return int.from_bytes(self._store.random_bytes(8), "big") % below

        first, second = board.first_words or FIRST_WORDS, board.second_words or SECOND_WORDS
        names = make_names(choose, first=first, second=second)
        return (next(names) for _ in range(_TRIES_MAX))

    # Scores ---------------------------------------------------------------------------------

    def refresh(self, connection: Connection, subject_id: str, *, now: datetime) -> None:
        """Bring the scores of a member up to ``now``, in this period and the one before.

        Nothing is kept of who is on no board.
        """
        names = self._store.leaderboards.boards_of(connection, self._program.id, subject_id)
        for board in self._program.leaderboards:
            if board.id not in names:
                continue
            member = self._store.leaderboards.member(connection, self._place(board.id), subject_id)
            if member is None:
                continue
            for period in self._periods(board, now):
                score = self._score(connection, board, subject_id, period, now)
                place = self._place(board.id, period.label)
                self._store.leaderboards.set_score(connection, place, member.subject_id, score)
            self._plan(connection, board, subject_id, now)

    def _score(
        self,
        connection: Connection,
        board: Leaderboard,
        subject_id: str,
        period: BoardPeriod,
        now: datetime,
    ) -> int:
        if board.measure == "points":
            span = (period.starts_at, period.ends_at)
            rows = self._store.leaderboards
            return rows.points_earned(connection, self._program.id, subject_id, span)
        wanted = [each for each in self._program.achievements if each.id == board.achievement]
        facts = FactBook(self._store, self._program).read(
            connection, subject_id, wanted, keeping=False
        )
        if board.measure == "orders":
            return sum(period.holds(order.at) for order in facts.purchases)
        zone = self._program.time_zone
        moment = min(now, period.ends_at - _INSTANT)
        if not wanted:
            return 0
        if isinstance(wanted[0], StreakAchievement):
            return progress(wanted[0], facts, moment, time_zone=zone).count
        ticks = ticks_of(wanted[0], facts, ZoneInfo(zone))
        return Tally.of(wanted[0], (tick for tick in ticks if period.holds(tick.at))).count()

    # Looking --------------------------------------------------------------------------------

    def view(
        self,
        connection: Connection,
        name: str,
        subject_id: str = "",
        *,
        now: datetime,
        back: int = 0,
    ) -> LeaderboardView:
        """Return what a person may see of a board, or anybody if none is given.

        ``back`` is 1 for the period before, whose list is kept for one more. Only those who are on
        a board see their place and their neighbours; the first places everybody sees.
        """
        board, log = self.board(name), self._store.leaderboards
        period = period_at(board, now, self._program.time_zone, back=back)
        place = self._place(name, period.label)
        me = log.member(connection, place, subject_id) if subject_id else None
        score = log.score(connection, place, me.subject_id) if me else 0
        count = log.count(connection, place)
        seen = LeaderboardView(
            board=name,
            period=period.label,
            ends_at=period.ends_at,
            is_shown=False,
            is_member=me is not None,
            score=score,
        )
        if count < board.participants_min:
            return seen
        best = log.best(connection, place, limit=board.top)
        first = {points: number for number, _, points in reversed(rank(dict(best)))}
        mine = me.subject_id if me and score else ""
        own = 1 + log.count(connection, place, above=score) if mine else 0

        def rank_near(points: int) -> int:
            # From one's own place it is a few steps: nobody has to be counted twice.
            low, high = sorted((points, score))
            steps = log.count(connection, place, above=low, up_to=high)
            return own + steps if points < score else own - steps

        near = log.around(connection, place, (mine, score), limit=board.neighbours) if mine else []
        names = log.names(connection, place, [key for key, _ in (*best, *near)])
        return seen.model_copy(
            update={
                "is_shown": True,
                "participants": count,
                "top": places(best, names, rank_of=first.__getitem__, me=mine),
                "around": places(near, names, rank_of=rank_near, me=mine),
                "rank": own or None,
            }
        )

    # Time -----------------------------------------------------------------------------------

    def end(self, connection: Connection, row: DueRow) -> datetime | None:
        """Delete the scores of periods that nobody sees any more; return when it is due again."""
        name = row.key.split(" ")[1]
        board = next((each for each in self._program.leaderboards if each.id == name), None)
        kept = [period.label for period in self._periods(board, row.due_at)] if board else []
        self._store.leaderboards.end(connection, self._place(name), keeping=kept)
        if board is None or board.period == "window":
            return None
        return period_at(board, row.due_at, self._program.time_zone).ends_at

    def _plan(
        self, connection: Connection, board: Leaderboard, subject_id: str, now: datetime
    ) -> None:
        period = period_at(board, now, self._program.time_zone)
        at = period.ends_at + (WINDOW_KEPT if period.label == WINDOW else timedelta())
        shop_id = self._store.achievements.shop_of(connection, subject_id)
        shop = self._store.subjects.for_shop(connection, shop_id, now=now)
        row = DueRow(ENDS, f"{self._program.id} {board.id} -", shop, at)
        self._store.due.plan(connection, [row])

    def _periods(self, board: Leaderboard, now: datetime) -> list[BoardPeriod]:
        zone = self._program.time_zone
        if board.period == "window":
            window = period_at(board, now, zone)
            return [window] if now < window.ends_at + WINDOW_KEPT else []
        return [period_at(board, now, zone), period_at(board, now, zone, back=1)]

    def _place(self, name: str, period: str = "") -> Board:
        return Board(self._program.id, name, period)
