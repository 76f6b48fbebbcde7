"""The kit, run on a vendor who was made after Basalam's description."""

import pytest
import retention_basalam
from retention_basalam.adapter import BasalamAdapter

from retention_sdk.testing import AdapterConformance, assert_light_import, assert_plugin_conforms


class TestBasalam(AdapterConformance):
    adapter_class = BasalamAdapter

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        """Two parcels of two orders."""
        self.shop = shop
        shop.vendor.add(total_items_price=990_000, shipping_cost=0)

    def make_adapter(self, shop_id="kit.example"):
        return self.shop.adapter(shop_id=shop_id, page_size=1)

    def listed(self):
        return {"5118": "2950000.00 IRR", "5119": "990000.00 IRR"}

    def answers(self):
        return [self.shop.parcel(118), self.shop.parcel(119, status={"id": 3238, "title": "…"})]

    def read_answer(self, adapter, answer):
        return adapter.read_orders(answer)


def test_plugin_registers_its_adapter():
    assert {"basalam"} == set(assert_plugin_conforms(retention_basalam).adapters)


def test_import_is_cheap():
    assert_light_import("retention_basalam")
