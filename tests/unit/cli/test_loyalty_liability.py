"""The accountant's file of a shop with two currencies of points, and everything that moves them."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.loyalty.journal import Cause
from retention_sdk.testing import a_customer, a_paid_event, an_order

GOLDEN = Path(__file__).parents[2] / "golden" / "loyalty" / "liability.csv"
PROGRAMS = """
[loyalty]
id = "club"
unit = "stars"
time_zone = "Europe/Berlin"
expires_after_days = 50
rates = { EUR = { points = 1, per_minor = 100 } }
point_value = { points = 100, minor = 150, currency = "EUR" }

[points.stamps]
unit = "stamps"
rates = { EUR = { points = 1, per_minor = 1000 } }
"""
START = datetime(2026, 1, 10, 12, tzinfo=UTC)
FLOWS = ("opening", "issued", "redeemed", "expired", "reversed", "closing")


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch, capsys):
    """Ada earns 200 stars in January and again in February; see the tests for what follows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAMS)
    with Retention.from_file("retention.toml") as opened, opened.store.begin() as connection:
        shop_id = opened.config.shop.id
        ada, bob = (
            opened.store.subjects.for_customer(
                connection, shop_id, a_customer(id=name, email=f"{name}@mail.example"), now=START
            )
            for name in ("ada", "bob")
        )
        later = START + timedelta(days=31)
        for name, ledger in opened.ledgers.items():
            for number, at in enumerate((START, later)):
                order = an_order(id=f"o{number}", total="200.00 EUR", shipping=None)
                event = a_paid_event(order, shop_id=shop_id).model_copy(update={"occurred_at": at})
                ledger.earn(connection, event, subject_id=ada, now=at)
            if name == "club":
                move_stars(ledger, connection, (ada, bob), event, later)
            else:
                ledger.transfer(connection, ada, 5, to=bob, key="stamps", now=later)
    capsys.readouterr()


def move_stars(ledger, connection, people, event, later):
    """Everything that the ledger can do, on the tenth of January and of February."""
    ada, bob = people
    ledger.donate(connection, ada, 20, cause_id="trees", key="d", now=START)
    ledger.transfer(connection, ada, 30, to=bob, key="t", now=START)
    soon = later + timedelta(days=1)
    out = ledger.holds.place(connection, ada, 100, key="miles", now=later, expires_at=soon)
    ledger.holds.capture(connection, out.hold_id, key="miles:done", now=later)
    ledger.holds.refund(connection, out.hold_id, key="miles:back", now=later, points=40)
    ledger.grant(
        connection,
        subject_id=bob,
        points=15,
        cause=Cause("partner", "miles"),
        key="in",
        occurred_at=later,
        now=later,
        reason="",
        breakdown={},
    )
    ledger.claw_back(connection, event, subject_id=ada, now=later, ratio=Fraction(1, 4))


def months(capsys, *arguments):
    command = ["loyalty", "liability", "--from", "2026-01", "--to", "2026-03", "--json"]
    assert 0 == main([*command, *arguments])
    return json.loads(capsys.readouterr().out)


def test_donations_transfers_and_partners_add_up(capsys):
    """200 in January, 20 of them for trees; 30 for Bob change hands only.

    February: 200 + 15 come, 100 go to the partner of which 40 return, 50 are taken back: a
    quarter of the second order. March: what is left of January's points expires after fifty days,
    200 − 20 − 60.
    """
    club, stamps = months(capsys)

    assert ["club", "stamps"] == [club["program"], stamps["program"]]
    assert [
        (0, 200, 20, 0, 0, 180),
        (180, 215, 60, 0, 50, 285),
        (285, 0, 0, 120, 0, 165),
    ] == [tuple(line[name] for name in FLOWS) for line in club["periods"]]
    assert [20, 40, 40] == [line["closing"] for line in stamps["periods"]]
    assert {"minor": 248, "currency": "EUR"} == club["periods"][-1]["closing_value"]
    assert "closing_value" not in stamps["periods"][-1]


def test_one_currency_of_points_alone(capsys):
    (stamps,) = months(capsys, "--points", "stamps")

    assert "stamps" == stamps["program"]
    assert 3 == main(["loyalty", "liability", "--points", "coins"])


def test_the_accountants_file_is_as_it_was(capsys):
    months(capsys, "--csv", "points.csv")
    text = Path("points.csv").read_bytes().decode("utf-8-sig")

    assert GOLDEN.read_bytes().decode() == text
    rows = list(csv.DictReader(text.splitlines()))
    assert 6 == len(rows)
    for row in rows:
        opening, issued, *gone, closing = (int(row[name]) for name in FLOWS)
        assert closing == opening + issued - sum(gone)
        assert closing == sum(int(row[name]) for name in row if name.startswith("expires_")) - int(
            row["owed"]
        )


@pytest.mark.parametrize("option", ["--from", "--to"])
def test_what_is_no_month_is_refused_even_without_points(option, tmp_path, monkeypatch):
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    assert 2 == main(["loyalty", "liability", option, "2026"])
