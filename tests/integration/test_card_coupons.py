"""A coupon from the choice of a card to the checkout, through the whole pipeline."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

import pytest

from retention_sdk import OrderCancelled
from retention_sdk.errors import PlatformError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.inserts.codes import coupon_code, human_code
from retention_sdk.pipeline.make import Documents
from retention_sdk.testing import NOON, BogusShop, FrozenClock, a_paid_event, a_shop, an_order

KEY = "the secret of the shop's codes"
AGO = timedelta(days=400)


class Platform(BogusShop):
    """A platform whose codes outlive the adapters that made them."""

    shared: ClassVar[dict] = {}
    is_away = False

    def __init__(self, *arguments, **wiring):
        super().__init__(*arguments, **wiring)
        self.codes = type(self).shared

    def create_code(self, code):
        if type(self).is_away:
            raise PlatformError("is away, as the test wants", adapter=self.name, retryable=True)
        return super().create_code(code)


class Plugin:
    @hookimpl
    def retention_register(self, registry):
        registry.adapter("bogus", "test_card_coupons_platform:Platform")


@pytest.fixture
def platform(monkeypatch):
    """The adapter is found by its name, as one of a plugin is."""
    import sys
    from types import ModuleType

    own = type("Platform", (Platform,), {"shared": {}})
    module = ModuleType("test_card_coupons_platform")
    module.Platform = own
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return own


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def shop(make_shop, clock, platform):
    plugins = load(only=())
    plugins.add(Plugin(), "retention-bogus")
    made = make_shop(
        clock=clock,
        plugins=plugins,
        shop=a_shop(url="https://soap.example/"),
        codes={
            "base_url": "https://soap.example/t/",
            "key": KEY,
            "coupons": "bogus",
            "coupon_prefix": "BACK",
            "is_typed": True,
        },
        inserts={
            "holdout_ratio": 0,
            "offers": {"winback_gift": {"percent": 15, "days": 30, "minimum": "20.00 EUR"}},
        },
    )
    made.ingest([a_paid_event(an_order(id="1", placed_at=NOON - AGO, paid_at=NOON - AGO))])
    return made


def came_back(name="2", **changes):
    return a_paid_event(an_order(id=name, **changes), id=f"test:paid:{name}")


def printed(shop, event):
    with shop.store.reading() as connection:
        payload = shop.store.stages.get(connection, event.id, "compose")
        (record,) = shop.store.cards.of_event(connection, event.id)
        codes = shop.store.codes.of_card(connection, record.card_id)
    card = Documents.model_validate_json(payload).card
    return card, record, [code.state.value for code in codes]


def test_coupon_exists_on_the_platform_before_it_is_on_the_card(shop, platform):
    event = came_back()
    (outcome,) = shop.ingest([event])
    card, record, states = printed(shop, event)
    expected = coupon_code(record.card_id, key=KEY.encode(), prefix="BACK")
    code = platform.shared[expected]

    assert ("done", "winback_gift") == (outcome.state, card.template)
    assert expected in card.coupon.code
    assert (15, 1, "20.00 EUR") == (code.percent, code.uses_max, str(code.minimum))
    assert ["created"] == states


def test_platform_that_is_away_holds_the_card_back_until_it_is_there(shop, platform):
    platform.is_away = True
    event = came_back()
    (held,) = shop.ingest([event])
    platform.is_away = False
    (done,) = shop.resume()

    assert ("pending", "done") == (held.state, done.state)
    assert printed(shop, event)[0].coupon


def test_coupon_of_a_cancelled_order_is_void(shop, platform):
    event = came_back()
    shop.ingest([event])
    cancelled = event.order.model_copy(update={"cancelled_at": NOON})
    shop.ingest(
        [
            OrderCancelled(
                id="test:cancelled", shop_id="soap.example", occurred_at=NOON, order=cancelled
            )
        ]
    )

    _, record, states = printed(shop, event)
    assert ("voided", {}, ["voided"]) == (record.state.value, platform.shared, states)


def test_order_that_names_the_coupon_leads_back_to_the_card(shop, clock):
    event = came_back()
    shop.ingest([event])
    _, record, _ = printed(shop, event)
    text = coupon_code(record.card_id, key=KEY.encode(), prefix="BACK")
    clock.advance(timedelta(days=3))
    shop.ingest([came_back("3", placed_at=clock(), paid_at=clock(), coupon_codes=(text,))])

    assert ["redeemed"] == printed(shop, event)[2]


def test_code_to_type_stands_below_the_qr_code_where_no_coupon_does(shop):
    second = came_back()
    shop.ingest([second])
    first, record, _ = printed(shop, a_paid_event(an_order(id="1")))

    assert human_code(record.card_id, key=KEY.encode()) in first.code.label
    assert "" == printed(shop, second)[0].code.label
