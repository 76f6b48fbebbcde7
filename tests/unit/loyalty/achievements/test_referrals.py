"""Friends who brought a reward count, until what it rested on is given back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.loyalty.achievements import AchievementBook
from retention_sdk.model import ReferralRewarded
from retention_sdk.storage import StoredEvent, open_store
from tests.unit.loyalty.referrals.circle import PEOPLE, Circle

FRIENDS = {"id": "friends", "kind": "referrals", "levels": [{"target": 1, "points": 30}]}


@pytest.fixture(params=["sqlite", "postgresql"])
def circle(request):
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database(bytes(32))
    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        yield Circle(store, connection, achievements=[FRIENDS])


def held(circle, name):
    book = AchievementBook(circle.store, circle.ledger)
    return [each.name for each in book.held(circle.connection, circle.who(name))]


def note(circle, event, name):
    book, who = AchievementBook(circle.store, circle.ledger), circle.who(name)
    stored = StoredEvent(event, who, "pending", circle.now)
    return book.note(circle.connection, stored, who, circle.now)


def test_a_friend_counts_with_the_reward_and_not_after_the_refund(circle):
    circle.claim(circle.code_of("ada"), "bob")
    paid = circle.pay("bob", "1")
    note(circle, paid, "bob")

    assert [] == held(circle, "ada")

    circle.wait(20)
    rewarded = ReferralRewarded(
        id="rewarded",
        shop_id="shop",
        occurred_at=circle.now,
        customer=PEOPLE["ada"],
        points=500,
        role="referrer",
    )
    circle.now += timedelta(minutes=1)

    assert 1 == len(note(circle, rewarded, "ada"))
    assert [("friends", "done", "")] == held(circle, "ada")
    assert (530, 200) == circle.points("ada", "bob")

    refund = circle.refund("1")
    note(circle, refund, "bob")

    assert [] == held(circle, "ada")
    assert (0, 0) == circle.points("ada", "bob")
    assert circle.ledger.verify(circle.connection).is_clean
