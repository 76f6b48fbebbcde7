"""Points given back, adjusted, donated, given away and merged keep their lots, dates and debts."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from retention_sdk.errors import IdempotencyConflict, InsufficientPoints, LedgerError
from retention_sdk.loyalty import Hand, LotLife

DAY = timedelta(days=1)
HAND = Hand(actor="support", reason="Parcel was late, sorry Ada")


@pytest.fixture
def redeemed(desk, now):
    """100 points that expire in 10 days and 100 that never do; 150 of them are redeemed."""
    desk.use(expires_after_days=10)
    desk.earn(10000, order="1")
    desk.use()
    desk.earn(10000, order="2")
    held = desk.hold(150)
    desk.capture(held)
    return held


@pytest.fixture
def give_back(desk, now):
    def refund(held, points=None, *, key="back", at=now, grace_days=0):
        return desk.ledger.holds.refund(
            desk.connection, held.hold_id, key=key, now=at, points=points, grace_days=grace_days
        )

    return refund


def lots(desk, columns="available, redeemed, expired"):
    return desk.connection.exec_driver_sql(f"SELECT {columns} FROM lot ORDER BY id").all()


# Refunded redemptions ------------------------------------------------------------------------


def test_a_refunded_redemption_is_as_if_it_had_not_been(desk, redeemed, give_back, now):
    posted = give_back(redeemed)

    assert ("refund_redemption", 150) == (posted.kind, posted.points)
    assert [(100, 0, 0), (100, 0, 0)] == lots(desk)
    assert 100 == desk.balance(now=now + 10 * DAY).balance
    assert desk.verify().is_clean


def test_a_part_goes_back_to_the_lot_that_was_spent_last(desk, redeemed, give_back):
    give_back(redeemed, 60)

    assert [(10, 90, 0), (100, 0, 0)] == lots(desk)


@pytest.mark.parametrize("split", [[150], [1, 149], [50, 50, 50], [60, 30, 60]])
def test_any_split_of_a_refund_ends_alike(desk, redeemed, give_back, split):
    for place, points in enumerate(split):
        give_back(redeemed, points, key=f"back {place}")

    assert [(100, 0, 0), (100, 0, 0)] == lots(desk)
    with pytest.raises(LedgerError, match="0 points of hold"):
        give_back(redeemed, 1, key="more")


def test_l7_no_more_is_given_back_than_was_captured(desk, redeemed, give_back):
    give_back(redeemed, 100)

    with pytest.raises(LedgerError, match="50 points of hold"):
        give_back(redeemed, 51, key="more")
    with pytest.raises(LedgerError, match="can be given back"):
        give_back(desk.hold(10, key="open"), key="never captured")


def test_l5_a_repeated_refund_gives_nothing_twice(desk, redeemed, give_back):
    first, again = give_back(redeemed, 60), give_back(redeemed, 60)

    assert (first.txn_id, False) == (again.txn_id, again.is_new)
    assert 110 == desk.balance().balance


def test_l8_points_that_have_expired_meanwhile_expire_at_once(desk, redeemed, give_back, now):
    give_back(redeemed, at=now + 11 * DAY)

    assert [(0, 0, 100), (100, 0, 0)] == lots(desk)
    assert desk.verify().is_clean


def test_a_shop_may_give_expired_points_some_days_of_grace(desk, redeemed, give_back, now):
    give_back(redeemed, at=now + 11 * DAY, grace_days=7)

    assert 200 == desk.balance(now=now + 17 * DAY).balance
    assert 100 == desk.balance(now=now + 18 * DAY).balance
    assert desk.verify().is_clean


def test_points_with_grace_still_pay_for_the_refund_of_their_order(desk, redeemed, give_back, now):
    give_back(redeemed, at=now + 11 * DAY, grace_days=7)
    desk.refund("1/2", order="1", now=now + 11 * DAY)
    desk.refund(1, order="1", now=now + 12 * DAY)

    assert (100, 0) == (desk.balance().balance, desk.balance().debt)


def test_what_comes_back_repays_debt_first(desk, redeemed, give_back):
    desk.refund(1, order="1")
    assert (0, 50) == (desk.balance().balance, desk.balance().debt)
    give_back(redeemed)

    assert (100, 0) == (desk.balance().balance, desk.balance().debt)


# By hand -------------------------------------------------------------------------------------


def adjust(desk, points, *, key="a", may_owe=False, hand=HAND):
    return desk.ledger.adjust(
        desk.connection,
        desk.subjects["ada"],
        points,
        hand=hand,
        key=key,
        now=desk.now,
        may_owe=may_owe,
    )


def test_points_are_added_by_hand(desk):
    posted = adjust(desk, 25)

    assert ("adjust", 25, 25) == (posted.kind, posted.points, desk.balance().balance)
    assert "25 points were added by support: Parcel was late, sorry Ada." == (
        desk.explain(posted).sentence
    )
    assert desk.verify().is_clean


def test_points_are_taken_by_hand_the_soonest_to_expire_first(desk):
    desk.earn(5000, order="1")
    desk.use(expires_after_days=5)
    desk.earn(5000, order="2")
    posted = adjust(desk, -60)

    assert [(40,), (0,)] == lots(desk, "available")
    assert "60 points were taken by support: Parcel was late, sorry Ada." == (
        desk.explain(posted).sentence
    )
    assert desk.verify().is_clean


def test_no_more_is_taken_by_hand_than_is_there_unless_it_may_be_owed(desk):
    desk.earn(5000)
    with pytest.raises(InsufficientPoints):
        adjust(desk, -60)
    adjust(desk, -60, may_owe=True)

    assert (0, 10) == (desk.balance().balance, desk.balance().debt)
    assert desk.verify().is_clean


def test_a_reason_given_by_hand_is_sealed(desk):
    adjust(desk, 25)

    rows = desk.connection.exec_driver_sql("SELECT body, sealed_note FROM txn").one()
    assert "Ada" not in rows[0]
    assert b"Ada" not in rows[1]


@pytest.mark.parametrize(("actor", "reason"), [("", "because"), ("support", " ")])
def test_nobody_changes_points_without_a_name_and_a_reason(actor, reason):
    with pytest.raises(LedgerError, match="an actor and a reason"):
        Hand(actor=actor, reason=reason)


def test_a_repeated_change_by_hand_changes_nothing(desk):
    adjust(desk, 25)
    assert not adjust(desk, 25).is_new
    with pytest.raises(IdempotencyConflict):
        adjust(desk, 26)
    with pytest.raises(LedgerError, match="nothing to adjust"):
        adjust(desk, 0, key="zero")

    assert 25 == desk.balance().balance


# Donations and gifts -------------------------------------------------------------------------


def donate(desk, points, key="d"):
    return desk.ledger.donate(
        desk.connection,
        desk.subjects["ada"],
        points,
        cause_id="trees",
        key=key,
        now=desk.now,
    )


def test_a_donation_spends_points_once(desk):
    desk.earn(5000)
    posted = donate(desk, 30)
    donate(desk, 30)

    assert "30 points were given to a good cause." == desk.explain(posted).sentence
    assert [(20, 30, 0)] == lots(desk)
    with pytest.raises(InsufficientPoints):
        donate(desk, 21, key="more")
    with pytest.raises(LedgerError, match="one point at least"):
        donate(desk, 0, key="none")
    assert desk.verify().is_clean


def transfer(desk, points, *, key="t", life=None, to="bob", who="ada"):
    return desk.ledger.transfer(
        desk.connection,
        desk.subjects[who],
        points,
        to=desk.subjects[to],
        key=key,
        now=desk.now,
        life=life,
    )


def test_given_points_keep_their_dates(desk, now):
    desk.use(expires_after_days=10)
    desk.earn(5000, order="1")
    desk.use()
    desk.earn(5000, order="2")
    posted = transfer(desk, 70)

    assert ("transfer", 70) == (posted.kind, posted.points)
    assert (30, 70) == (desk.balance().balance, desk.balance("bob").balance)
    assert 20 == desk.balance("bob", now=now + 10 * DAY).balance
    assert (30, 70) == tuple(sum(e.points for e in desk.history(who)) for who in ("ada", "bob"))
    assert desk.verify().is_clean


def test_given_points_may_get_dates_by_policy(desk, now):
    desk.earn(5000)
    transfer(desk, 20, life=LotLife(matures_after_days=1, expires_after_days=2))

    assert (0, 20) == (desk.balance("bob").balance, desk.balance("bob").pending)
    assert 20 == desk.balance("bob", now=now + DAY).balance
    assert 0 == desk.balance("bob", now=now + 3 * DAY).balance


def test_given_points_repay_what_the_taker_owes(desk):
    desk.earn(5000, order="1")
    desk.earn(1000, order="2", who="bob")
    transfer(desk, 10, who="bob", to="ada", key="t1")
    desk.refund(1, order="2", who="bob")
    assert 10 == desk.balance("bob").debt
    transfer(desk, 30, key="t2")

    assert (20, 0) == (desk.balance("bob").balance, desk.balance("bob").debt)
    assert desk.verify().is_clean


def test_the_giver_pays_when_the_order_is_refunded(desk):
    desk.earn(5000)
    transfer(desk, 50)
    desk.refund(1)

    assert (0, 50) == (desk.balance().balance, desk.balance().debt)
    assert 50 == desk.balance("bob").balance


def test_points_that_wait_or_are_not_there_cannot_be_given(desk):
    desk.use(matures_after_days=3)
    desk.earn(5000)

    with pytest.raises(InsufficientPoints):
        transfer(desk, 1)
    for points, to in ((0, "bob"), (5, "ada")):
        with pytest.raises(LedgerError, match="from one person to another"):
            transfer(desk, points, to=to)


def test_a_repeated_gift_is_given_once(desk):
    desk.earn(5000)
    first, again = transfer(desk, 20), transfer(desk, 20)

    assert (first.txn_id, False) == (again.txn_id, again.is_new)
    assert (30, 20) == (desk.balance().balance, desk.balance("bob").balance)


# Merged accounts -----------------------------------------------------------------------------


def merge(desk, *, survivor="bob", absorbed="ada", key=""):
    return desk.ledger.merge(
        desk.connection,
        desk.subjects[survivor],
        desk.subjects[absorbed],
        now=desk.now,
        key=key,
    )


def test_merged_accounts_keep_lots_and_dates(desk, now):
    desk.use(matures_after_days=2, expires_after_days=10)
    desk.earn(5000, order="1")
    desk.use()
    desk.earn(3000, order="2")
    desk.earn(1000, order="3", who="bob")
    merge(desk)

    assert (0, 0) == (desk.balance().balance, desk.balance().pending)
    assert (40, 50) == (desk.balance("bob").balance, desk.balance("bob").pending)
    assert 90 == desk.balance("bob", now=now + 2 * DAY).balance
    assert 40 == desk.balance("bob", now=now + 12 * DAY).balance
    assert desk.verify().is_clean


def test_a_refund_finds_the_points_of_a_merged_account(desk):
    desk.earn(5000, order="1")
    desk.refund("1/5", order="1")
    merge(desk)
    desk.refund("1/2", order="1")
    assert 25 == desk.balance("bob").balance
    desk.refund(1, order="1")

    assert (0, 0) == (desk.balance("bob").balance, desk.balance("bob").debt)
    assert (0, 0) == (desk.balance().balance, desk.balance().debt)
    assert desk.verify().is_clean


def test_expired_points_of_a_merged_account_are_not_asked_back(desk, now):
    desk.use(expires_after_days=1)
    desk.earn(5000, order="1")
    desk.now = now + 2 * DAY
    merge(desk)
    desk.refund(1, order="1", now=now + 3 * DAY)

    assert (0, 0) == (desk.balance("bob").balance, desk.balance("bob").debt)
    assert desk.verify().is_clean


def test_an_open_hold_goes_along_and_keeps_its_name(desk):
    desk.earn(5000)
    held = desk.hold(20)
    merge(desk)
    assert 30 == desk.balance("bob").balance
    desk.capture(held, 15)

    assert 35 == desk.balance("bob").balance
    assert desk.verify().is_clean
    with pytest.raises(LedgerError, match="resolved once only"):
        desk.release(held)


def test_a_redemption_before_the_merge_can_be_refunded_after_it(desk, redeemed, give_back):
    give_back(redeemed, 50, key="before")
    merge(desk)
    give_back(redeemed, key="after")

    assert 200 == desk.balance("bob").balance
    assert desk.verify().is_clean
    with pytest.raises(LedgerError, match="0 points of hold"):
        give_back(redeemed, 1, key="more")


@pytest.mark.parametrize("debtor", ["ada", "bob"])
def test_debt_goes_along_and_is_repaid(desk, debtor):
    other = "bob" if debtor == "ada" else "ada"
    desk.earn(5000, order="1", who=debtor)
    donated = desk.ledger.donate(
        desk.connection, desk.subjects[debtor], 50, cause_id="c", key="d", now=desk.now
    )
    desk.refund(1, order="1", who=debtor)
    desk.earn(8000, order="2", who=other)
    merge(desk)

    assert 50 == donated.points
    assert (30, 0) == (desk.balance("bob").balance, desk.balance("bob").debt)
    assert (0, 0) == (desk.balance().balance, desk.balance().debt)
    assert desk.verify().is_clean


def test_a_merge_can_be_repeated_and_an_account_can_come_back(desk):
    desk.earn(5000, order="1")
    merge(desk, key="m")
    assert not merge(desk, key="m").is_new
    desk.earn(2000, order="2")
    merge(desk)
    merge(desk)

    assert (0, 70) == (desk.balance().balance, desk.balance("bob").balance)
    assert desk.verify().is_clean


def test_merges_in_a_row_keep_holds_and_orders(desk):
    desk.subjects["cyd"] = desk.store.subjects.subject_for(
        desk.connection, "shop", "id:cyd", now=desk.now
    )
    desk.earn(5000, order="1")
    held = desk.hold(20)
    merge(desk)
    merge(desk, survivor="cyd", absorbed="bob")
    desk.release(held)
    desk.refund("1/2", order="1")

    assert 25 == desk.balance("cyd").balance
    assert desk.verify().is_clean


def test_who_has_no_account_has_nothing_to_merge(desk):
    assert merge(desk) is None
    with pytest.raises(LedgerError, match="with itself"):
        merge(desk, survivor="ada")


# Refunds that wait for somebody --------------------------------------------------------------


def decide(desk, review, decision):
    return desk.ledger.reviews.decide(
        desk.connection, review.txn_id, decision, hand=HAND, now=desk.now
    )


def waiting(desk):
    return desk.ledger.reviews.waiting(desk.connection)


def test_under_manual_review_a_refund_moves_nothing(desk):
    desk.use(clawback="manual_review")
    desk.earn(5000)
    posted = desk.refund("1/2")

    (review,) = waiting(desk)
    assert (0, 50) == (posted.points, desk.balance().balance)
    assert (25, Fraction(1, 2), "shop:1") == (review.due, review.ratio, review.cause_id)
    assert (
        "25 points are due back because 1/2 of order shop:1 is refunded; somebody has to decide."
        == desk.explain(posted).sentence
    )
    assert desk.verify().is_clean


@pytest.mark.parametrize(
    ("decision", "balance", "debt"),
    [("debt", 0, 30), ("clamp", 0, 0), ("only_pending", 20, 0), ("waive", 20, 0)],
)
def test_a_decision_is_carried_out_once(desk, decision, balance, debt):
    desk.use(clawback="manual_review")
    desk.earn(5000)
    desk.spend(30)
    desk.refund(1)
    (review,) = waiting(desk)
    decide(desk, review, decision)
    assert not decide(desk, review, decision).is_new

    assert () == waiting(desk)
    assert (balance, debt) == (desk.balance().balance, desk.balance().debt)
    with pytest.raises(IdempotencyConflict):
        decide(desk, review, "waive" if decision == "debt" else "debt")
    assert desk.verify().is_clean


def test_reviews_of_one_order_take_no_more_together_than_the_largest(desk):
    desk.use(clawback="manual_review")
    desk.earn(5000)
    desk.refund("1/2")
    desk.refund(1)
    half, full = waiting(desk)
    decide(desk, full, "debt")
    decide(desk, half, "debt")

    assert (0, 0) == (desk.balance().balance, desk.balance().debt)


def test_what_does_not_wait_cannot_be_decided(desk):
    posted = desk.earn(5000)

    with pytest.raises(LedgerError, match="no refund waits"):
        desk.ledger.reviews.decide(desk.connection, posted.txn_id, "waive", hand=HAND, now=desk.now)
