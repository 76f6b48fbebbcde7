"""The kit, run on deliveries in the documented shape and a shop made from the description."""

import json
from pathlib import Path

import pytest
import retention_shopware
from retention_shopware.adapter import ShopwareAdapter

from retention_sdk.model import CustomerErased, RecordChanged, UnknownEvent
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
SECRET, OLD_SECRET = "s3cr3t-of-the-shop", "the-one-before"


def delivered(name, *expect):
    headers = {"Content-Type": "application/json", "sw-version": "6.7.10.1"}
    return Case(name, PAYLOADS / f"{name}.json", headers, expect)


class TestShopware(AdapterConformance):
    adapter_class = ShopwareAdapter
    cases = (
        delivered("order_placed", RecordChanged),
        delivered("transaction_paid", RecordChanged),
        delivered("order_written", RecordChanged),
        delivered("customer_register", RecordChanged),
        delivered("customer_deleted", CustomerErased),
        delivered("newsletter_confirm", RecordChanged),
        delivered("product_written", UnknownEvent),
    )

    @pytest.fixture(autouse=True)
    def _shop(self, shop, sign):
        self.shop, self._sign = shop, sign
        shop.add_order("10001")
        shop.add_order("10002", total=20.0)
        shop.add_customer()
        shop.server.add("product", shop.goods.product("Tea bowl"))

    @property
    def rotated_settings(self):
        return self.shop.settings(webhook_secrets=["the-next-one", SECRET])

    def make_adapter(self, shop_id="kit.example"):
        return self.shop.adapter(shop_id)

    def sign(self, headers, body):
        return {**headers, "shopware-shop-signature": self._sign(body)}

    def sign_anew(self, headers, body):
        return {**headers, "shopware-shop-signature": self._sign(body, "the-next-one")}

    def unknown_request(self):
        case = self.cases[0]
        document = json.loads(case.path.read_bytes())
        document["data"]["event"] = "moon.landed"
        return self.request_for(case, json.dumps(document).encode())

    def listed(self):
        return {"10001": "43.90 EUR", "10002": "20.00 EUR"}

    def customer_id(self):
        return f"{0x7001:032x}"

    def erasable_customer_id(self):
        self.shop.add_customer(f"{0x7009:032x}", email="leaving@example.com")
        self.shop.add_recipient("optIn", "leaving@example.com")
        return f"{0x7009:032x}"


def test_plugin_registers_its_adapter():
    assert {"shopware"} == set(assert_plugin_conforms(retention_shopware).adapters)


def test_import_is_cheap():
    assert_light_import("retention_shopware")
