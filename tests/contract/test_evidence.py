"""Each adapter says what it is proved against, and its tests hold what it says."""

import re
import sys
from pathlib import Path

import pytest

from retention_sdk.hooks.manager import load
from retention_sdk.testing import assert_evidence

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
# Nobody's platform: they read what a person wrote into a file.
WITHOUT_PLATFORM = {"files"}
ADAPTERS = sorted(
    {offer.owner for offer in load().shelves.adapters.values()}
    & {path.name.removeprefix("retention-") for path in PLUGINS.iterdir()} - WITHOUT_PLATFORM
)


def test_there_are_adapters():
    assert {"shopify", "vendure", "woocommerce"} <= set(ADAPTERS)


@pytest.mark.parametrize("owner", ADAPTERS)
def test_evidence_is_there(owner):
    assert assert_evidence(PLUGINS / f"retention-{owner}") in {"A", "B", "C"}


def test_tables_name_the_tier_of_each_adapter():
    """The readers' table and the reference are written by docs/generate.py, and up to date."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import generate
    finally:
        sys.path.remove(str(ROOT / "docs"))
    table = generate.readme_page()

    for owner in set(ADAPTERS) - {"demoshop"}:
        tier = assert_evidence(PLUGINS / f"retention-{owner}")
        name = rf"\[`retention-{owner}`\]\(plugins/retention-{owner}/README\.md\)"
        assert re.search(rf"^\| {name} \| .+ \| {tier} \|$", table, re.MULTILINE)
