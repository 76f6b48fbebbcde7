"""What the page about print shops shows, works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "send-to-a-print-shop.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_page_has_examples():
    assert 2 == len(BLOCKS)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_runs(code):
    exec(compile(code, str(PAGE), "exec"), {})
