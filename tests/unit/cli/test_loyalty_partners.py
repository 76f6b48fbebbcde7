"""``retention loyalty partners``: contracts, and what a month came to."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

ADA = a_customer(id="7")
PROGRAM = """
[loyalty]
rates = { EUR = { points = 1, per_minor = 1 } }

[[loyalty.partners]]
id = "miles"
unit = "miles"
out = { give = 5, get = 2, minimum = 500 }
hold_hours = 1

[points.stamps]
rates = { EUR = { points = 1, per_minor = 1 } }

[[points.stamps.partners]]
id = "trees"
unit = "trees"
out = { give = 10, get = 1, minimum = 100 }
hold_hours = 1
"""


@pytest.fixture
def month(tmp_path, monkeypatch):
    """A shop whose member sent a thousand points twice; the partner confirmed the first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAM)
    with Retention.from_file("retention.toml") as shop:
        order = an_order("40.00 EUR", customer=ADA)
        shop.ingest([a_paid_event(order, shop_id=shop.config.shop.id)])
        for reference in ("web-1", "web-2"):
            shop.loyalty.partners.send(ADA, "miles", 1000, reference=reference)
        shop.loyalty.partners.confirm("miles", "web-1", partner_reference="T-1")
        shop.loyalty.partners.send(ADA, "trees", 100, reference="web-3", program="stamps")
        labels = [line.label for line in shop.loyalty.members.view(ADA).history]
        assert 1 == labels.count("To a partner")
        assert "Exchanged for a reward" not in labels
        with shop.store.reading() as connection:
            sent = shop.store.partners.find(connection, "points", "miles", "out", "web-1")
    return f"{sent.steps[-1].at:%Y-%m}"  # the clock may be in the next one by now


def told(capsys, *arguments, expected=0):
    capsys.readouterr()
    assert expected == main(["loyalty", "partners", *arguments])
    return capsys.readouterr().out


def test_statement_adds_up_the_month(month, capsys):
    found = json.loads(told(capsys, "statement", "miles", "--month", month, "--json"))

    assert (1000, 0, 400) == (found["points_sent"], found["points_received"], found["units_due"])
    assert ["web-1"] == [line["reference"] for line in found["lines"]]
    assert "1,000 points sent" in told(capsys, "statement", "miles", "--month", month)
    lines = told(capsys, "statement", "miles", "--month", month, "--csv").splitlines()
    assert ("at,", "total,") == (lines[0][:3], lines[-1][:6])
    assert 3 == len(lines)


def test_list_shows_rates(month, capsys):
    assert "5 for 2" in told(capsys, "list")
    found = json.loads(told(capsys, "list", "--json"))
    assert [("points", "miles"), ("stamps", "trees")] == [(e["program"], e["id"]) for e in found]


def test_shop_without_partners_is_told_how_to_have_some(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    capsys.readouterr()
    assert 3 == main(["loyalty", "partners", "list"])
    assert "[[loyalty.partners]] makes one" in capsys.readouterr().err


def test_partners_of_other_points_are_served_by_name(month, capsys):
    stamps = ("--points", "stamps")
    assert ["trees"] == [e["id"] for e in json.loads(told(capsys, "list", *stamps, "--json"))]
    statement = ("statement", "trees", "--month", month)
    assert "0 points sent" in told(capsys, *statement, *stamps)
    assert told(capsys, *statement) == told(capsys, *statement, *stamps)
    told(capsys, "statement", "miles", "--month", month, *stamps, expected=9)
    told(capsys, "list", "--points", "moons", expected=3)


@pytest.mark.parametrize("text", ["2026-13", "november", "2026-11-01"])
def test_what_is_no_month_is_refused(month, text, capsys):
    told(capsys, "statement", "miles", "--month", text, expected=3)


def test_run_due_closes_what_the_partner_did_not_confirm_in_time(month):
    with Retention.from_file("retention.toml") as shop:
        for _ in range(2):
            shop.run_due(now=datetime.now(UTC) + timedelta(hours=2))
        with shop.store.reading() as connection:
            late = shop.store.partners.find(connection, "points", "miles", "out", "web-2")
            other = shop.store.partners.find(connection, "stamps", "trees", "out", "web-3")

    assert ["asked", "refused"] == [step.state for step in late.steps]
    assert ["asked", "refused"] == [step.state for step in other.steps]
