"""Each adapter says what it is proved against, and its tests hold what it says."""

import re
import sys
from pathlib import Path

import pytest

from retention_sdk.hooks.manager import load

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"
# Nobody's platform: they read what a person wrote into a file.
WITHOUT_PLATFORM = {"files"}
ADAPTERS = sorted(
    {offer.owner for offer in load().shelves.adapters.values()}
    & {path.name.removeprefix("retention-") for path in PLUGINS.iterdir()} - WITHOUT_PLATFORM
)
HOW = "say in README.md what it is proved against, see docs/howto/evidence.md"


def tier_of(owner):
    readme = (PLUGINS / f"retention-{owner}" / "README.md").read_text(encoding="utf-8")
    told = re.search(r"\btier ([ABC])\b", readme, re.IGNORECASE)
    assert told, f"retention-{owner}: {HOW}"
    return told[1].upper()


def texts(owner, pattern):
    found = (PLUGINS / f"retention-{owner}").glob(pattern)
    return "\n".join(
        path.read_text(encoding="utf-8") for path in found if "node_modules" not in path.parts
    ).casefold()


def test_there_are_adapters():
    assert {"shopify", "vendure", "woocommerce"} <= set(ADAPTERS)


@pytest.mark.parametrize("owner", ADAPTERS)
def test_evidence_is_there(owner):
    proofs = {
        "A": lambda: "real_server" in texts(owner, "tests/*.py"),
        "B": lambda: re.search("recorded|captured", texts(owner, "tests/**/PROVENANCE.md")),
        "C": lambda: "synthetic" in texts(owner, "tests/**/PROVENANCE.md") + texts(owner, "*.md"),
    }

    assert proofs[tier_of(owner)](), f"retention-{owner} is no tier {tier_of(owner)}; {HOW}"


def test_tables_name_the_tier_of_each_adapter():
    """The readers' table and the reference are written by docs/generate.py, and up to date."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import generate
    finally:
        sys.path.remove(str(ROOT / "docs"))
    table = generate.readme_page()

    for owner in set(ADAPTERS) - {"demoshop"}:
        assert re.search(rf"^\| `retention-{owner}` \| .+ \| {tier_of(owner)} \|$", table, re.MULTILINE)
