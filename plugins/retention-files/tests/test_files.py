"""Encodings, quotes, broken rows, scattered orders, places to go on from."""

import gzip
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from retention_files import adapter as adapter_module
from retention_files import groups, scattered

from retention_sdk.errors import ConfigError, PayloadError, PlatformError

HEAD = "no,when,total,item\n"
ROW = "{0},2026-11-20T10:00:00Z,5.00,Bowl\n"
TITLES = "کاسه سبز", "茶碗", "Täßchen"


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(adapter_module, "PAGE", 3)


@pytest.mark.parametrize(
    ("encoding", "declared", "title"),
    [
        ("utf-8", "", TITLES[0]),
        ("utf-8-sig", "", TITLES[0]),
        ("utf-8-sig", "windows-1256", TITLES[0]),
        ("utf-16", "", TITLES[1]),
        ("utf-16-le", "utf-16-le", TITLES[1]),
        ("utf-16-be", "utf-16-be", TITLES[1]),
        ("windows-1256", "windows-1256", "كأس"),
        ("windows-1252", "windows-1252", TITLES[2]),
        ("cp932", "cp932", TITLES[1]),
        ("gb18030", "gb18030", TITLES[1]),
        ("euc-kr", "euc-kr", "그릇"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings(export, encoding, declared, title, line_end):
    rows = [ROW.format(number).replace("Bowl", title) for number in range(7)]
    export.write("".join([HEAD, *rows]).replace("\n", line_end), encoding=encoding)
    mapping = export.mapping(encoding=declared)
    pages = export.pages(mapping)

    assert [title] * 7 == [order.lines[0].title for page in pages for order in page.items]
    rest = export.pages(mapping, cursor=pages[0].cursor)
    assert [o.id for page in pages[1:] for o in page.items] == [
        o.id for page in rest for o in page.items
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_that_of_the_heading(export, delimiter):
    export.write((HEAD + ROW.format(1)).replace(",", delimiter))

    assert ["1"] == [order.id for order in export.orders()]


@pytest.mark.parametrize("name", ["orders.csv.gz", "orders.jsonl.gz", "orders.tsv.gz"])
def test_compressed_files_go_on_from_a_place_too(export, name):
    if "jsonl" in name:
        rows = [
            dict(zip(HEAD.strip().split(","), ROW.format(n).strip().split(","), strict=True))
            for n in range(7)
        ]
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        text = HEAD + "".join(map(ROW.format, range(7)))
        text = text.replace(",", "\t") if "tsv" in name else text
    export.write(gzip.compress(text.encode()), name)
    pages = export.pages()
    rest = export.pages(cursor=pages[0].cursor)

    assert [3, 3, 1] == [len(page.items) for page in pages]
    assert ["3", "4", "5", "6"] == [o.id for page in rest for o in page.items]


def test_a_damaged_archive_is_said(export):
    packed = gzip.compress((HEAD + "".join(map(ROW.format, range(2000)))).encode())
    export.write(packed[: len(packed) // 2], "orders.csv.gz")
    with pytest.raises(PayloadError, match=r"orders\.csv\.gz: the file cannot be read to its end"):
        export.pages()


def test_cells_may_hold_line_breaks_and_quotes(export):
    export.write(HEAD + '1,2026-11-20T10:00:00Z,5.00,"Bowl, ""green""\nsmall"\n' + ROW.format(2))
    first, second = export.orders()

    assert ('Bowl, "green" small', "2") == (first.lines[0].title, second.id)


def test_headings_may_differ_in_case_and_spaces(export):
    export.write("\n NO ,When, TOTAL,item,, \n" + ROW.format(1).replace("\n", ",,\n"))

    assert ["1"] == [order.id for order in export.orders()]


def test_rows_of_one_order_are_its_lines(export):
    export.write(
        "no,when,total,item,n,price\n1,2026-11-20T10:00:00Z,9.00,Cup,2,3.00\n1,,,Pot,1,3.00\n"
    )
    (order,) = export.orders(export.mapping({"quantity": "n", "unit_price": "price"}))

    assert [("Cup", 2, 600), ("Pot", 1, 300)] == [
        (line.title, line.quantity, line.total.minor) for line in order.lines
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("A1,x", "column 'land': String should match pattern '^[A-Z]{2}$'"),
        ("Austria,x", "column 'land': not a country in two letters, such as AT"),
        ('AT,"a\nb\nc\nd\ne\nf\ng"', "column 'road': Tuple should have at most 6 items"),
    ],
)
def test_a_part_of_an_address_that_is_none_is_named(export, cells, said):
    export.write(f"no,when,total,item,land,road\n1,2026-11-20,5,Cup,{cells}\n")
    (reason,) = export.refused(export.mapping({"ship_country": "land", "ship_street": "road"}))

    assert reason.startswith(f"row 2, {said}")


def test_countries_may_be_written_as_names(export):
    export.write("no,when,total,item,land\n1,2026-11-20,5,Cup,austria\n2,2026-11-20,5,Cup,AT\n")
    mapping = export.mapping({"ship_country": "land"}, countries="en")

    assert ["AT", "AT"] == [order.shipping_address.country for order in export.orders(mapping)]


def test_rows_of_one_order_have_to_agree(export):
    export.write(HEAD + ROW.format(1) + "1,2026-11-20T10:00:00Z,6.00,Pot\n" + ROW.format(2))

    assert ["2"] == [order.id for order in export.orders()]
    assert ["row 3, column 'total': differs from the first row of its order"] == export.refused()


def test_a_bad_row_does_not_stop_the_rest_and_can_be_mended(export):
    rows = [ROW.format(n) for n in range(5)]
    rows[1], rows[3] = rows[1].replace("5.00", "5.00€"), rows[3].replace("2026", "26")
    export.write(HEAD + "".join(rows))
    rejects = export.folder / "orders.rejects.csv"

    assert ["0", "2", "4"] == [order.id for order in export.orders()]
    assert HEAD + rows[1] + rows[3] == rejects.read_text()
    assert [
        "row 3, column 'total': not an amount such as 1234.50",
        "row 5, column 'when': not a moment such as 2026-11-20T10:00:00+01:00",
    ] == (export.folder / "orders.rejects.txt").read_text().splitlines()
    assert 0o600 == rejects.stat().st_mode & 0o777
    export.path = rejects
    rejects.write_text(rejects.read_text().replace("5.00€", "5.00").replace(",26-11", ",2026-11"))
    assert ["1", "3"] == [order.id for order in export.orders()]


def test_rejects_of_an_earlier_reading_are_gone(export):
    export.write(HEAD + "1,never,5.00,Bowl\n")
    export.orders()
    export.write(HEAD + ROW.format(1))
    export.orders()

    assert ["orders.csv"] == [path.name for path in export.folder.iterdir()]


@pytest.mark.parametrize("elsewhere", [False, "kept.csv"])
def test_rejects_may_lie_elsewhere_or_nowhere(export, elsewhere):
    export.write(HEAD + "1,never,5.00,Bowl\n")
    export.orders(rejects=elsewhere and str(export.folder / elsewhere))
    names = sorted(path.name for path in export.folder.iterdir())

    assert (["kept.csv", "kept.txt", "orders.csv"] if elsewhere else ["orders.csv"]) == names


@pytest.mark.parametrize(
    ("export_name", "rejects"),
    [
        ("orders.csv", "orders.csv"),
        ("orders.txt", "orders.csv"),
        ("orders.csv", "../{0}/orders.csv"),
    ],
)
def test_the_export_is_never_taken_for_the_rejects_of_an_earlier_reading(
    export, export_name, rejects
):
    rows = HEAD + ROW.format(1) + ROW.format(2).replace("5.00", "5.00€")
    export.write(rows, export_name)
    with pytest.raises(ConfigError, match=r"platforms\.files\.rejects"):
        export.orders(rejects=str(export.folder / rejects.format(export.folder.name)))

    assert rows == export.path.read_text()


def test_rows_and_reasons_of_a_text_file_go_apart(export):
    export.write(HEAD + ROW.format(1) + ROW.format(2).replace("5.00", "5.00€"), "orders.txt")
    export.orders()

    assert 2 == len((export.folder / "orders.rejects.txt").read_text().splitlines())
    (reason,) = (export.folder / "orders.rejects.reasons.txt").read_text().splitlines()
    assert reason.startswith("row 3")


def test_rejects_that_cannot_be_written_are_an_error_with_a_way_out(export):
    export.write(HEAD + "1,never,5.00,Bowl\n")
    with pytest.raises(PlatformError, match="name another folder with rejects"):
        export.orders(rejects=str(export.folder / "gone" / "kept.csv"))


def test_a_repeated_page_writes_its_rejects_once(export):
    rows = [ROW.format(n) if n % 2 else f"{n},never,5.00,Bowl\n" for n in range(12)]
    export.write(HEAD + "".join(rows))
    pages = export.pages()
    rejects = export.folder / "orders.rejects.csv"
    whole = rejects.read_bytes()
    for page in pages:
        if page.cursor:
            export.pages(cursor=page.cursor)
            assert whole == rejects.read_bytes()


def test_rejects_that_somebody_took_away_are_begun_anew(export):
    rows = [ROW.format(n) if n % 2 else f"{n},never,5.00,Bowl\n" for n in range(12)]
    export.write(HEAD + "".join(rows))
    cursor = export.pages()[1].cursor
    (export.folder / "orders.rejects.csv").unlink()
    export.pages(cursor=cursor)

    text = (export.folder / "orders.rejects.csv").read_text()
    assert [HEAD.strip(), rows[6].strip()] == text.splitlines()[:2]


def test_strict_stops_at_the_first_bad_row(export):
    export.write(HEAD + ROW.format(1) + "2,never,5.00,Bowl\n")
    with pytest.raises(PayloadError, match=r"orders\.csv: .* at row 3, column 'when'"):
        export.orders(strict=True)


def test_a_quotation_mark_that_is_not_closed_costs_the_rows_around_it(export):
    rows = [ROW.format(n) for n in range(6)]
    rows[2] = rows[2].replace("Bowl", '"Bowl')
    export.write(HEAD + "".join(rows))

    assert ["0", "4", "5"] == [order.id for order in export.orders()]
    assert [
        "row 4: a quotation mark that is not closed, or a cell that is too long",
        "row 5: row 4 above it cannot be read and may be a line of it",
    ] == export.refused()
    assert "".join(rows[1:4]) in (export.folder / "orders.rejects.csv").read_text()


@pytest.mark.parametrize("bad", range(9))
def test_no_place_to_go_on_from_forgets_a_row_that_may_be_anybodys(export, bad):
    rows = [ROW.format(n) for n in range(9)]
    rows[bad] = '"torn' + rows[bad]
    export.write(HEAD + "".join(rows))
    pages = export.pages()
    read = [order.id for page in pages for order in page.items]

    assert {str(n) for n in range(9)} - {str(n) for n in (bad - 1, bad, bad + 1)} == set(read)
    for number, page in enumerate(pages[:-1], start=1):
        rest = [order.id for each in export.pages(cursor=page.cursor) for order in each.items]
        assert [order.id for each in pages[number:] for order in each.items] == rest


def test_one_row_per_order_costs_only_itself(export):
    rows = [ROW.format(n) for n in range(6)]
    rows[2] = rows[2].replace("Bowl", '"Bowl')
    export.write(HEAD + "".join(rows))

    assert ["0", "1", "3", "4", "5"] == [o.id for o in export.orders(export.mapping(rows="orders"))]


def test_bytes_that_are_no_text_cost_their_order(export):
    export.write(
        (HEAD + ROW.format(1)).encode()
        + b"2,2026-11-20T10:00:00Z,5.00,B\xff\n"
        + ROW.format(3).encode()
    )

    assert ["1", "3"] == [order.id for order in export.orders()]
    assert ["row 3: bytes that are no text; is encoding in the mapping that of the file?"] == (
        export.refused()
    )


def test_rows_with_too_few_cells_are_named(export):
    export.write(HEAD + ROW.format(1) + "2,2026-11-20T10:00:00Z\n\n" + ROW.format(3))

    assert ["1", "3"] == [order.id for order in export.orders()]
    assert ["row 3: 2 cells, but the heading has 4"] == export.refused()


def test_orders_whose_rows_are_apart_are_refused_all_of_them(export, monkeypatch):
    monkeypatch.setattr(scattered, "RUN", 4)
    export.write(HEAD + "".join(map(ROW.format, (1, 2, 3, 1, 4, 5, 6, 2, 7, 8))))

    assert ["3", "4", "5", "6", "7", "8"] == [order.id for order in export.orders()]
    message = "column 'no': other rows of the same order stand elsewhere; put them together"
    assert [f"row {row}, {message}" for row in (2, 3, 5, 9)] == export.refused()


def test_two_rows_for_one_order_are_two_too_many(export):
    export.write(HEAD + "".join(map(ROW.format, (1, 2, 1))))

    assert ["2"] == [order.id for order in export.orders(export.mapping(rows="orders"))]
    assert "other rows name the same order" in (export.folder / "orders.rejects.txt").read_text()


def test_a_file_that_is_not_sorted_at_all_is_refused(export, monkeypatch):
    monkeypatch.setattr(adapter_module, "SCATTERED_MAX", 2)
    monkeypatch.setattr(scattered, "SCATTERED_MAX", 2)
    export.write(HEAD + "".join(map(ROW.format, (1, 2, 3, 4, 1, 2, 3, 4))))
    with pytest.raises(PayloadError, match="sort the file by 'no'"):
        export.pages()


def test_an_identifier_that_never_changes_is_not_one_order(export, monkeypatch):
    monkeypatch.setattr(groups, "ROWS_MAX", 3)
    export.write(HEAD + ROW.format(1) * 7)

    assert [] == export.orders()
    assert 3 == len(export.refused())


def test_a_cursor_of_another_file_begins_anew(export):
    export.write(HEAD + "".join(map(ROW.format, range(7))))
    cursor = export.pages()[0].cursor
    export.write(HEAD + "".join(map(ROW.format, range(1, 8))))
    os.utime(export.path, (1, 1))

    assert 7 == sum(len(page.items) for page in export.pages(cursor=cursor))


@pytest.mark.parametrize("cursor", ["x", "a:b", "1:2:3", "::::", "x:1:1:1:1:1"])
def test_a_cursor_that_is_none_begins_anew(export, cursor):
    export.write(HEAD + "".join(map(ROW.format, range(4))))

    assert 4 == sum(len(page.items) for page in export.pages(cursor=cursor))


def test_an_unchanged_file_is_not_read_again(export):
    export.write(HEAD + ROW.format(1))
    now = datetime.now(UTC)

    assert [] == export.pages(since=now + timedelta(hours=1))
    assert 1 == len(export.pages(since=now - timedelta(hours=1)))


def test_a_column_of_changes_is_believed(export):
    export.write(
        "no,when,total,item,changed\n1,2026-11-20,5,Cup,2026-11-20\n2,2026-11-20,5,Cup,2026-11-22\n"
    )
    pages = export.pages(
        export.mapping({"modified_at": "changed"}), since=datetime(2026, 11, 21, tzinfo=UTC)
    )

    assert ["2"] == [order.id for page in pages for order in page.items]


def test_lists_log_how_much_was_left_out(export, caplog):
    export.write(HEAD + "1,never,5.00,Bowl\n")

    assert [] == list(export.adapter().fetch_orders())
    assert ["orders.csv: 1 orders could not be read"] == caplog.messages


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("", "orders.csv", "no heading"),
        ("\n\n\n", "orders.csv", "no heading"),
        ('"never closed\n1,2\n', "orders.csv", "no heading"),
        ("a,b,c\n1,2,3\n", "orders.csv", "the file has no column 'no', 'when', 'total', 'item'"),
        ("no,when,total,item,No\n", "orders.csv", "two columns are called 'no'"),
        (b"\x00" * 3_000_000, "orders.csv", "longer than 1 MiB"),
        ("x" * 3_000_000, "orders.csv", "longer than 1 MiB"),
        ("x", "orders.xlsx", "set format in the mapping"),
        ("x", "orders", "set format in the mapping"),
    ],
)
def test_files_that_are_something_else(export, content, name, said):
    export.write(content, name)
    with pytest.raises(PayloadError, match=said) as caught:
        export.pages()
    assert name in str(caught.value)


def test_a_file_that_is_not_there(export):
    with pytest.raises(PlatformError, match="No such file") as caught:
        export.pages()
    assert not caught.value.retryable


def test_lines_that_are_no_json_are_named(export):
    good = '{"no": 1, "when": "2026-11-20", "total": 5, "item": "Cup"}\n'
    export.write(
        good + "{\n[1]\n\n" + good.replace(": 1,", ': {"a": 1},') + good.replace("1", "2", 1),
        "o.jsonl",
    )

    assert ["1", "2"] == [order.id for order in export.orders(export.mapping(rows="orders"))]
    assert [
        "row 2: not JSON",
        "row 3: not a JSON object",
        "row 5, column 'no': neither a text nor a number",
    ] == export.refused(export.mapping(rows="orders"))


def test_the_problem_in_a_later_row_of_an_order_is_named_there(export):
    export.write(
        "no,when,total,item,n\n1,2026-11-20,5,Cup,1\n1,2026-11-20,5,Pot,0\n1,2026-11-20,5,Pan,x\n"
    )
    mapping = export.mapping({"quantity": "n"})
    (reason,) = export.refused(mapping)

    assert "row 4, column 'n': not a whole number" == reason
    export.write("no,when,total,item,n\n1,2026-11-20,5,Cup,1\n1,2026-11-20,5,Pot,0\n")
    (reason,) = export.refused(mapping)
    assert reason.startswith("row 3, column 'n': Input should be greater than or equal to 1")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"raw": {"columns": {"id": "no"}}}, "name the column of placed_at and total and title"),
        ({"columns": {"sum": "x"}}, "there is no field 'sum'"),
        ({"currency": ""}, 'set currency = "EUR"'),
        ({"decimal": ",", "thousands": ","}, "the same sign"),
        ({"encoding": "utf-7"}, "encoding: not known"),
        ({"encoding": "klingon"}, "encoding: not known"),
        ({"dates": "%d.%m.%Y", "time_zone": ""}, "these dates name no zone"),
        ({"dates": "%Q"}, "a format of dates with"),
        ({"time_zone": "Mars/Base"}, "not a time zone"),
        ({"items": "lines"}, 'rows = "orders"'),
        ({"decimals": ","}, "did you mean `decimal`"),
        ({"columns": {"title": {}}}, "name a column, or a value"),
        ({"preset": "magento"}, "there is no such preset"),
        ({"raw": "magento"}, "name a .toml file, or one of ebay"),
        ({"raw": "gone.toml"}, "there is no such file"),
    ],
)
def test_a_wrong_mapping_is_a_setting_to_change(export, change, said):
    export.write(HEAD + ROW.format(1))
    with pytest.raises(ConfigError, match=said):
        export.pages(change.get("raw") or export.mapping(**change))
