"""A small shop behind facts of the published description, and adapters that speak to it."""

import importlib.util
import json
from pathlib import Path

import pytest
from retention_adobe_commerce.adapter import AdobeCommerceAdapter

from retention_sdk.shop_api import Timing
from tests.playing import shared_line

HERE = Path(__file__).parent


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"adobe_{name}", HERE / "shop" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


serving, selling = _load("server"), _load("goods")


@pytest.fixture(scope="session")
def facts():
    return serving.Facts(json.loads((HERE / "facts.json").read_text(encoding="utf-8")))


class Shop:
    """A shop with one store view behind a server of its own."""

    def __init__(self, facts, play):
        self.server, self.goods, self.url, self.slept = serving.Server(facts), selling, play.url, []
        self.server.shelves["storeConfigs"] = {1: selling.CONFIG}
        websites = ({"id": n, "code": f"w{n}", "name": "W", "default_group_id": 1} for n in (0, 1))
        self.server.shelves["websites"] = {each["id"]: each for each in websites}
        for number in (0, 1):
            group = {"id": number, "code": f"g{number}", "tax_class_id": 3}
            self.server.add("customerGroups", group)

    def settings(self, **changes):
        values = {"url": self.url, "access_token": "invented-token", "country": "DE"}
        return {**values, **changes}

    def adapter(self, shop_id="kiln.example", **settings):
        timing = Timing(sleep=self.slept.append, chance=lambda: 1.0)
        adapter_class = type("Adapter", (AdobeCommerceAdapter,), {"timing": timing})
        return adapter_class.from_config(self.settings(**settings), shop_id=shop_id)

    def add(self, kind, made):
        return self.server.add(kind, made)

    def order(self, *parts, **fields):
        """Return how an order is read, with shipments and invoices beside it."""
        made = self.add("orders", self.goods.order(**fields))
        for kind, part in parts:
            self.add(kind, part)
        return self.adapter().fetch_order(str(made["entity_id"]))


@pytest.fixture(scope="session")
def _line():
    with shared_line() as line:
        yield line


@pytest.fixture
def shop(facts, _line):
    shop = _line.begin(lambda play: Shop(facts, play))
    yield shop
    assert [] == shop.server.faults
