"""The frozen snapshot every decision is made on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from .base import Identifier, Instant, Line, Record
from .customer import Customer
from .money import CurrencyCode
from .news import News
from .order import Order
from .shop import Brand, Formality, Shop


class LocaleChoice(Record):
    """The language of everything that leaves, and why. ``tag`` is BCP 47, as in ``locales/``."""

    tag: Line
    reason: Line
    formality: Formality = "neutral"


def _is_unset(value: object) -> bool:
    return not value


class TierProgress(Record):
    """How far the next rank is: ``reached`` out of ``needed`` in the current period.

    Both are minor units of ``currency`` where ``counts`` is spend, else points or orders. ``name``
    is what the rank is called in the customer's language, empty where nobody named it.
    """

    tier: Line
    counts: Literal["spend", "points", "orders"]
    reached: Annotated[int, Field(ge=0)]
    needed: Annotated[int, Field(ge=1)]
    currency: CurrencyCode | Literal[""] = ""
    name: Annotated[Line, Field(exclude_if=_is_unset)] = ""

    @property
    def missing(self) -> int:
        """What is still to be bought or earned, in the same units; one at least."""
        return self.needed - self.reached


class LoyaltyState(Record):
    """Points at this moment, as whole numbers. ``earned`` is what this event added.

    ``tier`` is the programme's own key of a rank, empty without one; ``tier_before`` what it was
    before this event raised it, the same as ``tier`` if it did not; ``tier_until`` the last day
    of it. ``tier_progress`` is None on the highest rank and without ranks. ``referral_code``
    is what this person may pass on to friends. ``more`` are the shop's other currencies of points,
    by the name of their programme.

    ``pending_on`` is the day from which all pending points can be spent, None where they are of
    several days. ``expiring`` of the balance expire on ``expires_on``, the next such day.
    ``tier_name`` is what the rank is called in the customer's language, empty where nobody named
    it.
    """

    balance: Annotated[int, Field(ge=0)] = 0
    pending: Annotated[int, Field(ge=0)] = 0
    debt: Annotated[int, Field(ge=0)] = 0
    earned: int = 0
    tier: Line = ""
    tier_before: Line = ""
    tier_until: date | None = None
    tier_progress: TierProgress | None = None
    referral_code: Annotated[Line, Field(exclude_if=lambda code: not code)] = ""
    more: Annotated[dict[str, LoyaltyState], Field(exclude_if=_is_unset)] = Field(
        default_factory=dict
    )
    pending_on: Annotated[date | None, Field(exclude_if=_is_unset)] = None
    expiring: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    expires_on: Annotated[date | None, Field(exclude_if=_is_unset)] = None
    tier_name: Annotated[Line, Field(exclude_if=_is_unset)] = ""


class History(Record):
    """Earlier orders of the same person, this one not counted."""

    orders_count: Annotated[int, Field(ge=0)] = 0
    first_order_at: Instant | None = None
    last_order_at: Instant | None = None


class Context(Record):
    """All that choosing, deciding and composing may look at.

    ``extras`` are keyed by plugin. ``news`` is what an event about points, ranks or time tells.
    """

    event_id: Identifier
    event_type: Line
    subject_id: Identifier | None
    now: Instant
    shop: Shop
    brand: Brand
    locale: LocaleChoice
    order: Order | None = None
    customer: Customer | None = None
    loyalty: LoyaltyState = LoyaltyState()
    history: History = History()
    extras: Mapping[str, Mapping[str, JsonValue]] = Field(default_factory=dict)
    news: Annotated[News | None, Field(exclude_if=_is_unset)] = None

    @property
    def has_points(self) -> bool:
        """Whether there are points to speak of: only a known account has any."""
        is_known = self.customer is not None and not self.customer.is_guest
        return is_known and (self.loyalty.balance > 0 or self.loyalty.earned > 0)
