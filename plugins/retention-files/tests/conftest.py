"""Files that tests write and read again."""

import pytest
from retention_files.adapter import FilesAdapter

HEAD = "no,when,total,item\n"
BASIC = {
    "currency": "EUR",
    "time_zone": "Europe/Vienna",
    "columns": {"id": "no", "placed_at": "when", "total": "total", "title": "item"},
}


class Export:
    """One export and its adapter."""

    head = HEAD
    basic = BASIC

    @staticmethod
    def mapping(columns=None, **settings):
        """Return the basic mapping with other settings and further columns."""
        return {**BASIC, **settings, "columns": {**BASIC["columns"], **(columns or {})}}

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "orders.csv"

    def write(self, content, name="orders.csv", encoding="utf-8"):
        self.path = self.folder / name
        self.path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return self.path

    def adapter(self, mapping=BASIC, **settings):
        values = {"path": str(self.path), "mapping": mapping, **settings}
        return FilesAdapter.from_config(values, shop_id="soap.example")

    def orders(self, mapping=BASIC, **settings):
        return [o for page in self.pages(mapping, **settings) for o in page.items]

    def refused(self, mapping=BASIC, **settings):
        return [each for page in self.pages(mapping, **settings) for each in page.refused]

    def pages(self, mapping=BASIC, *, cursor="", since=None, **settings):
        adapter = self.adapter(mapping, **settings)
        return list(adapter.order_pages(cursor=cursor, updated_since=since))


@pytest.fixture
def export(tmp_path):
    return Export(tmp_path)
