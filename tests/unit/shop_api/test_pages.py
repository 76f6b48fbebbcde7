"""A page is read one record at a time, and what cannot be read is named."""

from threading import Barrier

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.model import Page
from retention_sdk.shop_api import read_page, read_page_beside
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


@pytest.mark.parametrize("entered", ["ada@example.org", "12 Harbour Street", "نگار", 4711])
def test_missing_key_that_is_no_name_of_a_field_is_not_told(entered):
    adapter = BogusShop.from_config({}, shop_id="soap.example")

    page = read_page([entered], {}.__getitem__, reading=adapter.reading, name=lambda _: "order 1")

    assert ("order 1: bogus: cannot be read (KeyError)",) == page.refused


@pytest.mark.parametrize("at_once", [1, 3])
def test_several_at_a_time_are_the_same_page(at_once):
    adapter = BogusShop.from_config({}, shop_id="soap.example")
    first_two = Barrier(min(at_once, 2), timeout=60)

    def read(row):
        if row < 2:
            first_two.wait()
        return 10 // (row - 4)

    page = read_page(range(9), read, reading=adapter.reading, name=str, at_once=at_once)

    assert tuple(10 // (row - 4) for row in range(9) if row != 4) == page.items
    assert ("4: bogus: cannot be read (ZeroDivisionError)",) == page.refused


@pytest.mark.parametrize("at_once", [1, 3])
def test_platform_that_is_away_stops_the_page(at_once):
    adapter = BogusShop.from_config({}, shop_id="soap.example")

    def read(row):
        raise PlatformError("away", adapter="bogus", retryable=True)

    with pytest.raises(PlatformError, match="away"):
        read_page(range(9), read, reading=adapter.reading, name=str, at_once=at_once)


def test_what_lies_beside_is_asked_together_and_alone_where_that_cannot_be_read():
    adapter = BogusShop.from_config({}, shop_id="soap.example")
    asked = []
    notes = [{"of": 1, "text": "one"}, {"of": 2}, {"of": 3, "text": "three"}]

    def ask(rows):
        asked.append([*rows])
        return {note["of"]: note["text"] for note in notes if note["of"] in rows}

    def page(*rows):
        return read_page_beside(
            rows,
            ask,
            lambda row, found: found.get(row),
            reading=adapter.reading,
            name=lambda row: f"order {row}",
            cursor="3",
        )

    assert Page(("one", "three"), "3") == page(1, 3, 4)
    assert [[1, 3, 4]] == asked
    refused = ("order 2: bogus: cannot be read (KeyError) at text",)
    assert Page(("one", "three"), "3", refused) == page(1, 2, 3)
    assert [[1, 2, 3], [1], [2], [3]] == asked[1:]
