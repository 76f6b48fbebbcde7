"""A process that takes the past of a shop in, and is killed at one of its statements.

Usage: python -m tests.integration.import_worker FOLDER STATEMENTS; 0 statements: to the end.
"""

from __future__ import annotations

import os
import random
import signal
import sys

from sqlalchemy import Engine, event

from retention_sdk.model import Money, OrderPaid, OrderRefunded
from retention_sdk.testing import a_customer
from tests.unit.pipeline.due_shop import Shop, an_order_of, day, program

ORDERS, PAGE = 48, 12
RANKS = {"ranks": [{"key": "silver", "from_minor": {"EUR": 50_00}}]}


def open_shop(folder):
    return Shop(f"sqlite:///{folder}/shop.db", loyalty=program(tiers=RANKS))


def pages(shop_id):
    """Yield what a platform tells of its past, some orders at a time; some were refunded."""
    chance = random.Random(7)
    for first in range(0, ORDERS, PAGE):
        told = []
        for number in range(first, first + PAGE):
            who = a_customer(id=str(number % 9), email=f"{number % 9}@mail.example")
            at, name = day(number - 99), str(number)
            order = an_order_of(chance.randrange(5, 40) * 100, order=name, customer=who, at=at)
            told.append(OrderPaid(id=f"paid:{name}", shop_id=shop_id, occurred_at=at, order=order))
            if number % 5 == 0:
                back = order.model_copy(update={"refunded": Money(minor=300, currency="EUR")})
                kind, fields = OrderRefunded, {"occurred_at": day(number - 98), "order": back}
                told.append(kind(id=f"refunded:{name}", shop_id=shop_id, **fields))
        yield told


def take(shop):
    for told in pages(shop.id):
        shop.app.remember(told)


def main(folder, last):
    count = [0]

    def counted(*_):
        count[0] += 1
        if count[0] == last:
            os.kill(os.getpid(), signal.SIGKILL)

    shop = open_shop(folder)
    event.listen(Engine, "before_cursor_execute", counted)
    take(shop)
    shop.app.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
