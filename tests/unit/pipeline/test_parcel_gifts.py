"""Gifts lie in the next parcel: told where it is packed, handed over with it, each once."""

from __future__ import annotations

import pytest

from retention_sdk import OrderCancelled
from retention_sdk.errors import LedgerError
from retention_sdk.loyalty import Program
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.desk import PackingDesk
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.rewards.parcel_gifts_back import put_back, with_order
from retention_sdk.storage import open_store
from retention_sdk.testing import NOON, MemoryChannel, a_customer, a_paid_event, an_order

from .redeeming import Platform, give, make_desk, states

ADA = a_customer()
MUG = {"kind": "gift", "points": 10, "names": {"en": "Our mug", "de": "Unser Becher"}}
REWARDS = [{"id": "mug", "sku": "MUG-1", **MUG}, {"id": "card", **MUG, "names": {"en": "A card"}}]


@pytest.fixture
def shop(make_shop):
    program = Program.model_validate(
        {"rates": {"EUR": {"points": 1, "per_minor": 100}}, "rewards": REWARDS}
    )
    made = make_shop(loyalty=program, delivery={"card": "desk"}, inserts={"holdout_ratio": 0})
    made._channels["memory"] = MemoryChannel()
    return made


def pay(shop, number, **changes):
    order = an_order(id=f"id-{number}", number=number, customer=ADA, **changes)
    shop.ingest([a_paid_event(order, id=f"paid:{number}")])


def a_desk(shop):
    gifts = shop.loyalty.parcel_gifts
    return PackingDesk(
        room=shop.press_room, channel=shop.channel("memory"), medium=Medium(), gifts=gifts
    )


def gifts(shop):
    return [(each.reward, each.state, each.reason) for each in shop.loyalty.rewards.list(ADA)]


def test_the_desk_says_what_else_to_put_in_and_hands_it_over_once(shop):
    pay(shop, "1001")
    pay(shop, "1002")
    shop.loyalty.rewards.redeem(ADA, "mug")
    shop.loyalty.rewards.redeem(ADA, "card")
    first, second = (a_desk(shop).hand_out(number) for number in ("1001", "1002"))

    assert {"Our mug (MUG-1)", "A card"} == set(first.gifts)
    assert "also put in: " in first.sentence
    assert () == second.gifts
    assert {"fulfilled"} == {state for _, state, _ in gifts(shop)}
    assert {"with order id-1001"} == {reason for _, _, reason in gifts(shop)}


def test_a_second_scan_tells_what_the_parcel_had(shop):
    pay(shop, "1001")
    shop.loyalty.rewards.redeem(ADA, "mug")
    desk = a_desk(shop)
    desk.hand_out("1001")

    assert " with Our mug (MUG-1); another copy" in desk.hand_out("1001").sentence
    assert ("Our mug (MUG-1)",) == desk.print_again("1001").gifts


def test_what_is_redeemed_later_goes_with_the_next_parcel(shop):
    pay(shop, "1001")
    a_desk(shop).hand_out("1001")
    shop.loyalty.rewards.redeem(ADA, "mug")
    pay(shop, "1002")

    assert [("mug", "issued", "")] == gifts(shop)
    assert ("Our mug (MUG-1)",) == a_desk(shop).hand_out("1002").gifts


def test_a_cancelled_gift_and_a_parcel_to_somebody_else_have_none(shop):
    pay(shop, "1001", is_gift=True)
    pay(shop, "1002")
    mug = shop.loyalty.rewards.redeem(ADA, "mug")
    to_a_friend = a_desk(shop).hand_out("1001")
    shop.loyalty.rewards.cancel(mug.id, reason="asked for by mail")

    assert () == to_a_friend.gifts
    assert () == a_desk(shop).hand_out("1002").gifts
    assert ["cancelled"] == [state for _, state, _ in gifts(shop)]


def cancel(shop, number):
    """Cancel an order, told twice."""
    order = an_order(id=f"id-{number}", number=number, customer=ADA, cancelled_at=NOON)
    for name in ("one", "two"):
        shop.ingest(
            [
                OrderCancelled(
                    id=f"off:{number}:{name}", shop_id="soap.example", occurred_at=NOON, order=order
                )
            ]
        )


def print_all(shop):
    batch = Batch(
        room=shop.press_room,
        channel=shop.channel("memory"),
        medium=Medium(),
        gifts=shop.loyalty.parcel_gifts,
    )
    return [slip.gifts for slip in batch.run_waiting()]


def test_a_gift_printed_for_an_order_that_is_cancelled_lies_in_the_next_parcel(shop):
    pay(shop, "1000")
    pay(shop, "1001")
    mug = shop.loyalty.rewards.redeem(ADA, "mug")
    assert [("Our mug (MUG-1)",), ()] == print_all(shop)
    cancel(shop, "1000")

    assert [("mug", "issued", "was not sent with order id-1000")] == gifts(shop)
    assert "put no card in" in a_desk(shop).hand_out("1000").sentence
    assert ("Our mug (MUG-1)",) == a_desk(shop).hand_out("1001").gifts
    assert [("mug", "fulfilled", "with order id-1001")] == gifts(shop)
    with shop.store.reading() as connection:
        steps = shop.store.rewards.steps(connection, mug.id)
    assert ["held", "issued", "fulfilled", "issued", "fulfilled"] == [s.state for s in steps]


def test_a_gift_in_a_parcel_that_was_packed_stays_handed_over_for_a_person_to_decide(shop):
    pay(shop, "1001")
    shop.loyalty.rewards.redeem(ADA, "mug")
    print_all(shop)
    a_desk(shop).hand_out("1001")
    cancel(shop, "1001")

    assert [("mug", "fulfilled", "with order id-1001")] == gifts(shop)


def take_back(shop, redeemed):
    reason = "the parcel stayed here"
    shop.loyalty.parcel_gifts.take_back(redeemed.id, reason=reason, now=shop.clock())


def test_a_gift_that_is_taken_back_by_hand_lies_in_the_next_parcel(shop):
    pay(shop, "1001")
    mug = shop.loyalty.rewards.redeem(ADA, "mug")
    a_desk(shop).hand_out("1001")
    cancel(shop, "1001")
    for _ in range(2):
        take_back(shop, mug)
    pay(shop, "1002")

    assert [("mug", "issued", "the parcel stayed here")] == gifts(shop)
    assert ("Our mug (MUG-1)",) == a_desk(shop).hand_out("1002").gifts
    assert [("mug", "fulfilled", "with order id-1002")] == gifts(shop)


def test_what_is_taken_back_can_be_cancelled_and_what_is_void_cannot_be_taken_back(shop):
    pay(shop, "1001")
    mug = shop.loyalty.rewards.redeem(ADA, "mug")
    a_desk(shop).hand_out("1001")
    take_back(shop, mug)
    cancelled = shop.loyalty.rewards.cancel(mug.id, reason="no other parcel")

    assert "cancelled" == cancelled.state
    with pytest.raises(LedgerError, match="a gift that is cancelled lay in no parcel"):
        take_back(shop, mug)


def test_a_batch_tells_gifts_on_the_slip_and_the_desk_sees_the_same(shop):
    pay(shop, "1001")
    pay(shop, "1002")
    shop.loyalty.rewards.redeem(ADA, "mug")

    assert [("Our mug (MUG-1)",), ()] == print_all(shop)
    assert [("mug", "fulfilled", "with order id-1001")] == gifts(shop)
    assert ("Our mug (MUG-1)",) == a_desk(shop).hand_out("1001").gifts
    assert () == a_desk(shop).hand_out("1002").gifts


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_gift_comes_back_once_and_only_from_its_own_parcel(database, request):
    url = "sqlite://"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").database(bytes(32))
    with open_store(url, key=bytes(32)) as store:
        desk = make_desk(store, Platform())
        ada = give(desk, "ada", 100)
        sample, other = desk.redeem(ada, "sample"), desk.redeem(ada, "sample")
        desk.fulfil(sample.id, reason=with_order("1"))
        desk.fulfil(other.id, reason=with_order("2"))
        with store.begin() as connection:
            for number in ("1", "2"):
                order = an_order(id=number)
                store.orders.record(connection, order, shop_id="soap.example", subject_id=ada)
            found = [
                put_back(store, connection, "1", shop_id="soap.example", now=NOON) for _ in range(2)
            ]

        assert [(sample.id,), ()] == found
        assert ["held", "issued", "fulfilled", "issued"] == states(desk, sample.id)
        assert "fulfilled" == states(desk, other.id)[-1]
