"""What the page about unsubscribing and preferences shows, works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from retention_sdk.consent.settings import ConsentConfig

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "unsubscribe-and-preferences.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_examples_run_one_after_the_other(tmp_path, monkeypatch):
    """They write to a folder of their own, and the shop in them is closed at the end."""
    monkeypatch.chdir(tmp_path)
    page = {"__name__": "page"}
    for code in blocks("python"):
        exec(compile(code, str(PAGE), "exec"), page)
    page["shop"].close()

    assert 2 == len(blocks("python"))
    assert 1 == len([*tmp_path.rglob("*.eml")])


def test_the_settings_are_read_as_the_page_says():
    (block,) = blocks("toml")
    settings = ConsentConfig.model_validate(tomllib.loads(block)["consent"])

    assert (730, 7) == (settings.link_days, settings.confirm_days)
    assert "https://soap.example/privacy/" == settings.base_url


@pytest.mark.parametrize("path", re.findall(r"\]\((\.\./[^)#]+)\)", TEXT))
def test_links_lead_somewhere(path):
    assert (PAGE.parent / path).exists()
