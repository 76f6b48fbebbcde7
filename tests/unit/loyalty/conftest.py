"""A programme, orders, and a store in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.model import LoyaltyState, Money, Order, OrderLine, OrderPaid
from retention_sdk.storage import Connection, Store, open_store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


# Where faults are injected one by one, one database is enough to find them.
DATABASES = ["sqlite"] if os.environ.get("RETENTION_SQLITE_ONLY") else ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def open_empty(request) -> Iterator[Callable[..., Store]]:
    """Return a function that opens a new store; all are closed at the end."""
    opened: list[Store] = []

    def open_one(**options: object) -> Store:
        url = "sqlite://"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres").database(bytes(32))
        opened.append(open_store(url, key=bytes(32), **options))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def store(open_empty: Callable[..., Store]) -> Store:
    return open_empty()


@pytest.fixture
def make_program() -> Callable[..., Program]:
    def make(**changes: object) -> Program:
        rates = {"EUR": Rate(points=1, per_minor=100), "JPY": Rate(points=1, per_minor=150)}
        return Program.model_validate({"rates": rates, **changes})

    return make


@pytest.fixture
def ledger(store: Store, make_program: Callable[..., Program]) -> PointsLedger:
    return PointsLedger(store, make_program())


@pytest.fixture
def make_order() -> Callable[..., Order]:
    def make(minor: int = 3890, *, currency: str = "EUR", order_id: str = "1", **changes) -> Order:
        price = Money(minor=minor, currency=currency)
        line = OrderLine(id="l1", title="Teapot", quantity=1, unit_price=price, total=price)
        values = {
            "id": order_id,
            "number": order_id,
            "placed_at": NOW,
            "paid_at": NOW,
            "currency": currency,
            "total": price,
            "lines": (line,),
            **changes,
        }
        return Order.model_validate(values)

    return make


@pytest.fixture
def make_paid(make_order: Callable[..., Order]) -> Callable[..., OrderPaid]:
    def make(minor: int = 3890, *, order_id: str = "1", at: datetime = NOW, **changes) -> OrderPaid:
        order = make_order(minor, order_id=order_id, **changes)
        return OrderPaid(id=f"e{order_id}", shop_id="shop", occurred_at=at, order=order)

    return make


class Desk:
    """A counter with a ledger behind it and two customers before it."""

    def __init__(self, store: Store, connection: Connection, make_program, make_paid) -> None:
        self.store, self.connection, self.now = store, connection, NOW
        self._make_program, self._make_paid = make_program, make_paid
        self.ledger = PointsLedger(store, make_program())
        self.subjects = {
            name: store.subjects.subject_for(connection, "shop", f"id:{name}", now=NOW)
            for name in ("ada", "bob")
        }

    def use(self, **changes: object) -> PointsLedger:
        """Change the programme; the books stay."""
        self.ledger = PointsLedger(self.store, self._make_program(**changes))
        return self.ledger

    def earn(self, minor=3890, *, order="1", who="ada", at=NOW, now=NOW, key="", awards=(), **kw):
        return self.ledger.earn(
            self.connection,
            self._make_paid(minor, order_id=order, at=at, **kw),
            subject_id=self.subjects[who],
            now=now,
            key=key,
            awards=awards,
        )

    def refund(self, ratio, *, order="1", who="ada", now=NOW, key=""):
        return self.ledger.claw_back(
            self.connection,
            self._make_paid(order_id=order),
            subject_id=self.subjects[who],
            now=now,
            ratio=Fraction(ratio),
            key=key,
        )

    def hold(self, points, *, key="hold", now=NOW, ends=NOW + timedelta(days=1)):
        return self.ledger.holds.place(
            self.connection, self.subjects["ada"], points, key=key, now=now, expires_at=ends
        )

    def capture(self, held, points=None, *, key="capture", now=NOW):
        return self.ledger.holds.capture(
            self.connection, held.hold_id, key=key, now=now, points=points
        )

    def release(self, held, *, key="release", now=NOW):
        return self.ledger.holds.release(self.connection, held.hold_id, key=key, now=now)

    def spend(self, points, *, key="spend"):
        return self.capture(self.hold(points, key=key), key=f"{key}:capture")

    def balance(self, who="ada", *, now=NOW) -> LoyaltyState:
        return self.ledger.balance(self.connection, self.subjects[who], now=now)

    def history(self, who="ada"):
        return self.ledger.history(self.connection, self.subjects[who])

    def explain(self, posted):
        return self.ledger.explain(self.connection, posted.txn_id)

    def verify(self):
        return self.ledger.verify(self.connection)

    def count(self, table: str) -> int:
        return self.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


@pytest.fixture
def desk(store, make_program, make_paid) -> Iterator[Desk]:
    with store.begin() as connection:
        yield Desk(store, connection, make_program, make_paid)
