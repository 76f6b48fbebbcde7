"""Who brought whom, in keyed hashes and random identifiers, one row for every step."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select

from ..errors import SubjectErased
from .ids import insert_into, time_ordered_id
from .subject_merges import same_person, survivor_of
from .subjects import SubjectVault
from .tables import referral, referral_code, referral_mark, referral_step, subject

_FORGOTTEN = "words that were erased with the person they were about"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralHead:
    """A friend of a member, as subjects; ``origin`` is where the code was used."""

    id: str
    program_id: str
    shop_id: str
    referrer_id: str
    friend_id: str
    origin: str
    is_disposable: bool
    claimed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralStep:
    """How far a referral came at a moment.

    ``reasons`` are our own words and stored in clear. ``note`` is what somebody said who decided
    by hand; it opens only while neither person is erased. ``grants`` are role, key and points of
    what was given.
    """

    state: str
    at: datetime
    order_id: str = ""
    rewardable_at: datetime | None = None
    score: int = 0
    reasons: tuple[str, ...] = ()
    grants: tuple[tuple[str, str, int], ...] = ()
    cause: str = ""
    actor: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A referral with all its steps, oldest first."""

    head: ReferralHead
    steps: tuple[ReferralStep, ...]

    @property
    def step(self) -> ReferralStep:
        """The step that counts."""
        return self.steps[-1]


class ReferralRows:
    """Codes, marks and referrals. People who were merged share theirs."""

    def __init__(self, subjects: SubjectVault, *, random_bytes: Callable[[int], bytes]) -> None:
        self._subjects = subjects
        self._random_bytes = random_bytes

    # Codes -----------------------------------------------------------------------------------

    def code_of(self, connection: Connection, program_id: str, subject_id: str) -> str:
        """Return the oldest code of a member, empty if there is none or they were erased."""
        table, people = referral_code.c, same_person(connection, subject_id)
        query = select(table.subject_id, table.sealed_code).where(
            table.program_id == program_id, table.subject_id.in_(people)
        )
        for row in connection.execute(query.order_by(table.seq)).all():
            if not self._subjects.is_erased(connection, row.subject_id):
                purpose = _code_purpose(program_id)
                sealed = row.sealed_code
                return self._subjects.open(
                    connection, row.subject_id, sealed, purpose=purpose
                ).decode()
        return ""

    def keep_code(
        self,
        connection: Connection,
        program_id: str,
        subject_id: str,
        *,
        shop_id: str,
        code: str,
        now: datetime,
    ) -> str:
        """Give a member a code unless they have one; return the one they have.

        Raises:
            SubjectErased: nothing more may be kept of this person.
        """
        if known := self.code_of(connection, program_id, subject_id):
            return known
        seal, purpose = self._subjects.sealer(connection, subject_id), _code_purpose(program_id)
        values = {
            "program_id": program_id,
            "shop_id": shop_id,
            "subject_id": subject_id,
            "code_index": self._code_index(connection, shop_id, program_id, code),
            "sealed_code": seal(code.encode(), purpose),
            "created_at": now,
        }
        connection.execute(insert_into(connection, referral_code).on_conflict_do_nothing(), values)
        return self.code_of(connection, program_id, subject_id)

    def owner_of(
        self, connection: Connection, program_id: str, code: str, *, shop_id: str
    ) -> str | None:
        """Return whose code it is, None for one that was never given or whose owner was erased."""
        index = self._code_index(connection, shop_id, program_id, code)
        query = select(referral_code.c.subject_id).where(referral_code.c.code_index == index)
        found = connection.execute(query).scalar()
        if found is None or self._subjects.is_erased(connection, found):
            return None
        return survivor_of(connection, found)

    def _code_index(
        self, connection: Connection, shop_id: str, program_id: str, code: str
    ) -> bytes:
        return self._subjects.index(connection, shop_id, f"referral:{program_id}:{code}")

    # Marks -----------------------------------------------------------------------------------

    def note_marks(
        self,
        connection: Connection,
        subject_id: str,
        keys: Mapping[str, Collection[str]],
        *,
        shop_id: str,
        now: datetime,
    ) -> None:
        """Keep keyed hashes of what a person is known by, of each kind; known ones stay."""
        values = [
            {
                "subject_id": subject_id,
                "blind_index": self._subjects.index(connection, shop_id, f"mark:{key}"),
                "kind": kind,
                "at": now,
            }
            for kind, found in keys.items()
            for key in sorted(found)
        ]
        if values:
            query = insert_into(connection, referral_mark).on_conflict_do_nothing()
            connection.execute(query, values)

    def marks_of(self, connection: Connection, subject_id: str) -> dict[str, frozenset[bytes]]:
        """Return the hashes of a person, of each kind."""
        table, found = referral_mark.c, dict[str, set[bytes]]()
        query = select(table.kind, table.blind_index)
        people = same_person(connection, subject_id)
        for row in connection.execute(query.where(table.subject_id.in_(people))).all():
            found.setdefault(row.kind, set()).add(bytes(row.blind_index))
        return {kind: frozenset(indexes) for kind, indexes in found.items()}

    def alike(self, connection: Connection, indexes: Collection[bytes]) -> tuple[str, ...]:
        """Return all subjects that any of some hashes is known of."""
        table = referral_mark.c
        query = select(table.subject_id).where(table.blind_index.in_(tuple(indexes))).distinct()
        return tuple(connection.execute(query.order_by(table.subject_id)).scalars())

    def forget_erased(self, connection: Connection, shop_id: str) -> int:
        """Delete the hashes of people who were erased; return how many."""
        erased = select(subject.c.id).where(
            subject.c.shop_id == shop_id, subject.c.erased_at.is_not(None)
        )
        query = delete(referral_mark).where(referral_mark.c.subject_id.in_(erased))
        return connection.execute(query).rowcount

    # Referrals -------------------------------------------------------------------------------

    def lock_person(self, connection: Connection, subject_id: str) -> None:
        """Let nobody else make a referral of a friend until the transaction ends."""
        query = select(subject.c.id).where(subject.c.id == subject_id)
        connection.execute(query.with_for_update(key_share=True))

    def lock(self, connection: Connection, referral_id: str) -> None:
        """Let nobody else move a referral until the transaction ends."""
        query = select(referral.c.id).where(referral.c.id == referral_id)
        connection.execute(query.with_for_update(key_share=True))

    def new_id(self, now: datetime) -> str:
        """Return an identifier for a referral."""
        return time_ordered_id(now, self._random_bytes)

    def start(
        self, connection: Connection, head: ReferralHead, step: ReferralStep, *, now: datetime
    ) -> StoredReferral:
        """Record a new referral with its first step; return what is stored of the pair."""
        values = {
            "id": head.id,
            "program_id": head.program_id,
            "shop_id": head.shop_id,
            "subject_id": head.referrer_id,
            "friend_id": head.friend_id,
            "origin": head.origin,
            "is_disposable": int(head.is_disposable),
            "claimed_at": head.claimed_at,
        }
        query = insert_into(connection, referral).values(values).on_conflict_do_nothing()
        if connection.execute(query.returning(referral.c.id)).one_or_none():
            self.add(connection, StoredReferral(head, ()), step, now=now)
            return StoredReferral(head, (step,))
        known = self.of_friend(connection, head.program_id, head.friend_id)
        return next(each for each in known if each.head.referrer_id == head.referrer_id)

    def add(
        self, connection: Connection, known: StoredReferral, step: ReferralStep, *, now: datetime
    ) -> StoredReferral:
        """Append a step to a referral that is locked; return it with the step."""
        values = {
            "referral_id": known.head.id,
            "number": len(known.steps),
            "state": step.state,
            "at": step.at,
            "recorded_at": now,
            "order_id": step.order_id,
            "rewardable_at": step.rewardable_at,
            "score": step.score,
            "reasons": json.dumps(step.reasons, ensure_ascii=False),
            "grants": json.dumps(step.grants),
            "cause": step.cause,
            "actor": step.actor,
            "sealed_note": self._seal(connection, known.head, step.note) if step.note else None,
        }
        connection.execute(insert_into(connection, referral_step).values(values))
        return StoredReferral(known.head, (*known.steps, step))

    def find(self, connection: Connection, referral_id: str) -> StoredReferral | None:
        """Return a referral, None if there is none of that name."""
        found = self._read(connection, select(referral).where(referral.c.id == referral_id))
        return next(iter(found), None)

    def of_friend(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[StoredReferral, ...]:
        """Return who brought a person, earliest first."""
        people = same_person(connection, subject_id)
        return self._read(connection, _of(program_id).where(referral.c.friend_id.in_(people)))

    def of_referrer(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[StoredReferral, ...]:
        """Return whom a member brought, earliest first."""
        people = same_person(connection, subject_id)
        return self._read(connection, _of(program_id).where(referral.c.subject_id.in_(people)))

    def of_order(
        self, connection: Connection, program_id: str, order_id: str
    ) -> tuple[StoredReferral, ...]:
        """Return the referrals that an order belongs to."""
        steps = referral_step.c
        named = select(steps.referral_id).where(steps.order_id == order_id)
        return self._read(connection, _of(program_id).where(referral.c.id.in_(named)))

    def listed(
        self,
        connection: Connection,
        program_id: str,
        *,
        states: Collection[str] = (),
        limit: int | None = None,
    ) -> tuple[StoredReferral, ...]:
        """Return referrals, those with a state among ``states`` or all, newest last."""
        query = _of(program_id)
        if states:
            steps, other = referral_step.c, referral_step.alias("other")
            newest = (
                select(func.max(other.c.number))
                .where(other.c.referral_id == steps.referral_id)
                .scalar_subquery()
            )
            now = select(steps.referral_id).where(
                steps.state.in_(tuple(states)), steps.number == newest
            )
            query = query.where(referral.c.id.in_(now))
        if limit is not None:
            last = query.with_only_columns(referral.c.id).order_by(None)
            last = last.order_by(referral.c.claimed_at.desc(), referral.c.id.desc()).limit(limit)
            query = _of(program_id).where(referral.c.id.in_(last))
        return self._read(connection, query)

    def _read(self, connection: Connection, query: Select[Any]) -> tuple[StoredReferral, ...]:
        heads = {row.id: _head(row) for row in connection.execute(query).all()}
        found: dict[str, list[ReferralStep]] = {name: [] for name in heads}
        table, names = referral_step, query.with_only_columns(referral.c.id).order_by(None)
        rows = select(table).where(table.c.referral_id.in_(names))
        for row in connection.execute(rows.order_by(table.c.referral_id, table.c.number)).all():
            note = self._open(connection, heads[row.referral_id], row.sealed_note)
            found[row.referral_id].append(_step(row, note))
        return tuple(StoredReferral(head, tuple(found[name])) for name, head in heads.items())

    def _seal(self, connection: Connection, head: ReferralHead, note: str) -> bytes | None:
        """Seal words for both persons, one within the other: they go when either is erased."""
        sealed, purpose = note.encode(), f"referral:{head.id}"
        try:
            for who in (head.referrer_id, head.friend_id):
                sealed = self._subjects.seal(connection, who, sealed, purpose=purpose)
        except SubjectErased:
            return b""
        return sealed

    def _open(self, connection: Connection, head: ReferralHead, sealed: bytes | None) -> str:
        if sealed is None:
            return ""
        plain, purpose = bytes(sealed), f"referral:{head.id}"
        if not plain:
            return _FORGOTTEN
        try:
            for who in (head.friend_id, head.referrer_id):
                plain = self._subjects.open(connection, who, plain, purpose=purpose)
        except SubjectErased:
            return _FORGOTTEN
        return plain.decode()


def _of(program_id: str) -> Select[Any]:
    table = referral
    query = select(table).where(table.c.program_id == program_id)
    return query.order_by(table.c.claimed_at, table.c.id)


def _head(row: Row[Any]) -> ReferralHead:
    return ReferralHead(
        id=row.id,
        program_id=row.program_id,
        shop_id=row.shop_id,
        referrer_id=row.subject_id,
        friend_id=row.friend_id,
        origin=row.origin,
        is_disposable=bool(row.is_disposable),
        claimed_at=row.claimed_at,
    )


def _step(row: Row[Any], note: str) -> ReferralStep:
    grants: Iterable[tuple[str, str, int]] = json.loads(row.grants)
    return ReferralStep(
        state=row.state,
        at=row.at,
        order_id=row.order_id,
        rewardable_at=row.rewardable_at,
        score=row.score,
        reasons=tuple(json.loads(row.reasons)),
        grants=tuple((role, key, points) for role, key, points in grants),
        cause=row.cause,
        actor=row.actor,
        note=note,
    )


def _code_purpose(program_id: str) -> str:
    return f"referral code:{program_id}"
