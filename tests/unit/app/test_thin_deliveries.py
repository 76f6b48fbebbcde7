"""A delivery that only says what changed is stored, and completed by asking the platform."""

from types import SimpleNamespace

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load
from retention_sdk.model import RecordChanged, UnknownEvent, read_event
from retention_sdk.testing import NOON, BogusShop, bogus_order

SHOP = "soap.example"


def notice(number="1001", **changes):
    fields = {"id": f"thin:{number}", "kind": "order", "platform": "thin", "reference": number}
    return RecordChanged(shop_id=SHOP, occurred_at=NOON, **fields | changes)


@pytest.fixture
def shop(make_shop):
    """A shop with one platform; ``asked`` holds the numbers, ``refusals`` what comes first."""
    asked, refusals = [], []

    class ThinShop(BogusShop):
        name = "thin"

        def complete(self, event):
            asked.append(event.reference)
            if refusals:
                raise refusals.pop()
            return self.order_events(bogus_order(event.reference))

    @hookimpl
    def retention_register(registry):
        registry.adapter("thin", ThinShop)

    plugins = load(discover=False)
    plugins.add(SimpleNamespace(retention_register=retention_register), "thin")
    shop = make_shop(plugins=plugins)
    shop.asked, shop.refusals = asked, refusals
    return shop


def states(shop):
    with shop.store.reading() as connection:
        names = ("thin:1001", f"thin:{SHOP}:order:1001:placed", f"thin:{SHOP}:order:1001:paid")
        found = [shop.store.inbox.get(connection, name) for name in names]
    return [each and each.state for each in found]


def test_what_changed_is_asked_and_worked_on(shop):
    (outcome,) = shop.ingest([notice()])

    assert "done" == outcome.state
    assert ["done", "done", "done"] == states(shop)
    assert ["1001"] == shop.asked


def test_one_that_is_told_twice_is_asked_once(shop):
    shop.ingest([notice()])
    shop.ingest([notice()])

    assert ["1001"] == shop.asked


def test_it_is_stored_before_anybody_is_asked(shop):
    shop.accept([notice()])

    assert ["pending", None, None] == states(shop)
    assert [] == shop.asked


def test_platform_that_is_away_is_asked_again(shop):
    shop.refusals.append(PlatformError("away", adapter="thin", retryable=True))
    shop.ingest([notice()])
    before = states(shop)
    shop.resume()

    assert ["pending", None, None] == before
    assert ["done", "done", "done"] == states(shop)


def test_refusal_for_good_is_kept_as_one(shop):
    shop.refusals.append(PlatformError("never", adapter="thin", retryable=False))
    (outcome,) = shop.ingest([notice()])

    assert ["failed", None, None] == states(shop)
    assert "never" in outcome.error
    shop.resume()
    assert ["1001"] == shop.asked


def test_platform_whose_plugin_is_gone_waits_for_it(shop):
    (outcome,) = shop.ingest([notice(platform="gone")])

    assert "pending" == outcome.state
    assert "gone" in outcome.error


def test_notice_survives_json():
    assert notice() == read_event(notice().model_dump_json())
    assert not isinstance(notice(), UnknownEvent)
