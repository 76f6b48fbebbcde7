"""Subjects that turned out to be one person. Nothing of either is rewritten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from .ids import insert_into
from .tables import subject_merge

_SURVIVOR = select(subject_merge.c.survivor_id).where(
    subject_merge.c.absorbed_id == bindparam("absorbed_id")
)


def survivor_of(connection: Connection, subject_id: str) -> str:
    """Return the subject that stands for a person now: the same one if it was never absorbed."""
    while True:
        survivor = connection.execute(_SURVIVOR, {"absorbed_id": subject_id}).scalar()
        if survivor is None:
            return subject_id
        subject_id = survivor


def same_person(connection: Connection, subject_id: str) -> tuple[str, ...]:
    """Return the survivor and all that it absorbed, directly or not, each once."""
    table = subject_merge.c
    found, fringe = dict.fromkeys((survivor_of(connection, subject_id),)), True
    while fringe:
        query = select(table.absorbed_id).where(table.survivor_id.in_(tuple(found)))
        absorbed = connection.execute(query.order_by(table.absorbed_id)).scalars()
        fresh = [each for each in absorbed if each not in found]
        found.update(dict.fromkeys(fresh))
        fringe = bool(fresh)
    return tuple(found)


def note_merge(
    connection: Connection, survivor_id: str, absorbed_id: str, *, now: datetime
) -> None:
    """Record that one subject became another."""
    values = {"absorbed_id": absorbed_id, "survivor_id": survivor_id, "merged_at": now}
    connection.execute(insert_into(connection, subject_merge), values)
