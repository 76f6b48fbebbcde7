"""Discount codes that a platform made for cards, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, select, update

from .ids import insert_into
from .tables import card_code, card_copy, card_step


class CodeState(StrEnum):
    """CREATED can still be redeemed or voided; the others are final."""

    CREATED = "created"
    REDEEMED = "redeemed"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class StoredCode:
    """A code by its identifier: the platform's, or our own name for it. Never what to type."""

    card_id: int
    code_id: str
    platform: str
    state: CodeState
    changed_at: datetime


class CardCodes:
    """One row per code; its state changes once."""

    def record(
        self, connection: Connection, card_id: int, code_id: str, *, platform: str, now: datetime
    ) -> bool:
        """Record a code that a platform made; return False if it is known."""
        values = {
            "card_id": card_id,
            "code_id": code_id,
            "platform": platform,
            "created_at": now,
            "changed_at": now,
        }
        query = insert_into(connection, card_code).on_conflict_do_nothing()
        return connection.execute(query, values).rowcount == 1

    def mark(
        self,
        connection: Connection,
        card_id: int,
        code_id: str,
        state: CodeState,
        *,
        now: datetime,
    ) -> bool:
        """Say that a code was redeemed or voided; return False if that was decided before."""
        table = card_code
        query = (
            update(table)
            .where(
                table.c.card_id == card_id,
                table.c.code_id == code_id,
                table.c.state == CodeState.CREATED,
            )
            .values(state=state, changed_at=now)
        )
        return connection.execute(query).rowcount == 1

    def of_card(self, connection: Connection, card_id: int) -> tuple[StoredCode, ...]:
        """Return the codes of a card."""
        return self._read(connection, card_code.c.card_id == card_id)

    def find(self, connection: Connection, platform: str, code_id: str) -> StoredCode | None:
        """Return a code by the platform's identifier."""
        where = (card_code.c.platform == platform) & (card_code.c.code_id == code_id)
        return next(iter(self._read(connection, where)), None)

    def to_void(self, connection: Connection) -> tuple[StoredCode, ...]:
        """Return the codes that can still be redeemed although their card is void."""
        newest = (
            select(card_copy.c.card_id, func.max(card_copy.c.copy).label("copy"))
            .where(card_copy.c.card_id.in_(select(card_code.c.card_id)))
            .group_by(card_copy.c.card_id)
            .subquery()
        )
        voided = select(card_step.c.card_id).join(
            newest,
            (newest.c.card_id == card_step.c.card_id) & (newest.c.copy == card_step.c.copy),
        )
        voided = voided.where(card_step.c.state == "voided")
        return self._read(
            connection,
            (card_code.c.state == CodeState.CREATED) & card_code.c.card_id.in_(voided),
        )

    def _read(self, connection: Connection, where: object) -> tuple[StoredCode, ...]:
        table = card_code.c
        query = select(table.card_id, table.code_id, table.platform, table.state, table.changed_at)
        rows = connection.execute(
            query.where(where).order_by(table.created_at, table.code_id)  # type: ignore[arg-type] # a condition
        ).all()
        return tuple(
            StoredCode(row.card_id, row.code_id, row.platform, CodeState(row.state), row.changed_at)
            for row in rows
        )
