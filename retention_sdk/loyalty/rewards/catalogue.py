"""``[[loyalty.rewards]]``: what points buy, what it costs, and who may have it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, NaiveDatetime, StringConstraints, model_validator

from ...model import Settings
from ...model.base import CountryCode, Identifier, LanguageTag
from ...model.money import CurrencyCode, Money
from ..names import Names

RewardId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
"""A name of a reward: 1-60 small letters, digits and hyphens. It is stored with what was issued."""

Minor = Annotated[int, Field(ge=1, le=10**12)]
Amounts = dict[CurrencyCode, Minor]
"""Minor units by currency. Nothing is converted: a currency that is missing has no amount."""

Count = Annotated[int, Field(ge=0, le=1_000_000)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Period = Literal["ever", "year", "month", "day"]


class Segment(Settings):
    """Who a reward is for, by what they did: every limit that is given must hold.

    ``orders_from`` and ``orders_to`` bound the number of orders; ``quiet_days_from`` and
    ``quiet_days_to`` how many days ago the last one was; ``member_days_from`` asks for a first
    order that long ago. Who never ordered is neither quiet nor a member.
    """

    orders_from: Count | None = None
    orders_to: Count | None = None
    quiet_days_from: Days | None = None
    quiet_days_to: Days | None = None
    member_days_from: Days | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        pairs = (
            (self.orders_from, self.orders_to, "orders_to"),
            (self.quiet_days_from, self.quiet_days_to, "quiet_days_to"),
        )
        for low, high, name in pairs:
            if low is not None and high is not None and low > high:
                raise ValueError(f"{name}: nobody is between these limits")
        return self


class _Reward(Settings):
    """What all rewards have. ``points`` is the price, in the points of its programme.

    ``names`` is what customers read, ``details`` a second line. ``stock`` is how many there are in
    all, ``per_customer`` how many one person may have ``per`` calendar period of the programme's
    time zone; what was given back does not count. It can be had from ``starts`` until just before
    ``ends``, both wall-clock times in that zone. Empty ``currencies``, ``countries`` (ISO 3166),
    ``locales`` (BCP 47; ``de`` is everybody who reads German) and ``tiers`` mean everywhere and
    everybody. ``valid_days`` is how long what is issued may be used, to the end of that day; None
    for ever.
    """

    on_platform: ClassVar[bool] = False
    has_code: ClassVar[bool] = False

    id: RewardId
    points: Annotated[int, Field(ge=1, le=10**9)]
    names: Names
    details: Names | None = None
    valid_days: Annotated[int | None, Field(ge=1, le=3650)] = 90
    stock: Annotated[int | None, Field(ge=0, le=10**9)] = None
    per_customer: Annotated[int | None, Field(ge=1, le=10_000)] = None
    per: Period = "ever"
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    currencies: tuple[CurrencyCode, ...] = ()
    countries: tuple[CountryCode, ...] = ()
    locales: tuple[LanguageTag, ...] = ()
    tiers: tuple[Identifier, ...] = ()
    segment: Segment | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.starts and self.ends and self.starts >= self.ends:
            raise ValueError("ends before it starts")
        if self.per != "ever" and self.per_customer is None:
            raise ValueError(f"per = {self.per!r} needs per_customer, how many that may be")
        return self

    def worth_in(self, currency: str) -> Money | None:  # noqa: ARG002 - for those worth money
        """Return what it is worth in a currency; None if it is worth no money, or none of that."""
        return None

    def minimum_in(self, currency: str) -> Money | None:  # noqa: ARG002 - for coupons
        """Return the least order in a currency, None for any."""
        return None

    @property
    def priced_in(self) -> frozenset[str]:
        """The only currencies its amounts are in; empty if it has no amounts."""
        return frozenset()


class _Coupon(_Reward):
    """A code of a checkout. ``minimum_minor`` is what the goods must cost, tax included."""

    on_platform: ClassVar[bool] = True
    has_code: ClassVar[bool] = True

    minimum_minor: Amounts = Field(default_factory=dict)

    def minimum_in(self, currency: str) -> Money | None:
        """Return the least order in a currency, None for any."""
        return _money(self.minimum_minor, currency)

    @property
    def priced_in(self) -> frozenset[str]:
        """The currencies of its minimum: in another one it would have none."""
        return frozenset(self.minimum_minor)


class _WithAmounts(_Reward):
    worth_minor: Annotated[Amounts, Field(min_length=1)]

    def worth_in(self, currency: str) -> Money | None:
        """Return the amount in a currency; None if it has none."""
        return _money(self.worth_minor, currency)

    @property
    def priced_in(self) -> frozenset[str]:
        """The currencies of its amounts, and of its minimum if it has one."""
        both, least = frozenset(self.worth_minor), super().priced_in
        return both & least if least else both


class AmountCoupon(_WithAmounts, _Coupon):
    """So much off one order: ``worth_minor = {EUR = 500}`` is five euros."""

    kind: Literal["amount"]

    @model_validator(mode="after")
    def _is_for_some_currency(self) -> Self:
        if not self.priced_in:
            raise ValueError("minimum_minor and worth_minor have no currency in common")
        return self


class PercentCoupon(_Coupon):
    """So many per cent off one order."""

    kind: Literal["percent"]
    percent: Annotated[int, Field(ge=1, le=100)]


class FreeShipping(_Coupon):
    """One order is sent free of charge."""

    kind: Literal["free_shipping"]


class FreeProduct(_Coupon):
    """One piece of a product in an order is free; ``product`` is what the platform calls it.

    On Vendure that is the number of a product variant, on Shopify and WooCommerce of a product.
    """

    kind: Literal["free_product"]
    product: Identifier


class StoreCredit(_WithAmounts):
    """A balance that may be spent over several orders: a gift card of the platform."""

    on_platform: ClassVar[bool] = True
    has_code: ClassVar[bool] = True

    kind: Literal["store_credit"]


class AccountCredit(_WithAmounts):
    """Money in the member's account on the platform. It has no code, and nobody can take it back.

    Only who has an account there can have it.
    """

    on_platform: ClassVar[bool] = True

    kind: Literal["account_credit"]
    valid_days: None = None


class ParcelGift(_Reward):
    """Something that lies in the next parcel; ``sku`` tells the packer what."""

    kind: Literal["gift"]
    sku: Identifier | None = None
    valid_days: Annotated[int | None, Field(ge=1, le=3650)] = None


class Donation(_WithAmounts):
    """An amount that the shop gives to a ``cause``."""

    kind: Literal["donation"]
    cause: Identifier
    valid_days: None = None


class Invitation(_Reward):
    """A place at an ``event``; ``stock`` is how many there are. The code is shown at the door."""

    has_code: ClassVar[bool] = True

    kind: Literal["invitation"]
    event: Identifier


class Access(_Reward):
    """Something before others, or not for all: ``area`` is what the shop's own pages ask for."""

    kind: Literal["access"]
    area: Identifier


class PartnerReward(_Reward):
    """Something that a ``partner`` hands out for a code of ours."""

    has_code: ClassVar[bool] = True

    kind: Literal["partner"]
    partner: Identifier


Reward = Annotated[
    AmountCoupon
    | PercentCoupon
    | FreeShipping
    | FreeProduct
    | StoreCredit
    | AccountCredit
    | ParcelGift
    | Donation
    | Invitation
    | Access
    | PartnerReward,
    Field(discriminator="kind"),
]
"""Any reward, told apart by ``kind``."""


def _with_own_names(rewards: Sequence[Reward]) -> tuple[Reward, ...]:
    names = [reward.id for reward in rewards]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two rewards have the same id: {', '.join(twice)}")
    return tuple(rewards)


Rewards = Annotated[tuple[Reward, ...], Field(max_length=500), AfterValidator(_with_own_names)]
"""The catalogue of a programme, at most 500, in the order in which customers see it."""


def require_ranks(rewards: Sequence[Reward], ranks: Collection[str]) -> None:
    """Return if every rank that a reward asks for is one of the programme.

    Raises:
        ValueError: one is not; nobody could ever have the reward.
    """
    for reward in rewards:
        if unknown := [tier for tier in reward.tiers if tier not in ranks]:
            raise ValueError(f"reward {reward.id!r}: there is no rank {unknown[0]!r}")


def _money(amounts: Amounts, currency: str) -> Money | None:
    minor = amounts.get(currency)
    return Money(minor=minor, currency=currency) if minor else None
