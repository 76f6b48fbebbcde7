"""What a shop sets about its cards: the table ``[inserts]`` of ``retention.toml``."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from ..model import Context, Settings
from ..model.base import Line
from .formats import DEFAULT_FORMAT, FORMATS
from .offers import Code, Link, Offer, Reward, Words
from .rules import Rule, Template, builtin_rules

OfferFamily = Literal["birthday", "anniversary", "winback_gift"]
"""Families that can carry an offer or a gift."""
ChannelPolicy = Literal["all", "plain", "none"]
"""all: any card. plain: the same card for everybody. none: no card."""

# Amazon forbids inserts that ask for good reviews or lead buyers elsewhere; other marketplaces
# have rules of their own. Read your contract, and say otherwise under [inserts.sales_channels].
MARKETPLACES: dict[str, ChannelPolicy] = {
    "amazon": "none",
    **dict.fromkeys(("ebay", "etsy", "kaufland", "otto", "walmart", "zalando"), "plain"),
}
_Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_\-]{0,39}$")]
_STEPS_MAX = 5  # what a card has room for
_Steps = dict[str, Annotated[tuple[Line, ...], Field(min_length=1, max_length=_STEPS_MAX)]]


class Variant(Settings):
    """One arm of an experiment: how often it is dealt, and in which style it is drawn."""

    name: _Slug
    weight: Annotated[int, Field(ge=1, le=1000)] = 1
    style: _Slug | Literal[""] = ""


class Tier(Settings):
    """How cards speak of a tier: its name and what it brings, by language."""

    name: Words = Field(default_factory=dict)
    benefits: _Steps = Field(default_factory=dict)
    url: Link = ""


class CareGuide(Settings):
    """How to look after a product, by language; for products, SKUs or categories, or for all."""

    products: tuple[Line, ...] = ()
    skus: tuple[Line, ...] = ()
    categories: tuple[Line, ...] = ()
    steps: Annotated[_Steps, Field(min_length=1)]
    url: Link = ""
    warranty_months: Annotated[int | None, Field(ge=1, le=600)] = None


class Late(Settings):
    """From how many days on an order counts as late, why it was, and what makes up for it."""

    days: Annotated[int, Field(ge=1, le=365)] = 2
    reason: Words = Field(default_factory=dict)
    remedy: Words = Field(default_factory=dict)


class Referral(Settings):
    """What friends get, what who recommends gets, and where the terms are."""

    friend: Reward
    own: Reward
    url: Annotated[Link, Field(min_length=1)]
    code: Code = ""


class Returns(Settings):
    """How long something can be sent back, how it goes, and when the money is back."""

    days: Annotated[int, Field(ge=1, le=3650)]
    refund_days: Annotated[int, Field(ge=1, le=365)] = 14
    cost: Words = Field(default_factory=dict)
    url: Link = ""


class Survey(Settings):
    """Where the questions are, and how long they take."""

    url: Annotated[Link, Field(min_length=1)]
    minutes: Annotated[int | None, Field(ge=1, le=60)] = None


class Review(Settings):
    """Where an honest review can be written."""

    url: Annotated[Link, Field(min_length=1)]


class InsertSettings(Settings):
    """Everything about cards that is not the brand's look or voice.

    ``holdout_ratio`` of the customers get the plain card, so that the others can be compared with
    them; who they are follows from ``experiment``, and a new name deals anew. ``style`` goes
    before the brand's; ``styles`` is a folder with styles of the shop's own, ``foreign_templates``
    one with templates of strangers, which are drawn in a worker process. ``further_parcels`` is
    what lies in the second and later parcels of an order. ``rules`` stand beside the built-in
    ones; families in ``skip`` are never chosen. ``sales_channels`` maps a word of a channel's name
    to what may lie in its parcels.
    """

    holdout_ratio: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    experiment: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.\-]{0,79}$")] = "cards"
    style: _Slug | Literal[""] = ""
    styles: Line = ""
    foreign_templates: Line = ""
    format: Line = DEFAULT_FORMAT
    further_parcels: Literal["none", "plain", "same"] = "none"
    birthday_days: Annotated[int, Field(ge=0, le=60)] = 7
    anniversary_days: Annotated[int, Field(ge=0, le=60)] = 7
    away_days: Annotated[int, Field(ge=1, le=3650)] = 180
    skip: tuple[Template, ...] = ()
    rules: tuple[Rule, ...] = ()
    variants: dict[Template, tuple[Variant, ...]] = Field(default_factory=dict)
    offers: dict[OfferFamily, Offer] = Field(default_factory=dict)
    gifts: dict[OfferFamily, Annotated[dict[str, Line], Field(min_length=1)]] = Field(
        default_factory=dict
    )
    tiers: dict[Line, Tier] = Field(default_factory=dict)
    loyalty_url: Link = ""
    care: tuple[CareGuide, ...] = ()
    late: Late = Late()
    referral: Referral | None = None
    returns: Returns | None = None
    survey: Survey | None = None
    review: Review | None = None
    sales_channels: dict[Line, ChannelPolicy] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.format not in FORMATS:
            raise ValueError(f"no such format; there are: {', '.join(FORMATS)}")
        for template, arms in self.variants.items():
            if len({arm.name for arm in arms}) != len(arms):
                raise ValueError(f"two variants of {template} have one name")
        return self

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """Our rules and the shop's, those of highest priority first; the shop's before ours."""
        ours = builtin_rules(
            birthday_days=self.birthday_days,
            anniversary_days=self.anniversary_days,
            away_days=self.away_days,
            late_days=self.late.days,
        )
        kept = (rule for rule in (*self.rules, *ours) if rule.template not in self.skip)
        return tuple(sorted(kept, key=lambda rule: -rule.priority))

    def policy_for(self, words: frozenset[str]) -> tuple[ChannelPolicy, str]:
        """Return what may lie in parcels of a sales channel, and the word that says so."""
        table = MARKETPLACES | {name.casefold(): rule for name, rule in self.sales_channels.items()}
        met = sorted((_STRICTNESS.index(table[word]), word) for word in words if word in table)
        return (_STRICTNESS[met[0][0]], met[0][1]) if met else ("all", "")


_STRICTNESS: tuple[ChannelPolicy, ...] = ("none", "plain", "all")


def experiment_key(context: Context) -> str:
    """Return whom an experiment deals to: the account, so that it keeps its arm; else the order."""
    customer, order = context.customer, context.order
    if customer is not None and not customer.is_guest:
        return f"customer:{context.shop.id}:{customer.id}"
    return f"order:{context.shop.id}:{order.id if order else context.event_id}"


def share_of(experiment: str, purpose: str, key: str) -> Fraction:
    """Return a number from 0 up to 1, always the same for the same words, and evenly spread."""
    text = f"{experiment}\x1f{purpose}\x1f{key}"
    return Fraction(int.from_bytes(sha256(text.encode()).digest()[:8]), 2**64)


def is_held_out(context: Context, settings: InsertSettings) -> bool:
    """Whether this customer, or guest's order, belongs to the group that gets the plain card."""
    share = share_of(settings.experiment, "holdout", experiment_key(context))
    return share < Fraction(settings.holdout_ratio)


def variant_of(template: str, context: Context, settings: InsertSettings) -> Variant | None:
    """Return the arm that was dealt, or None where a template has no variants."""
    arms = settings.variants.get(template, ())
    place = share_of(settings.experiment, f"variant:{template}", experiment_key(context)) * sum(
        arm.weight for arm in arms
    )
    for arm in arms:
        if place < arm.weight:
            return arm
        place -= arm.weight
    return None
