"""Rewards that were redeemed: what was promised, and each step it took. Never rewritten."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from .ids import insert_into
from .subject_merges import same_person
from .tables import reward_issue, reward_step, subject

_GIVEN_BACK = ("refused", "returned", "cancelled")
_OPEN = ("held", "refused", "cancelling")


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardIssue:
    """One reward that somebody redeemed. ``state`` is that of its newest step.

    ``sealed_code`` opens with the key of ``subject_id``, bound to ``code_purpose``.
    """

    id: str
    program_id: str
    subject_id: str
    reward_id: str
    kind: str
    points: int
    idem_key: str
    fingerprint: str
    hold_id: str
    platform: str
    sealed_code: bytes | None
    code_index: bytes | None
    terms: str
    ends_at: datetime | None
    made_at: datetime
    state: str
    changed_at: datetime
    reason: str = ""

    @property
    def code_purpose(self) -> str:
        """What the sealed code is bound to."""
        return code_purpose(self.id)


@dataclass(frozen=True, slots=True)
class RewardStep:
    """What became of a reward at a moment, and why."""

    state: str
    reason: str
    at: datetime


class RewardLog:
    """Issues and their steps. Everything is counted from them; nothing is a counter."""

    def lock_reward(self, connection: Connection, program_id: str, reward_id: str) -> None:
        """Let nobody else count or issue a reward until the transaction ends.

        On SQLite the transaction holds the only write lock anyway. Take it before any account.
        """
        if connection.dialect.name == "postgresql":
            name = f"reward {program_id} {reward_id}"
            lock = func.pg_advisory_xact_lock(func.hashtextextended(name, 0))
            connection.execute(select(lock))

    def add(self, connection: Connection, issue: RewardIssue) -> None:
        """Record an issue with its first step."""
        names = [column.name for column in reward_issue.columns]
        values: dict[str, Any] = {name: getattr(issue, name) for name in names}
        connection.execute(insert_into(connection, reward_issue), values)
        self._append(connection, issue.id, 1, RewardStep(issue.state, issue.reason, issue.made_at))

    def step(self, connection: Connection, issue_id: str, step: RewardStep) -> None:
        """Append a step to an issue that ``lock`` has locked."""
        query = select(func.max(reward_step.c.position)).where(reward_step.c.issue_id == issue_id)
        last = connection.execute(query).scalar_one()
        self._append(connection, issue_id, last + 1, step)

    def lock(self, connection: Connection, issue_id: str) -> RewardIssue | None:
        """Return an issue that nobody else can step until the transaction ends."""
        query = select(reward_issue.c.id).where(reward_issue.c.id == issue_id)
        connection.execute(query.with_for_update(key_share=True))
        return self.get(connection, issue_id)

    def get(self, connection: Connection, issue_id: str) -> RewardIssue | None:
        """Return an issue, None if there is none of that name."""
        return next(iter(_read(connection, reward_issue.c.id == issue_id)), None)

    def by_key(self, connection: Connection, program_id: str, idem_key: str) -> RewardIssue | None:
        """Return what was issued under an idempotency key."""
        table = reward_issue.c
        where = (table.program_id == program_id) & (table.idem_key == idem_key)
        return next(iter(_read(connection, where)), None)

    def by_code(self, connection: Connection, code_index: bytes) -> RewardIssue | None:
        """Return the issue of a code, by what stands for it."""
        return next(iter(_read(connection, reward_issue.c.code_index == code_index)), None)

    def steps(self, connection: Connection, issue_id: str) -> tuple[RewardStep, ...]:
        """Return all steps of an issue in order."""
        table = reward_step.c
        query = select(table.state, table.reason, table.at).where(table.issue_id == issue_id)
        rows = connection.execute(query.order_by(table.position)).all()
        return tuple(RewardStep(*row) for row in rows)

    def of_person(
        self, connection: Connection, subject_id: str, *, program_id: str = ""
    ) -> tuple[RewardIssue, ...]:
        """Return what a person redeemed, under whatever name, oldest first."""
        conditions: list[ColumnElement[bool]] = [
            reward_issue.c.subject_id.in_(same_person(connection, subject_id))
        ]
        if program_id:
            conditions.append(reward_issue.c.program_id == program_id)
        return _read(connection, and_(*conditions))

    def of_shop(
        self,
        connection: Connection,
        shop_id: str,
        *,
        states: Collection[str],
        kinds: Collection[str] = (),
    ) -> tuple[RewardIssue, ...]:
        """Return what is in some states, of some kinds or of all, oldest first."""
        shops = select(subject.c.id).where(subject.c.shop_id == shop_id)
        conditions: list[ColumnElement[bool]] = [
            reward_issue.c.subject_id.in_(shops),
            reward_step.c.state.in_(states),
        ]
        if kinds:
            conditions.append(reward_issue.c.kind.in_(kinds))
        return _read(connection, and_(*conditions))

    def open_ones(self, connection: Connection, shop_id: str) -> tuple[RewardIssue, ...]:
        """Return what a platform still has to be asked about, oldest first."""
        return self.of_shop(connection, shop_id, states=_OPEN)

    def gone(self, connection: Connection, program_id: str, reward_id: str) -> int:
        """Return how many of a reward are out; what was given back is not."""
        table = reward_issue.c
        newest = _newest(select(func.count()))
        query = newest.where(table.program_id == program_id, table.reward_id == reward_id)
        query = query.where(reward_step.c.state.not_in(_GIVEN_BACK))
        return int(connection.execute(query).scalar_one())

    def _append(
        self, connection: Connection, issue_id: str, position: int, step: RewardStep
    ) -> None:
        values = {
            "issue_id": issue_id,
            "position": position,
            "state": step.state,
            "reason": step.reason,
            "at": step.at,
        }
        connection.execute(insert_into(connection, reward_step), values)


def code_purpose(issue_id: str) -> str:
    """Return what the sealed code of an issue is bound to."""
    return f"reward:{issue_id}"


def _newest(query: Select[Any]) -> Select[Any]:
    """Join each issue with its newest step."""
    later = reward_step.alias("later")
    last = (
        select(func.max(later.c.position))
        .where(later.c.issue_id == reward_issue.c.id)
        .scalar_subquery()
    )
    joined = (reward_step.c.issue_id == reward_issue.c.id) & (reward_step.c.position == last)
    return query.select_from(reward_issue).join(reward_step, joined)


def _read(connection: Connection, where: ColumnElement[bool]) -> tuple[RewardIssue, ...]:
    step = reward_step.c
    columns = (reward_issue, step.state, step.reason, step.at.label("changed_at"))
    query = _newest(select(*columns)).where(where)
    rows = connection.execute(query.order_by(reward_issue.c.made_at, reward_issue.c.id)).all()
    return tuple(RewardIssue(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public API
