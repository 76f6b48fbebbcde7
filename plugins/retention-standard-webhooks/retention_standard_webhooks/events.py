"""The canonical events that a shop may tell, read from its JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from retention_sdk.model import (
    CartAbandoned,
    ConsentChanged,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    CustomerUpdated,
    DataRequested,
    Engagement,
    Order,
    OrderCancelled,
    OrderDelivered,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    ShopErased,
    ShopEvent,
)

EVENTS: Final[Mapping[str, type[ShopEvent]]] = {
    "order_placed": OrderPlaced,
    "order_paid": OrderPaid,
    "order_fulfilled": OrderFulfilled,
    "order_delivered": OrderDelivered,
    "order_cancelled": OrderCancelled,
    "order_refunded": OrderRefunded,
    "customer_created": CustomerCreated,
    "customer_updated": CustomerUpdated,
    "customer_erased": CustomerErased,
    "customers_merged": CustomersMerged,
    "data_requested": DataRequested,
    "shop_erased": ShopErased,
    "consent_changed": ConsentChanged,
    "engagement": Engagement,
    "cart_abandoned": CartAbandoned,
}
"""What a shop may tell. What follows from it (points, ranks, birthdays) is worked out here."""


def read_event(kind: type[ShopEvent], body: Mapping[str, Any], *, raw: bytes) -> ShopEvent:
    """Return the event in a body; fields that nobody knows are ignored.

    Raises:
        ValidationError: a field is missing or wrong.
    """
    event = kind.model_validate_json(_as_json(body), extra="ignore")
    return event.model_copy(update={"raw": raw})


def read_order(body: Mapping[str, Any]) -> Order:
    """Return the order in the body of an event."""
    return Order.model_validate_json(_as_json(body["order"]), extra="ignore")


def _as_json(value: object) -> str:
    """Write JSON again: the model reads moments and tuples from JSON alone.

    Numbers with a fraction become floats, which it refuses wherever it knows the field.
    """
    return json.dumps(value, default=float)
