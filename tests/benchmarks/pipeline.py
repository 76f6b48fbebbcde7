"""Orders per second through the whole pipeline, beside rendering alone and the store alone.

Run with `make bench`. Wall time on one process; every order is new.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from pydantic import SecretStr

from retention_sdk import Brand, Config, OrderPaid, Retention, Sender, Shop
from retention_sdk.config import StoreConfig
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.testing import an_order

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORDERS = 60


@contextmanager
def new_shop() -> Iterator[Retention]:
    with tempfile.TemporaryDirectory() as directory:
        config = Config(
            shop=Shop(
                id="bench", name="Bench", country="DE", currency="EUR", email="bench@shop.example"
            ),
            brand=Brand(name="Bench", sender=Sender(name="Mira Sand")),
            store=StoreConfig(url=f"sqlite:///{directory}/bench.db", key=SecretStr(token_hex(32))),
            loyalty=Program(rates={"EUR": Rate(points=1, per_minor=100)}),
            channels={"folder": {"directory": f"{directory}/out"}},
            directory=str(Path(directory)),
        )
        with Retention(config, clock=lambda: NOW) as shop:
            yield shop


def event(number: int) -> OrderPaid:
    order = an_order(id=f"bench-{number}")
    return OrderPaid(id=f"bench:{number}:paid", shop_id="bench", occurred_at=NOW, order=order)


def run_whole(shop: Retention, number: int) -> None:
    """Take one order from the event to files; half a run must not count as a fast one."""
    (outcome,) = shop.ingest([event(number)])
    made = {delivery.surface for delivery in outcome.deliveries}
    if outcome.state != "done" or made != {"card", "email"}:
        raise SystemExit(
            f"order {number} is {outcome.state} after {outcome.stages}: {outcome.error}"
        )


def per_second(work: Callable[[int], object]) -> float:
    work(0)
    begin = time.perf_counter()
    for number in range(1, ORDERS + 1):
        work(number)
    return ORDERS / (time.perf_counter() - begin)


def main() -> None:
    with new_shop() as shop:
        whole = per_second(lambda number: run_whole(shop, number))
    with new_shop() as shop:
        stored = per_second(lambda number: shop.accept([event(number)]))
        printed = per_second(lambda number: shop.print_card(an_order(id=f"p-{number}")))
    print(f"Python {sys.version.split()[0]}, {ORDERS} orders, one process")
    print(f"{'whole pipeline (card, mail, points, decisions)':50}{whole:10.1f} orders/s")
    print(f"{'card alone':50}{printed:10.1f} orders/s   {printed / whole:6.1f} x")
    print(f"{'store alone (one commit each)':50}{stored:10.1f} orders/s   {stored / whole:6.1f} x")


if __name__ == "__main__":
    main()
