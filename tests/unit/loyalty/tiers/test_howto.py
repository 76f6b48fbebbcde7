"""What the page about ranks shows, works."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path

from retention_sdk.loyalty.rules import Program

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "tiers.md"
TEXT = PAGE.read_text(encoding="utf-8")


def block(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return found


def test_the_settings_are_read_as_the_page_says():
    program = Program.model_validate(tomllib.loads(block("toml"))["loyalty"])
    silver, gold = program.tiers.ranks

    assert ("spend", "rolling", 30) == (
        program.tiers.qualify,
        program.tiers.period,
        program.tiers.grace_days,
    )
    assert {"EUR": 200_00, "JPY": 30_000} == silver.from_minor
    assert (("free shipping", "early access"), Decimal("1.5")) == (
        gold.benefits,
        gold.points_factor,
    )


def test_the_example_runs():
    exec(compile(block("python"), str(PAGE), "exec"), {"__name__": "page"})


def test_the_page_names_every_policy_period_and_reason():
    words = ("one_down", "by_balance", "never", "quarter", "anniversary", "ladder_changed")

    assert [] == [word for word in words if word not in TEXT]
