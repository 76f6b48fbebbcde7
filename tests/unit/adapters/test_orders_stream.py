"""Large files of orders are read one order at a time, in the order in which they stand."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.adapters import orders_stream
from retention_sdk.adapters.orders_stream import stream_orders
from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.testing import NOON, an_order

ORDERS = [an_order(id=str(number)) for number in (3, 1, 2)]
DUMPED = [order.model_dump(mode="json") for order in ORDERS]


def ids(path):
    return [order.id for order in stream_orders(path, shop_id="soap.example")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("o.jsonl", "\n".join(map(json.dumps, DUMPED))),
        ("o.ndjson", "\ufeff" + "\r\n\r\n".join(map(json.dumps, DUMPED)) + "\n\n"),
        ("o.json", json.dumps(DUMPED)),
        ("o.json", json.dumps(DUMPED, indent=4)),
    ],
)
def test_orders_come_as_they_stand_in_the_file(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    assert ["3", "1", "2"] == ids(tmp_path / name)


def test_one_order_alone_is_a_file_too(tmp_path):
    (tmp_path / "o.json").write_text(json.dumps(DUMPED[0]))

    assert ["3"] == ids(tmp_path / "o.json")


def test_an_empty_list_has_no_orders(tmp_path):
    (tmp_path / "o.json").write_text(" [ ] ")

    assert [] == ids(tmp_path / "o.json")


@pytest.mark.parametrize("text", ["[", "[1", '[{"id": 1},', "[{} {}]", "", "orders"])
def test_half_a_file_is_refused(tmp_path, text):
    (tmp_path / "o.json").write_text(text)

    with pytest.raises(PayloadError):
        ids(tmp_path / "o.json")


def test_a_broken_order_is_named_by_its_place_and_not_quoted(tmp_path):
    broken = {**DUMPED[1], "customer": {"given_name": "Zenobia", "email": 7}}
    (tmp_path / "o.jsonl").write_text("\n".join(map(json.dumps, [DUMPED[0], broken])))

    with pytest.raises(PayloadError, match="order 2") as caught:
        ids(tmp_path / "o.jsonl")
    assert "Zenobia" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(PlatformError, match="No such file"):
        ids(tmp_path / "o.jsonl")


def test_orders_before_a_broken_one_are_given_first(tmp_path):
    (tmp_path / "o.json").write_text(json.dumps(DUMPED)[:-20])
    stream = stream_orders(tmp_path / "o.json", shop_id="soap.example")

    assert ["3", "1"] == [next(stream).id, next(stream).id]


@given(
    st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=30), max_size=3), max_size=6),
    st.integers(1, 7),
)
def test_wherever_a_file_is_cut_into_pieces_its_values_are_the_same(values, size):
    text = json.dumps(values, ensure_ascii=False, indent=1)

    class Pieces:
        def __init__(self):
            self.rest = text

        def read(self, _):
            piece, self.rest = self.rest[:size], self.rest[size:]
            return piece

    assert values == [json.loads(item) for item in orders_stream._items(Pieces())]


def test_the_moment_of_an_order_is_read_exactly(tmp_path):
    (tmp_path / "o.jsonl").write_text(json.dumps(DUMPED[0]))
    (order,) = stream_orders(tmp_path / "o.jsonl", shop_id="soap.example")

    assert NOON == order.placed_at
