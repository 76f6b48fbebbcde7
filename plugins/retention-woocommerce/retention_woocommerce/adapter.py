"""Reads WooCommerce webhooks: base64 HMAC-SHA256 over the body, REST v3 resources inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import SignatureError
from retention_sdk.model import (
    Consent,
    ConsentChanged,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    Erasure,
    Order,
    ShopEvent,
    WebhookRequest,
)

from .read import DRAFTS, moment, read_customer, read_order
from .settings import WooCommerceSettings

_PING = re.compile(rb"webhook_id=\d{1,20}")
_ORDER_TOPICS = frozenset({"order.created", "order.updated", "order.restored"})
_CUSTOMER_TOPICS = frozenset({"customer.created", "customer.updated"})
_UNDATED = datetime.fromtimestamp(0, UTC)


class WooCommerceAdapter(ShopAdapter):
    """Orders and customers of one WooCommerce shop, from its webhooks.

    Deliveries repeat, arrive late and out of order; every event is named after the fact, so
    that ``order.created`` followed by ``order.updated`` is one sale.
    """

    name: ClassVar[str] = "woocommerce"
    capabilities: ClassVar[Capability] = Capability.WEBHOOKS | Capability.CUSTOMER_LOCALE
    settings_model: ClassVar[type[WooCommerceSettings]] = WooCommerceSettings
    settings: WooCommerceSettings

    def is_ping(self, request: WebhookRequest) -> bool:
        """Recognise the unsigned form that WooCommerce posts when a webhook is saved."""
        kind = request.header("Content-Type").casefold()
        return (
            kind.startswith("application/x-www-form-urlencoded")
            and not request.header("X-WC-Webhook-Signature")
            and _PING.fullmatch(request.body) is not None
        )

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature, then that the delivery is from this shop."""
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        given = request.header("X-WC-Webhook-Signature")
        self.verify_hmac(request, secrets=secrets, given=given)
        source, expected = request.header("X-WC-Webhook-Source"), self.settings.store_url
        if expected and _normal(source) != _normal(expected):
            raise SignatureError("another shop sent this; see store_url", adapter=self.name)

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Tell what an order or customer proves; everything else is unknown."""
        topic = request.header("X-WC-Webhook-Topic")
        if topic in _ORDER_TOPICS and body["status"] not in DRAFTS:
            return tuple(self._order_events(request, body))
        if topic in _CUSTOMER_TOPICS:
            return tuple(self._customer_events(request, body, topic))
        if topic == "customer.deleted":
            return (self._erased(request, body),)
        changed = body.get("date_modified_gmt")
        changed_at = moment(changed) if changed else None
        return (self.unknown_event(request, topic=topic, occurred_at=changed_at),)

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read one order, as the REST API answers it and as webhooks carry it."""
        return (read_order(body, self.settings),)

    def _order_events(
        self, request: WebhookRequest, body: Mapping[str, Any]
    ) -> Iterator[ShopEvent]:
        order = read_order(body, self.settings)
        changed_at = moment(body["date_modified_gmt"])
        yield from self.order_events(order, raw=request.body, refunded_at=changed_at)
        if order.customer:
            yield from self._answers(request, order.customer, f"order:{order.id}", changed_at)

    def _customer_events(
        self, request: WebhookRequest, body: Mapping[str, Any], topic: str
    ) -> Iterator[ShopEvent]:
        customer = read_customer(body, self.settings)
        subject, changed_at = f"customer:{customer.id}", moment(body["date_modified_gmt"])
        if topic == "customer.created":
            fact, created_at = (
                self._fact(request, f"{subject}:created"),
                moment(body["date_created_gmt"]),
            )
            yield CustomerCreated(**fact, occurred_at=created_at, customer=customer)
        else:
            fact = self._fact(request, f"{subject}:updated-{_fingerprint(request)}")
            yield CustomerUpdated(**fact, occurred_at=changed_at, customer=customer)
        yield from self._answers(request, customer, subject, changed_at)

    def _answers(
        self, request: WebhookRequest, customer: Customer, subject: str, changed_at: datetime
    ) -> Iterator[ConsentChanged]:
        for consent in customer.consents:
            yield ConsentChanged(
                **self._fact(request, f"{subject}:{_answer(consent)}"),
                occurred_at=consent.recorded_at or changed_at,
                customer=customer,
                consent=consent,
            )

    def _erased(self, request: WebhookRequest, body: Mapping[str, Any]) -> CustomerErased:
        """A shop that deletes an account has no more use for the person's data."""
        customer_id = body["id"]
        if type(customer_id) is not int:
            raise TypeError("an identifier is a whole number")
        return CustomerErased(
            **self._fact(request, f"customer:{customer_id}:erased"),
            occurred_at=request.received_at or _UNDATED,
            erasure=Erasure(customer_id=str(customer_id)),
        )

    def _fact(self, request: WebhookRequest, fact: str) -> dict[str, Any]:
        event_id = f"{self.name}:{self.shop_id}:{fact}"
        return {"id": event_id, "shop_id": self.shop_id, "raw": request.body}


def _answer(consent: Consent) -> str:
    """Name an answer: undated ones by what was said, so that a repetition is not a new one."""
    dated = f"-{consent.recorded_at:%Y%m%dT%H%M%S}" if consent.recorded_at else ""
    return f"consent-{consent.channel}-{consent.state}{dated}"


def _fingerprint(request: WebhookRequest) -> str:
    return sha256(request.body).hexdigest()[:16]


def _normal(url: str) -> str:
    return url.casefold().rstrip("/")
