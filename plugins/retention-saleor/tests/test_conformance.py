"""The kit, on what Saleor sent, what our own subscription would get, and a server that answers."""

import pytest
import retention_saleor
from retention_saleor.adapter import SaleorAdapter

from retention_sdk.model import (
    ConsentChanged,
    CustomerErased,
    CustomerUpdated,
    OrderPaid,
    OrderPlaced,
    RecordChanged,
    UnknownEvent,
)
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    a_code,
    assert_light_import,
    assert_plugin_conforms,
    money,
)

HEADERS = {
    "Content-Type": "application/json",
    "Saleor-Event": "order_updated",
    "Saleor-Domain": "127.0.0.1:8055",
    "Saleor-Api-Url": "http://127.0.0.1:8055/graphql/",
}


@pytest.fixture(autouse=True)
def _given(request, saleor, api):
    """Cases are read before fixtures are: what they need is put into the class."""
    if request.cls is not None:
        request.cls.saleor, request.cls.api = saleor, api
        api.shop.add_order()
        api.shop.add_order(
            id="T3JkZXI6c2Vjb25k",
            number="23-A",
            updatedAt="2026-11-22T09:00:00+00:00",
            user=None,
            userEmail="grace@example.com",
        )
        api.shop.add_user()
        api.shop.add_products()


def case(name, *expect, total="", placed_at="", path=None):
    from pathlib import Path

    folder = Path(__file__).parent / "payloads"
    return Case(name, folder / (path or f"{name}.raw"), HEADERS, expect, total, placed_at)


class TestSaleor(AdapterConformance):
    adapter_class = SaleorAdapter
    cases = (
        case(
            "order_told",
            OrderPlaced,
            OrderPaid,
            total="3.58 USD",
            placed_at="2026-11-21T20:39:10.027979Z",
            path="order_told.json",
        ),
        case("order_created", RecordChanged),
        case("order_created_list", RecordChanged),
        case("order_metadata_updated", UnknownEvent),
        case("customer_told", CustomerUpdated, ConsentChanged, path="customer_told.json"),
        case("customer_updated", RecordChanged),
        case("customer_metadata_updated", UnknownEvent),
        case("customer_deleted", CustomerErased, path="customer_deleted.json"),
    )

    def make_adapter(self, shop_id="kit.example"):
        return self.api.adapter(shop_id)

    @property
    def rotated_settings(self):
        own, new = self.saleor.jwk("tests"), self.saleor.jwk("the next one")
        return self.api.settings(jwks=[new, own])

    def sign(self, headers, body):
        return {**headers, "Saleor-Signature": self.saleor.jws(body)}

    def sign_anew(self, headers, body):
        return {**headers, "Saleor-Signature": self.saleor.jws(body, "the next one")}

    def unknown_request(self):
        """The header is not signed, so the body says what it is."""
        body = b'{"__typename": "GiftCardSent", "issuedAt": "2026-11-21T20:39:12+00:00"}'
        return self.delivery(self.sign(HEADERS, body), body)

    def listed(self):
        return {"22": "3.58 USD", "23-A": "3.58 USD"}

    def customer_id(self):
        return "VXNlcjo0Nw=="

    def erasable_customer_id(self):
        self.api.shop.addresses["QWRkcmVzczo3MQ=="] = {}
        user = self.api.shop.add_user(id="VXNlcjo0OA==", addresses=[{"id": "QWRkcmVzczo3MQ=="}])
        return user["id"]

    def code(self):
        return a_code("KIT-2026-AB", ends_at=None)

    def gift_card_code(self):
        return a_code("KIT-2026-GC", balance=money("10.00 EUR"))


def test_plugin_registers_its_adapter_and_commands():
    registry = assert_plugin_conforms(retention_saleor)

    assert {"saleor"} == set(registry.adapters)
    assert {"saleor-keys", "saleor-subscription"} == set(registry.commands)


def test_import_is_cheap():
    assert_light_import("retention_saleor")
