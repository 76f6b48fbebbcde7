"""Points that no order earned behave like any others."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest

from retention_sdk.errors import IdempotencyConflict, LedgerError
from retention_sdk.loyalty import Cause, LotLife

DAY = timedelta(days=1)
BREAKDOWN = {"parts": [{"source": "review", "points": 50}]}


@pytest.fixture
def give(desk, now):
    def grant(points=50, *, key="g", who="ada", when=now, breakdown=BREAKDOWN, **changes):
        values = {
            "subject_id": desk.subjects[who],
            "cause": Cause("review", "r7"),
            "occurred_at": when,
            "now": when,
            "reason": "Thank you for the review",
            **changes,
        }
        return desk.ledger.grant(
            desk.connection, points=points, key=key, breakdown=breakdown, **values
        )

    return grant


def test_granted_points_can_be_spent(desk, give):
    posted = give()
    desk.spend(20)

    assert ("earn", 50, True) == (posted.kind, posted.points, posted.is_new)
    assert 30 == desk.balance().balance
    assert desk.verify().is_clean


def test_a_repeated_grant_gives_nothing_twice(desk, give):
    first, again = give(), give(reason="in other words", breakdown={})

    assert (first.txn_id, False) == (again.txn_id, again.is_new)
    assert 50 == desk.balance().balance


def test_a_key_of_another_grant_is_refused(desk, give):
    give()

    with pytest.raises(IdempotencyConflict):
        give(60, breakdown={})
    assert 50 == desk.balance().balance


def test_a_grant_matures_and_expires_by_the_programme(desk, give, now):
    desk.use(matures_after_days=3, expires_after_days=10)
    give()

    assert (0, 50) == (desk.balance().balance, desk.balance().pending)
    assert 50 == desk.balance(now=now + 3 * DAY).balance
    assert 0 == desk.balance(now=now + 13 * DAY).balance


def test_a_grant_may_have_a_life_of_its_own(desk, give, now):
    desk.use(matures_after_days=3)
    give(life=LotLife(matures_after_days=0, expires_after_days=2))

    assert 50 == desk.balance(now=now + DAY).balance
    assert 0 == desk.balance(now=now + 2 * DAY).balance


def test_granted_points_repay_a_debt_first(desk, give):
    desk.earn(10000)
    desk.spend(100)
    desk.refund(1)
    give()

    assert (0, 50) == (desk.balance().balance, desk.balance().debt)


def test_a_revoked_grant_is_as_if_it_had_not_been(desk, give, now):
    give()
    posted = desk.ledger.grants.revoke(
        desk.connection, "g", key="back", occurred_at=now, now=now, ratio=Fraction(1, 2)
    )
    desk.ledger.grants.revoke(desk.connection, "g", key="all", occurred_at=now, now=now)

    assert 25 == posted.points
    assert (0, 0) == (desk.balance().balance, desk.balance().debt)
    assert desk.verify().is_clean
    assert "25 points were due back because 1/2 of review r7 no longer counts: 25 spendable." == (
        desk.explain(posted).sentence
    )


def test_an_unknown_grant_cannot_be_revoked(desk, now):
    with pytest.raises(LedgerError, match="nothing was granted"):
        desk.ledger.grants.revoke(desk.connection, "g", key="x", occurred_at=now, now=now)


def test_an_order_called_like_a_grant_is_not_mistaken_for_it(desk, give, now):
    give(key="earn:shop:1")

    with pytest.raises(IdempotencyConflict):
        desk.earn(order="1")
    assert 0 == desk.refund(1, order="1").points
    assert 50 == desk.balance().balance


def test_a_grant_explains_itself(desk, give):
    sentence = "50 points were given for review r7: Thank you for the review."

    explanation = desk.explain(give())

    assert sentence == explanation.sentence
    assert BREAKDOWN == explanation.facts["breakdown"]


def test_the_reason_is_gone_with_its_person(desk, give, now):
    posted = give()
    body, note = desk.connection.exec_driver_sql("SELECT body, sealed_note FROM txn").one()
    assert "Thank" not in body
    assert b"Thank" not in bytes(note)
    desk.store.subjects.erase(desk.connection, desk.subjects["ada"], now=now)

    assert "50 points were given for review r7." == desk.explain(posted).sentence


@pytest.mark.parametrize(("points", "message"), [(0, "cannot be granted"), (49, "add up")])
def test_senseless_grants_are_refused(desk, give, points, message):
    with pytest.raises(LedgerError, match=message):
        give(points)
    assert 0 == desk.count("txn")
