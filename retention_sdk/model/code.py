"""A discount code that a platform creates and voids for us."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from .base import Instant, Line, Record
from .money import Money


class DiscountCode(Record):
    """A code worth a percentage or an amount, usable ``uses_max`` times in all.

    ``minimum`` is what the goods must cost, tax included, before the discount.
    ``uses_per_customer_max`` bounds one buyer. ``platform_id`` is set by the platform that
    created it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{3,39}$")]
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Money | None = None
    title: Line = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    minimum: Money | None = None
    uses_max: Annotated[int, Field(ge=1)] = 1
    uses_per_customer_max: Annotated[int | None, Field(ge=1)] = None
    platform_id: Line = ""

    @model_validator(mode="after")
    def _is_worth_something(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("a code is worth a percentage or an amount, one of the two")
        if self.amount is not None and self.amount.minor <= 0:
            raise ValueError("a code takes something off")
        if self.minimum is not None and self.minimum.minor <= 0:
            raise ValueError("a minimum is more than nothing; leave it out")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("a code ends after it starts")
        return self
