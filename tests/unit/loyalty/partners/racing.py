"""What several processes ask of the exchange with a partner at the same time."""

from __future__ import annotations

from datetime import UTC, datetime

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty import Cause, PointsLedger, Program, Rate
from retention_sdk.loyalty.partners import PointsPartners
from retention_sdk.storage import open_store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MILES = {
    "id": "miles",
    "out": {"give": 10, "get": 4, "minimum": 10, "daily_max": 300},
    "into": {"give": 5, "get": 10},
}
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)}, partners=[MILES])


def opened(store, connection):
    """Return the ledger, the partners, and the subject of a member with 1,000 points."""
    ledger = PointsLedger(store, PROGRAM)
    member = store.subjects.subject_for(connection, "shop", "id:ada", now=NOON)
    ledger.grant(
        connection,
        subject_id=member,
        points=1000,
        cause=Cause("test", "start"),
        key="start",
        occurred_at=NOON,
        now=NOON,
        reason="",
        breakdown={},
    )
    return ledger, PointsPartners(store, ledger), member


def race(url: str, number: int) -> int:
    """Send five times under names of one's own, receive under one of all; return how many went."""
    sent = 0
    with open_store(url, key=bytes(32)) as store:
        for step in range(5):
            with store.begin() as connection:
                _, partners, member = opened(store, connection)
                partners.receive(connection, member, "miles", 5, reference="theirs", now=NOON)
                name = f"{number}-{step}"
                try:
                    partners.send(connection, member, "miles", 50, reference=name, now=NOON)
                except LedgerError:
                    continue
                partners.confirm(connection, "miles", name, now=NOON)
                sent += 1
    return sent
