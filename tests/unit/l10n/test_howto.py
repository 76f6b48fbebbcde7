from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "calendars-and-digits.md"


def test_the_page_on_calendars_and_digits_is_true():
    """Its examples run, in order, in one namespace."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    code = "\n".join(blocks)

    assert 4 < code.count("assert ")
    exec(compile(code, str(PAGE), "exec"), {})
