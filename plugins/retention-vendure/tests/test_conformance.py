"""The kit, run against a real Vendure server."""

import pytest
import retention_vendure
from retention_vendure.adapter import VendureAdapter, order_query

from retention_sdk.testing import (
    AdapterConformance,
    a_code,
    assert_light_import,
    assert_plugin_conforms,
)


class TestVendure(AdapterConformance):
    adapter_class = VendureAdapter

    @pytest.fixture(autouse=True)
    def _shop(self, shop, library):
        self.shop, self.library = shop, library
        self.customer = shop.new_customer()

    def make_adapter(self, shop_id="kit.example"):
        adapter_class = type("Adapter", (VendureAdapter,), {"http": self.library})
        return adapter_class.from_config(self.shop.settings(), shop_id=shop_id)

    def listed(self):
        return self.shop.totals

    def answers(self):
        """What the server answers of an order, once for each that is listed."""
        adapter = self.make_adapter()
        wanted = order_query(adapter.settings)
        orders = [o for o in adapter.fetch_orders() if o.number in self.shop.totals]
        with adapter._connected() as client:
            return [dict(client.run(wanted, id=order.id)) for order in orders]

    def read_answer(self, adapter, answer):
        return adapter.read_orders(answer)

    def customer_id(self):
        return self.customer

    def erasable_customer_id(self):
        return self.shop.new_customer()

    def code(self):
        return a_code(f"KIT-{self.library.__name__.upper()}")

    def free_shipping_code(self):
        return a_code(f"KIT-FS-{self.library.__name__.upper()}", is_free_shipping=True)

    def free_product_code(self):
        name = f"KIT-FP-{self.library.__name__.upper()}"
        return a_code(name, free_product=self.product_id())

    def product_id(self):
        return self.shop.soap


def test_plugin_registers_its_adapter():
    assert {"vendure"} == set(assert_plugin_conforms(retention_vendure).adapters)


def test_import_is_cheap():
    assert_light_import("retention_vendure")
