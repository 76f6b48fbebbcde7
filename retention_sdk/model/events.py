"""What happened in a shop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from .base import Identifier, Instant, Line, Record
from .consent import Consent
from .customer import AccessRequest, Customer, Erasure
from .money import CurrencyCode
from .order import Order, OrderLine

EngagementKind = Literal["review", "survey", "follow", "visit"]
"""What people do for a shop beside buying. A visit brings no points, but may be an achievement."""


class WebhookRequest(Record):
    """A delivery as it came in. ``body`` is the exact bytes: signatures cover bytes.

    ``received_at`` dates events whose payload tells no time, such as a deletion.
    """

    headers: Annotated[Mapping[str, str], Field(repr=False)]
    body: Annotated[bytes, Field(repr=False)]
    received_at: Instant | None = None

    def header(self, name: str) -> str:
        """Return a header whatever its case; an empty string when it is absent."""
        wanted = name.casefold()
        if wanted in self.headers:  # as servers give them
            return self.headers[wanted]
        return next((v for k, v in self.headers.items() if k.casefold() == wanted), "")


class ShopEvent(Record):
    """Something that happened once.

    ``id`` is the same however often the platform tells of it, so it is the idempotency key.
    ``raw`` is the body it was read from; it is kept apart and never dumped or shown.
    """

    is_about_order: ClassVar[bool] = False

    id: Identifier
    shop_id: Identifier
    occurred_at: Instant
    raw: Annotated[bytes, Field(repr=False, exclude=True)] = b""


class OrderEvent(ShopEvent):
    """An event that carries the order as it stood then."""

    is_about_order: ClassVar[bool] = True

    order: Order


class OrderPlaced(OrderEvent):
    """The buyer committed; nothing is paid yet."""

    type: Literal["order_placed"] = "order_placed"


class OrderPaid(OrderEvent):
    """The money arrived. Cards are made and points are earned."""

    type: Literal["order_paid"] = "order_paid"


class OrderFulfilled(OrderEvent):
    """Everything has left the house."""

    type: Literal["order_fulfilled"] = "order_fulfilled"


class OrderDelivered(OrderEvent):
    """The carrier handed it over."""

    type: Literal["order_delivered"] = "order_delivered"


class OrderCancelled(OrderEvent):
    """The sale is off. Cards not packed yet are void."""

    type: Literal["order_cancelled"] = "order_cancelled"


class OrderRefunded(OrderEvent):
    """Money went back; ``order.refunded`` is the sum of all refunds so far."""

    type: Literal["order_refunded"] = "order_refunded"


class CustomerCreated(ShopEvent):
    """An account was opened."""

    type: Literal["customer_created"] = "customer_created"
    customer: Customer


class CustomerUpdated(ShopEvent):
    """An account changed."""

    type: Literal["customer_updated"] = "customer_updated"
    customer: Customer


class CustomerErased(ShopEvent):
    """Somebody asked to be forgotten."""

    type: Literal["customer_erased"] = "customer_erased"
    erasure: Erasure


class CustomersMerged(ShopEvent):
    """The platform made one account of several; ``absorbed`` are the identifiers that are gone."""

    type: Literal["customers_merged"] = "customers_merged"
    customer: Customer
    absorbed: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class DataRequested(ShopEvent):
    """Somebody asked what is kept about them."""

    type: Literal["data_requested"] = "data_requested"
    request: AccessRequest


class ShopErased(ShopEvent):
    """The shop left the platform: everything about all its customers goes."""

    type: Literal["shop_erased"] = "shop_erased"


class ConsentChanged(ShopEvent):
    """Somebody said yes, or no."""

    type: Literal["consent_changed"] = "consent_changed"
    customer: Customer
    consent: Consent


class Engagement(ShopEvent):
    """Somebody did something for the shop that was no order.

    ``reference`` makes it one of its kind: the number of the review, which may say what it likes,
    that of the survey, the network that is followed, the day of the visit.
    """

    type: Literal["engagement"] = "engagement"
    customer: Customer
    kind: EngagementKind
    reference: Identifier


class CartAbandoned(ShopEvent):
    """A basket was left standing."""

    type: Literal["cart_abandoned"] = "cart_abandoned"
    cart_id: Identifier
    currency: CurrencyCode
    lines: tuple[OrderLine, ...]
    customer: Customer | None = None


class DerivedEvent(ShopEvent):
    """Something that no platform told: it followed from what was known of a customer.

    ``customer`` is whom the shop knew then, not news of them. Answers to questions of consent are
    the store's.
    """

    customer: Customer


class TimeEvent(DerivedEvent):
    """Something that time alone brought about for a customer."""


class PointsMatured(TimeEvent):
    """Points can be spent from now on."""

    type: Literal["points_matured"] = "points_matured"
    points: Annotated[int, Field(ge=1)]


class PointsExpiring(TimeEvent):
    """Points that were left when the notice was due expire on a day, ``days`` from then.

    ``expires_at`` is when the first of them do.
    """

    type: Literal["points_expiring"] = "points_expiring"
    points: Annotated[int, Field(ge=1)]
    expires_at: Instant
    days: Annotated[int, Field(ge=1)]


class Birthday(TimeEvent):
    """It is the customer's birthday; the year of birth is not told."""

    type: Literal["birthday"] = "birthday"


class Anniversary(TimeEvent):
    """The first order was paid ``years`` ago."""

    type: Literal["anniversary"] = "anniversary"
    first_order_at: Instant
    years: Annotated[int, Field(ge=1)]


class CustomerLapsed(TimeEvent):
    """Nothing was ordered for ``days``, as many as the shop waits before it asks somebody back."""

    type: Literal["customer_lapsed"] = "customer_lapsed"
    last_order_at: Instant
    days: Annotated[int, Field(ge=1)]


class LoyaltyEvent(DerivedEvent):
    """Something that came to a customer in the loyalty programme called ``program``."""

    program: Identifier = "points"


class PointsEarned(LoyaltyEvent):
    """Points were credited, by an order or by whatever else ``kind`` names.

    ``balance`` can be spent right afterwards; ``pending`` points cannot yet. Both count these.
    """

    type: Literal["points_earned"] = "points_earned"
    points: Annotated[int, Field(ge=1)]
    balance: Annotated[int, Field(ge=0)]
    pending: Annotated[int, Field(ge=0)] = 0
    kind: Identifier


class TierChanged(LoyaltyEvent):
    """A rank was reached or lost; ``tier`` is empty where none is left.

    ``tier_until`` is the last day of it, None for no end.
    """

    type: Literal["tier_changed"] = "tier_changed"
    tier: Line
    tier_before: Line
    tier_until: date | None = None
    is_up: bool


class TierAtRisk(LoyaltyEvent):
    """A rank is lost after its last day, ``on``, unless ``missing`` more comes together before.

    ``missing`` is points, orders, or minor units of ``currency`` where ``measure`` is spend.
    ``falls_to`` is empty where no rank would be left.
    """

    type: Literal["tier_at_risk"] = "tier_at_risk"
    tier: Line
    falls_to: Line
    on: date
    measure: Literal["spend", "points", "orders"]
    missing: Annotated[int, Field(ge=1)]
    currency: CurrencyCode | Literal[""] = ""


class RewardIssued(LoyaltyEvent):
    """A reward was handed out for ``points``; zero for one that was given.

    ``code`` is what is typed in at the checkout, empty where the reward needs none.
    """

    type: Literal["reward_issued"] = "reward_issued"
    reward: Identifier
    kind: Identifier
    points: Annotated[int, Field(ge=0)]
    code: Annotated[Line, Field(repr=False)] = ""
    ends_at: Instant | None = None


class AchievementEarned(LoyaltyEvent):
    """A level of an achievement was reached; it brought ``points``, a ``reward``, or honour."""

    type: Literal["achievement_earned"] = "achievement_earned"
    achievement: Identifier
    level: Identifier | Literal[""] = ""
    points: Annotated[int, Field(ge=0)] = 0
    reward: Identifier | Literal[""] = ""


class ChallengeEnded(LoyaltyEvent):
    """The last moment of a challenge passed for somebody who took part in it.

    ``level`` is the highest of its levels that they hold, empty where they reached none;
    ``next_level`` is the first that they lack, empty where they reached all.
    """

    type: Literal["challenge_ended"] = "challenge_ended"
    achievement: Identifier
    level: Identifier | Literal[""] = ""
    next_level: Identifier | Literal[""] = ""


class ReferralRewarded(LoyaltyEvent):
    """Somebody got ``points`` because they brought a friend along, or were brought along."""

    type: Literal["referral_rewarded"] = "referral_rewarded"
    points: Annotated[int, Field(ge=0)]
    role: Literal["referrer", "friend"]


class RecordChanged(ShopEvent):
    """Something changed on a platform that says no more: ``ShopAdapter.complete`` asks what.

    ``platform`` names the adapter; ``kind`` and ``reference`` are its own words for the record.
    """

    type: Literal["record_changed"] = "record_changed"
    platform: Identifier
    kind: Identifier
    reference: Identifier


class UnknownEvent(ShopEvent):
    """A topic this adapter does not know: kept, and nothing is done."""

    type: Literal["unknown"] = "unknown"
    topic: Line


Event = Annotated[
    OrderPlaced
    | OrderPaid
    | OrderFulfilled
    | OrderDelivered
    | OrderCancelled
    | OrderRefunded
    | CustomerCreated
    | CustomerUpdated
    | CustomerErased
    | CustomersMerged
    | DataRequested
    | ShopErased
    | ConsentChanged
    | Engagement
    | CartAbandoned
    | PointsMatured
    | PointsExpiring
    | Birthday
    | Anniversary
    | CustomerLapsed
    | PointsEarned
    | TierChanged
    | TierAtRisk
    | RewardIssued
    | AchievementEarned
    | ChallengeEnded
    | ReferralRewarded
    | RecordChanged
    | UnknownEvent,
    Field(discriminator="type"),
]
"""Any event, told apart by ``type``."""


def read_event(data: bytes | str) -> ShopEvent:
    """Read an event from the JSON that ``model_dump_json`` wrote."""
    event: ShopEvent = _adapter().validate_json(data)
    return event


@cache
def _adapter() -> TypeAdapter[Event]:
    # Made once: that takes a hundred times as long as reading an event.
    return TypeAdapter(Event)
