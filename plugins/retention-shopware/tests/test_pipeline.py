"""From a delivery that says nothing to the card of the order that it was about."""

import pytest

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.hooks.manager import load
from retention_sdk.testing import NOON, a_shop

ORDER = f"shopware:kiln.example:order:{10001:032x}"


@pytest.fixture
def retention(shop, tmp_path):
    config = Config(
        shop=a_shop(id="kiln.example"),
        brand=Brand(name="Kiln and Leaf", sender=Sender(name="Mira")),
        store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
        platforms={"shopware": shop.settings()},
        channels={"folder": {"directory": str(tmp_path / "out")}},
        directory=str(tmp_path),
    )
    plugins = load(only=("shopware",))
    with Retention(config, plugins=plugins, clock=lambda: NOON, environ={}) as retention:
        yield retention


def states(retention):
    with retention.store.reading() as connection:
        found = [retention.store.inbox.get(connection, f"{ORDER}:{f}") for f in ("placed", "paid")]
    return [each and each.state for each in found]


def test_delivery_makes_the_card_of_the_order_that_was_asked(shop, retention, delivery, tmp_path):
    shop.add_order("10001")
    request = delivery("order_placed")
    (outcome,) = retention.receive("shopware", headers=request.headers, body=request.body)

    assert "done" == outcome.state
    assert ["done", "done"] == states(retention)
    assert list((tmp_path / "out").rglob("*.pdf"))


def test_delivery_of_another_version_is_kept_and_says_why(shop, retention, delivery):
    shop.add_order("10001")
    shop.server.version = "6.8.0.0"
    request = delivery("transaction_paid")
    (outcome,) = retention.receive("shopware", headers=request.headers, body=request.body)

    assert "failed" == outcome.state
    assert "6.7" in outcome.error
    assert [None, None] == states(retention)
