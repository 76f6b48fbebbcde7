"""From a delivery that names an order to the work on it, as a shop runs it."""

from retention_sdk import Retention
from retention_sdk.config import Config, StoreConfig
from retention_sdk.testing import a_brand, a_shop

PREFIX = "bigcommerce:soap.example:order:118"


def a_shop_with(shop, tmp_path):
    config = Config(
        shop=a_shop(),
        brand=a_brand(),
        store=StoreConfig(url="sqlite://", key="42" * 32),
        channels={"folder": {"directory": str(tmp_path)}},
        platforms={"bigcommerce": shop.settings()},
    )
    return Retention(config, clock=lambda: shop.NOON, environ={})


def states(running, *names):
    with running.store.reading() as connection:
        found = [running.store.inbox.get(connection, f"{PREFIX}:{name}") for name in names]
    return [each and each.state for each in found]


def test_delivery_becomes_the_events_of_its_order(shop, tmp_path):
    created = shop.delivery("store/order/created", {"type": "order", "id": 118})
    again = shop.delivery("store/order/updated", {"type": "order", "id": 118})
    with a_shop_with(shop, tmp_path) as running:
        for each in (created, again):
            (outcome,) = running.receive("bigcommerce", headers=each.headers, body=each.body)
            assert ("record_changed", "done") == (outcome.event_type, outcome.state)
        assert ["done", "done"] == states(running, "placed", "paid")


def test_token_that_was_revoked_is_told_and_nothing_is_made_up(shop, tmp_path):
    created = shop.delivery("store/order/created", {"type": "order", "id": 118})
    shop.store.failures = [(401, {}, b"")]
    with a_shop_with(shop, tmp_path) as running:
        (outcome,) = running.receive("bigcommerce", headers=created.headers, body=created.body)
        assert [None, None] == states(running, "placed", "paid")

    assert "failed" == outcome.state
    assert "revoked" in outcome.error
