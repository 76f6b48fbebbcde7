"""What is asked for with a search: filters, order, and what comes along. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .values import stamp

Criteria = dict[str, Any]

STOREFRONT = "8a243080f92e4c719546314b577cf82b"
"""The type of sales channels that are shops; the others are feeds and programs."""

ORDER_PARTS = (
    "lineItems.downloads",
    "deliveries.positions",
    "deliveries.shippingMethod",
    "deliveries.stateMachineState",
    "deliveries.shippingOrderAddress.country",
    "deliveries.shippingOrderAddress.countryState",
    "transactions.paymentMethod",
    "transactions.stateMachineState",
    "transactions.captures.refunds.stateMachineState",
    "orderCustomer.customer",
    "orderCustomer.salutation",
    "billingAddress.country",
    "billingAddress.countryState",
    "currency",
    "language.locale",
    "salesChannel",
    "stateMachineState",
    "tags",
)
CUSTOMER_PARTS = (
    "language.locale",
    "salutation",
    "tags",
    "defaultShippingAddress.country",
    "defaultShippingAddress.countryState",
)
CHANNEL_PARTS = ("currency", "country", "language.locale", "domains")

_CHANGES = (
    "createdAt",
    "updatedAt",
    "transactions.createdAt",
    "transactions.updatedAt",
    "transactions.captures.refunds.createdAt",
    "transactions.captures.refunds.updatedAt",
    "deliveries.createdAt",
    "deliveries.updatedAt",
)


def along(*paths: str) -> Criteria:
    """Return associations for dotted paths: ``deliveries.positions``."""
    tree: Criteria = {}
    for path in paths:
        node = tree
        for name in path.split("."):
            node = node.setdefault("associations", {}).setdefault(name, {})
    return tree


def equals(field: str, value: object) -> Criteria:
    """Return the condition that a field is a value; None asks for what is not set."""
    return {"type": "equals", "field": field, "value": value}


def among(field: str, values: Iterable[str]) -> Criteria:
    """Return the condition that a field is one of some values."""
    return {"type": "equalsAny", "field": field, "value": list(values)}


def since(field: str, moment: datetime) -> Criteria:
    """Return the condition that a date is not before a moment."""
    return {"type": "range", "field": field, "parameters": {"gte": stamp(moment)}}


def either(*conditions: Criteria) -> Criteria:
    """Return the condition that one of some holds."""
    return {"type": "multi", "operator": "or", "queries": list(conditions)}


def changed_orders(moment: datetime | None, *, sales_channel_id: str) -> list[Criteria]:
    """Return the conditions for orders that changed, payments and parcels included.

    Shopware dates an order's own fields alone: when it is paid, refunded or sent, only the date of
    that part changes, and an order that nobody wrote to has no ``updatedAt`` at all.
    """
    own = [equals("salesChannelId", sales_channel_id)] if sales_channel_id else []
    return [*own, either(*(since(field, moment) for field in _CHANGES))] if moment else own
