"""The kit, run on a store that was made after the models of Zid's own library."""

import pytest
import retention_zid
from retention_zid.adapter import ZidAdapter
from retention_zid.read import read_customer

from retention_sdk.testing import AdapterConformance, assert_light_import, assert_plugin_conforms


class TestZid(AdapterConformance):
    adapter_class = ZidAdapter

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        """Two orders, the second of them in dinars."""
        self.shop = shop
        shop.store.add(order_total="12.345", currency_code="KWD")

    def make_adapter(self, shop_id="kit.example"):
        return self.shop.adapter(shop_id=shop_id, page_size=1)

    def listed(self):
        return {"C118": "115.00 SAR", "C119": "12.345 KWD"}

    def answers(self):
        return [self.shop.make_order(118), self.shop.make_customer(20)]

    def read_answer(self, adapter, answer):
        if "pivotMobile" in answer:
            return [read_customer(answer)]
        return adapter.read_orders({"order": answer})


def test_plugin_registers_its_adapter():
    assert {"zid"} == set(assert_plugin_conforms(retention_zid).adapters)


def test_import_is_cheap():
    assert_light_import("retention_zid")
