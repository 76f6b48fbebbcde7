"""Requests of people about their data: append-only steps, and what they said sealed for them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ..errors import StorageError, SubjectErased
from .crypto import RandomBytes
from .ids import insert_into, time_ordered_id
from .subjects import SubjectVault
from .tables import rights_export, rights_request, rights_step


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStep:
    """One step. ``reason`` is empty once the person is erased; ``report`` names nobody."""

    state: str
    by: str
    at: datetime
    citation: str = ""
    reason: str = field(repr=False, default="")
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRequest:
    """A request with its steps, earliest first. ``is_erased``: the person cannot be read any more.

    ``origin`` is what makes it one, however often it is told.
    """

    id: str
    shop_id: str
    subject_id: str
    kind: str
    origin: str
    jurisdictions: tuple[str, ...]
    received_at: datetime
    is_erased: bool
    steps: tuple[StoredStep, ...]

    @property
    def state(self) -> str:
        """How far it came."""
        return self.steps[-1].state if self.steps else ""


class RequestLog:
    """Append-only. What is allowed to follow what is decided elsewhere."""

    def __init__(self, subjects: SubjectVault, *, random_bytes: RandomBytes) -> None:
        self._subjects = subjects
        self._random_bytes = random_bytes

    def open(
        self,
        connection: Connection,
        *,
        shop_id: str,
        subject_id: str,
        kind: str,
        origin: str,
        jurisdictions: Sequence[str],
        asked: bytes,
        received_at: datetime,
    ) -> str:
        """Record a request and return its identifier; one of the same origin is the same.

        ``asked`` is how the person called themselves, and what they said: it is sealed.
        """
        table = rights_request
        where = (table.c.shop_id == shop_id) & (table.c.origin == origin)
        query = select(table.c.id).where(where)
        if known := connection.execute(query).scalar():
            return str(known)
        request_id = time_ordered_id(received_at, self._random_bytes)
        sealed = self._subjects.seal(connection, subject_id, asked, purpose=f"request:{request_id}")
        values = {
            "id": request_id,
            "shop_id": shop_id,
            "subject_id": subject_id,
            "kind": kind,
            "origin": origin,
            "jurisdictions": " ".join(jurisdictions),
            "sealed": sealed,
            "received_at": received_at,
        }
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), values)
        return str(connection.execute(query).scalar_one())

    def add(
        self,
        connection: Connection,
        request_id: str,
        step: StoredStep,
        *,
        attachment: bytes = b"",
    ) -> int:
        """Append a step and return its position, from 1.

        Of somebody who is erased neither reason nor attachment is kept.

        Raises:
            StorageError: there is no such request.
        """
        owner = self._owner(connection, request_id)
        position = self._steps_count(connection, request_id) + 1
        values = {
            "request_id": request_id,
            "position": position,
            "state": step.state,
            "by": step.by,
            "citation": step.citation,
            "report": step.report,
            "sealed": self._seal(
                connection,
                owner,
                {"reason": step.reason, "attachment": b64encode(attachment).decode()},
                purpose=f"request:{request_id}:{position}",
            ),
            "at": step.at,
        }
        connection.execute(insert_into(connection, rights_step), values)
        return position

    def get(self, connection: Connection, request_id: str) -> StoredRequest | None:
        """Return a request, None if there is none."""
        table = rights_request
        row = connection.execute(select(table).where(table.c.id == request_id)).one_or_none()
        return self._request(connection, row) if row else None

    def of_origin(self, connection: Connection, shop_id: str, origin: str) -> StoredRequest | None:
        """Return the request of an origin, None if there is none."""
        table = rights_request
        query = select(table).where(table.c.shop_id == shop_id, table.c.origin == origin)
        row = connection.execute(query).one_or_none()
        return self._request(connection, row) if row else None

    def all(self, connection: Connection, shop_id: str) -> tuple[StoredRequest, ...]:
        """Return all requests of a shop, earliest first."""
        table = rights_request
        query = select(table).where(table.c.shop_id == shop_id)
        rows = connection.execute(query.order_by(table.c.received_at, table.c.seq)).all()
        return tuple(self._request(connection, row) for row in rows)

    def of_subject(self, connection: Connection, subject_id: str) -> tuple[StoredRequest, ...]:
        """Return the requests of a person, earliest first."""
        table = rights_request
        query = select(table).where(table.c.subject_id == subject_id)
        rows = connection.execute(query.order_by(table.c.received_at, table.c.seq)).all()
        return tuple(self._request(connection, row) for row in rows)

    def asked(self, connection: Connection, request_id: str) -> bytes:
        """Return what a person said when they asked.

        Raises:
            SubjectErased: they are forgotten.
        """
        table = rights_request.c
        query = select(table.subject_id, table.sealed).where(table.id == request_id)
        row = connection.execute(query).one()
        purpose = f"request:{request_id}"
        return self._subjects.open(connection, row.subject_id, row.sealed, purpose=purpose)

    def attachments(self, connection: Connection, request_id: str) -> tuple[tuple[str, bytes], ...]:
        """Return what was collected for a request, earliest first: the step's state, and bytes.

        Raises:
            SubjectErased: the person is forgotten.
        """
        owner, table = self._owner(connection, request_id), rights_step.c
        query = select(table.position, table.state, table.sealed)
        query = query.where(table.request_id == request_id, table.sealed.is_not(None))
        found = [
            (row.state, self._open(connection, owner, request_id, row.position, row.sealed)[1])
            for row in connection.execute(query.order_by(table.position)).all()
        ]
        return tuple((state, attachment) for state, attachment in found if attachment)

    def note_export(
        self, connection: Connection, request_id: str, location: str, digest: str, *, now: datetime
    ) -> None:
        """Remember where an export was written: an erasure deletes it there.

        Raises:
            SubjectErased: the person is forgotten.
        """
        owner = self._owner(connection, request_id)
        position = self._exports_count(connection, request_id) + 1
        plain = json.dumps([location, digest]).encode()
        purpose = f"export:{request_id}:{position}"
        values = {
            "request_id": request_id,
            "position": position,
            "sealed": self._subjects.seal(connection, owner, plain, purpose=purpose),
            "at": now,
        }
        connection.execute(insert_into(connection, rights_export), values)

    def exports(self, connection: Connection, request_id: str) -> tuple[tuple[str, str], ...]:
        """Return where exports of a request were written, and the SHA-256 of each.

        Raises:
            SubjectErased: the person is forgotten.
        """
        owner, table = self._owner(connection, request_id), rights_export.c
        query = select(table.position, table.sealed).where(table.request_id == request_id)
        found = []
        for row in connection.execute(query.order_by(table.position)).all():
            purpose = f"export:{request_id}:{row.position}"
            kept = self._subjects.open(connection, owner, row.sealed, purpose=purpose)
            location, digest = json.loads(kept)
            found.append((location, digest))
        return tuple(found)

    def _request(self, connection: Connection, row: Any) -> StoredRequest:
        is_erased = self._subjects.is_erased(connection, row.subject_id)
        table = rights_step
        query = select(table).where(table.c.request_id == row.id).order_by(table.c.position)
        steps = tuple(
            StoredStep(
                state=step.state,
                by=step.by,
                at=step.at,
                citation=step.citation,
                report=step.report,
                reason=self._reason(connection, row, step, is_erased=is_erased),
            )
            for step in connection.execute(query).all()
        )
        return StoredRequest(
            id=row.id,
            shop_id=row.shop_id,
            subject_id=row.subject_id,
            kind=row.kind,
            origin=row.origin,
            jurisdictions=tuple(row.jurisdictions.split()),
            received_at=row.received_at,
            is_erased=is_erased,
            steps=steps,
        )

    def _reason(self, connection: Connection, request: Any, step: Any, *, is_erased: bool) -> str:
        if is_erased or step.sealed is None:
            return ""
        owner = request.subject_id
        return self._open(connection, owner, request.id, step.position, step.sealed)[0]

    def _seal(
        self, connection: Connection, owner: str, kept: Mapping[str, str], *, purpose: str
    ) -> bytes | None:
        """Seal what a step keeps in words; None where there is nothing, or nobody any more."""
        if not any(kept.values()):
            return None
        plain = json.dumps(kept).encode()
        try:
            return self._subjects.seal(connection, owner, plain, purpose=purpose)
        except SubjectErased:
            return None

    def _open(
        self, connection: Connection, owner: str, request_id: str, position: int, sealed: bytes
    ) -> tuple[str, bytes]:
        purpose = f"request:{request_id}:{position}"
        kept = json.loads(self._subjects.open(connection, owner, sealed, purpose=purpose))
        return kept["reason"], b64decode(kept["attachment"])

    def _owner(self, connection: Connection, request_id: str) -> str:
        query = select(rights_request.c.subject_id).where(rights_request.c.id == request_id)
        owner = connection.execute(query).scalar()
        if owner is None:
            raise StorageError(f"there is no request {request_id!r}")
        return str(owner)

    def _exports_count(self, connection: Connection, request_id: str) -> int:
        query = select(func.count()).where(rights_export.c.request_id == request_id)
        return int(connection.execute(query).scalar_one())

    def _steps_count(self, connection: Connection, request_id: str) -> int:
        query = select(func.count()).where(rights_step.c.request_id == request_id)
        return int(connection.execute(query).scalar_one())
