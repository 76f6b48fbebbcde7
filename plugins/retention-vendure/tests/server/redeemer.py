"""Redeems rewards on a Vendure server in a process of its own, to be killed.

Arguments: the store's address, the adapter's settings as JSON, a reward, and keys. Writes one line
for each redemption that was acknowledged.
"""

import json
import sys
from pathlib import Path

from retention_vendure.adapter import VendureAdapter

from retention_sdk import Brand, Config, Sender
from retention_sdk.loyalty import Hand, PointsLedger, Program
from retention_sdk.pipeline.rewards.wiring import open_rewards
from retention_sdk.storage import open_store
from retention_sdk.testing import FrozenClock, a_shop

KEY = bytes(range(32))
NAMES = {"en": "A reward"}
POINTS = 10_000


def program(soap="1"):
    """Rewards of the kinds that Vendure makes, each for 100 points."""
    rewards = [
        {"id": "percent", "kind": "percent", "percent": 10},
        {"id": "amount", "kind": "amount", "worth_minor": {"EUR": 500}},
        {"id": "shipping", "kind": "free_shipping"},
        {"id": "soap", "kind": "free_product", "product": soap},
        {"id": "card", "kind": "store_credit", "worth_minor": {"EUR": 500}},
    ]
    return Program.model_validate(
        {
            "rates": {"EUR": {"points": 1, "per_minor": 100}},
            # The tests' clock stands still, and the server's does not.
            "rewards": [{**r, "points": 100, "names": NAMES, "valid_days": 3650} for r in rewards],
            "rewards_platform": "vendure",
        }
    )


def open_desk(store, settings, *, soap="1", clock=None):
    made = program(soap)
    return open_rewards(
        Config(shop=a_shop(), brand=Brand(name="Soap", sender=Sender(name="Mary")), loyalty=made),
        store=store,
        ledgers=[PointsLedger(store, made)],
        adapter=lambda name: VendureAdapter.from_config(settings, shop_id="soap.example"),
        clock=clock or FrozenClock(),
    )


def ada(desk):
    """Return a customer who was given points once."""
    with desk.store.begin() as connection:
        now = desk.clock()
        subject = desk.store.subjects.subject_for(connection, "soap.example", "id:ada", now=now)
        hand = Hand(actor="test", reason="test")
        desk.book.ledger("").adjust(connection, subject, POINTS, hand=hand, key="ada", now=now)
    return subject


def main():
    url, settings, reward, *keys = sys.argv[1:]
    with open_store(url, key=KEY) as store:
        desk = open_desk(store, json.loads(Path(settings).read_text()))
        who = ada(desk)
        for count, key in enumerate(keys):
            issued = desk.redeem(who, reward, key=key)
            sys.stdout.write(f"+{key}\n")
            sys.stdout.flush()
            if count % 2:
                desk.cancel(issued.id, reason="test")


if __name__ == "__main__":
    main()
