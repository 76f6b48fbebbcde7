"""Exchanges of points with partners: what was asked, and each step of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from .ids import insert_into
from .subject_merges import same_person
from .tables import account, partner_exchange, partner_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was asked: ``points`` are ours, ``units`` the partner's, ``terms`` the contract then."""

    id: str
    program_id: str
    partner: str
    direction: str
    subject_id: str
    reference: str
    points: int
    units: int
    terms: str
    hold_id: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeStep:
    """How an exchange went on, and by which transaction of the ledger."""

    state: str
    at: datetime
    txn_id: str
    partner_reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredExchange:
    """An exchange with all its steps, oldest first."""

    exchange: Exchange
    steps: tuple[ExchangeStep, ...]

    @property
    def state(self) -> str:
        """How far it came."""
        return self.steps[-1].state


class PartnerRows:
    """Exchanges with partners, append-only."""

    def start(
        self, connection: Connection, exchange: Exchange, step: ExchangeStep
    ) -> StoredExchange:
        """Record an exchange that is not on record yet, with its first step."""
        values = {name: getattr(exchange, name) for name in Exchange.__slots__}
        connection.execute(insert_into(connection, partner_exchange).values(values))
        return self.add(connection, StoredExchange(exchange, ()), step)

    def add(
        self, connection: Connection, known: StoredExchange, step: ExchangeStep
    ) -> StoredExchange:
        """Append a step; return the exchange with it."""
        values = {name: getattr(step, name) for name in ExchangeStep.__slots__}
        numbered = {"exchange_id": known.exchange.id, "number": len(known.steps), **values}
        connection.execute(insert_into(connection, partner_step).values(numbered))
        return StoredExchange(known.exchange, (*known.steps, step))

    def lock_account(self, connection: Connection, program_id: str, subject_id: str) -> None:
        """Let nobody else exchange points of a member until the transaction ends."""
        table = account.c
        query = select(table.id).where(
            table.program_id == program_id, table.subject_id == subject_id
        )
        connection.execute(query.with_for_update(key_share=True))

    def find(
        self, connection: Connection, program_id: str, partner: str, direction: str, reference: str
    ) -> StoredExchange | None:
        """Return the exchange of a partner that goes by a name."""
        table = partner_exchange.c
        query = _of(program_id, partner).where(
            table.direction == direction, table.reference == reference
        )
        return next(iter(_read(connection, query)), None)

    def of_person(
        self,
        connection: Connection,
        program_id: str,
        partner: str,
        subject_id: str,
        *,
        since: datetime,
    ) -> tuple[StoredExchange, ...]:
        """Return what somebody exchanged with a partner since a moment, oldest first."""
        table, people = partner_exchange.c, same_person(connection, subject_id)
        query = _of(program_id, partner).where(
            table.subject_id.in_(people), table.asked_at >= since
        )
        return _read(connection, query)

    def in_state(
        self, connection: Connection, program_id: str, partner: str, states: Collection[str]
    ) -> tuple[StoredExchange, ...]:
        """Return a partner's exchanges that came so far and no further, oldest first."""
        steps, other = partner_step.c, partner_step.alias("other")
        newest = select(func.max(other.c.number)).where(other.c.exchange_id == steps.exchange_id)
        found = select(steps.exchange_id).where(
            steps.state.in_(tuple(states)), steps.number == newest.scalar_subquery()
        )
        query = _of(program_id, partner).where(partner_exchange.c.id.in_(found))
        return _read(connection, query)

    def between(
        self,
        connection: Connection,
        program_id: str,
        partner: str,
        *,
        start: datetime,
        end: datetime,
    ) -> tuple[StoredExchange, ...]:
        """Return a partner's exchanges with a step from ``start`` until just before ``end``."""
        steps = partner_step.c
        moved = select(steps.exchange_id).where(steps.at >= start, steps.at < end)
        query = _of(program_id, partner).where(partner_exchange.c.id.in_(moved))
        return _read(connection, query)


def _of(program_id: str, partner: str) -> Select[Any]:
    table = partner_exchange
    query = select(table).where(table.c.program_id == program_id, table.c.partner == partner)
    return query.order_by(table.c.asked_at, table.c.id)


def _read(connection: Connection, query: Select[Any]) -> tuple[StoredExchange, ...]:
    exchanges = [_exchange(row) for row in connection.execute(query).all()]
    found: dict[str, list[ExchangeStep]] = {each.id: [] for each in exchanges}
    table, names = partner_step, query.with_only_columns(partner_exchange.c.id).order_by(None)
    rows = select(table).where(table.c.exchange_id.in_(names))
    for row in connection.execute(rows.order_by(table.c.exchange_id, table.c.number)).all():
        values = {name: getattr(row, name) for name in ExchangeStep.__slots__}
        found[row.exchange_id].append(ExchangeStep(**values))
    return tuple(StoredExchange(each, tuple(found[each.id])) for each in exchanges)


def _exchange(row: Row[Any]) -> Exchange:
    return Exchange(**{name: getattr(row, name) for name in Exchange.__slots__})
