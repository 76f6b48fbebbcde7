"""Gifts lie in the next parcel: told where it is packed, handed over with it, each once."""

from __future__ import annotations

import pytest

from retention_sdk.loyalty import Program
from retention_sdk.pipeline.batch import Batch
from retention_sdk.pipeline.desk import PackingDesk
from retention_sdk.pipeline.draw import Medium
from retention_sdk.testing import MemoryChannel, a_customer, a_paid_event, an_order

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


def test_a_batch_tells_gifts_on_the_slip_and_the_desk_sees_the_same(shop):
    pay(shop, "1001")
    pay(shop, "1002")
    shop.loyalty.rewards.redeem(ADA, "mug")
    batch = Batch(
        room=shop.press_room,
        channel=shop.channel("memory"),
        medium=Medium(),
        gifts=shop.loyalty.parcel_gifts,
    )
    slips = list(batch.run_waiting())

    assert [("Our mug (MUG-1)",), ()] == [slip.gifts for slip in slips]
    assert [("mug", "fulfilled", "with order id-1001")] == gifts(shop)
    assert ("Our mug (MUG-1)",) == a_desk(shop).hand_out("1001").gifts
    assert () == a_desk(shop).hand_out("1002").gifts
