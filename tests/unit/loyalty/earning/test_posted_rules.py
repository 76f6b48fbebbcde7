"""Rules in the ledger: milestones and caps look at the books, occasions count once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.loyalty.earning import Occasion
from retention_sdk.model import Consent, ConsentChannel, ConsentState

FIRST = {"kind": "milestone", "id": "first", "orders": [1], "points": 50}
MONTHLY = {"kind": "cap", "id": "monthly", "points": 60, "per": "month"}
SIGNUP = {"kind": "signup", "id": "hello", "points": 20}
NEWSLETTER = {"kind": "newsletter", "id": "letter", "points": 10}
REVIEW = {"kind": "review", "id": "review", "points": 5, "yearly_max": 2}
BIRTHDAY = {"kind": "birthday", "id": "birthday", "points": 30}
YES = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED)
NO = Consent(channel=ConsentChannel.ANY, state=ConsentState.DENIED)


@pytest.fixture
def buy(desk, make_paid):
    """Buy something worth 38 points, as the pipeline does: facts of the order first."""

    def buy(order, **changes):
        event = make_paid(order_id=order)
        subject = desk.subjects["ada"]
        facts = desk.store.orders
        facts.record(desk.connection, event.order, shop_id="shop", subject_id=subject)
        return desk.earn(order=order, **changes)

    return buy


@pytest.fixture
def give(desk):
    def give(kind, *, who="ada", at=None, **changes):
        at = at or desk.now
        occasion = Occasion(kind=kind, occurred_at=at, **changes)
        given = desk.ledger.awards.give(
            desk.connection, occasion, subject_id=desk.subjects[who], now=at
        )
        return given.points if given else None

    return give


def test_the_first_order_is_the_first_that_was_paid(desk, buy):
    desk.use(rules=[FIRST])

    assert [88, 38, 38] == [buy(name).points for name in "123"]
    assert desk.verify().is_clean


def test_a_milestone_comes_again_once_its_order_was_cancelled(desk, buy, make_order):
    """What a refund took back was not given; until then it was."""
    desk.use(rules=[FIRST])
    buy("1")
    gone = make_order(order_id="1", cancelled_at=desk.now)
    desk.store.orders.settle(desk.connection, gone, shop_id="shop")

    assert 38 == buy("2").points
    desk.refund(1)
    desk.store.orders.settle(
        desk.connection, make_order(order_id="2", cancelled_at=desk.now), shop_id="shop"
    )
    assert 88 == buy("3").points


def test_a_cap_counts_what_the_month_brought_less_what_was_taken_back(desk, buy):
    desk.use(rules=[MONTHLY])

    assert [38, 22, 0] == [buy(name).points for name in "123"]
    desk.refund(1, order="2")
    assert 22 == buy("4").points
    assert desk.verify().is_clean


def test_a_new_month_begins_at_local_midnight(desk, buy):
    """In Auckland the first of April begins at 11:00 UTC on 31 March."""
    desk.use(rules=[MONTHLY], time_zone="Pacific/Auckland")
    buy("1", at=datetime(2026, 3, 31, 10, 59, tzinfo=UTC))

    assert 22 == buy("2", at=datetime(2026, 3, 31, 10, 59, 59, tzinfo=UTC)).points
    assert 38 == buy("3", at=datetime(2026, 3, 31, 11, 0, tzinfo=UTC)).points


def test_a_repeated_order_gets_its_first_answer(desk, buy):
    desk.use(rules=[MONTHLY])
    buy("1")
    buy("2")

    assert (38, False) == (buy("1").points, buy("1").is_new)


def test_a_repeated_occasion_changes_nothing(desk, give):
    desk.use(rules=[SIGNUP])

    assert [20, 20] == [give("signup"), give("signup", at=desk.now + timedelta(days=900))]
    assert 20 == desk.balance().balance


def test_an_occasion_without_a_rule_gives_nothing(desk, give):
    desk.use(rules=[FIRST])

    assert None is give("signup")
    assert 0 == desk.count("txn")


@pytest.mark.parametrize(
    ("answers", "expected"),
    [((), None), ((YES,), 10), ((NO,), None), ((NO, YES), None), ((YES, NO), None)],
)
def test_a_newsletter_counts_with_a_consent_only(desk, give, answers, expected):
    desk.use(rules=[NEWSLETTER])

    assert expected == give("newsletter", consents=answers)


def test_a_consent_that_has_run_out_gives_nothing(desk, give):
    desk.use(rules=[NEWSLETTER])
    old = YES.model_copy(update={"expires_at": desk.now - timedelta(seconds=1)})

    assert None is give("newsletter", consents=(old,))


def test_reviews_count_as_often_in_a_year_as_the_rule_says(desk, give):
    desk.use(rules=[REVIEW])

    assert [5, 5, None] == [give("review", reference=name) for name in ("r1", "r2", "r3")]
    assert 5 == give("review", reference="r4", at=desk.now + timedelta(days=365))


def test_an_occasion_cannot_tell_how_good_a_review_was():
    assert {"kind", "occurred_at", "reference", "consents"} == set(Occasion.model_fields)


def test_one_review_does_not_count_for_two_people(desk, give):
    desk.use(rules=[REVIEW])

    assert [5, None] == [give("review", reference="r1", who=who) for who in ("ada", "bob")]
    assert 0 == desk.balance("bob").balance


def test_a_survey_counts_once_for_each_who_answered(desk, give):
    desk.use(rules=[{"kind": "survey", "id": "survey", "points": 7}])

    assert [7, 7, 7] == [give("survey", reference="s", who=who) for who in ("ada", "bob", "ada")]
    assert (7, 7) == (desk.balance().balance, desk.balance("bob").balance)


def test_a_birthday_counts_once_in_a_calendar_year(desk, give):
    desk.use(rules=[BIRTHDAY])
    days = [datetime(2026, 2, 28, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)]

    assert [30, 30] == [give("birthday", at=day) for day in days]
    assert 30 == desk.balance().balance
    give("birthday", at=datetime(2027, 2, 28, 12, tzinfo=UTC))
    assert 60 == desk.balance(now=datetime(2027, 3, 1, tzinfo=UTC)).balance


def test_an_anniversary_counts_once_in_a_calendar_year_and_not_as_a_birthday(desk, give):
    desk.use(rules=[BIRTHDAY, {"kind": "anniversary", "id": "years", "points": 15}])
    told = [("anniversary", 2), ("birthday", 2), ("anniversary", 3)]

    assert [15, 30, 15] == [
        give(kind, at=datetime(2026, 3, day, 12, tzinfo=UTC)) for kind, day in told
    ]
    assert 45 == desk.balance(now=datetime(2026, 3, 4, tzinfo=UTC)).balance
    assert 15 == give("anniversary", at=datetime(2027, 3, 2, 12, tzinfo=UTC))


def test_two_rules_for_one_occasion_add_up_and_caps_hold(desk, give):
    may = {"kind": "signup", "id": "campaign", "points": 50, "starts": "2026-03-01"}
    desk.use(rules=[SIGNUP, may, MONTHLY])

    assert 60 == give("signup")
    assert desk.verify().is_clean


def test_the_history_explains_a_rule_and_an_occasion(desk, buy, give):
    desk.use(rules=[FIRST, SIGNUP])
    posted = buy("1")

    assert "50 points because it was order number 1, by the rule 'first'." in (
        desk.explain(posted).sentence
    )
    give("signup")
    [last] = desk.history()[-1:]
    explained = desk.ledger.explain(desk.connection, last.txn_id)
    assert "20 points were given for signup once." == explained.sentence
