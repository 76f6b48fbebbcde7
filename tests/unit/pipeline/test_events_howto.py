"""The page about events knows all of them, with what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from retention_sdk.model import DerivedEvent, Event
from retention_sdk.model.base import Record

PAGE = (Path(__file__).parents[3] / "docs" / "howto" / "loyalty-events.md").read_text("utf-8")
KINDS = [each for each in get_args(get_args(Event)[0]) if issubclass(each, DerivedEvent)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_is_told_of_with_all_it_says(kind: type[Record]):
    name = kind.model_fields["type"].default
    row = next(line for line in PAGE.splitlines() if re.match(rf"\| .*`{name}`", line))
    own = set(kind.model_fields) - set(DerivedEvent.model_fields) - {"type", "program"}

    assert [] == [field for field in sorted(own) if f"`{field}`" not in row]
