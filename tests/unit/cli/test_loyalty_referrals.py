"""``retention loyalty referrals``, and the page about them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.testing import a_customer, a_paid_event, an_address, an_order

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "referrals.md"
BLOCKS = re.findall(r"```(toml|python|console)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
ADA = a_customer(id="7")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    (toml,) = (body for language, body in BLOCKS if language == "toml")
    file.write_text(file.read_text().split("[loyalty")[0] + toml)


def told(capsys, *arguments, expected=0):
    capsys.readouterr()
    assert expected == main(["loyalty", "referrals", *arguments])
    return capsys.readouterr().out


def test_every_block_of_the_page_runs_and_prints_what_it_shows(settings, capsys):
    ran = 0
    for language, body in BLOCKS:
        if language == "python":
            capsys.readouterr()
            exec(compile(body, PAGE.name, "exec"), {})
            link, state = capsys.readouterr().out.split()
            assert re.fullmatch(r"https://soap\.example/friends\?r=(\w{4}-){3}\w{4}", link)
            assert "claimed" == state
        elif language == "console":
            command, *shown = body.splitlines()
            out = told(capsys, *shlex.split(command)[4:])
            assert set(shown) <= set(out.splitlines())
            ran += 1
    assert (3, link.partition("=")[2]) == (ran, out.splitlines()[0])


def test_a_person_decides_with_a_reason_and_a_name(settings, capsys):
    with Retention.from_file("retention.toml") as shop:
        shop_id = shop.config.shop.id
        code = shop.loyalty.referrals.code_of(ADA)
        for number, name in enumerate(("eve", "fay")):
            friend = a_customer(id=name, email=f"{name}@mail.example", address=an_address())
            order = an_order("50.00 EUR", id=name, customer=friend, coupon_codes=(code,))
            paid = a_paid_event(order, id=f"paid-{number}", shop_id=shop_id)
            assert "done" == shop.ingest([paid])[0].state
    waiting = json.loads(told(capsys, "list", "--waiting", "--json"))
    first, second = (each["id"] for each in waiting)

    assert [["both live behind the same door"]] * 2 == [each["reasons"] for each in waiting]
    assert "2 wait for a decision" in told(capsys, "list")
    by = ("--reason", "neighbours", "--by", "support")
    assert "rewarded on" in told(capsys, "approve", first, *by)
    assert "neighbours" in told(capsys, "reject", second, *by)
    assert ["rejected"] == [
        each["state"] for each in json.loads(told(capsys, "list", "--state", "rejected", "--json"))
    ]
    assert "support" in told(capsys, "show", first)
    assert "No referrals." in told(capsys, "list", "--waiting")
    told(capsys, "approve", second, *by, expected=9)


def test_a_shop_without_referrals_is_told_where_they_are_set_up(settings, capsys):
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty.referral]")[0])

    assert 3 == main(["loyalty", "referrals", "list"])
    assert "loyalty.referral" in capsys.readouterr().err
