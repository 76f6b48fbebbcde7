"""The table ``[due]`` of ``retention.toml``. Configurations load it, so it loads little."""

from __future__ import annotations

from typing import Literal

from ..model import Settings


class DueSettings(Settings):
    """``leap_day`` is when those born on 29 February are congratulated in other years."""

    leap_day: Literal["02-28", "03-01"] = "02-28"
