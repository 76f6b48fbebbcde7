"""What a card promises: a percentage, an amount or free shipping, and its conditions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from ..model import DiscountCode, Money, Record, Settings
from ..model.base import Line


def _read_amount(value: Any) -> Any:
    """Read ``"10.00 EUR"``, as a person writes it in a file."""
    if not isinstance(value, str):
        return value
    amount, _, currency = value.strip().partition(" ")
    if len(currency) != 3 or not currency.isupper():  # noqa: PLR2004 - ISO 4217 has three letters
        raise ValueError('write an amount with its currency, for example "10.00 EUR"')
    return Money.parse(amount, currency)


Amount = Annotated[Money, BeforeValidator(_read_amount)]
"""Money; in a file ``"10.00 EUR"``."""

Link = Annotated[str, StringConstraints(pattern=r"^(https?://[!-~]+)?$", max_length=300)]
"""A web address, or nothing."""

Words = dict[str, Line]
"""Words by language; each is printed on cards of that language only."""

Code = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9][A-Za-z0-9\-]{2,39})?$")]
"""A code to type: letters, digits and hyphens."""


class Offer(Settings):
    """What a code is worth, and for how long.

    One of ``percent``, ``amount`` and ``is_free_shipping``. ``days`` counts from the day the card
    is made. ``code`` is one that the shop made for everybody; without it each card gets its own.
    ``url`` is where it is used, the shop's page otherwise.
    """

    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Amount | None = None
    is_free_shipping: bool = False
    days: Annotated[int, Field(ge=1, le=730)] = 30
    minimum: Amount | None = None
    is_single_use: bool = True
    code: Code = ""
    url: Link = ""

    @model_validator(mode="after")
    def _is_worth_one_thing(self) -> Self:
        given = (self.percent is not None, self.amount is not None, self.is_free_shipping)
        if sum(given) != 1:
            raise ValueError("an offer is one of percent, amount and is_free_shipping")
        if self.is_free_shipping and not self.code:
            raise ValueError("free shipping needs a code that the shop made")
        return self

    def expires_on(self, now: datetime, *, time_zone: str) -> date:
        """Return the last day of the offer where the shop is."""
        return now.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=self.days)

    def to_code(self, code: str, *, now: datetime, time_zone: str, title: str = "") -> DiscountCode:
        """Return the code a platform has to create: it ends when its last day ends.

        Raises:
            ValueError: the offer is free shipping, which platforms do not make codes for.
        """
        midnight = self.expires_on(now, time_zone=time_zone) + timedelta(days=1)
        return DiscountCode(
            code=code,
            percent=self.percent,
            amount=self.amount,
            title=title,
            starts_at=now,
            ends_at=datetime.combine(midnight, time(), tzinfo=ZoneInfo(time_zone)),
            minimum=self.minimum,
            uses_max=1 if self.is_single_use else 1_000_000,
        )

    def on_card(self, code: str, *, now: datetime, time_zone: str) -> CardOffer:
        """Return what is printed of the offer, with the code that was created for the card."""
        return CardOffer(
            code=code,
            percent=self.percent,
            amount=self.amount,
            is_free_shipping=self.is_free_shipping,
            expires_on=self.expires_on(now, time_zone=time_zone),
            minimum=self.minimum,
            is_single_use=self.is_single_use,
        )


class CardOffer(Record):
    """A code that exists, with all that has to be printed beside it.

    ``expires_on`` is the last day; ``minimum`` the least order it works for.
    """

    code: Annotated[Code, Field(min_length=1, repr=False)]
    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Money | None = None
    is_free_shipping: bool = False
    expires_on: date | None = None
    minimum: Money | None = None
    is_single_use: bool = True

    @model_validator(mode="after")
    def _is_worth_one_thing(self) -> Self:
        given = (self.percent is not None, self.amount is not None, self.is_free_shipping)
        if sum(given) != 1:
            raise ValueError("an offer is one of percent, amount and is_free_shipping")
        return self


class Reward(Settings):
    """What a recommendation is rewarded with: a percentage, an amount, or words by language."""

    percent: Annotated[int | None, Field(ge=1, le=100)] = None
    amount: Amount | None = None
    words: Words = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if sum((self.percent is not None, self.amount is not None, bool(self.words))) != 1:
            raise ValueError("a reward is one of percent, amount and words")
        return self
