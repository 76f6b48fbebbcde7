"""Reads Shopify webhooks: base64 HMAC-SHA256 over the body, REST-shaped resources inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from retention_sdk.adapter import Capability
from retention_sdk.errors import SignatureError
from retention_sdk.model import (
    AccessRequest,
    Consent,
    ConsentChanged,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    CustomerUpdated,
    DataRequested,
    Erasure,
    Order,
    ShopErased,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api.values import identifier, moment, text

from .admin import ShopifyAdmin
from .consent import read_email_consent, read_sms_consent, read_whatsapp_consent
from .read import read_customer, read_order
from .settings import ShopifySettings
from .values import gid_number

Json = Mapping[str, Any]

_ORDER_TOPICS = frozenset(
    {
        "orders/create",
        "orders/updated",
        "orders/edited_complete",
        "orders/paid",
        "orders/partially_fulfilled",
        "orders/fulfilled",
        "orders/cancelled",
    }
)
_CUSTOMER_TOPICS = frozenset({"customers/create", "customers/update"})
_CONSENT_TOPICS = frozenset(
    {
        "customers_email_marketing_consent/update",
        "customers_marketing_consent/update",
        "customers_whats_app_marketing_consent/update",
    }
)
_UNDATED = datetime.fromtimestamp(0, UTC)


class ShopifyAdapter(ShopifyAdmin):
    """One Shopify shop: its webhooks here, its Admin API in the class above.

    Deliveries repeat, arrive late and out of order, and several topics tell of one change. Every
    event is named after the fact, so neither ``X-Shopify-Webhook-Id`` nor
    ``X-Shopify-Event-Id`` has to be remembered.
    """

    name: ClassVar[str] = "shopify"
    capabilities: ClassVar[Capability] = (
        Capability.WEBHOOKS
        | Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
        | Capability.SHOP_PROFILE
        | Capability.READ_CONSENT
        | Capability.WRITE_CONSENT
        | Capability.CREATE_CODE
        | Capability.VOID_CODE
        | Capability.FREE_SHIPPING_CODE
        | Capability.GIFT_CARD_CODE
        | Capability.CUSTOMER_LOCALE
        | Capability.ERASE_CUSTOMER
        | Capability.NOTE_ORDER
        | Capability.TAG_ORDER
        | Capability.FIELD_ORDER
        | Capability.STORE_CREDIT
        | Capability.REGISTER_WEBHOOKS
    )
    settings_model: ClassVar[type[ShopifySettings]] = ShopifySettings
    settings: ShopifySettings

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature, then that the delivery is from this shop."""
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        given = request.header("X-Shopify-Hmac-SHA256")
        self.verify_hmac(request, secrets=secrets, given=given)
        source, expected = request.header("X-Shopify-Shop-Domain"), self.settings.shop_domain
        if expected and source.casefold() != expected.casefold():
            raise SignatureError("another shop sent this; see shop_domain", adapter=self.name)

    def read(self, request: WebhookRequest, body: Json) -> tuple[ShopEvent, ...]:
        """Tell what a delivery proves; everything else is unknown.

        A refund of its own (``refunds/create``) holds no order and proves nothing by itself;
        ``orders/updated`` follows it and holds both.
        """
        topic = request.header("X-Shopify-Topic")
        if topic in _ORDER_TOPICS:
            return self._order_events(request, body)
        if topic in _CUSTOMER_TOPICS:
            return tuple(self._customer_events(request, body, topic))
        if topic in _CONSENT_TOPICS:
            return self._consent_events(request, body, topic)
        if topic == "customers/merge" and text(body["status"]).casefold() == "completed":
            return (self._merged(request, body),)
        if topic == "customers/data_request":
            return (self._data_requested(request, body),)
        if topic == "customers/redact":
            return (self._erased(request, body),)
        if topic == "shop/redact":
            fact = self._fact(request, f"shop:{identifier(body['shop_id'])}:redacted")
            return (ShopErased(**fact, occurred_at=_now(request)),)
        return (self.unknown_event(request, topic=topic),)

    def read_orders(self, body: Json) -> tuple[Order, ...]:
        """Read one order as webhooks carry it, or the answer of ``/orders.json``."""
        orders = body.get("orders", [body])
        return tuple(read_order(order, self.settings) for order in orders)

    def _order_events(self, request: WebhookRequest, body: Json) -> tuple[ShopEvent, ...]:
        order = read_order(body, self.settings)
        changed_at = moment(body["updated_at"])
        return self.order_events(order, raw=request.body, refunded_at=changed_at)

    def _customer_events(
        self, request: WebhookRequest, body: Json, topic: str
    ) -> Iterator[ShopEvent]:
        customer = read_customer(body)
        subject = f"customer:{customer.id}"
        if topic == "customers/create":
            fact = self._fact(request, f"{subject}:created")
            yield CustomerCreated(**fact, occurred_at=moment(body["created_at"]), customer=customer)
        else:
            fact = self._fact(request, f"{subject}:updated-{_fingerprint(request)}")
            yield CustomerUpdated(**fact, occurred_at=moment(body["updated_at"]), customer=customer)
        for consent in customer.consents:
            yield self._answered(request, customer, consent)

    def _consent_events(
        self, request: WebhookRequest, body: Json, topic: str
    ) -> tuple[ShopEvent, ...]:
        """Tell an answer; a state that is none, such as PENDING, changes nothing."""
        if topic == "customers_email_marketing_consent/update":
            customer = Customer(
                id=identifier(body["customer_id"]), email=text(body["email_address"])
            )
            consent = read_email_consent(body["email_marketing_consent"])
        elif topic == "customers_marketing_consent/update":
            customer = Customer(id=identifier(body["id"]), phone=text(body["phone"]))
            consent = read_sms_consent(body["sms_marketing_consent"])
        else:
            customer = Customer(
                id=identifier(body["customer_id"]), phone=text(body["phone_number"])
            )
            consent = read_whatsapp_consent(body["whats_app_marketing_consent"])
        if consent is None:
            return (self.unknown_event(request, topic=topic),)
        return (self._answered(request, customer, consent),)

    def _answered(
        self, request: WebhookRequest, customer: Customer, consent: Consent
    ) -> ConsentChanged:
        at = consent.recorded_at
        dated = f"-{at:%Y%m%dT%H%M%S}" if at else f"-{_fingerprint(request)}"
        fact = f"customer:{customer.id}:consent-{consent.channel}-{consent.state}{dated}"
        return ConsentChanged(
            **self._fact(request, fact),
            occurred_at=at or _now(request),
            customer=customer,
            consent=consent,
        )

    def _merged(self, request: WebhookRequest, body: Json) -> CustomersMerged:
        kept = str(gid_number(body["admin_graphql_api_customer_kept_id"]))
        gone = str(gid_number(body["admin_graphql_api_customer_deleted_id"]))
        return CustomersMerged(
            **self._fact(request, f"customer:{kept}:merged-{gone}"),
            occurred_at=_now(request),
            customer=Customer(id=kept),
            absorbed=(gone,),
        )

    def _data_requested(self, request: WebhookRequest, body: Json) -> DataRequested:
        reference = identifier(body["data_request"]["id"])
        asked = AccessRequest(reference=reference, **_person(body, "orders_requested"))
        fact = self._fact(request, f"data-request:{reference}")
        return DataRequested(**fact, occurred_at=_now(request), request=asked)

    def _erased(self, request: WebhookRequest, body: Json) -> CustomerErased:
        return CustomerErased(
            **self._fact(request, f"redact:{_fingerprint(request)}"),
            occurred_at=_now(request),
            erasure=Erasure(**_person(body, "orders_to_redact")),
        )

    def _fact(self, request: WebhookRequest, fact: str) -> dict[str, Any]:
        event_id = f"{self.name}:{self.shop_id}:{fact}"
        return {"id": event_id, "shop_id": self.shop_id, "raw": request.body}


def _person(body: Json, orders: str) -> dict[str, Any]:
    """Return by what the person of a compliance webhook is known."""
    customer = body["customer"]
    number = customer.get("id")
    return {
        "customer_id": None if number is None else identifier(number),
        "email": text(customer.get("email")),
        "phone": text(customer.get("phone")),
        "order_ids": tuple(identifier(each) for each in body.get(orders) or ()),
    }


def _now(request: WebhookRequest) -> datetime:
    """Compliance webhooks tell no time: what they tell of happened when they came."""
    return request.received_at or _UNDATED


def _fingerprint(request: WebhookRequest) -> str:
    return sha256(request.body).hexdigest()[:16]
