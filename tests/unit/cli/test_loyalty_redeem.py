"""``retention loyalty rewards``, ``redeem``, ``issued``, ``hand-over`` and back, ``cancel-reward``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_order

PROGRAM = """
[loyalty]
unit = "stars"
rates = { EUR = { points = 1, per_minor = 100 } }

[[loyalty.rewards]]
id = "sample"
kind = "gift"
points = 60
names = { en = "A small soap", de = "Eine kleine Seife" }
stock = 1

[[loyalty.rewards]]
id = "party"
kind = "invitation"
points = 500
event = "party-2027"
names = { en = "Our party" }
countries = ["AT"]

[[loyalty.rewards]]
id = "ten"
kind = "percent"
percent = 10
points = 100
names = { en = "Ten per cent off" }
"""
ADA = a_customer(id="7", email="ada@mail.example")


@pytest.fixture(autouse=True)
def shop(tmp_path, monkeypatch, capsys):
    """A shop without a platform, and a customer with 120 points."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + PROGRAM)
    with Retention.from_file("retention.toml") as opened:
        order = an_order("120.00 EUR", customer=ADA)
        opened.ingest([a_paid_event(order, shop_id=opened.config.shop.id)])
    capsys.readouterr()


def told(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def shown(capsys, *arguments, code=0):
    assert code == main(["loyalty", *arguments])
    return capsys.readouterr().out


def test_catalogue_tells_what_can_be_had_and_why_not(capsys):
    answer = {each["reward"]: each for each in told(capsys, "rewards", "7")}

    assert (True, 1, []) == tuple(answer["sample"][k] for k in ("is_available", "left", "refusals"))
    assert ["country", "points"] == [each["code"] for each in answer["party"]["refusals"]]
    assert 380 == answer["party"]["missing"]
    assert ["platform"] == [each["code"] for each in answer["ten"]["refusals"]]
    table = shown(capsys, "rewards", "7", "--locale", "de", "--country", "AT")
    assert "Eine kleine Seife" in table
    assert "380 points are missing" in table
    assert "only in AT" not in table


def test_reward_is_redeemed_once_packed_and_on_no_list_any_more(capsys):
    first = told(capsys, "redeem", "7", "sample", "--key", "counter 1")
    again = told(capsys, "redeem", "7", "sample", "--key", "counter 1")
    assert ("issued", first["id"], True, False) == (
        first["state"], again["id"], first["is_new"], again["is_new"],
    )  # fmt: skip
    assert 60 == told(capsys, "balance", "7")["available"]

    to_pack = ("issued", "--state", "issued", "--kind", "gift")
    assert [first["id"]] == [each["id"] for each in told(capsys, *to_pack)]
    assert [first["id"]] == [each["id"] for each in told(capsys, "issued", "--order", "1001")]
    assert [] == told(capsys, "issued", "--order", "1002")
    assert "A small soap was handed over" in shown(
        capsys, "hand-over", first["id"], "--note", "parcel 12"
    )
    assert "There are none." in shown(capsys, *to_pack)
    assert "parcel 12" in shown(capsys, "issued", "7")


def test_what_came_back_waits_again(capsys):
    issue = told(capsys, "redeem", "7", "sample")["id"]
    told(capsys, "hand-over", issue)
    reason = ("--reason", "the parcel stayed here")

    assert "A small soap waits for the next parcel" in shown(capsys, "take-back", issue, *reason)
    assert "issued" == told(capsys, "take-back", issue, *reason)["state"]
    assert [issue] == [each["id"] for each in told(capsys, "issued", "--order", "1001")]


def test_cancelled_reward_gives_its_points_back(capsys):
    issue = told(capsys, "redeem", "7", "sample")["id"]

    assert "void; the 60 stars are back" in shown(
        capsys, "cancel-reward", issue, "--reason", "mistake"
    )
    assert 120 == told(capsys, "balance", "7")["available"]


def test_what_cannot_be_had_ends_with_the_reasons(capsys):
    assert 9 == main(["loyalty", "redeem", "7", "party"])
    error = capsys.readouterr().err
    assert "only in AT" in error
    assert "380 points are missing" in error


def test_unknown_reward_state_and_person_are_refused(capsys):
    assert 3 == main(["loyalty", "redeem", "7", "unknown"])
    assert "sample, party, ten" in capsys.readouterr().err
    assert 2 == main(["loyalty", "issued", "--state", "lost"])
    assert 3 == main(["loyalty", "rewards", "nobody"])


def test_sweep_of_nothing_ends_well(capsys):
    assert {"ended": [], "waiting": []} == told(capsys, "retry-rewards")
    assert "0 ended, 0 wait" in shown(capsys, "retry-rewards")
