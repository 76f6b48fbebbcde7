"""What becomes of the compliance topics: a request with a deadline, and what it asks for done."""

import io
import json
import zipfile

import pytest

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.errors import SubjectErased
from retention_sdk.hooks.manager import load
from retention_sdk.testing import NOON, a_shop


@pytest.fixture
def shop(tmp_path):
    config = Config(
        shop=a_shop(id="kiln.example"),
        brand=Brand(name="Soap & Sons", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
        platforms={"shopify": {"webhook_secrets": ["shpss-invented-one"]}},
        channels={"folder": {"directory": str(tmp_path / "out")}},
        directory=str(tmp_path),
    )
    plugins = load(only=("shopify",))
    with Retention(config, plugins=plugins, clock=lambda: NOON, environ={}) as shop:
        yield shop


@pytest.fixture
def receive(shop, shopify):
    def receive(name):
        request = shopify.request(name)
        return shop.receive("shopify", headers=request.headers, body=request.body)

    return receive


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_request_for_data_finds_the_export_ready_to_be_sent(shop, receive):
    receive("orders_paid")
    receive("customers_data_request")
    (view,) = shop.rights.list()
    with zipfile.ZipFile(io.BytesIO(shop.rights.export(view.id))) as archive:
        told = json.loads(archive.read("data.json"))

    assert ("access", "collected", "shopify") == (view.kind, view.state, view.steps[0].by)
    assert view.is_open
    assert {"7001"} == {row["id"] for row in told["profile"]}
    assert told["cards"]


def test_redaction_erases_and_a_later_delivery_of_the_order_changes_nothing(
    shop, receive, tmp_path
):
    paid = [outcome.event_id for outcome in receive("orders_paid")]
    assert files_in(tmp_path / "out")

    receive("customers_redact")
    again = receive("orders_paid") + receive("orders_fulfilled") + receive("customers_update")
    (view,) = shop.rights.list()

    assert ("erasure", "answered", True) == (view.kind, view.state, view.is_erased)
    assert [] == files_in(tmp_path / "out")
    assert {"erased"} == {outcome.event_type for outcome in again}
    with pytest.raises(SubjectErased):
        shop.outcome(paid[0])


def test_redaction_of_the_shop_leaves_nobody(shop, receive):
    receive("orders_paid")
    receive("orders_paid_abroad")
    receive("shop_redact")

    with shop.store.reading() as connection:
        assert () == shop.store.subjects.of_shop(connection, "kiln.example")
