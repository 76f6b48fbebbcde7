"""Scans of cards: that somebody looked, at which hour, with what kind of device. Not who."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from .tables import card_scan


@dataclass(frozen=True, slots=True)
class CardScan:
    """One scan. ``at_hour`` is the full hour in UTC, ``ua_class`` a word such as ``phone``."""

    card_id: int
    variant: int
    at_hour: datetime
    ua_class: str


class ScanLog:
    """Never changed. There is no column for an address, a cookie or a time of the minute."""

    def record(
        self, connection: Connection, card_id: int, *, variant: int, at: datetime, ua_class: str
    ) -> CardScan:
        """Append a scan; of the moment, only the hour is kept."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        scan = CardScan(card_id, variant, hour, ua_class)
        values = {"card_id": card_id, "variant": variant, "at_hour": hour, "ua_class": ua_class}
        connection.execute(insert(card_scan), values)
        return scan

    def of_card(self, connection: Connection, card_id: int) -> tuple[CardScan, ...]:
        """Return the scans of a card, earliest first."""
        table = card_scan.c
        query = select(table.card_id, table.variant, table.at_hour, table.ua_class)
        query = query.where(table.card_id == card_id).order_by(table.seq)
        return tuple(CardScan(*row) for row in connection.execute(query))

    def since(self, connection: Connection, moment: datetime) -> Iterator[CardScan]:
        """Yield the scans of all cards from a moment on, in order of arrival."""
        table = card_scan.c
        query = select(table.card_id, table.variant, table.at_hour, table.ua_class)
        query = query.where(table.at_hour >= moment).order_by(table.seq)
        for row in connection.execute(query):
            yield CardScan(*row)

    def forget(self, connection: Connection, *, before: datetime) -> int:
        """Delete scans whose time is over; return how many."""
        query = delete(card_scan).where(card_scan.c.at_hour < before)
        return connection.execute(query).rowcount
