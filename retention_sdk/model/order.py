"""What was sold, what was paid, and what goes into which parcel."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .address import Address
from .base import Identifier, Instant, LanguageTag, Line, Paragraph, PersonalLine, Record
from .customer import Customer
from .money import CurrencyCode, Money

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class LineKind(StrEnum):
    """How a line reaches the buyer. Only PHYSICAL lines travel in parcels."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    PICKUP = "pickup"


class FulfilmentStatus(StrEnum):
    """PLANNED is not packed yet: the moment a card can still be printed."""

    PLANNED = "planned"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class OrderLine(Record):
    """One product, some whole number of times. ``total`` is what was paid, after discounts.

    ``brand`` is whose product it is, as the shop spells it; empty where the platform does not say.
    """

    id: Identifier
    title: Line
    quantity: Count
    unit_price: Money
    total: Money
    sku: Line = ""
    product_id: Line = ""
    kind: LineKind = LineKind.PHYSICAL
    is_gift_card: bool = False
    categories: tuple[Line, ...] = ()
    brand: Line = ""


class FulfilmentLine(Record):
    """How many of an order line are in a fulfilment."""

    line_id: Identifier
    quantity: Count


class Parcel(Record):
    """One box on its way."""

    id: Identifier
    carrier: Line = ""
    tracking_number: Annotated[Line, Field(repr=False)] = ""


class Fulfilment(Record):
    """Lines that leave together: the unit of printing. It has parcels if anything is shipped."""

    id: Identifier
    status: FulfilmentStatus = FulfilmentStatus.PLANNED
    lines: Annotated[tuple[FulfilmentLine, ...], Field(min_length=1)]
    parcels: tuple[Parcel, ...] = ()
    shipped_at: Instant | None = None


class Order(Record):
    """A sale in one currency. Impossible orders cannot be built.

    ``total`` is what the buyer was asked to pay, tax and shipping included; ``refunded`` is the
    sum of all refunds so far and never above it. ``is_gift`` means that the recipient is not the
    buyer: no prices, no marketing, no tracking go into that parcel; ``gift_to`` and ``gift_from``
    are names as the buyer wrote them. ``ship_by`` is when it was promised to leave the house, None
    where nothing was promised. ``subscription`` tells which parcel of a subscription this is.
    """

    id: Identifier
    number: Line
    placed_at: Instant
    currency: CurrencyCode
    total: Money
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1)]
    shipping: Money | None = None
    tax: Money | None = None
    discount: Money | None = None
    refunded: Money | None = None
    paid_at: Instant | None = None
    cancelled_at: Instant | None = None
    customer: Customer | None = None
    billing_address: Annotated[Address | None, Field(repr=False)] = None
    shipping_address: Annotated[Address | None, Field(repr=False)] = None
    fulfilments: tuple[Fulfilment, ...] = ()
    language: LanguageTag | None = None
    payment_method: Line = ""
    sales_channel: Line = ""
    coupon_codes: tuple[Line, ...] = ()
    is_gift: bool = False
    gift_message: Annotated[Paragraph, Field(repr=False)] = ""
    gift_to: PersonalLine = ""
    gift_from: PersonalLine = ""
    ship_by: Instant | None = None
    subscription: Literal["", "first", "renewal", "last"] = ""
    tags: tuple[Line, ...] = ()
    customer_note: Annotated[Paragraph, Field(repr=False)] = ""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        self._check_currency()
        self._check_amounts()
        self._check_fulfilments()
        return self

    def _check_currency(self) -> None:
        optional = (self.shipping, self.tax, self.discount, self.refunded)
        amounts = [self.total, *(money for money in optional if money)]
        amounts += [money for line in self.lines for money in (line.unit_price, line.total)]
        if any(money.currency != self.currency for money in amounts):
            raise ValueError("one order has one currency")

    def _check_amounts(self) -> None:
        if self.total.minor < 0:
            raise ValueError("the total is below zero")
        if self.refunded and not 0 <= self.refunded.minor <= self.total.minor:
            raise ValueError("refunds are below zero or above the total")

    def _check_fulfilments(self) -> None:
        by_id = {line.id: line for line in self.lines}
        if len(by_id) != len(self.lines):
            raise ValueError("two lines have the same id")
        if len({f.id for f in self.fulfilments}) != len(self.fulfilments):
            raise ValueError("two fulfilments have the same id")
        sent = dict.fromkeys(by_id, 0)
        for fulfilment in self.fulfilments:
            for part in fulfilment.lines:
                if part.line_id not in by_id:
                    raise ValueError("a fulfilment holds a line the order does not have")
                if fulfilment.parcels and by_id[part.line_id].kind is not LineKind.PHYSICAL:
                    raise ValueError("a digital or pickup line lies in a parcel")
                if fulfilment.status is not FulfilmentStatus.CANCELLED:
                    sent[part.line_id] += part.quantity
        if any(sent[line.id] > line.quantity for line in self.lines):
            raise ValueError("more is fulfilled than was ordered")

    @property
    def is_paid(self) -> bool:
        """Whether the platform says that the money arrived."""
        return self.paid_at is not None

    @property
    def is_fully_refunded(self) -> bool:
        """Whether everything went back, or the order was cancelled."""
        refunded = self.refunded.minor if self.refunded else 0
        return self.cancelled_at is not None or (
            self.total.minor > 0 and refunded == self.total.minor
        )

    @property
    def insert_fulfilment(self) -> Fulfilment | None:
        """The fulfilment whose parcel gets the card: the first still to be packed, or None."""
        planned = FulfilmentStatus.PLANNED
        return next((f for f in self.fulfilments if f.parcels and f.status is planned), None)


def plan_fulfilment(order_id: str, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """Return the one parcel that all physical lines will share, or nothing.

    For platforms that tell nothing of fulfilments before the parcel has left.
    """
    physical = tuple(line for line in lines if line.kind is LineKind.PHYSICAL)
    if not physical:
        return ()
    parts = tuple(FulfilmentLine(line_id=line.id, quantity=line.quantity) for line in physical)
    parcel = Parcel(id=f"{order_id}-1")
    return (Fulfilment(id=f"{order_id}-1", lines=parts, parcels=(parcel,)),)
