"""``retention loyalty achievements`` and ``leaderboard``: told as JSON and in tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

PROGRAM = """
[loyalty]
rates = { EUR = { points = 1, per_minor = 100 } }

[[loyalty.achievements]]
id = "regular"
kind = "orders"
names = { en = "Regular guest", de = "Stammgast" }
levels = [
  { key = "bronze", target = 1, points = 20 },
  { key = "silver", target = 5, reward = "mug" },
]

[[loyalty.rewards]]
id = "mug"
kind = "gift"
points = 400
names = { en = "Our mug" }

[[loyalty.achievements]]
id = "summer"
kind = "orders"
join = "opt_in"
levels = [{ target = 2 }]

[[loyalty.leaderboards]]
id = "all-time"
participants_min = 3
period = "window"
starts = 2020-01-01
ends = 2120-01-01
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A shop with three customers who ordered, and two of them on the board."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAM)
    with Retention.from_file("retention.toml") as opened:
        for number, name in enumerate(("Otter", "Badger", "")):
            who = a_customer(id=str(number), email=f"{number}@mail.example")
            order = an_order("30.00 EUR", id=f"o{number}", customer=who, shipping=None)
            event = a_paid_event(order, id=f"e{number}", shop_id=opened.config.shop.id)
            opened.accept([event])
            stored = opened.intake.stored(event.id)
            opened.press_room.snapshots.take(stored, now=opened.clock())
            if name:
                opened.loyalty.achievements.opt_in(who, "all-time", name=name)


@pytest.fixture(autouse=True)
def quiet(shop, capsys):
    capsys.readouterr()


def told(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def shown(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments])
    return capsys.readouterr().out


def test_achievements_are_told_with_what_is_held_and_what_is_missing(capsys):
    regular, summer = told(capsys, "achievements", "id:0", "--locale", "de")["achievements"]

    assert ("Stammgast", "silver", 4) == (
        regular["name"],
        regular["progress"]["next_level"],
        regular["progress"]["missing"],
    )
    assert [("bronze", 20)] == [(each["level"], each["points"]) for each in regular["held"]]
    assert (True, False) == (summer["may_join"], summer["progress"]["has_joined"])


def test_achievements_are_shown_in_a_table(capsys):
    text = shown(capsys, "achievements", "id:0")

    assert "Regular guest" in text
    assert "summer (not joined)" in text
    assert "regular bronze: 20 points" in text


def test_a_board_of_two_shows_nobody(capsys):
    assert "Too few take part" in shown(capsys, "leaderboard", "all-time")
    assert [] == told(capsys, "leaderboard", "all-time")["top"]
    assert "own score 50" in shown(capsys, "leaderboard", "all-time", "--for", "id:0")


def test_a_board_of_three_shows_places(capsys):
    with Retention.from_file("retention.toml") as opened:
        third = a_customer(id="2", email="2@mail.example")
        opened.loyalty.achievements.opt_in(third, "all-time", name="Heron")
    text = shown(capsys, "leaderboard", "all-time", "--for", "id:2")

    assert "3 take part" in text
    assert "Heron" in text
    assert "own score 50, place 1" in text


@pytest.mark.parametrize("arguments", [("achievements", "id:9"), ("leaderboard", "none")])
def test_what_is_not_there_is_refused(capsys, arguments):
    assert 0 != main(["loyalty", *arguments])
    assert capsys.readouterr().err
