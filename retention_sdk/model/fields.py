"""Values that programs keep at an order of a platform, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(r"[a-z0-9_]{2,30}")
# What Shopify writes at once (metafieldsSet, 2026-10).
_COUNT_MAX = 25


def fault_of_fields(fields: Mapping[str, str]) -> str:
    """Return in words what is wrong with them, without a name or value of theirs; else nothing."""
    if not 0 < len(fields) <= _COUNT_MAX:
        return f"another number of fields than 1 to {_COUNT_MAX}"
    if not all(map(_NAME.fullmatch, fields)):
        return "a field whose name is not [a-z0-9_]{2,30}"
    if not all(value.strip() and len(value.splitlines()) == 1 for value in fields.values()):
        return "a field whose value is blank or has several lines"
    return ""
