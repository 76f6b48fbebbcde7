"""What the page for translators says, is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from retention_sdk.l10n import checks, room, style
from retention_sdk.l10n.checks import check_catalogue
from retention_sdk.l10n.po import read_po

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "add-a-language.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
# How the checks write a code: Finding(where, "code", …), yield "code", … or (("code", …)).
CODE = re.compile(r'(?:Finding\([^,()]+, |Finding\("", |yield |\(\()"([a-z]+)"')


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_runs(code):
    exec(compile(code, str(PAGE), "exec"), {})


def test_every_fault_is_explained():
    """The table on the page lists each code that a check can give."""
    sources = (
        Path(module.__file__).read_text(encoding="utf-8") for module in (checks, room, style)
    )
    codes = {code for source in sources for code in CODE.findall(source)}
    listed = {
        code
        for row in re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
        for code in re.findall("`([a-z]+)`", row)
    }

    assert {"arguments", "plural", "width", "glyph", "segments", "digits"} <= codes
    assert set() == codes - listed - {"tag"}


def test_the_example_of_a_text_is_one(tmp_path):
    """Its only faults are that the other texts are missing and that ours reads otherwise."""
    path = tmp_path / "messages.po"
    path.write_text(re.search(r"```\n(# state.*?)```", TEXT, re.DOTALL)[1], encoding="utf-8")
    (entry,) = read_po(path)
    profile = {
        "formality_axes": ["formal", "warm"],
        "script": "Latn",
        "digits": "auto",
        "salutation": {"formal": {}, "neutral": {}, "warm": {}},
    }
    found = check_catalogue("de", [entry], [entry], profile)

    assert "card.points.earned|warm" == entry.context
    assert {"missing", "outdated"} == {finding.code for finding in found}
