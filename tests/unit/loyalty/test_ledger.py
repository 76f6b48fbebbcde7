"""The ledger by example; ``test_ledger_states`` covers what nobody thought of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from retention_sdk.errors import IdempotencyConflict, InsufficientPoints, LedgerError
from retention_sdk.model import Award, LoyaltyState, Money

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


def state(balance=0, pending=0, debt=0, earned=0) -> LoyaltyState:
    return LoyaltyState(balance=balance, pending=pending, debt=debt, earned=earned)


# Earning -------------------------------------------------------------------------------------


def test_a_paid_order_earns_once(desk):
    first = desk.earn(3890)
    again = desk.earn(3890, now=NOW + DAY)

    assert (38, state(38, earned=38), True) == (first.points, first.balance, first.is_new)
    assert (first.txn_id, first.balance, False) == (again.txn_id, again.balance, again.is_new)
    assert state(38) == desk.balance()
    assert ["earn"] == [each.kind for each in desk.history()]


def test_a_key_for_another_request_is_a_conflict_and_writes_nothing(desk):
    tables = ("account", "txn", "posting", "lot", "hold")
    desk.earn(3890, key="k")
    before = [desk.count(table) for table in tables]

    with pytest.raises(IdempotencyConflict, match="'k'"):
        desk.earn(3891, key="k")
    with pytest.raises(IdempotencyConflict):
        desk.earn(3890, key="k", who="bob")
    with pytest.raises(IdempotencyConflict):
        desk.refund(1, key="k")
    with pytest.raises(IdempotencyConflict):
        desk.hold(1, key="k")

    assert before == [desk.count(table) for table in tables]
    assert state(38) == desk.balance()


def test_the_same_order_for_somebody_else_is_a_conflict(desk):
    desk.earn(3890, who="ada")

    with pytest.raises(IdempotencyConflict):
        desk.earn(3890, who="bob")


def test_new_rules_do_not_disturb_a_redelivery(desk):
    """The shop told the same; that our rules changed since is not its fault."""
    first = desk.earn(3890)
    desk.use(rates={"EUR": {"points": 9, "per_minor": 100}})
    again = desk.earn(3890)
    other = desk.earn(100, order="2")

    assert (38, 38, 9) == (first.points, again.points, other.points)
    assert 2 == desk.count("rule_version")
    assert desk.explain(first).policy_version != desk.explain(other).policy_version


def test_an_order_that_earns_nothing_is_on_record(desk):
    posted = desk.earn(99)
    refused = desk.earn(3890, order="2", currency="USD")

    assert (0, 0) == (posted.points, refused.points)
    assert "no rate for USD" in desk.explain(refused).sentence
    assert not desk.earn(99).is_new
    assert desk.verify().is_clean


def test_points_wait_for_the_end_of_the_return_window(desk):
    desk.use(matures_after_days=14)
    desk.earn(3890)

    assert state(0, pending=38) == desk.balance()
    assert state(0, pending=38) == desk.balance(now=NOW + 14 * DAY - TICK)
    assert state(38) == desk.balance(now=NOW + 14 * DAY)


def test_expired_points_never_count_sweeper_or_not(desk):
    desk.use(expires_after_days=30)
    desk.earn(3890)
    end = NOW + 30 * DAY

    assert state(38) == desk.balance(now=end - TICK)
    assert state(0) == desk.balance(now=end)
    with pytest.raises(InsufficientPoints):
        desk.hold(1, now=end, ends=end + DAY)


def test_a_sweep_writes_down_what_was_true_already_and_only_once(desk):
    desk.use(matures_after_days=14, expires_after_days=30)
    desk.earn(3890)
    for days in (14, 14, 44, 45):
        before = desk.balance(now=NOW + days * DAY)
        desk.ledger.advance(desk.connection, desk.subjects["ada"], now=NOW + days * DAY)
        assert before == desk.balance(now=NOW + days * DAY)

    lines = [(each.kind, each.points, each.occurred_at) for each in desk.history()]
    assert [
        ("earn", 38, NOW),
        ("mature", 0, NOW + 14 * DAY),
        ("expire", -38, NOW + 44 * DAY),
    ] == lines
    assert desk.verify().is_clean


def test_a_payment_told_late_counts_from_the_day_it_was_made(desk):
    """The delay of a webhook neither postpones the maturity nor extends the expiry."""
    desk.use(matures_after_days=14, expires_after_days=30)
    posted = desk.earn(3890, at=NOW, now=NOW + 20 * DAY)

    assert state(38, earned=38) == posted.balance
    assert state(0) == desk.balance(now=NOW + 44 * DAY)


def test_a_payment_told_after_its_points_expired_leaves_nothing_to_spend(desk):
    desk.use(expires_after_days=30)
    posted = desk.earn(3890, at=NOW, now=NOW + 31 * DAY)

    assert (38, 0) == (posted.points, posted.balance.balance)
    assert desk.verify().is_clean


def test_what_somebody_else_holds_is_not_touched(desk):
    desk.earn(3890, order="1", who="ada")
    desk.earn(9900, order="2", who="bob")
    desk.refund(1, order="1")

    assert state(0) == desk.balance("ada")
    assert state(99) == desk.balance("bob")


def test_who_never_bought_has_nothing(desk):
    assert state(0) == desk.balance()
    assert () == desk.history()


# Taking back ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "left"),
    [
        ("0", 38),
        ("1/1000", 37),
        ("1/3", 25),
        ("1/2", 19),
        ("1000/3890", 28),
        ("999/1000", 0),
        ("1", 0),
    ],
)
def test_a_refund_leaves_what_the_smaller_order_would_have(desk, ratio, left):
    desk.earn(3890)
    desk.refund(ratio)

    assert state(left) == desk.balance()


@pytest.mark.parametrize(
    "parts",
    [
        [Fraction(1)],
        [Fraction(1, 3), Fraction(2, 3), Fraction(1)],
        [Fraction(n, 10) for n in range(1, 11)],
        [Fraction(1, 2), Fraction(1, 2), Fraction(1, 4), Fraction(1)],
    ],
)
def test_any_split_of_a_full_refund_takes_exactly_what_was_earned(desk, parts):
    desk.earn(3890)
    taken = [desk.refund(part, key=f"part {n}").points for n, part in enumerate(parts)]

    assert 38 == sum(taken)
    assert state(0) == desk.balance()
    assert desk.verify().is_clean


def test_the_order_itself_says_how_much_was_refunded(desk, make_paid):
    desk.earn(3890)
    event = make_paid(3890, refunded=Money(minor=1000, currency="EUR"))
    desk.ledger.claw_back(desk.connection, event, subject_id=desk.subjects["ada"], now=NOW)

    assert state(28) == desk.balance()


def test_a_smaller_part_told_later_takes_nothing(desk):
    desk.earn(3890)
    desk.refund("1/2")
    late = desk.refund("1/4")

    assert 0 == late.points
    assert "Nothing was left" in desk.explain(late).sentence


@pytest.mark.parametrize("ratio", ["-1/2", "3/2"])
def test_less_than_nothing_or_more_than_all_cannot_be_refunded(desk, ratio):
    with pytest.raises(LedgerError, match="part of 1"):
        desk.refund(ratio)


def test_a_refund_told_before_the_payment_counts_all_the_same(desk):
    early = desk.refund("1/2")
    desk.earn(3890)

    assert 0 == early.points
    assert state(19) == desk.balance()
    assert desk.verify().is_clean


def test_the_account_that_earned_gives_back_whoever_asks(desk):
    """A guest may have become an account between payment and refund."""
    desk.earn(3890, who="ada")
    desk.refund(1, who="bob")

    assert state(0) == desk.balance("ada")
    assert state(0) == desk.balance("bob")


def test_pending_points_are_taken_before_spendable_ones(desk):
    desk.use(matures_after_days=14)
    desk.earn(3890)
    posted = desk.refund("1/2")

    assert {"pending": 19, "available": 0, "expired": 0, "other": 0, "debt": 0} == desk.explain(
        posted
    ).facts["taken"]


def test_spent_points_of_a_refunded_order_are_owed_and_repaid_first(desk):
    desk.earn(3890)
    desk.spend(30)
    desk.refund(1)
    assert state(0, debt=30) == desk.balance()

    desk.earn(2000, order="2")
    assert state(0, debt=10) == desk.balance()
    desk.earn(2000, order="3")
    assert state(10) == desk.balance()
    assert desk.verify().is_clean


def test_points_of_other_orders_pay_before_anything_is_owed(desk):
    desk.earn(3000, order="1")
    desk.earn(2000, order="2")
    desk.spend(30)
    taken = desk.refund(1, order="1")

    facts = desk.explain(taken).facts["taken"]
    assert {"pending": 0, "available": 0, "expired": 0, "other": 20, "debt": 10} == facts
    assert state(0, debt=10) == desk.balance()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("debt", state(0, debt=8)), ("clamp", state(0)), ("only_pending", state(30))],
)
def test_the_policy_says_who_bears_what_was_spent(desk, policy, expected):
    desk.use(clawback=policy)
    desk.earn(3800)
    desk.spend(8)
    desk.refund(1)

    assert expected == desk.balance()
    assert desk.verify().is_clean


@pytest.mark.parametrize("steps", [1, 2, 10])
def test_points_that_had_expired_are_not_asked_back_twice(desk, steps):
    """50 of 100 spent, 50 expired, then refunded: 50 are owed, however the refund is split."""
    desk.use(expires_after_days=30)
    desk.earn(10_000)
    desk.spend(50)
    later = NOW + 40 * DAY
    for step in range(1, steps + 1):
        desk.refund(Fraction(step, steps), now=later)

    assert state(0, debt=50) == desk.balance(now=later)
    assert desk.verify().is_clean


# Holding -------------------------------------------------------------------------------------


def test_what_is_held_cannot_be_held_again(desk):
    desk.earn(3890)
    desk.hold(30)

    with pytest.raises(InsufficientPoints, match="9 points were asked for, 8 are there"):
        desk.hold(9, key="another")


def test_a_partial_capture_gives_the_rest_back(desk):
    desk.earn(3890)
    held = desk.hold(30)
    first = desk.capture(held, 12)
    again = desk.capture(held, 12)

    assert (12, first.txn_id, False) == (again.points, again.txn_id, again.is_new)
    assert state(26) == desk.balance()


def test_a_partial_capture_over_two_lots_takes_only_what_it_says(desk):
    desk.earn(1000, order="1")
    desk.earn(1000, order="2")
    held = desk.hold(15)

    captured = desk.capture(held, 8)

    assert 8 == captured.points
    assert state(12) == desk.balance()


def test_a_hold_is_resolved_once(desk):
    desk.earn(3890)
    held = desk.hold(30)
    desk.release(held)

    with pytest.raises(LedgerError, match="released"):
        desk.capture(held)
    with pytest.raises(LedgerError, match="released"):
        desk.release(held, key="again")
    assert state(38) == desk.balance()


def test_a_hold_that_times_out_gives_everything_back(desk):
    desk.earn(3890)
    held = desk.hold(30)

    assert state(8) == desk.balance(now=NOW + DAY - TICK)
    assert state(38) == desk.balance(now=NOW + DAY)
    with pytest.raises(LedgerError, match="expired"):
        desk.capture(held, now=NOW + DAY)


def test_points_that_come_back_keep_their_expiry(desk):
    """Otherwise holding and releasing would be a way to launder old points into new ones."""
    desk.use(expires_after_days=1)
    desk.earn(3890)
    later = NOW + 2 * DAY
    held = desk.hold(38, ends=NOW + 3 * DAY)
    desk.capture(held, 10, now=later)

    assert state(0) == desk.balance(now=later)
    assert [38, 0, -38] == [each.points for each in desk.history()]
    assert desk.verify().is_clean


def test_points_that_come_back_repay_what_is_owed_first(desk):
    desk.earn(3890)
    held = desk.hold(38)
    desk.refund(1)
    assert state(0, debt=38) == desk.balance()

    desk.release(held)
    assert state(0) == desk.balance()
    assert desk.verify().is_clean


def test_points_that_mature_repay_what_is_owed_first(desk):
    desk.earn(3000, order="1")
    desk.spend(30)
    desk.use(matures_after_days=14)
    desk.earn(2000, order="2")
    desk.use(clawback="debt")
    desk.refund(1, order="1")
    assert state(0, pending=20, debt=30) == desk.balance()

    assert state(0, debt=10) == desk.balance(now=NOW + 14 * DAY)


def test_the_points_that_expire_first_are_spent_first(desk):
    desk.earn(1000, order="1")
    desk.use(expires_after_days=10)
    desk.earn(1000, order="2")
    desk.spend(10)

    assert state(10) == desk.balance(now=NOW + 11 * DAY)


@pytest.mark.parametrize("points", [0, -5])
def test_a_hold_over_nothing_is_refused(desk, points):
    with pytest.raises(LedgerError, match="at least one point"):
        desk.hold(points)


@pytest.mark.parametrize("points", [0, 31, -1])
def test_more_than_is_held_cannot_be_captured(desk, points):
    desk.earn(3890)
    held = desk.hold(30)

    with pytest.raises(LedgerError, match="over 30 points"):
        desk.capture(held, points)


def test_a_hold_that_never_was_is_refused(desk):
    with pytest.raises(LedgerError, match="no hold 'nowhere'"):
        desk.ledger.holds.release(desk.connection, "nowhere", key="r", now=NOW)


def test_what_time_brings_is_worked_off_in_order_of_time(desk):
    """The points released on day 2 repay the debt, so those that mature on day 3 expire on day 4.

    The other way round the customer would keep 10, and it would depend on who looked when.
    """
    desk.earn(1000, order="spent")
    desk.spend(10)
    desk.earn(1000, order="held")
    desk.hold(10, ends=NOW + 2 * DAY)
    desk.refund(1, order="spent")
    desk.use(matures_after_days=3, expires_after_days=1)
    desk.earn(1000, order="brief")
    assert state(0, pending=10, debt=10) == desk.balance()

    assert state(0) == desk.balance(now=NOW + 5 * DAY)


# Explaining ----------------------------------------------------------------------------------


def test_a_posting_explains_itself_in_a_sentence(desk):
    award = Award(points=5, reason="a kind word", plugin="retention-kind")
    earned = desk.earn(3890, shipping=Money(minor=490, currency="EUR"), awards=[award])
    taken = desk.refund("1/3")

    assert (
        "34 points for 34.00 EUR, without 4.90 EUR shipping, at 1 per 1.00 EUR, rounded down "
        "once at the end. 5 points were added by retention-kind (a kind word). "
        "That makes 39 points."
    ) == desk.explain(earned).sentence
    assert (
        "13 points were due back because 1/3 of order shop:1 is refunded: 13 spendable."
    ) == desk.explain(taken).sentence


@pytest.mark.parametrize(
    ("days", "kind", "words"),
    [
        (14, "mature", "38 points became spendable because their waiting time was over."),
        (44, "expire", "38 points expired because their time was over."),
    ],
)
def test_what_time_did_explains_itself(desk, days, kind, words):
    desk.use(matures_after_days=14, expires_after_days=30)
    desk.earn(3890)
    desk.ledger.advance(desk.connection, desk.subjects["ada"], now=NOW + days * DAY)
    last = desk.history()[-1]

    assert (kind, words) == (last.kind, desk.explain(last).sentence)


def test_holds_explain_themselves(desk):
    desk.earn(3890)
    kept = desk.hold(10, key="a")
    given_back = desk.hold(5, key="b")
    captured, released = desk.capture(kept), desk.release(given_back)

    assert "10 points were set aside for a redemption." == desk.explain(kept).sentence
    assert "10 points were redeemed." == desk.explain(captured).sentence
    assert "5 points that were set aside came back." == desk.explain(released).sentence


def test_what_was_never_posted_cannot_be_explained(desk):
    with pytest.raises(LedgerError, match="no transaction 'x'"):
        desk.ledger.explain(desk.connection, "x")


def test_after_erasure_amounts_and_chain_stand_and_words_are_gone(desk):
    award = Award(points=5, reason="for Zenobia", plugin="retention-kind")
    earned = desk.earn(3890, awards=[award])
    assert "Zenobia" in desk.explain(earned).sentence

    desk.store.subjects.erase(desk.connection, desk.subjects["ada"], now=NOW)

    sentence = desk.explain(earned).sentence
    assert "Zenobia" not in sentence
    assert "5 points were added by retention-kind." in sentence
    assert desk.verify().is_clean
    assert 43 == desk.refund(1).points


def test_reasons_of_awards_are_not_in_clear(desk):
    award = Award(points=5, reason="for Zenobia", plugin="retention-kind")
    desk.earn(3890, awards=[award])

    query = "SELECT body, sealed_note, rule_breakdown FROM txn, lot"
    assert "Zenobia" not in str(desk.connection.exec_driver_sql(query).one())
