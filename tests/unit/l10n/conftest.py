from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retention_sdk.l10n.resources import cldr_locales
from retention_sdk.l10n.tags import parents, parse

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def oracle() -> Callable[[str], Any]:
    """Read a file of ICU's answers; PROVENANCE.md says how they were made."""

    def read(name: str) -> Any:
        with gzip.open(DATA / f"icu_{name}.json.gz", "rt", encoding="utf-8") as file:
            return json.load(file)

    return read


@pytest.fixture(scope="session")
def cldr_tag() -> Callable[[str], str]:
    """Return the locale of the extract that serves a tag."""

    def find(tag: str) -> str:
        parsed = parse(tag)
        assert parsed
        return next(name for name in parents(parsed) if name in cldr_locales())

    return find
