"""What a refund leaves, worked out by hand: one order of 100 points, and all that may come between.

Read a row as: after this happened, and that much of the order was refunded in these steps, so much
is spendable, so much is pending, so much is owed.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from retention_sdk.loyalty.tiers import TierBook
from retention_sdk.model import Money

DAY = timedelta(days=1)


def nothing(desk):
    return desk.now


def spend_30(desk):
    desk.spend(30)
    return desk.now


def spend_all(desk):
    desk.spend(100)
    return desk.now


def spend_all_and_earn_40_elsewhere(desk):
    desk.spend(100)
    desk.earn(4000, order="2")
    return desk.now


def redeem_and_undo(desk):
    held = desk.hold(60)
    desk.capture(held)
    desk.ledger.holds.refund(desk.connection, held.hold_id, key="undo", now=desk.now)
    return desk.now


def hold_80(desk):
    desk.hold(80)
    return desk.now


def hold_80_and_release(desk):
    desk.release(desk.hold(80))
    return desk.now


def wait_until_expired(desk):
    return desk.now + 11 * DAY


def spend_30_and_wait_until_expired(desk):
    desk.spend(30)
    return desk.now + 11 * DAY


def give_40_away(desk):
    desk.ledger.transfer(
        desk.connection,
        desk.subjects["ada"],
        40,
        to=desk.subjects["bob"],
        key="gift",
        now=desk.now,
    )
    return desk.now


def become_another_account(desk):
    desk.ledger.merge(desk.connection, desk.subjects["bob"], desk.subjects["ada"], now=desk.now)
    desk.subjects["ada"] = desk.subjects["bob"]
    return desk.now


MATRIX = [
    # what came between                  refunded so far          spendable, pending, owed
    (nothing, ["1"], (0, 0, 0)),
    (nothing, ["1/2"], (50, 0, 0)),
    (nothing, ["1/3"], (66, 0, 0)),  # 66.67 points are kept, rounded down as when earning
    (nothing, ["1/3", "2/3"], (33, 0, 0)),
    (nothing, ["1/3", "2/3", "1"], (0, 0, 0)),
    (nothing, ["1/7", "3/7", "3/7", "1/2"], (50, 0, 0)),  # repeated and late notices take nothing
    (nothing, ["1/2", "1/4"], (50, 0, 0)),
    (spend_30, ["1/2"], (20, 0, 0)),
    (spend_30, ["1"], (0, 0, 30)),
    (spend_30, ["1/2", "1"], (0, 0, 30)),
    (spend_all, ["1/4"], (0, 0, 25)),
    (spend_all, ["1"], (0, 0, 100)),
    (spend_all_and_earn_40_elsewhere, ["1/4"], (15, 0, 0)),
    (spend_all_and_earn_40_elsewhere, ["1"], (0, 0, 60)),
    (redeem_and_undo, ["1/2"], (50, 0, 0)),
    (redeem_and_undo, ["1"], (0, 0, 0)),
    (hold_80, ["1/10"], (10, 0, 0)),
    (hold_80, ["1"], (0, 0, 80)),  # what is held is paid for once the hold is resolved
    (hold_80_and_release, ["1"], (0, 0, 0)),
    (wait_until_expired, ["1/2"], (0, 0, 0)),
    (wait_until_expired, ["1"], (0, 0, 0)),  # expired points count as given back
    (spend_30_and_wait_until_expired, ["1/2"], (0, 0, 0)),
    (spend_30_and_wait_until_expired, ["1"], (0, 0, 30)),
    (give_40_away, ["1/2"], (10, 0, 0)),
    (give_40_away, ["1"], (0, 0, 40)),  # the giver pays
    (become_another_account, ["1/2"], (50, 0, 0)),
    (become_another_account, ["1/3", "1"], (0, 0, 0)),
]


@pytest.mark.parametrize(
    ("between", "parts", "left"),
    [pytest.param(*row, id=f"{row[0].__name__} {' '.join(row[1])}") for row in MATRIX],
)
def test_l9_a_refund_leaves_what_was_worked_out_by_hand(desk, between, parts, left):
    desk.use(expires_after_days=10)
    desk.earn(10000, order="1")
    now = between(desk)
    for part in parts:
        desk.refund(part, order="1", now=now)

    state = desk.balance(now=now)
    assert left == (state.balance, state.pending, state.debt)
    assert desk.verify().is_clean


@pytest.mark.parametrize(
    ("policy", "left"),
    [("debt", (0, 0, 30)), ("clamp", (0, 0, 0)), ("only_pending", (70, 0, 0))],
)
def test_what_was_spent_is_asked_back_as_the_programme_says(desk, policy, left):
    desk.use(clawback=policy)
    desk.earn(10000, order="1")
    desk.spend(30)
    desk.refund(1, order="1")

    state = desk.balance()
    assert left == (state.balance, state.pending, state.debt)


@pytest.mark.parametrize(("part", "pending"), [("1/2", 50), ("1", 0)])
def test_points_that_wait_are_taken_back_first(desk, part, pending):
    desk.use(matures_after_days=14)
    desk.earn(10000, order="1")
    desk.refund(part, order="1")

    state = desk.balance()
    assert (0, pending, 0) == (state.balance, state.pending, state.debt)


# After a referral was rewarded: see referrals/test_referral_refunds.py.

# After a change of rank: gold, from 150 euros on, doubles what money earns. Orders of 100, 60 and
# 10 euros earn 100, 60 and, as gold, 20 points. A refund takes what was recorded, not what the
# order would earn by the rank of the day.

GOLD = {"ranks": [{"key": "gold", "from_minor": {"EUR": 150_00}, "points_factor": 2}]}
AFTER_TIER_CHANGE = [
    # orders of so many euros   refunded: order, euros so far      spendable, pending, owed   rank
    ([100, 60], [], (160, 0, 0), "gold"),
    ([100, 60], [("1", 10)], (150, 0, 0), "gold"),
    ([100, 60], [("1", 11)], (149, 0, 0), ""),
    ([100, 60], [("1", 100)], (60, 0, 0), ""),
    ([100, 60, 10], [], (180, 0, 0), "gold"),
    ([100, 60, 10], [("3", 5)], (170, 0, 0), "gold"),  # half of the doubled twenty
    ([100, 60, 10], [("3", 10)], (160, 0, 0), "gold"),
    ([100, 60, 10], [("1", 100)], (80, 0, 0), ""),
    ([100, 60, 10], [("1", 100), ("3", 10)], (60, 0, 0), ""),  # doubled when it was earned
    ([100, 60, 10], [("3", 5), ("1", 50), ("3", 10), ("1", 100)], (60, 0, 0), ""),
    ([100, 60, 10], [("1", 100), ("2", 60), ("3", 10)], (0, 0, 0), ""),
]


@pytest.mark.parametrize(
    ("bought", "back", "left"),
    [pytest.param(*row[:2], row[2:], id=f"{row[0]} {row[1]}") for row in AFTER_TIER_CHANGE],
)
def test_l11_a_refund_after_a_change_of_rank_leaves_what_was_worked_out_by_hand(
    desk, make_order, bought, back, left
):
    ledger, ada = desk.use(tiers=GOLD), desk.subjects["ada"]
    book = TierBook(desk.store, ledger.program, ledger.program.tiers)

    def note(name, order, at):
        desk.store.orders.record(desk.connection, order, shop_id="shop", subject_id=ada)
        return book.update(desk.connection, ada, cause=name, now=at)

    orders = {}
    for number, euros in enumerate(bought, start=1):
        at, name = desk.now + number * DAY, str(number)
        orders[name] = make_order(euros * 100, order_id=name, placed_at=at, paid_at=at)
        desk.store.orders.record(desk.connection, orders[name], shop_id="shop", subject_id=ada)
        desk.earn(euros * 100, order=name, at=at, now=at, placed_at=at, paid_at=at)
        note(f"paid {name}", orders[name], at)
    now = desk.now + 9 * DAY
    for step, (name, euros) in enumerate(back):
        money = Money(minor=euros * 100, currency="EUR")
        ratio = Fraction(money.minor, orders[name].total.minor)
        desk.refund(ratio, order=name, now=now)
        note(f"refund {step}", orders[name].model_copy(update={"refunded": money}), now)

    state = desk.balance(now=now)
    decision = book.update(desk.connection, ada, cause="at last", now=now)
    assert left == ((state.balance, state.pending, state.debt), decision.tier)
    assert desk.verify().is_clean
