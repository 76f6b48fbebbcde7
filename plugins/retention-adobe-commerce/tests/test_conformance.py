"""The kit, run on a shop made from facts of the published description."""

import pytest
import retention_adobe_commerce
from retention_adobe_commerce.adapter import AdobeCommerceAdapter

from retention_sdk.testing import AdapterConformance, assert_light_import, assert_plugin_conforms


class TestAdobeCommerce(AdapterConformance):
    adapter_class = AdobeCommerceAdapter

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        self.shop = shop
        shop.add("orders", shop.goods.order(1))
        shop.add("orders", shop.goods.order(2, order_currency_code="JPY", grand_total=7420))
        shop.add("customers", shop.goods.customer())
        shop.add("products", shop.goods.product(501))

    def make_adapter(self, shop_id="kit.example"):
        return self.shop.adapter(shop_id, consent_at_attribute="answered_at")

    def listed(self):
        return {"000000001": "43.90 EUR", "000000002": "7420 JPY"}

    def customer_id(self):
        return "7"

    def erasable_customer_id(self):
        self.shop.add("customers", self.shop.goods.customer(9))
        return "9"


def test_plugin_registers_its_adapter():
    shelves = assert_plugin_conforms(retention_adobe_commerce, "adobe-commerce")

    assert {"adobe_commerce"} == set(shelves.adapters)


def test_import_is_cheap():
    assert_light_import("retention_adobe_commerce")
