from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[4] / "docs" / "howto" / "print-media.md"


def test_the_page_on_other_media_is_true():
    """Its examples run, in order, in one namespace."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    code = "\n".join(blocks)

    assert 6 < code.count("assert ")
    exec(compile(code, str(PAGE), "exec"), {})


def test_its_pictures_are_there():
    names = re.findall(r"!\[[^]]+\]\(([^)]+)\)", PAGE.read_text("utf-8"))

    assert 3 == len(names)
    assert all((PAGE.parent / name).is_file() for name in names)
