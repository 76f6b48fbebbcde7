"""Events in what the companion posts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from retention_sdk.model import (
    Consent,
    ConsentChanged,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    Erasure,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api.values import moment

from .read import read_customer
from .settings import MedusaSettings
from .values import Json

CUSTOMER_TOPICS = frozenset({"customer.created", "customer.updated"})


class CustomerEvents:
    """Names what happened to customers. ``prefix`` is adapter and shop, kept before each name."""

    def __init__(self, settings: MedusaSettings, *, prefix: str, shop_id: str) -> None:
        self._settings, self._prefix, self._shop_id = settings, prefix, shop_id

    def changed(self, request: WebhookRequest, body: Json) -> Iterator[ShopEvent]:
        """Tell of a new or changed account, and of the answer about consent in it."""
        customer = read_customer(body["data"]["customer"], self._settings)
        subject = f"customer:{customer.id}"
        if body["type"] == "customer.created":
            created_at = moment(body["data"]["customer"]["created_at"])
            fact = self._fact(request, f"{subject}:created")
            yield CustomerCreated(**fact, occurred_at=created_at, customer=customer)
        else:
            changed_at = moment(body["data"]["customer"]["updated_at"])
            fact = self._fact(request, f"{subject}:updated-{_fingerprint(request)}")
            yield CustomerUpdated(**fact, occurred_at=changed_at, customer=customer)
        for consent in customer.consents:
            yield self._answered(request, customer, consent, body)

    def deleted(self, request: WebhookRequest, body: Json) -> CustomerErased:
        """A shop that deletes an account has no more use for the person's data."""
        customer_id = body["data"]["id"]
        return CustomerErased(
            **self._fact(request, f"customer:{customer_id}:erased"),
            occurred_at=moment(body["timestamp"]),
            erasure=Erasure(customer_id=customer_id),
        )

    def _answered(
        self, request: WebhookRequest, customer: Customer, consent: Consent, body: Json
    ) -> ConsentChanged:
        at = consent.recorded_at
        dated = f"{at:%Y%m%dT%H%M%S}" if at else _fingerprint(request)
        fact = f"customer:{customer.id}:consent-{consent.channel}-{consent.state}-{dated}"
        return ConsentChanged(
            **self._fact(request, fact),
            occurred_at=at or moment(body["data"]["customer"]["updated_at"]),
            customer=customer,
            consent=consent,
        )

    def _fact(self, request: WebhookRequest, fact: str) -> dict[str, Any]:
        name = f"{self._prefix}:{fact}"
        return {"id": name, "shop_id": self._shop_id, "raw": request.body}


def _fingerprint(request: WebhookRequest) -> str:
    return sha256(request.body).hexdigest()[:16]
