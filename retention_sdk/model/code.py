"""A discount code that a platform creates and voids for us."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from .base import Instant, Line, Record
from .money import Money


class DiscountCode(Record):
    """A code worth a percentage or an amount, usable ``uses_max`` times in all.

    ``platform_id`` is set by the platform that created it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{3,39}$")]
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Money | None = None
    title: Line = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    uses_max: Annotated[int, Field(ge=1)] = 1
    platform_id: Line = ""

    @model_validator(mode="after")
    def _is_worth_something(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("a code is worth a percentage or an amount, one of the two")
        return self
