"""Several currencies of points in one shop, and points for what is no order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk import Retention
from retention_sdk.config import load_config
from retention_sdk.errors import ConfigError, LedgerError
from retention_sdk.loyalty import Program, Rate
from retention_sdk.model import (
    Award,
    CustomerErased,
    CustomersMerged,
    Erasure,
    OrderRefunded,
)
from retention_sdk.testing import a_customer, a_paid_event, an_order

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = a_customer()
RULES = (
    {"kind": "review", "id": "review", "points": 50, "yearly_max": 2},
    {"kind": "survey", "id": "survey", "points": 30},
)
EURO = {"EUR": Rate(points=1, per_minor=100)}
POINTS = Program(rates=EURO, rules=RULES)
STAMPS = Program(
    id="stamps", unit="stamps", rates={"EUR": Rate(points=1, per_minor=1000)}, matures_after_days=7
)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where cards and mails go
    app = Retention.offline("Soap", sender="Ann", clock=lambda: NOON)
    changes = {"loyalty": POINTS, "points": {"stamps": STAMPS}}
    app.config = app.config.model_copy(update=changes)
    with app:
        yield app


def paid(app, total="38.00 EUR", order_id="1", **changes):
    order = an_order(total, id=order_id, customer=ADA, placed_at=NOON, paid_at=NOON)
    return a_paid_event(order, shop_id=app.config.shop.id, id=f"paid-{order_id}", **changes)


def held(app, customer=ADA):
    """Return what a person has in each currency: to spend, and not yet."""
    with app.store.reading() as connection:
        who = app.store.subjects.find(connection, app.config.shop.id, f"id:{customer.id}")
        states = {
            name: ledger.balance(connection, who, now=NOON) for name, ledger in app.ledgers.items()
        }
    return {name: (state.balance, state.pending) for name, state in states.items()}


def is_clean(app):
    with app.store.reading() as connection:
        return all(ledger.verify(connection).is_clean for ledger in app.ledgers.values())


def test_an_order_earns_in_each_currency_by_its_own_rate(shop):
    (outcome,) = shop.ingest([paid(shop)])
    assert ("done", "") == (outcome.state, outcome.error)
    assert {"points": (38, 0), "stamps": (0, 3)} == held(shop)
    assert is_clean(shop)


def test_the_snapshot_tells_of_all_currencies(shop):
    shop.ingest([paid(shop)])
    with shop.store.reading() as connection:
        stored = shop.store.inbox.get(connection, "paid-1")
    context, _ = shop.pipeline.decisions(stored.event.id)
    assert 38 == context.loyalty.earned
    assert {"stamps": (3, 3)} == {
        name: (each.earned, each.pending) for name, each in context.loyalty.more.items()
    }


def test_a_refund_takes_back_in_each_currency(shop):
    event = paid(shop)
    order = event.order.model_copy(update={"refunded": event.order.total})
    back = OrderRefunded(id="back", shop_id=event.shop_id, occurred_at=NOON, order=order)
    shop.ingest([event, back])
    assert {"points": (0, 0), "stamps": (0, 0)} == held(shop)
    assert is_clean(shop)


def test_merged_people_keep_all_their_currencies(shop):
    shop.ingest([paid(shop)])
    bob = a_customer(id="bob", email="bob@example.com")
    merged = CustomersMerged(
        id="merged",
        shop_id=shop.config.shop.id,
        occurred_at=NOON,
        customer=bob,
        absorbed=(ADA.id,),
    )
    shop.ingest([merged])
    assert {"points": (38, 0), "stamps": (0, 3)} == held(shop, bob)
    assert is_clean(shop)


def test_time_works_in_each_currency(shop):
    shop.ingest([paid(shop)])
    shop.run_due(now=NOON + timedelta(days=8))
    with shop.store.reading() as connection:
        who = shop.store.subjects.find(connection, shop.config.shop.id, f"id:{ADA.id}")
        kinds = [each.kind for each in shop.ledgers["stamps"].history(connection, who)]
    assert ["earn", "mature"] == kinds


def test_an_award_counts_in_the_currency_that_it_names(shop):
    class Generous:
        def award_points(self, **_):
            return (
                Award(points=7, reason="kind", program="stamps"),
                Award(points=5, reason="kind"),
            )

    calls = shop.press_room.snapshots.calls
    original, generous = calls.award_points, Generous()
    try:
        object.__setattr__(calls, "award_points", generous.award_points)
        shop.ingest([paid(shop)])
    finally:
        object.__setattr__(calls, "award_points", original)
    assert {"points": (43, 0), "stamps": (0, 10)} == held(shop)


def test_a_review_is_rewarded_once_however_often_it_is_told(shop):
    desk = shop.loyalty
    first = desk.award(ADA, "review", "8817")
    again = desk.award(ADA, "review", "8817", occurred_at=NOON + timedelta(days=3))
    assert (50, True, False) == (first.points_earned, first.is_new, again.is_new)
    assert (50, 0) == held(shop)["points"]
    desk.award(ADA, "review", "8818")
    third = desk.award(ADA, "review", "8819")
    assert 0 == third.points_earned  # two in a year
    assert (100, 0) == held(shop)["points"]


def test_what_stands_in_the_store_about_a_review_names_nobody(shop):
    outcome = shop.loyalty.award(a_customer(id="", email="Ada@Example.com"), "survey", "2026-11")
    assert 30 == outcome.points_earned
    assert "example" not in outcome.event_id.casefold()
    assert "ada" not in outcome.event_id.casefold()


def test_who_cannot_be_found_again_gets_no_points(shop):
    nobody = ADA.model_copy(update={"id": None, "email": ""})
    with pytest.raises(LedgerError, match="no account and no e-mail address"):
        shop.loyalty.award(nobody, "review", "1")


def test_a_review_told_after_the_erasure_brings_nobody_back(shop):
    shop.ingest([paid(shop)])
    erasure = Erasure(customer_id=ADA.id, email=ADA.email)
    shop.ingest(
        [CustomerErased(id="gone", shop_id=shop.config.shop.id, occurred_at=NOON, erasure=erasure)]
    )
    later = NOON + timedelta(days=1)
    assert "erased" == shop.loyalty.award(ADA, "review", "9", occurred_at=later).event_type


def test_a_shop_without_a_programme_has_no_desk():
    with Retention.offline("Soap", sender="Ann") as shop:
        assert shop.loyalty is None
        assert shop.ledger is None


MAIN = "[loyalty]\nrates.EUR = {points = 1, per_minor = 100}\n"
STAMP_TABLE = "[points.stamps]\nrates.EUR = {points = 1, per_minor = 500}\n"


@pytest.fixture
def file(tmp_path):
    brand = 'name = "Soap"\nsender.name = "Ann"\n'
    (tmp_path / "brand.toml").write_text(brand)
    return tmp_path / "retention.toml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STAMP_TABLE, "write that table first"),
        (MAIN + STAMP_TABLE.replace(".stamps", ".points"), "two currencies .* 'points'"),
        (MAIN + "[points.stamps]\nunit = 'x'", "points.stamps.rates"),
    ],
)
def test_wrong_currencies_of_points_are_told_with_their_place(file, text, expected):
    file.write_text(SHOP + text)
    with pytest.raises(ConfigError, match=expected):
        load_config(file)


def test_a_table_names_its_programme(file):
    file.write_text(SHOP + MAIN + STAMP_TABLE)
    assert ["points", "stamps"] == [each.id for each in load_config(file).programs]


SHOP = """
[shop]
id = "soap"
name = "Soap"
country = "DE"
currency = "EUR"
language = "de"
"""
