"""A page is read one record at a time, and what cannot be read is named."""

from retention_sdk.shop_api import read_page
from retention_sdk.testing import BogusShop


def test_what_cannot_be_read_is_named_and_the_rest_is_there():
    adapter = BogusShop.from_config({}, shop_id="soap.example")
    rows = [
        {"id": 1, "sum": "5"},
        {"id": 2},
        {"sum": "6"},
        {"id": 4, "sum": ""},
        {"id": 5, "sum": "7"},
    ]

    def read(row):
        return int(row["sum"]) if row["sum"] else None

    page = read_page(
        rows, read, reading=adapter.reading, name=lambda row: f"order {row['id']}", cursor="5"
    )

    assert ((5, 7), "5") == (page.items, page.cursor)
    assert (
        "order 2: bogus: cannot be read (KeyError) at sum",
        "item 3 of the page: bogus: cannot be read (KeyError) at id",
    ) == page.refused
