"""A store on each database, and people who do not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk.model import (
    Customer,
    LineKind,
    Money,
    Order,
    OrderLine,
    OrderPaid,
)
from retention_sdk.storage import Store, open_store

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def key() -> bytes:
    return KEY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a store on every database; what looks into the file only where there is one."""
    if "store_url" in metafunc.fixturenames:
        databases = ["sqlite"] if "path" in metafunc.fixturenames else ["sqlite", "postgresql"]
        metafunc.parametrize("store_url", databases, indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a database of its own; on PostgreSQL a copy of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('path')}"
    return str(request.getfixturevalue("postgres").database(KEY))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with open_store(store_url, key=KEY) as opened:
        yield opened


@pytest.fixture
def make_customer() -> Callable[..., Customer]:
    def make(**changes: object) -> Customer:
        values = {
            "id": "42",
            "given_name": "Zenobia",
            "family_name": "Quillfeather",
            "email": "zenobia@quill.example",
            **changes,
        }
        return Customer.model_validate(values)

    return make


@pytest.fixture
def make_order(make_customer: Callable[..., Customer]) -> Callable[..., Order]:
    def make(order_id: str = "1001", **changes: object) -> Order:
        price = Money(minor=3890, currency="EUR")
        line = OrderLine(
            id="l1",
            title="Teapot",
            quantity=1,
            unit_price=price,
            total=price,
            kind=LineKind.PHYSICAL,
        )
        values = {
            "id": order_id,
            "number": order_id,
            "placed_at": NOW - timedelta(minutes=5),
            "paid_at": NOW,
            "currency": "EUR",
            "total": price,
            "lines": (line,),
            "customer": make_customer(),
            **changes,
        }
        return Order.model_validate(values)

    return make


@pytest.fixture
def make_paid(make_order: Callable[..., Order]) -> Callable[..., OrderPaid]:
    def make(order_id: str = "1001", *, raw: bytes = b"", **changes: object) -> OrderPaid:
        return OrderPaid(
            id=f"test:shop:order:{order_id}:paid",
            shop_id="shop",
            occurred_at=NOW,
            order=make_order(order_id, **changes),
            raw=raw,
        )

    return make
