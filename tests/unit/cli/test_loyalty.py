"""``retention loyalty``: balance, history, explain, adjust, verify and liability."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

PROGRAM = """
[loyalty]
unit = "stars"
time_zone = "Europe/Berlin"
expires_after_days = 36_500
rates = { EUR = { points = 1, per_minor = 100 } }
point_value = { points = 100, minor = 150, currency = "EUR" }
"""
NEW_YEAR = datetime(2026, 1, 10, 12, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A shop with a customer who earned 120 and 80 points, spent 50, and sent half back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAM)
    ada = a_customer(id="7", email="ada@mail.example")
    with Retention.from_file("retention.toml") as opened:
        shop_id, ledger = opened.config.shop.id, opened.ledger
        with opened.store.begin() as connection:
            who = opened.store.subjects.for_customer(connection, shop_id, ada, now=NEW_YEAR)
            for number, (total, days) in enumerate([("120.00 EUR", 0), ("80.00 EUR", 40)]):
                at = NEW_YEAR + timedelta(days=days)
                order = an_order(id=f"o{number}", customer=ada, total=total, shipping=None)
                event = a_paid_event(order, shop_id=shop_id).model_copy(update={"occurred_at": at})
                ledger.earn(connection, event, subject_id=who, now=at)
            held = ledger.holds.place(
                connection, who, 50, key="h", now=at, expires_at=at + timedelta(days=1)
            )
            ledger.holds.capture(connection, held.hold_id, key="c", now=at)
            ledger.claw_back(connection, event, subject_id=who, now=at, ratio=Fraction(1, 2))
        return opened.config.store_url.removeprefix("sqlite:///"), who


@pytest.fixture(autouse=True)
def quiet(shop, capsys):
    capsys.readouterr()


def told(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def shown(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "customer", ["7", "id:7", "Ada@Mail.example", "email:ada@mail.example", "subject:", ""]
)
def test_a_balance_is_found_by_account_address_and_subject(shop, capsys, customer):
    name = customer if customer not in {"", "subject:"} else f"{customer}{shop[1]}"
    answer = told(capsys, "balance", name)

    assert (110, 0, 0, 0) == tuple(
        answer[each] for each in ("available", "pending", "held", "owed")
    )
    assert shop[1] == answer["subject"]
    assert {"day": "2125-12-17", "at": "2125-12-17T12:00:00Z", "points": 70} == answer[
        "next_expiry"
    ]
    assert [("soap-sons:o0", 70), ("soap-sons:o1", 40)] == [
        (lot["from"], lot["available"]) for lot in answer["lots"]
    ]


def test_a_balance_is_told_in_words_and_its_days_as_asked(capsys):
    assert "110 stars can be spent now\n70 expire on 2125-12-17\n" in shown(capsys, "balance", "7")
    assert "70 expire on 17. Dezember 2125" in shown(capsys, "balance", "7", "--locale", "de-AT")


def test_somebody_without_points_holds_none(capsys):
    with Retention.from_file("retention.toml") as opened, opened.store.begin() as connection:
        shop_id = opened.config.shop.id
        opened.store.subjects.subject_for(connection, shop_id, "id:8", now=NEW_YEAR)

    assert (0, None, []) == tuple(
        told(capsys, "balance", "8")[name] for name in ("available", "account", "lots")
    )
    assert "0 stars can be spent now" in shown(capsys, "balance", "8")
    assert "Nothing happened" in shown(capsys, "history", "8")


def test_history_tells_each_change_with_its_reason(capsys):
    answer = told(capsys, "history", "7")

    assert [("earn", 120), ("earn", 80), ("hold", 0), ("capture", -50), ("clawback", -40)] == [
        (entry["kind"], entry["points"]) for entry in answer
    ]
    assert "50 stars were redeemed." == answer[3]["sentence"]
    assert 110 == answer[-1]["after"]["available"]
    assert answer[-2:] == told(capsys, "history", "7", "--last", "2")
    assert "2026-02-19  -40  clawback  then 110 available" in shown(capsys, "history", "7")


def test_a_transaction_is_explained_with_what_it_was_computed_from(capsys):
    first = told(capsys, "history", "7")[0]["txn"]
    answer = told(capsys, "explain", first)

    assert "120 stars for 120.00 EUR at 1 per 1.00 EUR" in answer["sentence"]
    assert 12000 == answer["facts"]["breakdown"]["basis_minor"]
    assert "Afterwards: 120 available, 0 pending, 0 held." in shown(capsys, "explain", first)
    assert 9 == main(["loyalty", "explain", "no such"])


def test_an_adjustment_is_done_once_per_key(capsys):
    arguments = ["adjust", "7", "-30", "--reason", "Found twice", "--by", "support", "--key", "t-1"]
    first = told(capsys, *arguments)
    again = told(capsys, *arguments)

    assert (-30, 80, True) == (first["points"], first["available"], first["is_new"])
    assert (first["txn"], False) == (again["txn"], again["is_new"])
    sentence = told(capsys, "explain", first["txn"])["sentence"]
    assert "30 stars were taken by support: Found twice." == sentence


def test_an_adjustment_is_told_in_words(capsys):
    plus = shown(capsys, "adjust", "7", "25", "--reason", "Sorry for the wait", "--by", "support")
    minus = shown(
        capsys, "adjust", "7", "-200", "--reason", "Fraud", "--by", "support", "--may-owe"
    )

    assert plus.startswith("25 stars added; 135 can be spent\n")
    assert minus.startswith("200 stars taken; 0 can be spent\n65 are owed")


def test_what_a_person_wrote_is_not_stored_in_clear(shop, capsys):
    told(capsys, "adjust", "7", "5", "--reason", "Ada rang us up", "--by", "support")

    assert b"Ada rang" not in b"".join(
        each.read_bytes() for each in Path.cwd().glob(f"{Path(shop[0]).name}*")
    )


def test_verify_says_that_every_point_is_where_it_belongs(capsys):
    answer = told(capsys, "verify")

    assert (True, 1, 5, None) == (
        answer["is_clean"],
        answer["accounts_count"],
        answer["transactions_count"],
        answer["first_broken"],
    )


def test_verify_names_the_first_transaction_that_was_changed(shop, capsys):
    broken = told(capsys, "history", "7")[1]["txn"]
    raw = sqlite3.connect(shop[0])
    raw.execute("DROP TRIGGER txn_no_update")
    raw.execute("UPDATE txn SET actor = 'somebody else' WHERE id = ?", [broken])
    raw.commit()
    raw.close()
    answer = told(capsys, "verify", code=1)

    assert f"txn {broken}" == answer["first_broken"]["place"]
    assert "its hash does not fit" in answer["first_broken"]["message"]
    assert f"txn {broken}" in shown(capsys, "verify", code=1).replace("\n", "")


def test_liability_adds_up_month_by_month(capsys):
    (answer,) = told(capsys, "liability", "--from", "2026-01", "--to", "2026-03")
    names = ("opening", "issued", "redeemed", "expired", "reversed", "closing")

    assert [
        (0, 120, 0, 0, 0, 120),
        (120, 80, 50, 0, 40, 110),
        (110, 0, 0, 0, 0, 110),
    ] == [tuple(line[name] for name in names) for line in answer["periods"]]
    assert {"minor": 165, "currency": "EUR"} == answer["periods"][-1]["closing_value"]
    assert {"2125": 70, "2126": 40} == answer["periods"][-1]["expiring"]


def test_liability_is_told_in_a_table_that_fits_a_terminal(capsys):
    text = shown(capsys, "liability", "--from", "2026-01-15", "--to", "2026-02")

    assert "2026-01-15…31      120         –" in text
    assert "2026-02            120        80          50          –          40" in text
    assert "On 2026-02-28: 110 available\nExpire: 70 in 2125, 40 in 2126\nWorth 1.65 EUR" in text
    assert 80 >= max(map(len, text.splitlines()))


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_spreadsheet_gets_whole_numbers_and_a_byte_order_mark(capsys, separator):
    arguments = ["--from", "2026-01", "--to", "2026-02", "--csv", "points.csv"]
    told(capsys, "liability", *arguments, "--csv-separator", separator)
    data = Path("points.csv").read_bytes()

    assert data.startswith(b"\xef\xbb\xbfprogram" + separator.encode())
    assert 3 == data.count(b"\r\n") == data.count(b"\n")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines(), delimiter=separator))
    assert {
        "program": "points",
        "unit": "stars",
        "first_day": "2026-02-01",
        "last_day": "2026-02-28",
        "opening": "120",
        "issued": "80",
        "redeemed": "50",
        "expired": "0",
        "reversed": "40",
        "closing": "110",
        "pending": "0",
        "available": "110",
        "held": "0",
        "owed": "0",
        "expires_2125": "70",
        "expires_2126": "40",
        "expires_never": "0",
        "opening_value_minor": "180",
        "closing_value_minor": "165",
        "currency": "EUR",
    } == rows[1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["balance", "nobody"], 3),
        (["balance", "nobody@mail.example"], 3),
        (["history", "subject:7"], 3),
        (["adjust", "7", "0", "--reason", "r", "--by", "b"], 9),
        (["adjust", "7", "-111", "--reason", "r", "--by", "b"], 9),
        (["adjust", "7", "5", "--reason", " ", "--by", "b"], 9),
        (["adjust", "7", "5", "--by", "b"], 2),
        (["adjust", "7", "many", "--reason", "r", "--by", "b"], 2),
        (["liability", "--from", "January"], 2),
        (["liability", "--from", "2026-02", "--to", "2026-01"], 2),
        (["liability", "--from", "1990", "--to", "2026-01"], 2),
        (["liability", "--from", "1990-01", "--to", "2026-01"], 9),
        (["liability", "--csv", "no/such/folder.csv"], 3),
        (["liability", "--csv-separator", ";;"], 2),
    ],
)
def test_what_cannot_be_done_is_refused_and_names_nobody(capsys, arguments, code):
    assert code == main(["loyalty", *arguments])
    said = capsys.readouterr().err
    assert said
    assert "nobody@mail" not in said
    assert 110 == told(capsys, "balance", "7")["available"]


@pytest.mark.parametrize("arguments", [["balance", "7"], ["liability"]])
def test_a_shop_without_points_is_told_how_to_begin(capsys, arguments):
    file = Path("retention.toml")
    file.write_text(file.read_text().replace(PROGRAM, ""))

    assert 3 == main(["loyalty", *arguments])
    assert "retention.toml: loyalty: this shop has no points" in capsys.readouterr().err
