"""The tutorial's code is the demo adapter's, and the template is its twin."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLUGIN = ROOT / "plugins" / "retention-demoshop"
TEMPLATE = ROOT / "retention_sdk" / "testing" / "template"
TUTORIAL = (ROOT / "docs" / "tutorial" / "write-an-adapter.md").read_text(encoding="utf-8")
FILES = dict(
    re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
)
TWINS = {
    "adapter.py.tmpl": "retention_demoshop/adapter.py",
    "test_conformance.py.tmpl": "tests/test_conformance.py",
    "__init__.py.tmpl": "retention_demoshop/__init__.py",
    "paid.json.tmpl": "tests/payloads/paid.json",
    "guest.json.tmpl": "tests/payloads/guest.json",
}


def test_tutorial_shows_the_files_that_matter():
    assert {
        "pyproject.toml",
        "retention_demoshop/__init__.py",
        "retention_demoshop/adapter.py",
        "tests/payloads/guest.json",
        "tests/payloads/paid.json",
        "tests/test_conformance.py",
    } == set(FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_code_in_the_tutorial_is_the_file(name):
    assert (PLUGIN / name).read_text(encoding="utf-8") == FILES[name]


def test_adapter_has_less_than_a_hundred_lines():
    assert len(FILES["retention_demoshop/adapter.py"].splitlines()) < 100


def test_links_of_the_tutorial_lead_somewhere():
    links = re.findall(r"\]\((\.\./[^)]+)\)", TUTORIAL)

    assert links
    assert [] == [link for link in links if not (ROOT / "docs" / "tutorial" / link).exists()]


@pytest.mark.parametrize(("template", "twin"), TWINS.items())
def test_template_is_the_demo_adapter_under_another_name(template, twin):
    """Slugs are one word, so the generated class is ``Demoshop``; the rest is the same."""
    text = (TEMPLATE / template).read_text(encoding="utf-8")
    filled = re.sub(r"\$\{?slug\}?", "demoshop", re.sub(r"\$\{?title\}?", "DemoShop", text))

    assert (PLUGIN / twin).read_text(encoding="utf-8").replace("X-Demo-", "X-DemoShop-") == filled
