"""The kit, run against exports on the disk."""

import shutil
from pathlib import Path

import pytest
import retention_files
from retention_files.adapter import FilesAdapter

from retention_sdk.testing import AdapterConformance, assert_light_import, assert_plugin_conforms

EXPORTS = Path(__file__).parent / "exports"
LINES = """\
{"ref": "A1", "at": 1795168800, "lang": "de-AT", "sum": 3890, "items": [{"name": "Cup", "n": 2, "price": 1500}, {"name": "Spoon", "n": 1, "price": 890}]}
{"ref": "A2", "at": 1795168860, "lang": "fa", "sum": 1200, "items": [{"name": "Bowl", "n": 1, "price": 1200}]}
"""
LINES_MAPPING = {
    "rows": "orders",
    "items": "items",
    "currency": "EUR",
    "is_minor": True,
    "dates": ["unix"],
    "columns": {
        "id": "ref",
        "placed_at": "at",
        "language": "lang",
        "total": "sum",
        "title": "name",
        "quantity": "n",
        "unit_price": "price",
    },
}


class TestCsv(AdapterConformance):
    adapter_class = FilesAdapter

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.path = tmp_path / "orders_export.csv"
        shutil.copy(EXPORTS / "languages.csv", self.path)

    def make_adapter(self, shop_id="kit.example"):
        values = {"path": str(self.path), "mapping": "retention"}
        return FilesAdapter.from_config(values, shop_id=shop_id)

    def listed(self):
        return {"#1001": "38.90 EUR", "1002": "1200 JPY"}


class TestJsonLines(AdapterConformance):
    adapter_class = FilesAdapter

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.path = tmp_path / "orders.jsonl"
        self.path.write_text(LINES)

    def make_adapter(self, shop_id="kit.example"):
        values = {"path": str(self.path), "mapping": LINES_MAPPING}
        return FilesAdapter.from_config(values, shop_id=shop_id)

    def listed(self):
        return {"A1": "38.90 EUR", "A2": "12.00 EUR"}


def test_the_plugin_offers_its_adapter_and_its_command():
    offered = assert_plugin_conforms(retention_files)

    assert ({"files"}, {"mapping"}) == (set(offered.adapters), set(offered.commands))


def test_importing_the_plugin_loads_nothing_heavy():
    assert_light_import("retention_files")
