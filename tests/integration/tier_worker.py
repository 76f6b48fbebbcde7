"""Tells a shop of paid orders of one customer, in a process of its own."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from retention_sdk import Brand, Retention, Sender, Shop
from retention_sdk.config import Config, StoreConfig
from retention_sdk.loyalty import Program, Rate
from retention_sdk.testing import a_customer, a_paid_event, an_order

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = a_customer(id="1", email="ada@mail.example")
RANKS = [
    {"key": "silver", "from_count": 4},
    {"key": "gold", "from_count": 9, "points_factor": "1.5"},
]


def open_shop(url: str) -> Retention:
    """Return a shop on a database, whose clock stands still."""
    program = Program.model_validate(
        {
            "rates": {"EUR": Rate(points=1, per_minor=100)},
            "tiers": {"qualify": "orders", "ranks": RANKS},
        }
    )
    config = Config(
        shop=Shop(id="shop", name="Soap", country="DE", currency="EUR", language="en"),
        brand=Brand(name="Soap", sender=Sender(name="Ann")),
        store=StoreConfig(url=url, key=SecretStr("00" * 32)),
        loyalty=program,
    )
    return Retention(config, clock=lambda: NOW)


def paid(number: int):
    """Return the event of one order; they come a second apart."""
    at = NOW - timedelta(hours=1) + timedelta(seconds=number)
    order = an_order(id=str(number), number=str(number), customer=ADA, placed_at=at, paid_at=at)
    return a_paid_event(order, id=f"paid:{number}", shop_id="shop", occurred_at=at)


def main() -> None:
    url, first, step, count = sys.argv[1], *map(int, sys.argv[2:])
    with open_shop(url) as shop:
        for number in range(first, count, step):
            outcomes = shop.remember([paid(number)])
            assert ["done"] == [each.state for each in outcomes], outcomes


if __name__ == "__main__":
    main()
