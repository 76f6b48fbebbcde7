"""A shop in a process of its own, to be run beside others, starved of disk, or killed.

Writes one line per acknowledged piece of work, after its commit.
"""

from __future__ import annotations

import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retention_sdk.errors import InsufficientPoints, StorageError
from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.model import Money, Order, OrderLine, OrderPaid
from retention_sdk.storage import Connection, Store, open_store

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_ROOM = 300_000  # bytes that the files of a starving store may still grow by
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)})


def paid(order_id: str, points: int = 10) -> OrderPaid:
    """Return the payment of an order that is worth ``points``."""
    price = Money(minor=points * 100, currency="EUR")
    line = OrderLine(id="l", title="Tea", quantity=1, unit_price=price, total=price)
    order = Order(
        id=order_id, number="1", placed_at=NOW, currency="EUR", total=price, lines=(line,)
    )
    return OrderPaid(
        id=f"e:{order_id}", shop_id="shop", occurred_at=NOW, order=order, raw=b"{}" * 200
    )


def customer(store: Store, connection: Connection) -> str:
    """Return the one customer everybody fights over."""
    return store.subjects.subject_for(connection, "shop", "id:ada", now=NOW)


def work_on(store: Store, ledger: PointsLedger, order_id: str) -> bool:
    """Receive an event, then in one commit record a stage, post points and finish the event."""
    event = paid(order_id)
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=NOW)
    with store.begin() as connection:
        stored = store.inbox.get(connection, event.id)
        if stored is None or stored.state == "done":
            return False
        store.stages.record(
            connection, event.id, "points", b"10", subject_id=stored.subject_id, now=NOW
        )
        owner = customer(store, connection)
        posted = ledger.earn(connection, event, subject_id=owner, now=NOW)
        store.inbox.mark(connection, event.id, "done")
    return posted.is_new


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def earn(store: Store, ledger: PointsLedger, names: list[str]) -> None:
    for name in names:
        is_new = work_on(store, ledger, name)
        say(name if is_new else f"again:{name}")


def spend(store: Store, ledger: PointsLedger, names: list[str]) -> None:
    for name in names:
        try:
            with store.begin() as connection:
                held = ledger.holds.place(
                    connection,
                    customer(store, connection),
                    30,
                    key=name,
                    now=NOW,
                    expires_at=NOW + timedelta(days=1),
                )
            with store.begin() as connection:
                ledger.holds.capture(connection, held.hold_id, key=f"{name}:c", now=NOW)
            say(name)
        except InsufficientPoints:
            say(f"refused:{name}")


def starve(store: Store, ledger: PointsLedger, names: list[str]) -> None:
    """Work until the disk is full, say so, then go on with a larger disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = Path(store.url.partition(":///")[2])
    largest = max(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + _ROOM, hard))
    queue = list(names)
    while queue:
        try:
            say(queue[0] if work_on(store, ledger, queue[0]) else "again")
            queue.pop(0)
        except StorageError as error:
            say(f"full:{error}")
            with store.reading() as connection:
                say(f"clean:{ledger.verify(connection).is_clean}")
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def main() -> None:
    command, url, *names = sys.argv[1:]
    with open_store(url, key=KEY) as store:
        {"earn": earn, "spend": spend, "starve": starve, "open": lambda *_: None}[command](
            store, PointsLedger(store, PROGRAM), names
        )


if __name__ == "__main__":
    main()
