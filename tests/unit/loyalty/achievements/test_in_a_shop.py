"""Achievements in a shop: earned in the commit of an event, revoked by refunds, each told once."""

from datetime import timedelta

import pytest

from retention_sdk.errors import StorageError
from retention_sdk.loyalty.achievements import AchievementBook
from retention_sdk.model import AchievementEarned
from tests.unit.loyalty.achievements.kit import (
    ADA,
    BOB,
    NOW,
    a_program,
    engaged,
    merged,
    paid,
    refunded,
    tell,
    who,
)

TEA = {
    "id": "tea",
    "kind": "orders",
    "levels": [{"key": "bronze", "target": 1, "points": 50}, {"key": "silver", "target": 2}],
}


def held(shop, customer=ADA):
    """Return the levels that a customer holds."""
    with shop.store.reading() as connection:
        book = AchievementBook(shop.store, shop.ledger)
        return sorted(each.name for each in book.held(connection, who(shop, connection, customer)))


def balance(shop, customer=ADA):
    with shop.store.reading() as connection:
        return shop.ledger.balance(connection, who(shop, connection, customer), now=NOW).balance


def told(shop):
    """Return what was told of achievements, in order of arrival."""
    with shop.store.reading() as connection:
        owners = shop.store.subjects.of_shop(connection, shop.config.shop.id)
        events = [e for o in owners for e in shop.store.people.events(connection, o)]
    return [(e.achievement, e.level, e.points) for e in events if isinstance(e, AchievementEarned)]


def test_an_order_earns_points_and_badges_and_tells_of_each(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    tell(shop, paid("1"))
    tell(shop, paid("2"))

    assert [("tea", "bronze", ""), ("tea", "silver", "")] == held(shop)
    assert 20 + 20 + 50 == balance(shop)
    assert [("tea", "bronze", 50), ("tea", "silver", 0)] == told(shop)


def test_what_was_earned_is_worked_on_as_an_event_of_its_own(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    shop.ingest([paid("1")])
    with shop.store.reading() as connection:
        pending = shop.store.inbox.pending(connection)

    assert [("tea", "bronze", 50)] == told(shop)
    assert () == pending


def test_an_event_told_again_changes_nothing(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    for _ in range(3):
        tell(shop, paid("1"))

    assert [("tea", "bronze", "")] == held(shop)
    assert 70 == balance(shop)
    assert 1 == len(told(shop))


def test_a_refund_revokes_what_only_its_order_gave(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    first, second = paid("1"), paid("2")
    tell(shop, first, second)
    tell(shop, refunded(second))

    assert [("tea", "bronze", "")] == held(shop)
    assert 70 == balance(shop)

    tell(shop, refunded(first))

    assert [] == held(shop)
    assert 0 == balance(shop)


def test_what_was_revoked_can_be_earned_again_and_is_told_again(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    first = paid("1")
    tell(shop, first)
    tell(shop, refunded(first))
    tell(shop, paid("2"))

    assert 70 == balance(shop)
    assert [("tea", "bronze", 50)] * 2 == told(shop)


def test_a_level_that_is_kept_survives_its_refund(make_shop):
    shop = make_shop(loyalty=a_program({**TEA, "on_refund": "keep"}))
    first = paid("1")
    tell(shop, first)
    tell(shop, refunded(first))

    assert [("tea", "bronze", "")] == held(shop)
    assert 50 == balance(shop)


def test_a_changed_rule_takes_nothing_away_and_refunds_follow_the_old_one(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    first, second = paid("1"), paid("2")
    tell(shop, first)
    harder = {**TEA, "levels": [{"key": "bronze", "target": 5, "points": 99}]}
    shop.close()
    shop = make_shop(loyalty=a_program(harder))
    tell(shop, second)

    assert [("tea", "bronze", "")] == held(shop)
    assert 20 + 20 + 50 == balance(shop)

    tell(shop, refunded(first), refunded(second))

    assert [] == held(shop)
    assert 0 == balance(shop)


def test_goods_that_no_achievement_asked_for_are_read_from_their_events(make_shop):
    shop = make_shop(loyalty=a_program())
    tell(shop, paid("1", sku="green"), paid("2", sku="black"))
    with shop.store.reading() as connection:
        assert 0 == connection.exec_driver_sql("SELECT count(*) FROM order_goods").scalar()
    shop.close()
    teas = {"id": "teas", "kind": "collection", "skus": ["green", "black", "white"]}
    shop = make_shop(loyalty=a_program({**teas, "levels": [{}]}))
    tell(shop, paid("3", sku="white"))

    assert [("teas", "done", "")] == held(shop)
    with shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT sealed FROM order_goods").scalars().all()
    assert 3 == len(rows)
    assert not any(b"green" in row or b"white" in row for row in rows)


def test_a_review_counts_for_who_wrote_it_first_and_once(make_shop):
    reviews = {"id": "critic", "kind": "reviews", "levels": [{"target": 2, "points": 5}]}
    shop = make_shop(loyalty=a_program(reviews))
    tell(shop, paid("1"), paid("2", customer=BOB))
    tell(shop, engaged("review", "r1"), engaged("review", "r1", customer=BOB))
    tell(shop, engaged("review", "r2", customer=BOB))

    assert ([], []) == (held(shop), held(shop, BOB))

    tell(shop, engaged("review", "r3"))

    assert [("critic", "done", "")] == held(shop)


def test_visits_bring_no_points_by_the_rules(make_shop):
    days = [f"2026-11-{day}" for day in (20, 21, 22)]
    visits = {"id": "fair", "kind": "visits", "days": days, "levels": [{"target": 2}]}
    shop = make_shop(loyalty=a_program(visits))
    tell(shop, paid("1"))
    tell(shop, engaged("visit", "2026-11-20", at=NOW - timedelta(days=1)))
    tell(shop, engaged("visit", "2026-11-21"), engaged("visit", "x", at=NOW))

    assert [("fair", "done", "")] == held(shop)
    assert 20 == balance(shop)


def test_two_who_become_one_hold_each_level_once_and_hear_of_new_ones_only(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    tell(shop, paid("1"), paid("2", customer=BOB))
    tell(shop, merged(ADA, BOB))

    assert [("tea", "bronze", ""), ("tea", "silver", "")] == held(shop)
    assert 20 + 20 + 50 == balance(shop)
    assert [("tea", "bronze", 50), ("tea", "bronze", 50), ("tea", "silver", 0)] == sorted(
        told(shop)
    )


def test_steps_can_neither_be_changed_nor_deleted(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    tell(shop, paid("1"))
    for change in ("UPDATE achievement_step SET points = 9", "DELETE FROM achievement_step"):
        with pytest.raises(StorageError, match="append-only"), shop.store.begin() as connection:
            connection.exec_driver_sql(change)


def test_the_books_verify_after_all_of_it(make_shop):
    shop = make_shop(loyalty=a_program(TEA))
    first, second = paid("1"), paid("2", customer=BOB)
    tell(shop, first, second, refunded(first), merged(ADA, BOB))
    with shop.store.reading() as connection:
        assert () == tuple(shop.ledger.verify(connection).findings)


def test_a_programme_without_achievements_keeps_the_version_of_its_rules():
    assert "achievements" not in a_program().model_dump(mode="json")
    dumped = a_program({**TEA, "names": {"en": "Tea lover"}}).model_dump(mode="json")
    assert "names" not in dumped["achievements"][0]
    assert "leaderboards" not in a_program().model_dump(mode="json")


def test_a_refund_finds_the_rules_of_a_programme_with_rewards_and_referrals(make_shop):
    changes = {
        "rewards": [
            {"id": "soap", "kind": "gift", "points": 9, "sku": "S", "names": {"en": "Soap"}}
        ],
        "referral": {"referrer_points": 5, "friend_reward": "soap"},
    }
    shop = make_shop(loyalty=a_program(TEA, **changes))
    first = paid("1")
    tell(shop, first)
    tell(shop, refunded(first))

    assert [] == held(shop)
    assert 0 == balance(shop)
