"""``retention loyalty simulate``: past orders, a proposed programme, and nothing that stays."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk.cli import main
from retention_sdk.testing import a_customer, an_order

PROGRAM = """
[loyalty]
unit = "stars"
expires_after_days = 75
rates = { EUR = { points = 1, per_minor = 100 } }
point_value = { points = 100, minor = 500, currency = "EUR" }
"""
START = datetime(2025, 1, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch, capsys):
    """Ada orders for 100 EUR in January, February and May; Bob for 50 in March, and returns it."""
    monkeypatch.chdir(tmp_path)
    main(["init", "--name", "Soap & Sons", "--country", "DE"])
    Path("new.toml").write_text(PROGRAM)
    people = {name: a_customer(id=name, email=f"{name}@mail.example") for name in ("ada", "bob")}
    orders = []
    placed = [
        ("ada", "100.00", 0, None),
        ("ada", "100.00", 31, None),
        ("bob", "50.00", 60, "50.00"),
        ("ada", "100.00", 120, None),
    ]
    for number, (who, total, days, refunded) in enumerate(placed):
        at = START + timedelta(days=days)
        order = an_order(
            id=str(number), customer=people[who], total=f"{total} EUR", shipping=None, placed_at=at
        )
        changes = {"placed_at": at, "paid_at": at}
        if refunded:
            changes["refunded"] = order.total
        orders.append(order.model_copy(update=changes).model_dump(mode="json"))
    Path("orders.json").write_text(json.dumps(orders))
    capsys.readouterr()


def told(capsys, *arguments):
    command = ["loyalty", "simulate", "--orders", "orders.json", "--program", "new.toml", "--json"]
    assert 0 == main([*command, *arguments])
    return json.loads(capsys.readouterr().out)


def test_without_redemptions_points_are_owed_or_expire(capsys):
    answer = told(capsys)

    assert (4, 2, 0) == (answer["orders"], answer["customers"], answer["redemptions"])
    assert {"issued": 350, "redeemed": 0, "expired": 200, "reversed": 50} == answer["points"]
    assert {"minor": 1000, "currency": "EUR"} == answer["value"]["expired"]
    closing = [line["closing"] for line in answer["report"]["periods"]]
    assert [100, 200, 100, 0, 100] == closing


def test_who_orders_with_enough_points_redeems_them(capsys):
    """In February Ada holds 100 and redeems twice 40; of what is left all expires before May."""
    answer = told(capsys, "--redeem-from", "40")

    assert 1 == answer["redemptions"]
    assert {"issued": 350, "redeemed": 80, "expired": 120, "reversed": 50} == answer["points"]


def test_the_same_orders_tell_the_same_and_leave_the_shop_alone(capsys):
    before = sorted(path.name for path in Path.cwd().iterdir())

    assert told(capsys) == told(capsys)
    assert before == sorted(path.name for path in Path.cwd().iterdir())


def test_a_chart_shows_what_is_owed(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    command = ["loyalty", "simulate", "--orders", "orders.json", "--program", "new.toml"]
    assert 0 == main(command)
    text = capsys.readouterr().out

    assert f"2025-01  {'█' * 20} 100\n2025-02  {'█' * 40} 200\n" in text
    assert "Assumed: nobody redeems.\n" in text
    assert "Of these: 0.0 % redeemed, 66.7 % expired, the rest is owed.\n" in text
    assert "Owed: 100 stars, worth 5.00 EUR.\n" in text
    assert 80 >= max(map(len, text.splitlines()))


LARGER = """
[loyalty]
unit = "stars"
rates = { EUR = { points = 2, per_minor = 100 } }
point_value = { points = 100, minor = 500, currency = "EUR" }

[loyalty.tiers]
ranks = [{ key = "all", from_minor = { EUR = 0 } }, { key = "regular", from_minor = { EUR = 20000 } }]

[[loyalty.rewards]]
kind = "amount"
id = "ten-off"
points = 150
names = { en = "Ten off" }
worth_minor = { EUR = 1000 }
"""


def test_ranks_rewards_and_their_cost(capsys):
    """Ada has 200 in February and 250 in May, and takes ten euros twice. Bob's 100 go back."""
    Path("new.toml").write_text(LARGER)
    answer = told(capsys, "--assume", "redeem=1")

    assert {"issued": 700, "redeemed": 300, "expired": 0, "reversed": 100} == answer["points"]
    reward = {
        "reward": "ten-off",
        "count": 2,
        "points": 300,
        "cost_minor": {"EUR": 2000},
        "unpriced": 0,
    }
    assert [reward] == answer["rewards"]
    assert ({"EUR": 2000}, {"EUR": 30000}) == (answer["cost_minor"], answer["paid_minor"])
    assert {"all": 1, "regular": 1} == answer["tiers"]
    assert (0.5, 0.0) == (answer["redemption_ratio"], answer["breakage_ratio"])


def test_two_programmes_stand_side_by_side(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    Path("other.toml").write_text(LARGER)
    command = ["loyalty", "simulate", "--orders", "orders.json", "--program", "new.toml"]
    assert 0 == main([*command, "--against", "other.toml", "--csv", "both.csv"])
    rows = {tuple(line.split()) for line in capsys.readouterr().out.splitlines()}

    assert ("issued", "350", "700", "-350") in rows
    assert ("expired", "200", "–", "+200") in rows
    months = [line.split(",") for line in Path("both.csv").read_text("utf-8-sig").splitlines()]
    assert ["simulation", "program", "unit", "first_day"] == months[0][:4]
    assert ["proposed"] * 5 + ["against"] * 5 == [month[0] for month in months[1:]]
    assert 1 == len({len(month) for month in months})


@pytest.mark.parametrize(
    "arguments",
    [
        ("--assume", "redeem=2"),
        ("--assume", "redeem"),
        ("--assume", "seed=0.5"),
        ("--assume", "rain=0.5"),
    ],
)
def test_what_is_no_share_is_refused(capsys, arguments):
    command = ["loyalty", "simulate", "--orders", "orders.json", "--program", "new.toml"]

    assert 2 == main([*command, *arguments])
    assert "newsletter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("orders", "program", "code"),
    [
        ("missing.json", "new.toml", 3),
        ("new.toml", "new.toml", 5),
        ("orders.json", "missing.toml", 3),
        ("orders.json", "brand.toml", 3),
        ("none.json", "new.toml", 9),
    ],
)
def test_what_cannot_be_simulated_is_refused(capsys, orders, program, code):
    Path("none.json").write_text("[]")
    assert code == main(["loyalty", "simulate", "--orders", orders, "--program", program])
    assert capsys.readouterr().err.strip().startswith("retention: ")
