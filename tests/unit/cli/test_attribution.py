"""The commands that tell what cards bring."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.storage import CardChoice, CardPlace

SETTINGS = """
[shop]
id = "soap.example"
name = "Soap"
country = "DE"
currency = "EUR"
time_zone = "Asia/Tehran"
"""


@pytest.fixture
def file(tmp_path):
    """A shop with two cards, one scanned, both given out a hundred days ago."""
    (tmp_path / "retention.key").write_text("42" * 32)
    (tmp_path / "brand.toml").write_text('name = "Soap"\n[sender]\nname = "Mary"\n')
    path = tmp_path / "retention.toml"
    path.write_text(SETTINGS)
    with Retention.from_file(path) as shop, shop.store.begin() as connection:
        at = shop.clock() - timedelta(days=100)
        for number, is_holdout in ((1, False), (2, True)):
            place = CardPlace(
                card_id=number,
                shop_id="soap.example",
                order_id=f"{number}",
                fulfilment_id="1",
                event_id="e",
            )
            choice = CardChoice(
                template="thank_you", locale="de", formality="formal", is_holdout=is_holdout
            )
            subject = shop.store.subjects.subject_for(
                connection, "soap.example", f"id:{number}", now=at
            )
            shop.store.cards.assign(
                connection, place, choice, b"{}", order_number="1", subject_id=subject, now=at
            )
        shop.store.scans.record(
            connection, 1, variant=0, at=at + timedelta(days=1), ua_class="phone"
        )
    return path


def test_cards_are_reported_for_people_and_for_machines(file, capsys):
    assert 0 == main(["cards", "report", "-c", str(file)])
    told = capsys.readouterr().out
    assert 0 == main(["cards", "report", "-c", str(file), "--json"])
    (row,) = json.loads(capsys.readouterr().out)["rows"]

    assert "thank_you" in told
    assert (2, 1) == (row["assigned"], row["scanned"]["count"])


def test_lift_is_told_in_a_sentence(file, capsys):
    assert 0 == main(["lift", "-c", str(file)])
    assert "not enough data" in capsys.readouterr().out
    assert 0 == main(["lift", "-c", str(file), "--json", "--planned", "10"])
    answer = json.loads(capsys.readouterr().out)

    assert (1, 1) == (answer["treated"]["total"], answer["held_out"]["total"])
    assert answer["sentence"].endswith("too early to tell")


def test_lift_without_data_says_how_many_cards_it_takes_and_nothing_else(file, capsys):
    """The numbers are those of `retention lift plan` with the same wishes."""
    assert 0 == main(["lift", "-c", str(file), "--since", "2099-01-01"])
    told = " ".join(capsys.readouterr().out.split())
    main(["lift", "plan", "--json"])
    needed = json.loads(capsys.readouterr().out)

    assert told.startswith("There is not enough data yet")
    assert f"for {needed['treated']:,} customers, and {needed['held_out']:,} held out" in told
    assert "interval" not in told


def test_a_day_begins_where_the_shop_is(file, capsys):
    main(["lift", "-c", str(file), "--json", "--since", "2026-01-31"])

    assert "2026-01-30T20:30:00Z" == json.loads(capsys.readouterr().out)["since"]


def test_plan_needs_no_shop(capsys):
    """As published for R's power.prop.test: 76.7 in each group, for power 0.9; 57.7 for 0.8."""
    assert 0 == main(["lift", "plan", "--base", "50", "--matters", "25", "--holdout", "50"])
    told = capsys.readouterr().out
    assert 0 == main(
        ["lift", "plan", "--base", "50", "--matters", "25", "--holdout", "50", "--json"]
    )

    assert "116 customers, 58 with cards and 58 held out" in " ".join(told.split())
    assert {"treated": 58, "held_out": 58, "customers": 116} == json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lift", "plan", "--base", "99"], "between 0 and 1"),
        (["lift", "--since", "31.1.2026"], "2026-01-31"),
        (["cards", "report", "--since", "soon"], "2026-01-31"),
    ],
)
def test_what_cannot_be_read_is_told(file, capsys, arguments, words):
    assert 2 == main([*arguments, "-c", str(file)])

    assert words in capsys.readouterr().err
