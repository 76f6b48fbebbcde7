"""Events in what Saleor tells of a customer, and names for what it leaves out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from retention_sdk.model import (
    Consent,
    ConsentChanged,
    ConsentState,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    Erasure,
    RecordChanged,
    ShopEvent,
)
from retention_sdk.shop_api.values import moment, text

from .read import read_customer
from .settings import SaleorSettings
from .values import Json

ORDER_TOPICS = frozenset(
    {
        "OrderCreated",
        "OrderUpdated",
        "OrderConfirmed",
        "OrderPaid",
        "OrderFullyPaid",
        "OrderRefunded",
        "OrderFullyRefunded",
        "OrderFulfilled",
        "OrderCancelled",
        "OrderExpired",
    }
)
"""Types of events that carry an order as it stands."""
CUSTOMER_TOPICS = frozenset({"CustomerCreated", "CustomerUpdated", "CustomerMetadataUpdated"})
GONE_TOPICS = frozenset({"CustomerDeleted", "AccountDeleted"})
REGISTERED = (
    "ORDER_CREATED",
    "ORDER_UPDATED",
    "CUSTOMER_CREATED",
    "CUSTOMER_UPDATED",
    "CUSTOMER_METADATA_UPDATED",
    "CUSTOMER_DELETED",
    "ACCOUNT_DELETED",
)
"""What is registered: ORDER_UPDATED is sent for every change of an order but its beginning."""


class Facts:
    """Names what one delivery, or one answer, proves. Names are of facts, never of deliveries.

    Saleor gives deliveries no identifier, and tells one change as often as it has topics and
    webhooks for it.
    """

    def __init__(self, settings: SaleorSettings, *, shop_id: str, raw: bytes) -> None:
        self._settings, self._shop_id, self._raw = settings, shop_id, raw

    def customer(self, user: Json, *, is_new: bool = False) -> Iterator[ShopEvent]:
        """Tell of an account, and of the answer about consent in it."""
        customer, changed_at = read_customer(user, self._settings), moment(user["updatedAt"])
        if is_new:
            fact = self._fact(f"customer:{customer.id}:created")
            at = moment(user["dateJoined"])
            yield CustomerCreated(**fact, occurred_at=at, customer=customer)
        else:
            fact = self._fact(f"customer:{customer.id}:updated-{_stamp(changed_at)}")
            yield CustomerUpdated(**fact, occurred_at=changed_at, customer=customer)
        for consent in customer.consents:
            yield self._answered(customer, consent, changed_at)

    def gone(self, user: Json, at: datetime) -> CustomerErased:
        """A shop that deletes an account has no more use for the person's data."""
        erasure = Erasure(customer_id=text(user["id"]), email=text(user.get("email")))
        fact = self._fact(f"customer:{erasure.customer_id}:erased")
        return CustomerErased(**fact, occurred_at=at, erasure=erasure)

    def changed(self, kind: str, reference: str, at: datetime) -> RecordChanged:
        """Something changed, and the delivery does not say all of it."""
        name = sha256(reference.encode()).hexdigest()[:16]
        return RecordChanged(
            **self._fact(f"changed:{kind}:{name}-{_stamp(at)}"),
            occurred_at=at,
            platform="saleor",
            kind=kind,
            reference=reference,
        )

    def _answered(self, customer: Customer, consent: Consent, at: datetime) -> ConsentChanged:
        """Name an answer by its date.

        An undated yes is one fact however often it is told, so that no other change of the
        account renews it; an undated no counts each time.
        """
        dated = consent.recorded_at or (at if consent.state is ConsentState.DENIED else None)
        name = f"customer:{customer.id}:consent-{consent.channel}-{consent.state}"
        return ConsentChanged(
            **self._fact(f"{name}-{_stamp(dated)}" if dated else name),
            occurred_at=consent.recorded_at or at,
            customer=customer,
            consent=consent,
        )

    def _fact(self, fact: str) -> dict[str, Any]:
        name = f"saleor:{self._shop_id}:{fact}"
        return {"id": name, "shop_id": self._shop_id, "raw": self._raw}


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
