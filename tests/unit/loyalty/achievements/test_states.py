"""R4: any delivery of the same events, twice, late or in any order, ends in the same state.

Events are made first and delivered whenever it pleases: refunds before their payments, payments
after their buyer became somebody else. After each step what is held is compared with a plain count
over all that was delivered; at the end the same events go into an empty store in another order.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from retention_sdk.context import order_of
from retention_sdk.loyalty import PointsLedger
from retention_sdk.loyalty.achievements import AchievementBook
from retention_sdk.loyalty.clawback import target
from retention_sdk.model import (
    CustomersMerged,
    Engagement,
    Money,
    OrderCancelled,
    OrderPaid,
    OrderRefunded,
)
from retention_sdk.pipeline.loyalty.track import LoyaltyTrack
from retention_sdk.pipeline.people import note_person
from retention_sdk.storage import open_store
from retention_sdk.storage.subject_merges import survivor_of
from tests.unit.loyalty.achievements.kit import ADA, BOB, a_program, engaged, merged, paid

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
NOW = START + timedelta(days=400)
# What fails here takes minutes to make small; the seed that is printed is enough to repeat it.
PHASES = [phase for phase in Phase if phase is not Phase.shrink]
SCALE = 20 if os.environ.get("RETENTION_SOAK") else 1
TEA, SPEND, SET, STREAK, MONTHLY, CRITIC, ROLLING = (
    {
        "id": "tea",
        "kind": "orders",
        "levels": [
            {"key": "one", "target": 1, "points": 5},
            {"key": "three", "target": 3, "points": 7},
        ],
    },
    {
        "id": "spend",
        "kind": "spend",
        "repeats": "on_completion",
        "levels": [{"target_minor": {"EUR": 50_00}, "points": 3}],
    },
    {"id": "set", "kind": "collection", "skus": ["a", "b", "c"], "levels": [{"points": 11}]},
    {"id": "streak", "kind": "streak", "levels": [{"target": 2, "points": 13}]},
    {
        "id": "monthly",
        "kind": "orders",
        "period": "month",
        "repeats": "each_period",
        "levels": [{"target": 2, "points": 2}],
    },
    {"id": "critic", "kind": "reviews", "levels": [{"target": 2, "points": 4}]},
    {
        "id": "rolling",
        "kind": "orders",
        "period": "rolling",
        "rolling_days": 20,
        "repeats": "on_completion",
        "levels": [{"target": 2, "points": 1}],
    },
)
PROGRAM = a_program(TEA, SPEND, SET, STREAK, MONTHLY, CRITIC, ROLLING)
POINTS = {(a.id, level.key): level.points for a in PROGRAM.achievements for level in a.levels}


class Books:
    """One store into which events are delivered, as the pipeline's snapshot does it."""

    def __init__(self, url: str) -> None:
        self.exit = ExitStack()
        store = self.exit.enter_context(
            open_store(url, key=bytes(32), random_bytes=Random(0).randbytes)
        )
        self.store, self.connection = store, self.exit.enter_context(store.begin())
        self.ledger = PointsLedger(store, PROGRAM)
        self.track = LoyaltyTrack(store, (self.ledger,))
        self.book = AchievementBook(store, self.ledger)
        # A merge concerns accounts that the shop knows: both were told of before.
        for who in (ADA, BOB):
            self.deliver(engaged("survey", who.id, at=START, customer=who))

    def close(self) -> None:
        self.connection.rollback()
        self.exit.close()

    def deliver(self, event) -> None:
        store, connection = self.store, self.connection
        if not store.inbox.receive(connection, [event], now=NOW):
            return
        stored = store.inbox.get(connection, event.id)
        who = stored.subject_id
        note_person(store, connection, event, subject_id=who, now=NOW, loyalty=self.track)
        if order := order_of(event):
            store.orders.record(connection, order, shop_id=event.shop_id, subject_id=who)
        self.track.post(connection, stored, now=NOW)

    def held(self, customer) -> list[tuple[str, str, str]]:
        who = self.who(customer)
        return sorted(each.name for each in self.book.held(self.connection, who))

    def balance(self, customer) -> int:
        state = self.ledger.balance(self.connection, self.who(customer), now=NOW)
        return state.balance - state.debt

    def who(self, customer) -> str:
        shop_id = paid("0").shop_id
        found = self.store.subjects.find(self.connection, shop_id, f"id:{customer.id}")
        return survivor_of(self.connection, found)


class AchievementMachine(RuleBasedStateMachine):
    """Two people and all that they do, made in one order and delivered in another."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.books = Books(self.url)
        self.made, self.delivered = [], []
        self.number = 0

    def teardown(self) -> None:
        try:
            findings = tuple(self.books.ledger.verify(self.books.connection).findings)
            states = [(self.books.held(who), self.books.balance(who)) for who in (ADA, BOB)]
        finally:
            self.books.close()
        again = Books("sqlite://")
        try:
            events = list({event.id: event for event in self.delivered}.values())
            Random(len(events)).shuffle(events)
            for event in events:
                again.deliver(event)
            found = [(again.held(who), again.balance(who)) for who in (ADA, BOB)]
        finally:
            again.close()
        assert () == findings
        assert states == found

    # What happens -------------------------------------------------------------------------------

    @rule(
        who=st.sampled_from([ADA, BOB]),
        day=st.integers(0, 120),
        euros=st.integers(1, 60),
        sku=st.sampled_from("abcd"),
    )
    def order(self, who, day, euros, sku):
        self.number += 1
        at = START + timedelta(days=day)
        self.made.append(paid(f"{self.number}", at=at, customer=who, euros=euros, sku=sku))

    @precondition(lambda self: any(isinstance(e, OrderPaid) for e in self.made))
    @rule(data=st.data(), part=st.sampled_from([1, 2, 3, 4]))
    def refund(self, data, part):
        event = data.draw(st.sampled_from([e for e in self.made if isinstance(e, OrderPaid)]))
        back = max(1, event.order.total.minor * part // 4)
        order = event.order.model_copy(update={"refunded": Money(minor=back, currency="EUR")})
        self.made.append(
            OrderRefunded(
                id=f"refund:{order.id}:{back}",
                shop_id=event.shop_id,
                occurred_at=event.occurred_at + timedelta(days=part),
                order=order,
            )
        )

    @precondition(lambda self: any(isinstance(e, OrderPaid) for e in self.made))
    @rule(data=st.data())
    def cancel(self, data):
        event = data.draw(st.sampled_from([e for e in self.made if isinstance(e, OrderPaid)]))
        at = event.occurred_at + timedelta(days=2)
        order = event.order.model_copy(update={"cancelled_at": at})
        self.made.append(
            OrderCancelled(
                id=f"cancel:{order.id}", shop_id=event.shop_id, occurred_at=at, order=order
            )
        )

    @rule(who=st.sampled_from([ADA, BOB]), number=st.integers(1, 3))
    def review(self, who, number):
        self.made.append(engaged("review", f"{who.id}:{number}", at=START, customer=who))

    @rule()
    def become_one(self):
        self.made.append(merged(ADA, BOB, at=START))

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def deliver(self, data):
        """Deliver anything that happened, whether it was delivered before or not."""
        event = data.draw(st.sampled_from(self.made))
        self.delivered.append(event)
        self.books.deliver(event)

    @precondition(lambda self: len(self.made) > len(self.delivered))
    @rule()
    def deliver_the_newest(self):
        self.delivered.append(self.made[-1])
        self.books.deliver(self.made[-1])

    # What must hold -----------------------------------------------------------------------------

    def persons(self):
        """Return who stands for whom, from what was delivered."""
        is_one = any(isinstance(e, CustomersMerged) for e in self.delivered)
        return [(ADA, {ADA.id, BOB.id})] if is_one else [(ADA, {ADA.id}), (BOB, {BOB.id})]

    def orders_of(self, ids):
        """Return what was delivered of each order: paid or not, and the largest refund."""
        found = {}
        for event in self.delivered:
            order = order_of(event)
            if order is None or order.customer.id not in ids:
                continue
            kept = found.setdefault(order.id, {"order": order, "back": 0, "is_paid": False})
            back = order.refunded.minor if order.refunded else 0
            back = order.total.minor if order.cancelled_at else back
            kept["back"] = max(kept["back"], back)
            kept["is_paid"] |= isinstance(event, OrderPaid)
        return list(found.values())

    @invariant()
    def levels_are_those_that_a_plain_count_gives(self):
        for who, ids in self.persons():
            held = self.books.held(who)
            assert len(set(held)) == len(held)
            assert self.expected(ids) == [name for name in held if name[0] != "rolling"]

    def expected(self, ids):
        orders = [o for o in self.orders_of(ids) if o["back"] < o["order"].total.minor]
        months = sorted((o["order"].paid_at.year, o["order"].paid_at.month) for o in orders)
        reviews = {
            e.reference
            for e in self.delivered
            if isinstance(e, Engagement) and e.customer.id in ids
        }
        net = sum(o["order"].total.minor - o["back"] for o in orders)
        found = [("spend", "done", str(n + 1)) for n in range(net // 50_00)]
        found += [("tea", "one", "")] * (len(orders) >= 1)
        found += [("tea", "three", "")] * (len(orders) >= 3)
        skus = {line.sku for o in orders for line in o["order"].lines}
        found += [("set", "done", "")] * ({"a", "b", "c"} <= skus)
        follows = {(y + m // 12, m % 12 + 1) for y, m in months}
        found += [("streak", "done", "")] * bool(follows & set(months))
        found += [
            ("monthly", "done", f"{y}-{m:02}") for y, m in set(months) if months.count((y, m)) > 1
        ]
        found += [("critic", "done", "")] * (len(reviews) >= 2)
        return sorted(found)

    @invariant()
    def points_are_those_of_orders_and_of_levels_that_are_held(self):
        for who, ids in self.persons():
            earned = 0
            for each in self.orders_of(ids):
                points = each["order"].total.minor // 100
                ratio = Fraction(each["back"], each["order"].total.minor)
                earned += (points - target(points, ratio)) * each["is_paid"]
            given = sum(POINTS[name[:2]] for name in self.books.held(who))
            assert earned + given == self.books.balance(who)


AchievementMachine.TestCase.settings = settings(
    max_examples=8 * SCALE,
    stateful_step_count=25,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestAchievements = AchievementMachine.TestCase


class PostgresMachine(AchievementMachine):
    """The same on PostgreSQL, replayed on SQLite: both come to the same state."""


PostgresMachine.TestCase.settings = settings(
    AchievementMachine.TestCase.settings, max_examples=2 * SCALE, stateful_step_count=25
)


class TestAchievementsOnPostgres(PostgresMachine.TestCase):
    @pytest.fixture(autouse=True)
    def server(self, request):
        PostgresMachine.url = request.getfixturevalue("postgres").database(bytes(32))
