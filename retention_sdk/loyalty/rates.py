"""Points for money."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..model import Settings


class Rate(Settings):
    """``points`` for every ``per_minor`` minor units: 1 per 100 cents. A ratio of whole numbers."""

    points: Annotated[int, Field(ge=1, le=1_000_000)]
    per_minor: Annotated[int, Field(ge=1, le=10**12)]
