"""What a refund leaves after a referral, worked out by hand; the rest is in test_refund_matrix.

Bob brought Ada, whose first order of 100 points gave her 50 more and him 80. The refund of that
order takes back all three, from whoever holds what.
"""

from __future__ import annotations

import pytest

from tests.unit.loyalty.referrals.circle import DAY, Circle


def referral_rewarded(circle):
    circle.wait(14)


def referral_not_due(circle):
    circle.wait(13)


def friend_spent_30(circle):
    circle.wait(14)
    spend(circle, "ada", 30)


def friend_spent_all(circle):
    circle.wait(14)
    spend(circle, "ada", 150)


def referrer_spent_80(circle):
    circle.wait(14)
    spend(circle, "bob", 80)


def friend_gave_40_to_referrer(circle):
    circle.wait(14)
    ada, bob = circle.who("ada"), circle.who("bob")
    circle.ledger.transfer(circle.connection, ada, 40, to=bob, key="gift", now=circle.now)


def referral_points_expired(circle):
    circle.wait(14)
    circle.wait(31)


def friend_bought_again(circle):
    circle.wait(14)
    circle.pay("ada", "2", total="40.00 EUR")


def spend(circle, name, points):
    ends = circle.now + DAY
    held = circle.ledger.holds.place(
        circle.connection, circle.who(name), points, key=name, now=circle.now, expires_at=ends
    )
    circle.ledger.holds.capture(
        circle.connection, held.hold_id, key=f"{name}:capture", now=circle.now
    )


AFTER_REFERRAL = [
    # what came between            euros back so far   the friend's, the referrer's, the referral
    (referral_not_due, [50], (100, 0, 0), (80, 0, 0), "rewarded"),  # the day after
    (referral_not_due, [100], (0, 0, 0), (0, 0, 0), "rejected"),
    (referral_not_due, [50, 100], (0, 0, 0), (0, 0, 0), "rejected"),
    (referral_rewarded, [0], (150, 0, 0), (80, 0, 0), "rewarded"),
    (referral_rewarded, [50], (100, 0, 0), (80, 0, 0), "rewarded"),  # some of it was kept
    (referral_rewarded, [100], (0, 0, 0), (0, 0, 0), "clawed"),
    (referral_rewarded, [25, 75, 100, 100], (0, 0, 0), (0, 0, 0), "clawed"),
    (friend_spent_30, [50], (70, 0, 0), (80, 0, 0), "rewarded"),
    (friend_spent_30, [100], (0, 0, 30), (0, 0, 0), "clawed"),
    (friend_spent_all, [100], (0, 0, 150), (0, 0, 0), "clawed"),
    (referrer_spent_80, [50], (100, 0, 0), (0, 0, 0), "rewarded"),
    (referrer_spent_80, [100], (0, 0, 0), (0, 0, 80), "clawed"),
    (friend_gave_40_to_referrer, [100], (0, 0, 40), (40, 0, 0), "clawed"),  # the giver pays
    (referral_points_expired, [100], (0, 0, 0), (0, 0, 0), "clawed"),
    (friend_bought_again, [100], (40, 0, 0), (0, 0, 0), "clawed"),
]


@pytest.mark.parametrize(
    ("between", "euros", "left"),
    [pytest.param(*row[:2], row[2:], id=f"{row[0].__name__} {row[1]}") for row in AFTER_REFERRAL],
)
def test_l11_a_refund_after_a_referral_leaves_what_was_worked_out_by_hand(
    store, between, euros, left
):
    friend, referrer, state = left
    rule = {"referrer_points": 80, "friend_points": 50, "return_days": 14}
    rates = {"EUR": {"points": 1, "per_minor": 100}}
    with store.begin() as connection:
        circle = Circle(store, connection, rule=rule, rates=rates, expires_after_days=30)
        code = circle.code_of("bob")
        circle.pay("ada", "1", total="100.00 EUR", coupon_codes=(code,))
        between(circle)
        for number, back in enumerate(euros):
            circle.refund("1", back * 100, again=str(number))
        circle.wait(1)

        found = [
            circle.ledger.balance(connection, circle.who(name), now=circle.now)
            for name in ("ada", "bob")
        ]
        assert [friend, referrer] == [(each.balance, each.pending, each.debt) for each in found]
        assert [state] == circle.states()
        assert circle.ledger.verify(connection).is_clean
