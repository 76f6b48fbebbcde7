"""What the page about codes shows, works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from retention_sdk.inserts import InsertSettings
from retention_sdk.inserts.codes.settings import CodesConfig
from retention_sdk.web.targets import Targets

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "codes-and-attribution.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"), ids=range(len(blocks("python"))))
def test_an_example_runs(code):
    exec(compile(code, str(PAGE), "exec"), {"__name__": "page"})


def test_the_page_has_examples():
    assert (2, 3) == (len(blocks("python")), len(blocks("toml")))


def test_the_settings_are_read_as_the_page_says():
    first, rotated, offers = (tomllib.loads(block) for block in blocks("toml"))
    codes = CodesConfig.model_validate(first["codes"])
    targets = Targets(home=first["shop"]["url"], by_name=codes.targets)

    assert "https://soap.example/gift?lang=de" == targets.choose("birthday", 1)
    assert "https://soap.example/gift" == targets.choose("birthday", 2)
    assert "https://soap.example/story" == targets.choose("thank_you", 1)
    assert {0: b"first", 1: b"env:CARD_KEY_2027"} == CodesConfig.model_validate(
        rotated["codes"]
    ).keys_by_number(b"first")
    assert 10 == InsertSettings.model_validate(offers["inserts"]).offers["birthday"].percent
