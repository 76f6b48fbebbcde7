"""How far a shop's orders were read, page by page, so that a crash costs one page at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from .ids import insert_into
from .tables import sync_state


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Where the reading of a platform stands.

    What happened before ``began_at`` is history. What changed before ``seen_until`` is stored; it
    is None until history was read to its end. ``pass_at`` is None while nothing is being read.
    """

    shop_id: str
    platform: str
    began_at: datetime
    since: datetime | None
    seen_until: datetime | None
    orders: int
    pass_at: datetime | None
    pass_since: datetime | None
    cursor: str


class SyncRows:
    """One row per platform of a shop. Every step is refused once another process did it."""

    def get(self, connection: Connection, shop_id: str, platform: str) -> SyncState | None:
        """Return the state of a platform, None before its first sync."""
        query = select(sync_state).where(_is(shop_id, platform))
        row = connection.execute(query).mappings().one_or_none()
        return SyncState(**row) if row else None

    def begin(
        self,
        connection: Connection,
        shop_id: str,
        platform: str,
        *,
        now: datetime,
        since: datetime | None,
    ) -> None:
        """Draw the line between history and news, unless it is drawn."""
        values = {"shop_id": shop_id, "platform": platform, "began_at": now, "since": since}
        query = insert_into(connection, sync_state).values(values)
        connection.execute(query.on_conflict_do_nothing())

    def reach_back(self, connection: Connection, state: SyncState, *, since: datetime) -> None:
        """Ask for more history: what was read is read again from ``since`` on."""
        values = {"since": since, "seen_until": None, "pass_at": None, "pass_since": None}
        self._set(connection, state, state.pass_at, {**values, "cursor": ""})

    def start(
        self, connection: Connection, state: SyncState, *, at: datetime, since: datetime | None
    ) -> bool:
        """Begin a pass over what changed since a moment, or all; False if one is under way."""
        values = {"pass_at": at, "pass_since": since, "cursor": ""}
        return self._set(connection, state, None, values)

    def advance(
        self, connection: Connection, state: SyncState, *, cursor: str, orders: int
    ) -> bool:
        """Note that a page is stored; call it in the transaction that stores the page."""
        values = {"cursor": cursor, "orders": sync_state.c.orders + orders}
        return self._set(connection, state, state.pass_at, values)

    def finish(self, connection: Connection, state: SyncState) -> bool:
        """Note that all pages are stored: whatever changed before the pass began was seen."""
        values = {"seen_until": state.pass_at, "pass_at": None, "pass_since": None, "cursor": ""}
        return self._set(connection, state, state.pass_at, values)

    def _set(
        self,
        connection: Connection,
        state: SyncState,
        pass_at: datetime | None,
        values: dict[str, Any],
    ) -> bool:
        mine = sync_state.c.pass_at == pass_at  # None becomes IS NULL
        query = update(sync_state).where(_is(state.shop_id, state.platform), mine)
        return connection.execute(query.values(**values)).rowcount == 1


def _is(shop_id: str, platform: str) -> ColumnElement[bool]:
    return and_(sync_state.c.shop_id == shop_id, sync_state.c.platform == platform)
