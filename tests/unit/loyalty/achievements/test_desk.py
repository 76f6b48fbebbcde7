"""Joining, leaving, visiting, and what the end of a challenge or a streak leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import LedgerError
from retention_sdk.model import (
    AchievementEarned,
    ChallengeEnded,
    CustomerErased,
    Engagement,
    Erasure,
)
from retention_sdk.testing import a_customer, a_shop
from tests.unit.loyalty.achievements.kit import (
    ADA,
    BOB,
    NOW,
    a_program,
    engaged,
    merged,
    paid,
    person,
    refunded,
    tell,
    who,
)

ADVENT = {
    "id": "advent",
    "kind": "orders",
    "starts": "2026-12-01T00:00",
    "ends": "2026-12-25T00:00",
    "join": "opt_in",
    "names": {"en": "Advent", "de": "Advent, Advent"},
    "levels": [{"target": 2, "points": 30, "reward": "mug"}],
}
MUG = {"id": "mug", "kind": "gift", "points": 400, "names": {"en": "Our mug"}}
STREAK = {"id": "monthly", "kind": "streak", "levels": [{"target": 3, "points": 10}]}
DECEMBER = datetime(2026, 12, 3, 12, tzinfo=UTC)


class Shop:
    """A shop with a clock that is set by hand."""

    def __init__(self, make_shop, *achievements, **changes):
        self.now = NOW
        program = a_program(*achievements, **{"rewards": [MUG], **changes})
        self.app = make_shop(loyalty=program, clock=lambda: self.now)
        self.desk = self.app.loyalty.achievements

    def tell(self, *events):
        tell(self.app, *events)

    def seen(self, name, customer=ADA):
        return next(v for v in self.desk.progress_of(customer) if v.achievement == name)

    def steps(self, customer=ADA):
        with self.app.store.reading() as connection:
            owner = who(self.app, connection, customer)
            history = self.app.store.achievements.history(connection, "points", owner)
        return [(s.step, s.achievement, s.number, s.reason, s.occurred_at) for _, s in history]


def test_only_who_joined_takes_part_and_only_from_then_on(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"))

    assert (True, False) == (shop.seen("advent").is_challenge, shop.seen("advent").may_join)

    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER - timedelta(hours=1)))

    assert shop.seen("advent").may_join
    assert shop.desk.join(ADA, "advent", source="banner")
    assert not shop.desk.join(ADA, "advent")
    assert 0 == shop.seen("advent").progress.count

    shop.now += timedelta(days=1)
    shop.tell(paid("2", at=shop.now), paid("3", at=shop.now))
    view = shop.seen("advent")

    assert [("done", 30, "mug")] == [(h.level, h.points, h.reward) for h in view.held]
    assert view.progress.is_done


def test_who_leaves_keeps_what_was_earned(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"))
    shop.desk.join(ADA, "advent")
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER))
    shop.now += timedelta(days=1)

    assert shop.desk.leave(ADA, "advent", source="preferences")
    assert not shop.desk.leave(ADA, "advent")
    assert 1 == len(shop.seen("advent").held)
    assert not shop.seen("advent").progress.has_joined


def test_joining_completes_a_challenge_that_counts_from_its_start(make_shop):
    shop = Shop(make_shop, {**ADVENT, "counts_from": "start"})
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER))
    shop.desk.join(ADA, "advent")

    assert 1 == len(shop.seen("advent").held)
    with shop.app.store.reading() as connection:
        pending = [each.event for each in shop.app.store.inbox.pending(connection)]
    assert not any(isinstance(event, AchievementEarned) for event in pending)


@pytest.mark.parametrize(
    ("name", "day", "reason"),
    [("advent", 25, "over"), ("monthly", 1, "by itself"), ("other", 1, "no achievement")],
)
def test_what_cannot_be_joined_says_why(make_shop, name, day, reason):
    shop = Shop(make_shop, ADVENT, STREAK)
    shop.tell(paid("0"))
    shop.now = datetime(2026, 12, day, 12, tzinfo=UTC)
    with pytest.raises(LedgerError, match=reason):
        shop.desk.join(ADA, name)


def test_somebody_nobody_knows_is_refused(make_shop):
    shop = Shop(make_shop, ADVENT)
    for ask in (shop.desk.progress_of, lambda c: shop.desk.join(c, "advent")):
        with pytest.raises(LedgerError, match="not known"):
            ask(a_customer(id="stranger", email="stranger@example.org"))


def test_names_come_in_the_language_that_is_asked_for(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"))

    assert "Advent, Advent" == shop.desk.progress_of(ADA, locale="de-AT")[0].name
    assert "Advent" == shop.desk.progress_of(ADA, locale="fa")[0].name


def test_a_challenge_that_ends_is_noted_once_for_who_took_part(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"), paid("b", customer=BOB))
    shop.desk.join(ADA, "advent")
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER, customer=BOB))
    for day in (26, 27):
        shop.now = datetime(2026, 12, day, tzinfo=UTC)
        shop.app.run_due(now=shop.now)
    end = datetime(2026, 12, 25, tzinfo=UTC)

    assert [("ended", "advent", 1, "the time was over", end)] == shop.steps()
    assert [] == shop.steps(BOB)


def ends(shop):
    """Return what was told of challenges that ended: whose, the level they hold, the next."""
    with shop.app.store.reading() as connection:
        owners = shop.app.store.subjects.of_shop(connection, shop.app.config.shop.id)
        events = [e for who in owners for e in shop.app.store.people.events(connection, who)]
    return sorted(
        (e.customer.id, e.level, e.next_level) for e in events if isinstance(e, ChallengeEnded)
    )


def run(shop, *days):
    for day in days:
        shop.now = day
        shop.app.run_due(now=shop.now)


AFTER = (datetime(2026, 12, 26, tzinfo=UTC), datetime(2027, 12, 27, tzinfo=UTC))


def test_the_end_of_a_challenge_is_told_once_to_those_who_joined(make_shop):
    shop = Shop(make_shop, ADVENT)
    eve = person(1)
    shop.tell(paid("0"), paid("b", customer=BOB), paid("e", customer=eve))
    for customer in (ADA, BOB):
        shop.desk.join(customer, "advent")
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER), paid("3", customer=eve, at=DECEMBER))
    run(shop, DECEMBER)
    before = ends(shop)
    run(shop, *AFTER)

    assert [] == before
    assert [(ADA.id, "done", ""), ("bob", "", "done")] == ends(shop)
    assert [] == [step for step in shop.steps() if step[0] == "ended"]


def test_the_end_of_a_challenge_for_all_is_told_to_those_who_did_something(make_shop):
    """With the highest level they hold; what nobody joined goes by what was bought."""
    levels = [{"key": "one", "target": 1}, {"key": "three", "target": 3}]
    shop = Shop(make_shop, {**ADVENT, "join": "automatic", "levels": levels})
    shop.tell(paid("b", customer=BOB))
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER))
    run(shop, *AFTER)

    assert [(ADA.id, "one", "three")] == ends(shop)


def test_who_left_and_who_was_erased_hear_of_no_end(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"), paid("b", customer=BOB))
    for customer in (ADA, BOB):
        shop.desk.join(customer, "advent")
    shop.desk.leave(ADA, "advent")
    erasure = Erasure(customer_id=BOB.id, email=BOB.email)
    forget = {"id": "erase", "shop_id": shop.app.config.shop.id, "occurred_at": NOW}
    shop.app.ingest([CustomerErased(erasure=erasure, **forget)])
    run(shop, *AFTER)

    assert [] == ends(shop)


def test_two_who_became_one_hear_of_one_end(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"), paid("b", customer=BOB))
    for customer in (ADA, BOB):
        shop.desk.join(customer, "advent")
    shop.tell(merged(ADA, BOB))
    run(shop, *AFTER)

    assert [(ADA.id, "", "done")] == ends(shop)


def test_a_challenge_of_each_month_ends_once(make_shop):
    """A month that ends within it is noted, and is no end of it."""
    monthly = {**ADVENT, "join": "automatic", "period": "month", "ends": "2027-01-20T00:00"}
    shop = Shop(make_shop, {**monthly, "repeats": "each_period", "levels": [{"target": 2}]})
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER))
    run(shop, datetime(2027, 1, 2, tzinfo=UTC))
    january = ends(shop)
    run(shop, datetime(2027, 1, 21, tzinfo=UTC))

    assert ([], [(ADA.id, "done", "")]) == (january, ends(shop))


def test_a_streak_that_breaks_is_noted_and_one_that_goes_on_is_not(make_shop):
    shop = Shop(make_shop, STREAK)
    shop.tell(paid("1"))
    shop.now = DECEMBER
    shop.tell(paid("2", at=DECEMBER))
    shop.now = datetime(2027, 1, 31, 23, tzinfo=UTC)
    shop.app.run_due(now=shop.now)

    assert [] == shop.steps()

    shop.now = datetime(2027, 2, 3, tzinfo=UTC)
    shop.app.run_due(now=shop.now)
    end = datetime(2027, 2, 1, tzinfo=UTC)

    assert [("ended", "monthly", 2, "the streak broke", end)] == shop.steps()


def test_a_run_after_a_year_notes_what_a_run_a_day_would_have(make_shop, tmp_path):
    found = []
    for name, step in (("seldom", 400), ("often", 20)):
        folder = tmp_path / name
        folder.mkdir()
        monthly = {"id": "m", "kind": "orders", "period": "month", "levels": [{"target": 5}]}
        shop = Shop(
            lambda folder=folder, **kw: make_shop(
                store={"url": f"sqlite:///{folder}/shop.db", "key": "42" * 32}, **kw
            ),
            STREAK,
            monthly,
        )
        shop.tell(paid("1"))
        for days in range(0, 401, step):
            shop.now = NOW + timedelta(days=days)
            shop.app.run_due(now=shop.now)
        found.append(shop.steps())

    assert found[0] == found[1]
    assert [("ended", "m", 1), ("ended", "monthly", 1)] == [step[:3] for step in found[0]]


def test_a_day_of_visits_counts_once_and_only_while_it_is_asked_for(make_shop):
    fair = {
        "id": "fair",
        "kind": "visits",
        "days": ["2026-11-21", "2026-11-22"],
        "levels": [{"target": 2, "points": 5}],
    }
    shop = Shop(make_shop, fair)
    shop.tell(paid("1"))

    assert shop.desk.visit(ADA).is_new
    assert not shop.desk.visit(ADA, at=NOW + timedelta(hours=3)).is_new
    shop.now = NOW + timedelta(days=1)
    shop.desk.visit(ADA)
    assert 1 == len(shop.seen("fair").held)
    shop.now = NOW + timedelta(days=2)
    assert None is shop.desk.visit(ADA)
    assert None is Shop(make_shop, STREAK).desk.visit(ADA)


def test_a_review_that_is_taken_back_takes_its_level_along(make_shop):
    shop = Shop(make_shop, {"id": "critic", "kind": "reviews", "levels": [{"target": 1}]})
    shop.tell(paid("1"), engaged("review", "r1"))

    assert 1 == len(shop.seen("critic").held)
    assert shop.desk.take_back(ADA, "review", "r1")
    assert not shop.desk.take_back(ADA, "review", "r1")
    assert () == shop.seen("critic").held


def test_choices_of_two_who_become_one_are_both_kept(make_shop):
    shop = Shop(make_shop, ADVENT)
    shop.tell(paid("0"), paid("b", customer=BOB))
    shop.desk.join(BOB, "advent")
    shop.now = DECEMBER
    shop.tell(paid("1", at=DECEMBER), paid("2", at=DECEMBER, customer=BOB))
    shop.tell(merged(ADA, BOB, at=DECEMBER))

    assert shop.seen("advent").progress.has_joined
    assert 1 == len(shop.seen("advent").held)


def test_the_erased_leave_no_goods_and_no_deeds(make_shop):
    teas = {"id": "teas", "kind": "variety", "levels": [{"target": 2}]}
    shop = Shop(make_shop, teas, {"id": "critic", "kind": "reviews", "levels": [{"target": 5}]})
    shop.tell(paid("1", product_id="tea"), engaged("review", "r1"))
    shop.app.ingest(
        [
            CustomerErased(
                id="erased",
                shop_id=a_shop().id,
                occurred_at=NOW,
                erasure=Erasure(customer_id=ADA.id, email=ADA.email),
            )
        ]
    )
    with shop.app.store.reading() as connection:
        for table in ("order_goods", "deed"):
            assert 0 == connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()


def test_an_engagement_that_is_told_twice_counts_once(make_shop):
    shop = Shop(make_shop, {"id": "critic", "kind": "reviews", "levels": [{"target": 2}]})
    shop.tell(paid("1"), engaged("review", "r1"))
    again = engaged("review", "r1").model_copy(update={"id": "other-delivery"})
    assert isinstance(again, Engagement)
    shop.tell(again)

    assert 1 == shop.seen("critic").progress.count


def test_a_refund_that_is_told_before_its_payment_counts_for_nothing(make_shop):
    shop = Shop(make_shop, {"id": "one", "kind": "orders", "levels": [{"target": 1, "points": 5}]})
    event = paid("1")
    shop.tell(refunded(event))
    shop.tell(event)

    assert () == shop.seen("one").held
