"""The page on choosing cards is complete and true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from retention_sdk.inserts import FAMILIES, InsertSettings
from retention_sdk.inserts.rules import conditions
from retention_sdk.inserts.settings import MARKETPLACES

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "choose-cards.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_example_runs():
    (code,) = blocks("python")

    assert 4 < code.count("assert ")
    exec(compile(code, "choose-cards.md", "exec"), {})


@pytest.mark.parametrize("text", blocks("toml"))
def test_its_settings_can_be_read(text):
    table = tomllib.loads(text)["inserts"]
    settings = InsertSettings.model_validate(table)
    assert set(table) <= settings.model_fields_set


def test_it_names_every_family_condition_and_marketplace():
    said = PAGE.casefold()
    unsaid = [name for name in (*FAMILIES, *conditions()) if f"`{name}`" not in PAGE]

    assert [] == unsaid
    assert [] == [name for name in MARKETPLACES if name not in said]


def test_its_table_has_the_priorities_of_our_rules():
    rows = dict(re.findall(r"\| (\d+) \| `(\w+)` \|", PAGE))
    told = {template: int(priority) for priority, template in rows.items()}
    ours = {rule.template: rule.priority for rule in InsertSettings().all_rules}

    assert told == {**ours, "plain_thanks": 0}
