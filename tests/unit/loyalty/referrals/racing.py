"""What several processes do to one referral at the same time, or until one dies."""

from __future__ import annotations

import os
from datetime import timedelta

from retention_sdk.storage import open_store
from tests.unit.loyalty.referrals.circle import NOON, Circle


def race(url: str, code: str, number: int) -> str:
    """Claim, order, and look after what is due, as every other process does."""
    with open_store(url, key=bytes(32)) as store:
        with store.begin() as connection:
            Circle(store, connection).claim(code, "bob")
        with store.begin() as connection:
            circle = Circle(store, connection)
            circle.pay("bob", "1", again=str(number), coupon_codes=(code,))
        with store.begin() as connection:
            circle = Circle(store, connection)
            circle.now = NOON + timedelta(days=20)
            found = circle.all()[0].head.id
            return ",".join(
                each.role for each in circle.book.reward(connection, found, at=circle.now)
            )


def die(url: str, step: str) -> None:
    """Do one step and end before it is committed."""
    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        circle = Circle(store, connection)
        circle.now = NOON + timedelta(days=20)
        found = circle.all()[0].head.id
        if step == "reward":
            assert circle.book.reward(connection, found, at=circle.now)
        else:
            circle.pay("bob", "1", again="dying")
        os._exit(9)
