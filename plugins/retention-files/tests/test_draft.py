"""A mapping that is proposed reads the file after a person filled in what it leaves open."""

import gzip
import shutil
import tomllib
from pathlib import Path

import pytest
from retention_files.draft import draft

from retention_sdk.cli import main
from retention_sdk.errors import PayloadError

EXPORTS = Path(__file__).parent / "exports"
GERMAN = """\
Bestellnummer;Bestelldatum;E-Mail;Vorname;Nachname;Straße;PLZ;Ort;Land;Artikel;Menge;Einzelpreis;Gesamtbetrag;Newsletter
17;20.11.2026 10:00;ada@mail.example;Ada;Muster;Testgasse 1;1010;Wien;AT;Tasse;2;1.015,00;2.030,00;ja
17;20.11.2026 10:00;ada@mail.example;Ada;Muster;Testgasse 1;1010;Wien;AT;Teller;1;0,00;2.030,00;ja
18;21.11.2026 18:30;bo@mail.example;Bo;Muster;Testweg 2;8010;Graz;AT;Schale;1;12,00;12,00;nein
"""
PERSIAN = """\
شماره سفارش,تاریخ,نام,نام خانوادگی,شهر,محصول,تعداد,قیمت,مبلغ کل
۱۷,۱۴۰۵/۰۸/۲۹,مینا,نمونه,تهران,کاسه,۲,۱۵۰٬۰۰۰,۳۰۰٬۰۰۰
"""


def filled(text, **values):
    """What a person writes where the draft left a gap."""
    for name, value in values.items():
        text = text.replace(f'{name} = ""', f'{name} = "{value}"')
    return tomllib.loads(text)


def test_a_german_export(export):
    export.write(GERMAN)
    text = draft(export.path)
    mapping = filled(text, currency="EUR", time_zone="Europe/Vienna")
    first, second = export.orders(mapping)

    assert (",", ".", "lines") == (mapping["decimal"], mapping["thousands"], mapping["rows"])
    assert ["%d.%m.%Y %H:%M"] == [mapping["dates"]]
    assert ["2030.00 EUR", "12.00 EUR"] == [str(first.total), str(second.total)]
    assert ["Tasse", "Teller"] == [line.title for line in first.lines]
    assert ("Ada", "Wien", "AT") == (
        first.customer.given_name,
        first.shipping_address.city,
        first.shipping_address.country,
    )
    assert "consent" not in mapping
    assert '# [[consent]]\n# column = "Newsletter"' in text


def test_a_persian_export(export):
    export.write(PERSIAN, encoding="utf-16")
    text = draft(export.path)

    assert 'placed_at = "تاریخ"' in text
    assert 'id = "شماره سفارش"' in text
    assert 'calendar = "persian"\ndates = "%Y/%m/%d"' in text
    mapping = filled(text, currency="IRR", time_zone="Asia/Tehran")
    mapping |= {"factor": 10}
    (order,) = export.orders(mapping)
    assert "3000000.00 IRR" == str(order.total)
    assert "2026-11-19 20:30:00+00:00" == str(order.placed_at)


def test_days_that_may_be_months_are_said(export):
    export.write("Order,Date,Total,Item\n1,03/04/2026,5.00,Cup\n")

    assert 'it may be "%m/%d/%Y" too: look at a day after the 12th' in draft(export.path)


@pytest.mark.parametrize(
    ("date", "calendar"),
    [("1448/06/10", "islamic-umalqura"), ("2569/11/20", "buddhist"), ("1405/08/29", "persian")],
)
def test_the_calendar_is_the_one_that_makes_days_of_our_time(export, date, calendar):
    export.write(f"Order,Date,Total,Item\n1,{date},5.00,Cup\n")

    assert f'calendar = "{calendar}"' in draft(export.path)


def test_dates_that_nobody_reads_are_said(export):
    export.write("Order,Date,Total,Item\n1,soon,5.00,Cup\n")

    assert "no format is known that reads all of them" in draft(export.path)


def test_what_is_missing_is_said(export):
    export.write("Order,Weight\n1,5\n")
    text = draft(export.path)

    assert '# total = ""  # needed: name its column' in text
    assert '# Columns that nobody reads: "Weight"' in text


def test_lines_of_json(export):
    export.write(
        '{"order": {"id": "7"}, "created_at": "2026-11-20T10:00:00Z", "total": 5.5, "title": "Cup"}\n',
        "o.jsonl",
    )
    mapping = filled(draft(export.path), currency="EUR")
    (order,) = export.orders(mapping)

    assert ("7", "5.50 EUR") == (order.id, str(order.total))


@pytest.mark.parametrize("name", ["shopify", "woocommerce", "etsy", "ebay"])
def test_known_exports_are_recognised(tmp_path, name):
    shutil.copy(EXPORTS / f"{name}.csv", tmp_path)
    text = draft(tmp_path / f"{name}.csv")

    assert name == tomllib.loads(text)["preset"]
    assert ('currency = ""' in text) == (name in {"woocommerce", "ebay"})
    assert ('time_zone = ""' in text) == (name != "shopify")
    assert ("Accepts Marketing" in text) == (name == "shopify")


def test_compressed_files(tmp_path):
    packed = tmp_path / "o.csv.gz"
    packed.write_bytes(gzip.compress((EXPORTS / "shopify.csv").read_bytes()))

    assert 'preset = "shopify"' in draft(packed)


def test_files_without_a_line_of_json(export):
    export.write("{\n", "o.jsonl")
    with pytest.raises(PayloadError, match="no line of JSON"):
        draft(export.path)


def test_the_command_writes_a_file_once(export, capsys):
    export.write(GERMAN)
    target = export.folder / "shop.toml"
    arguments = ["x", "mapping", str(export.path), "--out", str(target)]

    assert 0 == main(arguments)
    assert "wrote" in capsys.readouterr().out
    assert 3 == main(arguments)
    assert "is there already" in capsys.readouterr().err
    assert 'id = "Bestellnummer"' in target.read_text("utf-8")


def test_the_command_prints(export, capsys):
    export.write(GERMAN)

    assert 0 == main(["x", "mapping", str(export.path)])
    assert "[columns]" in capsys.readouterr().out
    assert 3 == main(["x", "mapping", str(export.path), "--encoding", "utf-7"])
