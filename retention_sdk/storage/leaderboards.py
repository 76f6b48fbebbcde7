"""Who lets others see their score, under which name, and what the scores are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select
from sqlalchemy.exc import IntegrityError

from .ids import insert_into
from .subject_merges import same_person
from .subjects import SubjectVault
from .tables import account, leaderboard_member, leaderboard_score, lot, txn


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on a board. The name is theirs to choose and to take away."""

    subject_id: str
    name: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard of a programme, in one period."""

    program_id: str
    name: str
    period: str = ""


class LeaderboardRows:
    """Members and their scores; nobody else's are kept.

    A place is found by counting in an index, so that a board of 100,000 answers in milliseconds.
    """

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    # Members --------------------------------------------------------------------------------

    def join(
        self,
        connection: Connection,
        board: Board,
        member: Member,
        *,
        shop_id: str,
        likeness: str,
    ) -> bool:
        """Put somebody on a board, or give them another name; False if a name looks like it.

        ``likeness`` is what the name looks like: names with the same one cannot be told apart.
        """
        index = self._subjects.index(connection, shop_id, f"board-name:{likeness}")
        table, purpose = leaderboard_member, _purpose(board)
        taken = select(table.c.subject_id).where(_of(table, board), table.c.name_index == index)
        owner = connection.execute(taken).scalar()
        if owner not in {None, member.subject_id}:
            return False
        sealed = self._subjects.seal(
            connection, member.subject_id, member.name.encode(), purpose=purpose
        )
        query = insert_into(connection, table).values(
            program_id=board.program_id,
            board=board.name,
            subject_id=member.subject_id,
            name_index=index,
            sealed_name=sealed,
            joined_at=member.joined_at,
        )
        keys = [table.c.program_id, table.c.board, table.c.subject_id]
        again = query.on_conflict_do_update(
            index_elements=keys, set_={"name_index": index, "sealed_name": sealed}
        )
        try:
            # Who asks for a name at the same moment as another waits here, and finds it taken.
            with connection.begin_nested():
                connection.execute(again)
        except IntegrityError:
            return False
        return True

    def leave(self, connection: Connection, board: Board, subject_id: str) -> bool:
        """Take a person off a board, with every score of theirs; False if they were not on it."""
        people, found = same_person(connection, subject_id), 0
        for table in (leaderboard_score, leaderboard_member):
            query = delete(table).where(_of(table, board), table.c.subject_id.in_(people))
            found = connection.execute(query).rowcount
        return found > 0

    def member(self, connection: Connection, board: Board, subject_id: str) -> Member | None:
        """Return a person as a board shows them, None if it does not."""
        people, table = same_person(connection, subject_id), leaderboard_member
        query = select(table).where(_of(table, board), table.c.subject_id.in_(people))
        # Of two halves of a person, the name of the longer membership.
        row = connection.execute(query.order_by(table.c.joined_at, table.c.subject_id)).first()
        if row is None:
            return None
        names = self.names(connection, board, [row.subject_id])
        return Member(row.subject_id, names.get(row.subject_id, ""), row.joined_at)

    def boards_of(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[str, ...]:
        """Return the boards that a person is on."""
        table = leaderboard_member
        query = select(table.c.board).where(
            table.c.program_id == program_id,
            table.c.subject_id.in_(same_person(connection, subject_id)),
        )
        return tuple(connection.execute(query.distinct().order_by(table.c.board)).scalars())

    def names(
        self, connection: Connection, board: Board, subject_ids: Sequence[str]
    ) -> dict[str, str]:
        """Return the names that some members chose; nothing for the erased."""
        table, openers = leaderboard_member, self._subjects.openers(connection, subject_ids)
        query = select(table.c.subject_id, table.c.sealed_name).where(
            _of(table, board), table.c.subject_id.in_(list(subject_ids))
        )
        found = {}
        for row in connection.execute(query).all():
            opened = openers.get(row.subject_id)
            if opened:
                found[row.subject_id] = opened(row.sealed_name, _purpose(board)).decode()
        return found

    def unite(self, connection: Connection, program_id: str, subject_id: str) -> None:
        """Leave one membership on each board of somebody who turned out to be two."""
        for name in self.boards_of(connection, program_id, subject_id):
            board = Board(program_id, name)
            kept = self.member(connection, board, subject_id)
            people = same_person(connection, subject_id)
            others = [who for who in people if kept is None or who != kept.subject_id]
            for table in (leaderboard_score, leaderboard_member):
                query = delete(table).where(_of(table, board), table.c.subject_id.in_(others))
                connection.execute(query)

    def forget(self, connection: Connection, subject_id: str) -> None:
        """Delete every membership and score of an erased person."""
        for table in (leaderboard_score, leaderboard_member):
            connection.execute(delete(table).where(table.c.subject_id == subject_id))

    # Scores ---------------------------------------------------------------------------------

    def set_score(self, connection: Connection, board: Board, subject_id: str, score: int) -> None:
        """Keep a member's score in a period; zero is no place."""
        table = leaderboard_score
        if score <= 0:
            query = delete(table).where(_in(board), table.c.subject_id == subject_id)
            connection.execute(query)
            return
        new = insert_into(connection, table).values(
            program_id=board.program_id,
            board=board.name,
            period=board.period,
            subject_id=subject_id,
            score=score,
        )
        keys = [table.c.program_id, table.c.board, table.c.period, table.c.subject_id]
        connection.execute(new.on_conflict_do_update(index_elements=keys, set_={"score": score}))

    def points_earned(
        self,
        connection: Connection,
        program_id: str,
        subject_id: str,
        span: tuple[datetime, datetime],
    ) -> int:
        """Return the points a person earned in a half-open time, less what was taken back since.

        A merge copies lots into the account that is left, under the name of what they came from.
        """
        accounts = select(account.c.id).where(
            account.c.program_id == program_id,
            account.c.subject_id.in_(same_person(connection, subject_id)),
        )
        sources = (
            select(lot.c.source_order)
            .join(txn, txn.c.id == lot.c.id)  # a lot is called like what made it
            .where(txn.c.account_id.in_(accounts), txn.c.kind == "earn")
            .where(txn.c.occurred_at >= span[0], txn.c.occurred_at < span[1])
        )
        kept = func.coalesce(func.sum(lot.c.earned - lot.c.clawed), 0)
        query = select(kept).where(lot.c.account_id.in_(accounts), lot.c.source_order.in_(sources))
        return int(connection.execute(query).scalar_one())

    def score(self, connection: Connection, board: Board, subject_id: str) -> int:
        """Return a member's score, 0 without one."""
        table = leaderboard_score
        query = select(table.c.score).where(_in(board), table.c.subject_id == subject_id)
        return int(connection.execute(query).scalar() or 0)

    def count(
        self, connection: Connection, board: Board, *, above: int = 0, up_to: int | None = None
    ) -> int:
        """Return how many members have a score above a number, and up to another if one is given.

        Takes time in proportion to what it counts.
        """
        query = select(func.count()).where(_in(board), leaderboard_score.c.score > above)
        if up_to is not None:
            query = query.where(leaderboard_score.c.score <= up_to)
        return int(connection.execute(query).scalar_one())

    def best(self, connection: Connection, board: Board, *, limit: int) -> list[tuple[str, int]]:
        """Return the highest scores, highest first; ties in an order that says nothing."""
        table = leaderboard_score.c
        query = select(table.subject_id, table.score).where(_in(board))
        query = query.order_by(table.score.desc(), table.subject_id.desc()).limit(limit)
        return [(row.subject_id, row.score) for row in connection.execute(query).all()]

    def around(
        self, connection: Connection, board: Board, place: tuple[str, int], *, limit: int
    ) -> list[tuple[str, int]]:
        """Return a member with up to ``limit`` neighbours on each side, highest first."""
        (who, score), table = place, leaderboard_score.c
        columns = select(table.subject_id, table.score).where(_in(board))
        higher = (table.score > score) | ((table.score == score) & (table.subject_id > who))
        lower = (table.score < score) | ((table.score == score) & (table.subject_id < who))
        # Half-open conditions on the first column keep the search inside the index.
        above = columns.where(table.score >= score, higher)
        above = above.order_by(table.score, table.subject_id).limit(limit)
        below = columns.where(table.score <= score, lower)
        below = below.order_by(table.score.desc(), table.subject_id.desc()).limit(limit)
        before = [(row.subject_id, row.score) for row in connection.execute(above).all()]
        after = [(row.subject_id, row.score) for row in connection.execute(below).all()]
        return [*reversed(before), (who, score), *after]

    def end(self, connection: Connection, board: Board, *, keeping: Sequence[str]) -> int:
        """Delete the scores of all periods of a board but some; return how many."""
        table = leaderboard_score
        query = delete(table).where(_of(table, board), table.c.period.not_in(list(keeping)))
        return connection.execute(query).rowcount


def _of(table: Table, board: Board) -> ColumnElement[bool]:
    columns = table.c
    found: ColumnElement[bool] = (columns.program_id == board.program_id) & (
        columns.board == board.name
    )
    return found


def _in(board: Board) -> ColumnElement[bool]:
    return _of(leaderboard_score, board) & (leaderboard_score.c.period == board.period)


def _purpose(board: Board) -> str:
    return f"board-name:{board.program_id}:{board.name}"
