"""What several processes deliver of one customer at the same time, each in an order of its own."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from retention_sdk.context import order_of
from retention_sdk.loyalty import PointsLedger
from retention_sdk.loyalty.achievements import AchievementBook
from retention_sdk.pipeline.loyalty.track import LoyaltyTrack
from retention_sdk.storage import Board, Member, Store, open_store
from tests.unit.loyalty.achievements.kit import ADA, NOW, a_program, engaged, paid, refunded

PROGRAM = a_program(
    {
        "id": "orders",
        "kind": "orders",
        "repeats": "on_completion",
        "levels": [{"target": 2, "points": 7}],
    },
    {"id": "set", "kind": "collection", "skus": ["a", "b", "c"], "levels": [{"points": 11}]},
    {"id": "critic", "kind": "reviews", "levels": [{"target": 2, "points": 4}]},
)


def all_events():
    """Return what happened: nine orders, two of them given back, and two reviews."""
    orders = [
        paid(f"o{n}", at=NOW + timedelta(days=n - 40), sku="abc"[n % 3], euros=10 + n)
        for n in range(9)
    ]
    gone = [refunded(orders[n], euros=10 + n, at=NOW) for n in (4, 7)]
    return [*orders, *gone, engaged("review", "r1"), engaged("review", "r2")]


def deliver(url: str, seed: int) -> int:
    """Deliver all of it in some order, each event in a transaction; return how many were new."""
    events, new = all_events(), 0
    Random(seed).shuffle(events)
    with open_store(url, key=bytes(32)) as store:
        track = LoyaltyTrack(store, (PointsLedger(store, PROGRAM),))
        for event in events:
            with store.begin() as connection:
                if not store.inbox.receive(connection, [event], now=NOW):
                    continue
                stored, new = store.inbox.get(connection, event.id), new + 1
                if order := order_of(event):
                    store.orders.record(
                        connection, order, shop_id=event.shop_id, subject_id=stored.subject_id
                    )
                track.post(connection, stored, now=NOW)
    return new


def state(store: Store) -> tuple[list[tuple[str, str, str]], int, tuple[object, ...]]:
    """Return what the customer holds, the points, and what is wrong with the books."""
    ledger = PointsLedger(store, PROGRAM)
    with store.reading() as connection:
        who = store.subjects.find(connection, paid("0").shop_id, f"id:{ADA.id}")
        held = AchievementBook(store, ledger).held(connection, who)
        balance = ledger.balance(connection, who, now=NOW).balance
        findings = tuple(ledger.verify(connection).findings)
    return sorted(each.name for each in held), balance, findings


def ask_for_a_name(url: str, number: int) -> bool:
    """Ask for the same name as everybody else; return whether one got it."""
    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        shop_id = paid("0").shop_id
        who = store.subjects.subject_for(connection, shop_id, f"id:n{number}", now=NOW)
        return store.leaderboards.join(
            connection,
            Board("points", "monthly"),
            Member(who, "Otter", NOW),
            shop_id=shop_id,
            likeness="otter",
        )
