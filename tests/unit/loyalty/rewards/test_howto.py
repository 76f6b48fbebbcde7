"""The page about rewards does what it says, one block after the other."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.cli import main
from retention_sdk.loyalty import Program
from retention_sdk.testing import a_customer, a_paid_event, an_order

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs" / "howto" / "rewards.md"
BLOCKS = re.findall(r"```(toml|python|console)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def of(language):
    return [body for kind, body in BLOCKS if kind == language]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    assert 0 == main(["init", "--name", "Soap & Sons", "--country", "DE"])
    file = Path("retention.toml")
    file.write_text(file.read_text().split("[loyalty")[0] + of("toml")[0])
    return file


def test_both_catalogues_load():
    local, platform = (
        Program.model_validate(tomllib.loads(body)["loyalty"]) for body in of("toml")
    )

    assert ["sample", "tree", "party"] == [reward.id for reward in local.rewards]
    assert {"percent", "amount", "free_shipping", "free_product"} == {
        reward.kind for reward in platform.rewards
    }


def test_redeeming_prints_what_the_page_shows(shop, capsys):
    capsys.readouterr()
    exec(compile(of("python")[0], PAGE.name, "exec"), {})

    printed = ["issued", "True", "at most 1 for each customer a month", "['A small soap']"]
    assert printed == capsys.readouterr().out.splitlines()


def test_commands_print_what_the_page_shows(shop, capsys):
    with Retention.from_file(shop) as opened:
        order = an_order("180.00 EUR", customer=a_customer(id="77"))
        opened.ingest([a_paid_event(order, shop_id=opened.config.shop.id)])
    for body in of("console"):
        command, *shown = body.splitlines()
        capsys.readouterr()
        assert 0 == main(shlex.split(command.removeprefix("$ "))[1:])
        told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
        assert [] == [line for line in shown if " ".join(line.split()) not in told]
