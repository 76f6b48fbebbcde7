"""The table ``[due]`` of ``retention.toml``. Configurations load it, so it loads little."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..model import Settings


class DueSettings(Settings):
    """When time speaks to customers.

    ``leap_day`` is when those born on 29 February are congratulated in other years.
    ``tier_warning_days`` is how long before the last day of a rank its holder is warned, 0 for
    never. ``winback_days`` is after how many days without an order somebody counts as lapsed;
    nobody does without it.
    """

    leap_day: Literal["02-28", "03-01"] = "02-28"
    tier_warning_days: Annotated[int, Field(ge=0, le=366)] = 30
    winback_days: Annotated[int | None, Field(ge=1, le=3650)] = None
