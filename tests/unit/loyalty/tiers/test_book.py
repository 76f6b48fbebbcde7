"""Ranks in a store: recorded with the event, append-only, and the same again from scratch."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.context import order_of
from retention_sdk.errors import StorageError
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.loyalty.tiers import TierLadder
from retention_sdk.loyalty.tiers.book import TierBook
from retention_sdk.model import Money, OrderRefunded
from retention_sdk.storage.subject_merges import note_merge
from retention_sdk.testing import a_customer, a_paid_event, an_order

SPEND = {
    "ranks": [
        {"key": "silver", "from_minor": {"EUR": 100_00}},
        {"key": "gold", "from_minor": {"EUR": 300_00}},
    ]
}
POINTS = {
    "qualify": "points",
    "ranks": [{"key": "silver", "from_count": 100}, {"key": "gold", "from_count": 300}],
}
RATES = {"EUR": Rate(points=1, per_minor=100)}
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


def a_program(tiers=SPEND, **changes):
    return Program.model_validate({"rates": RATES, "tiers": tiers, **changes})


def paid(order_id, euros, *, at=NOW, **changes):
    total = Money(minor=euros * 100, currency="EUR")
    order = an_order(
        id=order_id, number=order_id, customer=a_customer(), placed_at=at, paid_at=at, **changes
    )
    line = order.lines[0].model_copy(update={"unit_price": total, "total": total, "quantity": 1})
    order = order.model_copy(
        update={"total": total, "lines": (line,), "shipping": None, "tax": None, "discounts": ()}
    )
    return a_paid_event(id=f"paid:{order_id}", occurred_at=at, order=order)


def refunded(event, euros, *, at=NOW):
    back = Money(minor=euros * 100, currency="EUR")
    order = event.order.model_copy(update={"refunded": back})
    return OrderRefunded(
        id=f"refund:{order.id}:{euros}", shop_id=event.shop_id, occurred_at=at, order=order
    )


def ranks(shop, event):
    """Return how the rank of an event's customer changed."""
    book = TierBook(shop.store, shop.config.loyalty, shop.config.loyalty.tiers)
    with shop.store.reading() as connection:
        owner = shop.store.orders.owner(connection, event.shop_id, order_of(event).id)
        return [
            (each.tier_before, each.tier, each.reason, each.cause)
            for each in book.history(connection, owner)
        ]


def begin(shop, event):
    """Work on an event up to the commit with its ranks. The card after it would take longer."""
    shop.accept([event])
    assert "context" == next(iter(shop.stages(event.id)))


def loyalty(shop, event):
    with shop.store.reading() as connection:
        from retention_sdk.model import Context

        payload = shop.store.stages.get(connection, event.id, "context")
        return Context.model_validate_json(payload).loyalty


@pytest.mark.parametrize("tiers", [SPEND, POINTS])
def test_an_order_lifts_and_its_refund_lowers_in_the_commit_of_the_event(make_shop, tiers):
    shop = make_shop(loyalty=a_program(tiers))
    first, second = paid("1", 120), paid("2", 200)
    shop.ingest([first])
    shop.ingest([second])
    shop.ingest([refunded(second, 200)])

    assert [
        ("", "silver", "reached", "paid:1"),
        ("silver", "gold", "reached", "paid:2"),
        ("gold", "silver", "refunded", "refund:2:200"),
    ] == ranks(shop, first)


def test_the_snapshot_of_an_event_tells_rank_end_and_progress(make_shop):
    shop = make_shop(loyalty=a_program())
    first, second, third = paid("1", 120), paid("2", 200), paid("3", 5)
    shop.ingest([first])
    shop.ingest([second])
    shop.ingest([third])
    found = [loyalty(shop, event) for event in (first, second, third)]

    assert [("", "silver"), ("silver", "gold"), ("gold", "gold")] == [
        (each.tier_before, each.tier) for each in found
    ]
    assert ("gold", 120_00, 300_00, 180_00, "EUR") == (
        found[0].tier_progress.tier,
        found[0].tier_progress.reached,
        found[0].tier_progress.needed,
        found[0].tier_progress.missing,
        found[0].tier_progress.currency,
    )
    assert None is found[1].tier_progress
    assert "2027-11-20" == found[0].tier_until.isoformat()


def test_a_lower_rank_is_not_told_as_a_new_one(make_shop):
    shop = make_shop(loyalty=a_program())
    first = paid("1", 300)
    back = refunded(first, 150)
    shop.ingest([first])
    shop.ingest([back])
    state = loyalty(shop, back)

    assert ("silver", "silver") == (state.tier_before, state.tier)


def test_a_shop_without_ranks_records_none(make_shop):
    shop = make_shop()
    event = paid("1", 500)
    shop.ingest([event])
    state = loyalty(shop, event)

    assert ("", "", None) == (state.tier, state.tier_before, state.tier_progress)
    with shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM tier_change").scalar()
    assert 0 == rows


def test_an_event_told_twice_changes_a_rank_once(make_shop):
    shop = make_shop(loyalty=a_program())
    event = paid("1", 120)
    for _ in range(3):
        shop.ingest([event])

    assert [("", "silver", "reached", "paid:1")] == ranks(shop, event)


def test_ranks_end_on_their_day_whoever_looks(make_shop):
    clock = [NOW]
    shop = make_shop(loyalty=a_program(), clock=lambda: clock[0])
    event = paid("1", 120)
    shop.ingest([event])
    book = TierBook(shop.store, shop.config.loyalty, shop.config.loyalty.tiers)
    last, after = NOW + timedelta(days=364), NOW + timedelta(days=365)
    with shop.store.begin() as connection:
        owner = shop.store.orders.owner(connection, event.shop_id, "1")
        kept = book.update(connection, owner, cause="due:1", now=last)
        lost = book.update(connection, owner, cause="due:2", now=after)
        again = book.update(connection, owner, cause="due:2", now=after)

    assert ("silver", "kept") == (kept.tier, kept.reason)
    assert ("", "period_ended") == (lost.tier, lost.reason)
    assert ("", "none") == (again.tier, again.reason)
    assert ["paid:1", "due:2"] == [row[3] for row in ranks(shop, event)]


def test_the_history_can_neither_be_changed_nor_deleted(make_shop):
    shop = make_shop(loyalty=a_program())
    shop.ingest([paid("1", 120)])
    for change in ("UPDATE tier_change SET tier = 'gold'", "DELETE FROM tier_change"):
        with pytest.raises(StorageError, match="append-only"), shop.store.begin() as connection:
            connection.exec_driver_sql(change)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("tiers", [SPEND, POINTS])
def test_the_same_events_from_scratch_make_the_same_history(make_shop, tmp_path, seed, tiers):
    chance, events, day = random.Random(seed), [], NOW
    for number in range(12):
        day += timedelta(days=chance.randrange(60))
        known = [each for each in events if each.id.startswith("paid")]
        if known and chance.random() < 0.3:
            event = chance.choice(known)
            most = event.order.total.minor // 100
            events.append(refunded(event, chance.randint(1, most), at=day))
        else:
            events.append(paid(str(number), chance.randint(1, 250), at=day))
    histories = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        clock = [NOW]
        shop = make_shop(
            loyalty=a_program(tiers),
            store={"url": f"sqlite:///{folder}/shop.db", "key": "42" * 32},
            clock=lambda clock=clock: clock[0],
        )
        for event in events:
            clock[0] = event.occurred_at
            begin(shop, event)
        histories.append(ranks(shop, events[0]))

    assert histories[0] == histories[1]
    assert histories[0]
    assert all(a[1] == b[0] for a, b in zip(histories[0], histories[0][1:], strict=False))


def test_people_who_turn_out_to_be_one_share_history_and_points(make_shop):
    shop = make_shop(loyalty=a_program(POINTS))
    event = paid("1", 120)
    shop.ingest([event])
    book = TierBook(shop.store, shop.config.loyalty, shop.config.loyalty.tiers)
    with shop.store.begin() as connection:
        owner = shop.store.orders.owner(connection, event.shop_id, "1")
        other = shop.store.subjects.subject_for(connection, event.shop_id, "id:other", now=NOW)
        alone = book.look(connection, other, now=NOW)
        note_merge(connection, other, owner, now=NOW)
        together = book.look(connection, other, now=NOW)

    assert ("", "silver") == (alone.tier, together.tier)
    assert "kept" == together.reason


def test_anniversaries_are_counted_from_the_first_thing_known_of_a_person(make_shop):
    ladder = {**SPEND, "period": "anniversary"}
    shop = make_shop(loyalty=a_program(ladder))
    early = datetime(2024, 2, 29, 12, tzinfo=UTC)
    event = paid("1", 120, at=early)
    shop.ingest([event])
    book = TierBook(shop.store, shop.config.loyalty, TierLadder.model_validate(ladder))
    with shop.store.reading() as connection:
        owner = shop.store.orders.owner(connection, event.shop_id, "1")
        decision = book.look(connection, owner, now=early)

    assert "2026-02-27" == decision.until.isoformat()


def test_a_programme_without_ranks_keeps_the_version_of_its_rules():
    assert "tiers" not in Program(rates=RATES).model_dump(mode="json")
    assert "tiers" in a_program().model_dump(mode="json")
