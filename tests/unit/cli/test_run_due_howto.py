"""The page about time does what it says, one block after the other."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from retention_sdk.cli import main
from retention_sdk.loyalty.due_settings import DueSettings

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "run-due.md").read_text("utf-8")


@pytest.fixture
def shop(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    main(["init", "--name", "Soap & Sons", "--country", "DE"])
    capsys.readouterr()


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_command_of_the_page_prints_what_it_shows(shop, capsys):
    for block in blocks("console"):
        command, shown = block.splitlines()
        assert 0 == main(shlex.split(command)[2:])
        assert shown == capsys.readouterr().out.strip()
    assert 2 == len(blocks("console"))


def test_the_loop_of_the_page_runs(shop, capsys):
    (code,) = blocks("python")
    exec(compile(code, "run-due.md", "exec"), {})

    assert "0 done\n" == capsys.readouterr().out


def test_the_settings_of_the_page_are_known():
    (table,) = blocks("toml")

    settings = DueSettings.model_validate(tomllib.loads(table)["due"])
    assert ("03-01", 14, 120) == (
        settings.leap_day,
        settings.tier_warning_days,
        settings.winback_days,
    )


def test_the_units_and_the_crontab_call_the_command_with_options_it_has(shop, capsys):
    units = [configparser.ConfigParser(strict=True) for _ in blocks("ini")]
    for unit, text in zip(units, blocks("ini"), strict=True):
        unit.optionxform = str
        unit.read_string(text)
    cron = next(line for line in PAGE.splitlines() if line.startswith("*/15"))
    called = cron.partition("retention ")[2].partition(" >>")[0]

    assert units[0]["Service"]["ExecStart"].endswith("retention run-due")
    assert "*:0/15" == units[1]["Timer"]["OnCalendar"]
    assert 0 == main(shlex.split(called))
    assert 0 == json.loads(capsys.readouterr().out)["done"]


@pytest.mark.parametrize("text", ["soon", "2028-01-01", "2028-01-01T00:00:00"])
def test_a_moment_without_an_offset_is_refused(shop, capsys, text):
    assert 3 == main(["run-due", "--now", text])
    assert "offset" in capsys.readouterr().err
