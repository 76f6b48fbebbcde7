"""What is written with a mapping is read again; whatever else a file holds is our error."""

import csv
import io
import json
import os
import random
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from retention_files.adapter import FilesAdapter

from retention_sdk.errors import RetentionError

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
MUTANTS = 4_000 if IS_SOAK else 120
EXPORTS = sorted((Path(__file__).parent / "exports").glob("*.csv"))
NATIVE = {"fa": "۰۱۲۳۴۵۶۷۸۹", "ar": "٠١٢٣٤٥٦٧٨٩", "hi": "०१२३४५६७८९", "": "0123456789"}
FORMS = {
    "%d.%m.%Y %H:%M:%S": "{:%d.%m.%Y %H:%M:%S}",
    "%Y-%m-%dT%H:%M:%S": "{:%Y-%m-%dT%H:%M:%S}",
    "%b %d, %Y %I:%M:%S %p": "{:%b %d, %Y %I:%M:%S %p}",
    "unix": "unix",
}

text = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=12)
words = text.map(lambda found: " ".join(found.split())).filter(bool)
lines = st.lists(
    st.tuples(words, st.integers(1, 99), st.integers(0, 10**7)), min_size=1, max_size=4
)
orders = st.lists(
    st.tuples(
        st.integers(946_684_800, 3_345_148_800).map(lambda s: datetime.fromtimestamp(s, UTC)),
        st.integers(0, 10**9),
        words,
        lines,
    ),
    max_size=6,
)


@st.composite
def styles(draw):
    """How somebody's shop writes files."""
    decimal = draw(st.sampled_from([".", ","]))
    return {
        "decimal": decimal,
        "thousands": draw(st.sampled_from(["", " ", "." if decimal == "," else ","])),
        "native": draw(st.sampled_from(sorted(NATIVE))),
        "form": draw(st.sampled_from(sorted(FORMS))),
        "encoding": draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])),
        "delimiter": draw(st.sampled_from([",", ";", "\t"])),
        "repeats": draw(st.booleans()),
        "line_end": draw(st.sampled_from(["\n", "\r\n"])),
    }


def amount(minor, style):
    whole, cents = divmod(minor, 100)
    apart = style["thousands"]
    number = f"{whole:,}".replace(",", apart) + style["decimal"] + f"{cents:02}"
    return native(number, style)


def native(number, style):
    return number.translate(str.maketrans("0123456789", NATIVE[style["native"]]))


def moment(at, style):
    form = FORMS[style["form"]]
    if form == "unix":
        return native(str(int(at.timestamp())), style)
    return native(form.format(at), style)


def written(found, style):
    """The bytes of a file as a shop of that style would export it."""
    stream = io.StringIO(newline="")
    out = csv.writer(stream, delimiter=style["delimiter"], lineterminator=style["line_end"])
    out.writerow(["Nr", "Wann", "Summe", "Wer", "Was", "Wie oft", "Preis"])
    for number, (at, total, name, items) in enumerate(found):
        for place, (title, count, price) in enumerate(items):
            shown = place == 0 or style["repeats"]
            head = [moment(at, style), amount(total, style), name] if shown else ["", "", ""]
            out.writerow([number, *head, title, native(str(count), style), amount(price, style)])
    return stream.getvalue().encode(style["encoding"])


def mapping_of(style):
    columns = {
        "id": "Nr",
        "placed_at": "Wann",
        "total": "Summe",
        "full_name": "Wer",
        "title": "Was",
        "quantity": "Wie oft",
        "unit_price": "Preis",
    }
    return {
        "currency": "EUR",
        "time_zone": "UTC",
        "dates": [style["form"]],
        "decimal": style["decimal"],
        "thousands": [style["thousands"]] if style["thousands"] else [],
        "columns": columns,
    }


def adapter_of(path, mapping):
    values = {"path": str(path), "mapping": mapping, "rejects": False}
    return FilesAdapter.from_config(values, shop_id="s")


@settings(
    max_examples=1_000 if IS_SOAK else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(orders, styles())
def test_what_is_written_is_read_again(found, style):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "orders.csv")
        path.write_bytes(written(found, style))
        pages = list(adapter_of(path, mapping_of(style)).order_pages())

    assert [] == [each for page in pages for each in page.refused]
    read = [order for page in pages for order in page.items]
    assert [(at, total) for at, total, *_ in found] == [
        (order.placed_at, order.total.minor) for order in read
    ]
    assert [[(n, p) for _, n, p in items] for *_, items in found] == [
        [(line.quantity, line.unit_price.minor) for line in order.lines] for order in read
    ]


def mutated(content, dice):
    """The bytes of a file with a few things wrong with it."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data) + 1)
        end = min(len(data), start + dice.randint(0, 60))
        junk = dice.choice(
            [b"", b'"', b"\x00", b"\xff\xfe", b"\n", b",", b";\r", b"9" * 40, b"\xe2\x80\xae"]
        )
        kept = bytes(data[start:end]) if dice.random() < 0.3 else b""
        data[start:end] = junk + kept + kept
    return bytes(data)


@pytest.mark.parametrize("source", EXPORTS, ids=lambda path: path.stem)
def test_a_mutated_export_gives_orders_or_our_errors(source, tmp_path):
    """Nothing else is raised, and nobody's data is told."""
    mapping = {"preset": source.stem, "currency": "EUR", "time_zone": "UTC"}
    mapping["preset"] = "retention" if source.stem == "languages" else source.stem
    content, dice = source.read_bytes(), random.Random(source.stem)
    path = tmp_path / "orders.csv"
    people = [b"mail.example", b"Sample", "Müller".encode(), b"Test"]
    for _ in range(MUTANTS):
        path.write_bytes(mutated(content, dice))
        told = []
        try:
            for page in adapter_of(path, mapping).order_pages():
                told += page.refused
        except RetentionError as error:
            told.append(str(error))
        said = "\n".join(told).encode()
        assert [] == [each for each in people if each in said]


SWAPS = (None, "", -1, 1.5, True, 10**30, [], {}, "\u202e\x00💥", "NaN", "9" * 501, [["x"]])


def test_mutated_lines_of_json_give_orders_or_our_errors(tmp_path):
    order = {
        "id": "1",
        "at": "2026-11-20T10:00:00Z",
        "buyer": {"mail": "ada@mail.example", "tags": ["a", "b"]},
        "total": 5.0,
        "ship": {"country": "AT", "street": "Testgasse 1"},
        "lines": [{"name": "Cup", "n": 1, "price": 5}],
    }
    columns = {
        "id": "id",
        "placed_at": "at",
        "email": "buyer.mail",
        "customer_tags": "buyer.tags",
        "total": "total",
        "ship_country": "ship.country",
        "ship_street": "ship.street",
        "title": "name",
        "quantity": "n",
        "unit_price": "price",
    }
    mapping = {"rows": "orders", "items": "lines", "currency": "EUR", "columns": columns}
    paths = [("id",), ("at",), ("buyer",), ("buyer", "mail"), ("buyer", "tags"), ("total",)]
    paths += [("ship",), ("ship", "country"), ("ship", "street"), ("lines",), ("lines", 0)]
    paths += [("lines", 0, key) for key in ("name", "n", "price")]
    rows = []
    for where in paths:
        for value in SWAPS:
            copied = json.loads(json.dumps(order))
            node = copied
            for key in where[:-1]:
                node = node[key]
            node[where[-1]] = value
            rows.append(
                json.dumps({"id": str(len(rows)), **copied} if where != ("id",) else copied)
            )
    path = tmp_path / "orders.jsonl"
    path.write_text("\n".join(rows))
    pages = list(adapter_of(path, mapping).order_pages())
    told = [each for page in pages for each in page.refused]

    assert len(rows) == len(told) + sum(len(page.items) for page in pages)
    assert [] == [each for each in told if "mail.example" in each or "Testgasse" in each]


def test_the_number_of_orders_and_refusals_is_that_of_the_file(tmp_path):
    dice, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    rows = []
    for number in range(500):
        at = (start + timedelta(hours=number)).isoformat()
        total = dice.choice(["5.00", "5.00", "5.00", "five"])
        rows.append(f"{number},{at},{total},Cup\n")
    path = tmp_path / "orders.csv"
    path.write_text("no,when,total,item\n" + "".join(rows))
    columns = {"id": "no", "placed_at": "when", "total": "total", "title": "item"}
    pages = list(adapter_of(path, {"currency": "EUR", "columns": columns}).order_pages())

    bad = sum("five" in row for row in rows)
    assert (500 - bad, bad) == (
        sum(len(page.items) for page in pages),
        sum(len(page.refused) for page in pages),
    )
