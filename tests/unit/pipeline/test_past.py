"""The past taken in chunks ends in the same books as event by event, whatever stands in it."""

from __future__ import annotations

import os
import random

import pytest

from retention_sdk.hooks import hookimpl
from retention_sdk.model import (
    ConsentState,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    Engagement,
    Erasure,
    Money,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
)
from retention_sdk.pipeline.incoming import past
from retention_sdk.testing import a_consent, a_customer
from tests.unit.pipeline.books import books_of
from tests.unit.pipeline.due_shop import NOON, an_order_of, day, program

SEEDS = range(40 if os.environ.get("RETENTION_SOAK") else 2)
MUG = {"id": "mug", "kind": "gift", "points": 400, "names": {"en": "Our mug"}}
RANKS = [{"key": "silver", "from_minor": {"EUR": 50_00}}]
RULES = [
    {"kind": "signup", "id": "hello", "points": 20},
    {"kind": "review", "id": "said", "points": 5},
    {"kind": "milestone", "id": "first", "orders": (1,), "points": 50},
]
PROGRAM = program(rules=RULES, tiers={"ranks": RANKS})


class Asked:
    """A plugin that is asked about each snapshot: nothing is taken in chunks then."""

    @hookimpl
    def retention_enrich_context(self, context):
        return None


def customers():
    """Return accounts, a guest, and a guest whose address is that of an account."""
    yes = a_consent(ConsentState.GRANTED, recorded_at=day(-300))
    return (
        a_customer(id="1", email="ada@mail.example", birthday="02-29"),
        a_customer(id="2", email="bea@mail.example", consents=(yes,)),
        a_customer(id="3", email="cy@mail.example"),
        a_customer(id="", email="dan@mail.example"),
        a_customer(id="", email="bea@mail.example"),
        a_customer(id="6", email="gone@mail.example"),
        None,
    )


def a_past(shop, seed, count=10):
    """Draw orders with what became of them, accounts, reviews, and two accounts made one."""
    chance, people, told = random.Random(seed), customers(), []

    def tell(event, name, at, **fields):
        told.append(event(id=name, shop_id=shop.id, occurred_at=at, **fields))

    for number in range(count):
        who, at = chance.choice(people), day(-200 + 10 * number)
        order = an_order_of(chance.randrange(1, 90) * 100, order=str(number), customer=who, at=at)
        tell(OrderPlaced, f"placed:{number}", at, order=order)
        if chance.random() < 0.9:
            tell(OrderPaid, f"paid:{number}", at, order=order)
        part = Money(minor=chance.choice((100, order.total.minor)), currency="EUR")
        if chance.random() < 0.3:
            back = order.model_copy(update={"refunded": part})
            tell(OrderRefunded, f"refunded:{number}", day(1 - 200 + 10 * number), order=back)
        if chance.random() < 0.1:
            off = order.model_copy(update={"cancelled_at": at})
            tell(OrderCancelled, f"cancelled:{number}", at, order=off)
        if who and who.id and chance.random() < 0.4:
            tell(CustomerCreated, f"new:{number}", at, customer=who)
            tell(Engagement, f"said:{number}", at, customer=who, kind="review", reference=str(seed))
    half = len(told) // 2
    told.insert(
        chance.randrange(half, len(told)),
        CustomersMerged(
            id="one", shop_id=shop.id, occurred_at=day(-20), customer=people[0], absorbed=("3",)
        ),
    )
    return told + chance.sample(told, 3)


def erased(shop):
    """Let somebody be erased whose orders the past tells of."""
    erasure = Erasure(customer_id="6", email="gone@mail.example")
    shop.app.ingest([CustomerErased(id="gone", shop_id=shop.id, occurred_at=NOON, erasure=erasure)])


def taken(make_due_shop, seed, *, at_once, monkeypatch, **changes):
    """Return the outcomes of a past, and the books after it. Without ``at_once``, step by step."""
    shop = make_due_shop(**{"loyalty": PROGRAM, **changes})
    erased(shop)
    if at_once:
        monkeypatch.setattr(past, "AT_ONCE", at_once)
    else:
        shop.app.plugins.add(Asked(), "asked")
    outcomes = shop.app.remember(a_past(shop, seed))
    assert shop.is_clean()
    return [each.model_copy(update={"cards": ()}) for each in outcomes], books_of(shop)


@pytest.mark.parametrize("seed", SEEDS)
def test_chunks_end_as_step_by_step(make_due_shop, monkeypatch, seed):
    outcomes, books = taken(make_due_shop, seed, at_once=0, monkeypatch=monkeypatch)

    assert {"done"} == {each.state for each in outcomes}
    assert 5 < sum(map(len, books["points"].values()))
    for size in (7, 200):
        found = taken(make_due_shop, seed, at_once=size, monkeypatch=monkeypatch)
        assert (outcomes, books) == found


def test_the_erased_do_not_come_back_with_a_chunk(make_due_shop):
    shop = make_due_shop(loyalty=PROGRAM)
    erased(shop)
    gone, ada = customers()[5], customers()[0]
    told = [
        OrderPaid(
            id=f"paid:{who.id}",
            shop_id=shop.id,
            occurred_at=day(-3),
            order=an_order_of(12_00, order=who.id, customer=who, at=day(-3)),
        )
        for who in (gone, ada)
    ]

    assert ["paid:1"] == [each.event_id for each in shop.app.remember(told)]
    assert {"paid:1"} == set(shop.states("order_paid"))


def a_poisoned_past(shop):
    """Return nine orders, the fifth of which is told twice, with two totals."""
    ada, told = customers()[0], []
    for number in range(9):
        order = an_order_of(10_00, order=str(number), customer=ada, at=day(-9))
        told.append(
            OrderPaid(id=f"paid:{number}", shop_id=shop.id, occurred_at=day(-9), order=order)
        )
    other = an_order_of(11_00, order="4", customer=ada, at=day(-9))
    told.insert(5, OrderPaid(id="poison", shop_id=shop.id, occurred_at=day(-9), order=other))
    return told


def test_one_that_cannot_be_taken_is_named_and_stops_no_other(make_due_shop):
    shop, failures = make_due_shop(loyalty=PROGRAM), []

    class Watcher:
        @hookimpl
        def retention_failed(self, event_id):
            failures.append(event_id)

    shop.app.plugins.add(Watcher(), "watcher")
    outcomes = shop.app.remember(a_poisoned_past(shop))
    states = {each.event_id: each.state for each in outcomes}
    (poison,) = (each for each in outcomes if each.event_id == "poison")

    assert 10 == len(states)
    assert "failed" == states.pop("poison")
    assert {"done"} == set(states.values())
    assert "was used for another request" in poison.error
    assert ["poison"] == failures


def test_a_chunk_is_one_commit(make_due_shop):
    shop = make_due_shop(loyalty=PROGRAM)
    told, commits, begin = a_poisoned_past(shop)[:5], [], shop.store.begin

    def counted():
        commits.append(1)
        return begin()

    shop.store.begin = counted
    shop.app.remember(told)

    assert [1] == commits


def test_what_a_rank_brings_is_given_before_the_next_event(make_due_shop):
    """The first order brings silver and its mug; the second is weighed after that."""
    ranks = [{"key": "silver", "from_minor": {"EUR": 5_00}, "benefits": ["mug"]}]
    shop = make_due_shop(loyalty=program(rewards=[MUG], tiers={"ranks": ranks}))
    shop.app.remember(a_poisoned_past(shop)[:2])
    who = shop.subject("paid:0")

    kinds = [kind for kind, _, _ in shop.history(who)]
    assert ["earn", "earn", "hold", "capture", "earn"] == kinds
