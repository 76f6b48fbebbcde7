"""What achievements are made of, and the history of who reached which."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from .ids import insert_into
from .subject_merges import same_person
from .subjects import SubjectVault
from .tables import (
    achievement_step,
    deed,
    order_goods,
    participation,
    referral,
    referral_step,
    rule_version,
    subject,
)

GoodsRow = tuple[str, str, tuple[str, ...], str]
"""SKU, product, categories and brand."""


@dataclass(frozen=True, slots=True)
class DeedRow:
    """Something that somebody did."""

    kind: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementStep:
    """A level that was earned or revoked, or a count that ended without reaching one."""

    achievement: str
    level: str
    occurrence: str
    step: Literal["earned", "revoked", "ended"]
    number: int
    reason: str = ""
    points: int = 0
    reward: str = ""
    grant_key: str = ""
    rules: str
    cause: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ParticipationRow:
    """A choice: what somebody joined or left, where, and when."""

    kind: Literal["achievement", "leaderboard"]
    name: str
    act: Literal["joined", "left"]
    source: str
    at: datetime


class AchievementRows:
    """Facts and steps of people. Those who were merged share theirs, whoever they were kept for."""

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    # What was bought ------------------------------------------------------------------------

    def keep_goods(
        self,
        connection: Connection,
        shop_id: str,
        order_id: str,
        goods: Sequence[GoodsRow],
        *,
        subject_id: str,
        told_at: datetime,
    ) -> None:
        """Seal what an order is about; what was told of it last counts, in any order of arrival.

        The person's account must be locked.
        """
        plain = json.dumps(goods, ensure_ascii=False, sort_keys=True).encode()
        table, purpose = order_goods, f"goods:{shop_id}:{order_id}"
        is_it = (table.c.shop_id == shop_id) & (table.c.order_id == order_id)
        old = connection.execute(select(table).where(is_it)).one_or_none()
        if old is not None:
            known = self._subjects.open(connection, old.subject_id, old.sealed, purpose=purpose)
            if (old.told_at, known) >= (told_at, plain):
                return
            subject_id = old.subject_id
        values = {
            "shop_id": shop_id,
            "order_id": order_id,
            "subject_id": subject_id,
            "told_at": told_at,
            "sealed": self._subjects.seal(connection, subject_id, plain, purpose=purpose),
        }
        if old is None:
            connection.execute(insert(table), values)
        else:
            connection.execute(update(table).where(is_it).values(values))

    def goods(self, connection: Connection, subject_id: str) -> Mapping[str, tuple[GoodsRow, ...]]:
        """Return what a person's orders were about, by order."""
        table, found = order_goods, dict[str, tuple[GoodsRow, ...]]()
        for who in same_person(connection, subject_id):
            rows = connection.execute(select(table).where(table.c.subject_id == who)).all()
            if not rows:
                continue
            opened = self._subjects.opener(connection, who)
            for row in rows:
                plain = opened(row.sealed, f"goods:{row.shop_id}:{row.order_id}")
                found[row.order_id] = tuple(
                    (sku, product, tuple(categories), brand)
                    for sku, product, categories, brand in json.loads(plain)
                )
        return found

    def shop_of(self, connection: Connection, subject_id: str) -> str:
        """Return the shop that a person is a customer of."""
        query = select(subject.c.shop_id).where(subject.c.id == subject_id)
        return str(connection.execute(query).scalar_one())

    # What was done --------------------------------------------------------------------------

    def note_deed(self, connection: Connection, subject_id: str, row: DeedRow) -> bool:
        """Keep what somebody did; False if it is on record, or a review of somebody else."""
        people = same_person(connection, subject_id)
        if row.kind == "review":
            query = select(func.count()).where(
                deed.c.kind == row.kind,
                deed.c.reference == row.reference,
                deed.c.subject_id.not_in(people),
            )
            if connection.execute(query).scalar_one():
                return False
        values = {
            "subject_id": subject_id,
            "kind": row.kind,
            "reference": row.reference,
            "at": row.at,
        }
        query_new = insert_into(connection, deed).values(values)
        old, new = deed.c.at, query_new.excluded.at
        least = func.least if connection.dialect.name == "postgresql" else func.min
        keys = [deed.c.subject_id, deed.c.kind, deed.c.reference]
        # Of two tellings the earlier moment counts, so that their order does not.
        again = query_new.on_conflict_do_update(
            index_elements=keys, set_={"at": least(old, new)}, where=old > new
        )
        return connection.execute(again).rowcount == 1

    def take_back_deed(
        self, connection: Connection, subject_id: str, kind: str, reference: str, *, now: datetime
    ) -> bool:
        """Let a deed count no more; False if none of that name counts."""
        query = update(deed).where(
            deed.c.subject_id.in_(same_person(connection, subject_id)),
            deed.c.kind == kind,
            deed.c.reference == reference,
            deed.c.taken_back_at.is_(None),
        )
        return connection.execute(query.values(taken_back_at=now)).rowcount > 0

    def deeds(self, connection: Connection, subject_id: str) -> tuple[DeedRow, ...]:
        """Return what a person did that counts, earliest first, each once."""
        people = same_person(connection, subject_id)
        query = (
            select(deed.c.kind, deed.c.reference, func.min(deed.c.at).label("at"))
            .where(deed.c.subject_id.in_(people))
            .group_by(deed.c.kind, deed.c.reference)
            # A deed that was taken back from one half of a person is taken back.
            .having(func.count(deed.c.taken_back_at) == 0)
            .order_by("at", deed.c.kind, deed.c.reference)
        )
        return tuple(DeedRow(*row) for row in connection.execute(query).all())

    def referrals(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[DeedRow, ...]:
        """Return the friends of a person that brought a reward which still stands."""
        newest = (
            select(referral_step.c.referral_id, func.max(referral_step.c.number).label("number"))
            .group_by(referral_step.c.referral_id)
            .subquery()
        )
        query = (
            select(referral.c.id, referral_step.c.at)
            .join(newest, newest.c.referral_id == referral.c.id)
            .join(
                referral_step,
                (referral_step.c.referral_id == newest.c.referral_id)
                & (referral_step.c.number == newest.c.number),
            )
            .where(
                referral.c.program_id == program_id,
                referral.c.subject_id.in_(same_person(connection, subject_id)),
                referral_step.c.state == "rewarded",
            )
            .order_by(referral_step.c.at, referral.c.id)
        )
        return tuple(DeedRow("referral", *row) for row in connection.execute(query).all())

    def referrers(self, connection: Connection, program_id: str, friend_id: str) -> tuple[str, ...]:
        """Return who brought a person along."""
        query = select(referral.c.subject_id).where(
            referral.c.program_id == program_id,
            referral.c.friend_id.in_(same_person(connection, friend_id)),
        )
        return tuple(connection.execute(query.order_by(referral.c.subject_id)).scalars())

    # What was achieved ----------------------------------------------------------------------

    def record(
        self, connection: Connection, program_id: str, subject_id: str, step: AchievementStep
    ) -> None:
        """Append a step."""
        values = {name: getattr(step, name) for name in AchievementStep.__slots__}
        values |= {"program_id": program_id, "subject_id": subject_id}
        connection.execute(insert(achievement_step), values)

    def history(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[tuple[str, AchievementStep], ...]:
        """Return all steps of a person in the order of recording, each with whom it was kept for.

        That is one of the subjects that are one person now.
        """
        table = achievement_step
        query = select(table).where(
            table.c.program_id == program_id,
            table.c.subject_id.in_(same_person(connection, subject_id)),
        )
        names = AchievementStep.__slots__
        return tuple(
            (row.subject_id, AchievementStep(**{name: getattr(row, name) for name in names}))
            for row in connection.execute(query.order_by(table.c.seq)).all()
        )

    def rules(self, connection: Connection, version: str) -> str:
        """Return the programme as it was in a version, as JSON; empty if it is not on record."""
        query = select(rule_version.c.body).where(rule_version.c.id == version)
        return str(connection.execute(query).scalar() or "")

    def programs(self, connection: Connection, subject_id: str) -> tuple[str, ...]:
        """Return the programmes in which a person achieved anything."""
        table = achievement_step
        query = select(table.c.program_id).where(
            table.c.subject_id.in_(same_person(connection, subject_id))
        )
        return tuple(connection.execute(query.distinct().order_by(table.c.program_id)).scalars())

    # Taking part ----------------------------------------------------------------------------

    def choose(
        self, connection: Connection, program_id: str, subject_id: str, row: ParticipationRow
    ) -> None:
        """Append what somebody chose."""
        values = {name: getattr(row, name) for name in ParticipationRow.__slots__}
        values |= {"program_id": program_id, "subject_id": subject_id}
        connection.execute(insert(participation), values)

    def choices(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[ParticipationRow, ...]:
        """Return what a person chose, in the order of recording."""
        table = participation
        query = select(*(table.c[name] for name in ParticipationRow.__slots__)).where(
            table.c.program_id == program_id,
            table.c.subject_id.in_(same_person(connection, subject_id)),
        )
        return tuple(
            ParticipationRow(*row) for row in connection.execute(query.order_by(table.c.seq)).all()
        )

    # Forgetting -----------------------------------------------------------------------------

    def forget(self, connection: Connection, subject_id: str) -> None:
        """Delete what an erased person bought and did. Steps stay; they name nobody."""
        for table in (order_goods, deed):
            connection.execute(delete(table).where(table.c.subject_id == subject_id))
