"""A discount code that a platform creates and voids for us."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from .base import Instant, Line, Record
from .money import Money


class DiscountCode(Record):
    """A code worth one thing, usable ``uses_max`` times in all.

    That is a percentage or an amount off, free shipping, one piece of a product (as the platform
    calls it) for free, or the ``balance`` of a gift card, which may be spent over several orders.
    ``minimum`` is what the goods must cost, tax included, before the discount.
    ``uses_per_customer_max`` bounds one buyer. ``platform_id`` is set by the platform that
    created it.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9\-]{3,39}$")]
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Money | None = None
    is_free_shipping: bool = False
    free_product: Line = ""
    balance: Money | None = None
    title: Line = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    minimum: Money | None = None
    uses_max: Annotated[int, Field(ge=1)] = 1
    uses_per_customer_max: Annotated[int | None, Field(ge=1)] = None
    platform_id: Line = ""

    @model_validator(mode="after")
    def _is_worth_something(self) -> Self:
        given = [each is not None for each in (self.percent, self.amount, self.balance)]
        if sum((*given, self.is_free_shipping, bool(self.free_product))) != 1:
            raise ValueError(
                "a code is worth a percentage, an amount, free shipping, a free product or a "
                "balance: one of these"
            )
        if any(money and money.minor <= 0 for money in (self.amount, self.balance)):
            raise ValueError("a code takes something off")
        if self.minimum is not None and self.minimum.minor <= 0:
            raise ValueError("a minimum is more than nothing; leave it out")
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise ValueError("a code ends after it starts")
        return self
