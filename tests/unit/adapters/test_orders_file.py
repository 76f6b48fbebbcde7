"""Orders from files: what they hold, and what is wrong with them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.adapters.orders_csv import COLUMNS, NEEDED
from retention_sdk.adapters.orders_file import FILE_BYTES_MAX, OrdersFileAdapter
from retention_sdk.errors import ConfigError, PayloadError, PlatformError
from retention_sdk.model import ConsentState, LineKind, Money
from retention_sdk.testing import AdapterConformance, a_customer, an_order

DATA = Path(__file__).parent / "data"
CSV = (DATA / "orders.csv").read_text(encoding="utf-8")
JSON = json.dumps([json.loads(an_order("38.90 EUR").model_dump_json())])


class TestCsvFile(AdapterConformance):
    adapter_class = OrdersFileAdapter
    settings = {"path": str(DATA / "orders.csv")}  # noqa: RUF012 - nobody changes it

    def listed(self):
        return {"#1001": "38.90 EUR", "1002": "1200 JPY"}


class TestJsonFile(AdapterConformance):
    adapter_class = OrdersFileAdapter

    @pytest.fixture(autouse=True)
    def _file(self, tmp_path):
        self.path = tmp_path / "orders.json"
        self.path.write_text(JSON, encoding="utf-8")

    def make_adapter(self, shop_id="kit.example"):
        return OrdersFileAdapter.from_config({"path": str(self.path)}, shop_id=shop_id)

    def listed(self):
        return {"1001": "38.90 EUR"}


@pytest.fixture
def read(tmp_path):
    """Write a file and list its orders."""

    def write_and_list(content, suffix=".csv", **options):
        path = tmp_path / f"orders{suffix}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        adapter = OrdersFileAdapter.from_config({"path": str(path)}, shop_id="soap.example")
        return list(adapter.fetch_orders(**options))

    return write_and_list


def rows(**cells):
    """A file with one order whose cells are as given."""
    order = {
        "order_id": "1",
        "placed_at": "2026-11-20T10:00:00Z",
        "currency": "EUR",
        "total": "15.00",
        "title": "Cup",
        "quantity": "1",
        "unit_price": "15.00",
        **cells,
    }
    return f"{','.join(order)}\n{','.join(order.values())}\n"


def test_rows_of_one_order_are_its_lines(read):
    order = read(CSV)[0]

    assert ("#1001", "de-AT") == (order.number, order.language)
    assert [("Tasse „Grün“", 2, 3000), ("Anleitung", 1, 890)] == [
        (line.title, line.quantity, line.total.minor) for line in order.lines
    ]
    assert [LineKind.PHYSICAL, LineKind.DIGITAL] == [line.kind for line in order.lines]
    assert ["1"] == [part.line_id for part in order.insert_fulfilment.lines]
    assert ConsentState.GRANTED is order.customer.consents[0].state
    assert order.placed_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def test_guest_who_left_no_name_is_nobody(read):
    order = read(CSV)[1]

    assert order.customer is None
    assert order.shipping_address is None
    assert Money(minor=1200, currency="JPY") == order.total


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_spreadsheets_may_write_it_their_way(read, mark, line_end, delimiter):
    content = mark + rows().replace(",", delimiter).replace("\n", line_end)

    assert [Money(minor=1500, currency="EUR")] == [order.total for order in read(content)]


def test_cells_may_hold_commas_and_line_breaks_in_quotes(read):
    (order,) = read(rows(title='"Cup, green"', customer_note='"Two\nlines"'))

    assert ("Cup, green", "Two\nlines") == (order.lines[0].title, order.customer_note)


def test_what_cards_are_chosen_by_can_stand_in_a_row(read):
    (order,) = read(
        rows(
            customer_id="7",
            birthday="04-30",
            tags="vip| b2b |",
            ship_by="2026-11-19T10:00:00Z",
            subscription="last",
            gift_message="Enjoy",
            gift_to="Nora",
            gift_from="Aunt Ani",
            categories="teapots|green",
            brand="Kiln & Leaf",
        )
    )

    assert ("04-30", ("vip", "b2b")) == (order.customer.birthday, order.customer.tags)
    assert (datetime(2026, 11, 19, 10, tzinfo=UTC), "last") == (order.ship_by, order.subscription)
    assert ("Nora", "Aunt Ani") == (order.gift_to, order.gift_from)
    assert ("teapots", "green") == order.lines[0].categories
    assert "Kiln & Leaf" == order.lines[0].brand


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("", ["marketing"]), ("marketing|profiling", ["marketing", "profiling"])],
)
def test_an_answer_is_about_what_the_row_names(read, cell, expected):
    (order,) = read(rows(customer_id="7", marketing_consent="yes", consent_purposes=cell))

    assert expected == [each.purpose for each in order.customer.consents]
    assert {ConsentState.GRANTED} == {each.state for each in order.customer.consents}


@pytest.mark.parametrize(
    ("cells", "where"),
    [
        ({"quantity": "1.5"}, "row 2, column quantity"),
        ({"quantity": "٣"}, "row 2, column quantity"),
        ({"quantity": "0"}, "row 2"),
        ({"total": "15,00".replace(",", "٫")}, "row 2, column total"),
        ({"total": "15.005"}, "row 2, column total"),
        ({"total": "1e400000"}, "row 2, column total"),
        ({"total": ""}, "row 2, column total"),
        ({"currency": "euro"}, "row 2, column currency"),
        ({"refunded": "15.01"}, "row 2"),
        ({"placed_at": "2026-11-19T10:00:00"}, "row 2, column placed_at"),
        ({"placed_at": "yesterday"}, "row 2, column placed_at"),
        ({"is_gift": "perhaps"}, "row 2, column is_gift"),
        ({"marketing_consent": "perhaps"}, "row 2, column marketing_consent"),
        (
            {"consent_purposes": "astrology", "marketing_consent": "yes"},
            "row 2, column consent_purposes",
        ),
        ({"kind": "teleport"}, "row 2, column kind"),
        ({"ship_country": "Germany"}, "row 2"),
        ({"birthday": "02-30", "customer_id": "7"}, "row 2"),
        ({"birthday": "W10", "customer_id": "7"}, "row 2"),
        ({"subscription": "weekly"}, "row 2, column subscription"),
        ({"ship_by": "soon"}, "row 2, column ship_by"),
    ],
)
def test_wrong_cell_is_named_and_not_quoted(read, cells, where):
    with pytest.raises(PayloadError) as caught:
        read(rows(**cells))
    assert where == caught.value.path
    value = next(iter(cells.values()))
    assert not value or len(value) < 4 or value not in str(caught.value)


def test_rows_that_disagree_about_the_order_are_refused(read):
    content = rows(email="ada@example.com") + rows(email="eve@example.com").split("\n")[1] + "\n"

    with pytest.raises(PayloadError, match="row 3, column email") as caught:
        read(content)
    assert "example.com" not in str(caught.value)


def test_order_that_comes_again_later_is_refused(read):
    one, two = rows(), rows(order_id="2").split("\n")[1]

    with pytest.raises(PayloadError, match="same id"):
        read(f"{one}{two}\n{one.splitlines()[1]}\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "columns .* are missing"),
        ("order_id,title\n", "placed_at, currency"),
        (rows(favourite_colour="red"), "columns number 8"),
        (rows() + "1,2\n", "2 cells"),
        (rows(title='"Cup'), "quotation mark"),
        (b"\xff\xfe\x00", "UTF-8"),
        (rows().replace("title", "sku", 1) + "", "title"),
    ],
)
def test_file_that_is_no_table_of_orders_is_refused(read, content, message):
    with pytest.raises(PayloadError, match=message):
        read(content)


def test_heading_alone_is_no_orders(read):
    assert read(",".join(NEEDED) + "\n") == []


def test_no_column_is_written_twice():
    assert len(COLUMNS) == len(set(COLUMNS))
    assert set(NEEDED) < set(COLUMNS)


def test_json_may_be_one_order_or_a_list(read):
    (order,) = json.loads(JSON)

    assert [an_order("38.90 EUR")] == read(json.dumps(order), ".json") == read(JSON, ".json")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"total": {"minor": 12.5, "currency": "EUR"}}, "order 1"),
        ({"favourite_colour": "red"}, "order 1"),
        ({"lines": []}, "order 1"),
        ({"customer": {"given_name": ["Ada"]}}, "order 1"),
    ],
)
def test_wrong_json_order_is_named_and_not_quoted(read, change, where):
    (order,) = json.loads(JSON)

    with pytest.raises(PayloadError) as caught:
        read(json.dumps([{**order, **change}]), ".json")
    assert where == caught.value.path
    assert "Ada" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[" * 100_000, "nonsense", "[1]", "null", "[[]]"])
def test_json_that_holds_no_orders_is_refused(read, content):
    with pytest.raises(PayloadError):
        read(content, ".json")


def test_orders_come_oldest_first_and_since(read):
    newest = datetime(2026, 11, 21, tzinfo=UTC)

    assert ["1001", "1002"] == [order.id for order in read(CSV)]
    assert ["1002"] == [order.id for order in read(CSV, updated_since=newest)]


def test_missing_file_is_named(tmp_path):
    path = tmp_path / "none.csv"
    adapter = OrdersFileAdapter.from_config({"path": str(path)}, shop_id="soap.example")

    with pytest.raises(PlatformError, match=r"none\.csv") as caught:
        list(adapter.fetch_orders())
    assert not caught.value.retryable


def test_too_long_file_is_not_read(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    adapter = OrdersFileAdapter.from_config({"path": str(path)}, shop_id="soap.example")

    with pytest.raises(PlatformError, match="64 MiB"):
        list(adapter.fetch_orders())


def test_other_endings_are_refused(read):
    with pytest.raises(PayloadError, match=r"neither \.json nor \.csv"):
        read(CSV, ".xlsx")


def test_adapter_without_a_path_names_the_setting():
    with pytest.raises(ConfigError, match=r"platforms\.file\.path"):
        OrdersFileAdapter.from_config({}, shop_id="soap.example")


SECRETS = ("Müller", "zoe@example.com", "Gumpendorfer", "Lovelace", "ada@example.com")


def _read_or_refuse(path, content):
    """A mutated file is orders or PayloadError, and no error quotes a person."""
    path.write_bytes(content)
    adapter = OrdersFileAdapter.from_config({"path": str(path)}, shop_id="soap.example")
    try:
        orders = list(adapter.fetch_orders())
    except PayloadError as error:
        orders, shown = [], f"{error} {error!r}"
    else:
        shown = ""
    assert not [secret for secret in SECRETS if secret in shown]
    assert all(type(order.total.minor) is int for order in orders)


def _edits(text):
    position = st.integers(0, len(text))
    scraps = st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ['"', ",", ";", "\n", "\r", "\x00", "-1", "1e9", "{", "]", "null", "\ufeff"]
        ),
    )
    edit = st.tuples(position, st.integers(0, 30), scraps)
    return st.lists(edit, min_size=1, max_size=4)


def _edited(text, edits):
    for position, length, scrap in edits:
        text = text[:position] + scrap + text[position + length :]
    return text.encode("utf-8", "surrogatepass")


@given(edits=_edits(CSV))
def test_mutated_csv_is_orders_or_a_payload_error(tmp_path_factory, edits):
    _read_or_refuse(tmp_path_factory.getbasetemp() / "mutant.csv", _edited(CSV, edits))


@given(edits=_edits(JSON))
def test_mutated_json_is_orders_or_a_payload_error(tmp_path_factory, edits):
    _read_or_refuse(tmp_path_factory.getbasetemp() / "mutant.json", _edited(JSON, edits))


@given(
    total=st.integers(0, 10**9),
    quantity=st.integers(1, 999),
    name=st.text(st.characters(codec="utf-8", categories=["L", "P", "S", "Zs"]), max_size=30),
)
def test_what_is_written_is_read(tmp_path_factory, total, quantity, name):
    """Amounts, counts and names of any script survive a quoted cell."""
    import csv
    import io

    out = io.StringIO()
    fields = {
        "order_id": "1",
        "placed_at": "2026-11-20T10:00:00Z",
        "currency": "KWD",
        "total": str(Money(minor=total, currency="KWD").amount),
        "title": "Cup",
        "quantity": str(quantity),
        "unit_price": "0.001",
        "customer_id": "7",
        "given_name": name,
    }
    writer = csv.DictWriter(out, fields)
    writer.writeheader()
    writer.writerow(fields)
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(out.getvalue().encode())
    (order,) = OrdersFileAdapter.from_config({"path": str(path)}, shop_id="s").fetch_orders()

    assert (total, quantity) == (order.total.minor, order.lines[0].total.minor)
    assert a_customer(given_name=name.strip()).given_name == order.customer.given_name
