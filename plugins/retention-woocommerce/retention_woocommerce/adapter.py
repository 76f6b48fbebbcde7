"""WooCommerce: webhooks with base64 HMAC-SHA256 over the body, and the REST API, version 3."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import SignatureError, UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentChanged,
    Customer,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    DiscountCode,
    Erasure,
    Order,
    Page,
    Product,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api import ApiClient, Timing, read_page
from retention_sdk.shop_api.values import asked_number

from . import coupons, hooks
from .api import connected, fetch_items, refused
from .catalogue import read_product, read_shop
from .paging import numbered_pages, order_pages
from .read import DRAFTS, consent_meta, moment, read_customer, read_order
from .settings import WooCommerceSettings

_PING = re.compile(rb"webhook_id=\d{1,20}")
_ORDER_TOPICS = frozenset({"order.created", "order.updated", "order.restored"})
_CUSTOMER_TOPICS = frozenset({"customer.created", "customer.updated"})
_HEARD = Capability.WEBHOOKS | Capability.CUSTOMER_LOCALE
_UNDATED = datetime.fromtimestamp(0, UTC)


class WooCommerceAdapter(ShopAdapter):
    """Orders, accounts, products and coupons of one WooCommerce shop.

    Deliveries repeat, arrive late and out of order; every event is named after the fact, so
    that ``order.created`` followed by ``order.updated`` is one sale. Every call of the API opens
    a connection and closes it. ``http`` is the HTTP library, httpx or httpx2. Without a key to
    the API an adapter has the capabilities of webhooks alone.
    """

    name: ClassVar[str] = "woocommerce"
    capabilities: ClassVar[Capability] = (
        _HEARD
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
        | Capability.NOTE_ORDER
        | Capability.FIELD_ORDER
        | Capability.REGISTER_WEBHOOKS
        | Capability.ERASE_CUSTOMER
    )
    settings_model: ClassVar[type[WooCommerceSettings]] = WooCommerceSettings
    settings: WooCommerceSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def __init__(self, settings: WooCommerceSettings, *, shop_id: str) -> None:
        super().__init__(settings, shop_id=shop_id)
        if settings.consumer_key is None:
            # Without a key to the API only webhooks are left, and who asks must not be misled.
            self.capabilities = _HEARD  # type: ignore[misc]  # this one can do less than its class

    # Webhooks ------------------------------------------------------------------------------

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

    # API -----------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its ``id``; a draft is none yet."""
        with self._connected() as api, self.reading():
            body = api.get(f"orders/{asked_number(order_id, adapter=self.name)}").mapping()
            if body["status"] in DRAFTS:
                raise refused("this order is a draft: nobody has placed it yet")
            return read_order(body, self.settings)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders, oldest change first, guests' orders too, drafts left out."""
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            for items, place in order_pages(api, size=size, since=updated_since, cursor=cursor):
                yield read_page(
                    items,
                    lambda item: (
                        None if item["status"] in DRAFTS else read_order(item, self.settings)
                    ),
                    reading=self.reading,
                    name=lambda item: f"order {item['id']}",
                    cursor=place,
                )

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of accounts with the role of a customer; guests have none.

        WooCommerce cannot be asked for changed accounts, and does not date all changes (one of a
        consent among them), so ``updated_since`` leaves nobody out.
        """
        del updated_since
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            for items, place in numbered_pages(api, "customers", size=size, cursor=cursor):
                yield read_page(
                    items,
                    lambda item: read_customer(item, self.settings),
                    reading=self.reading,
                    name=lambda item: f"customer {item['id']}",
                    cursor=place,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of published products, by number."""
        size, wishes = self.settings.page_size, {"status": "publish"}
        with self._connected() as api, self.reading():
            for items, place in numbered_pages(api, "products", size=size, cursor=cursor, **wishes):
                yield read_page(
                    items,
                    read_product,
                    reading=self.reading,
                    name=lambda item: f"product {item['id']}",
                    cursor=place,
                )

    def fetch_shop(self) -> Shop:
        """Return country and currency of the shop; the rest is from the settings."""
        with self._connected() as api, self.reading():
            entries, _ = fetch_items(api, "settings/general")
            return read_shop(entries, self.settings, shop_id=self.shop_id)

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answer that ``consent_meta_key`` holds."""
        self._require_consent_key()
        with self._connected() as api, self.reading():
            body = api.get(f"customers/{asked_number(customer_id, adapter=self.name)}").mapping()
            return read_customer(body, self.settings).consents

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer under ``consent_meta_key``; UNKNOWN empties it.

        Its moment is kept only where ``consent_at_meta_key`` is set.
        """
        self._require_consent_key()
        if consent.channel is not self.settings.consent_channel:
            message = f"only consent to {self.settings.consent_channel} has a key"
            raise UnsupportedFeature(message, adapter=self.name)
        change = {"meta_data": consent_meta(consent, self.settings)}
        with self._connected() as api:
            api.put(f"customers/{asked_number(customer_id, adapter=self.name)}", json=change)

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a coupon with this code, or find the one that is there."""
        self.require_worth(code)
        with self._connected() as api, self.reading():
            return coupons.create(api, code, now=datetime.now(UTC))

    def void_code(self, code: DiscountCode) -> None:
        """End the coupon with this code, and keep it: its code stays taken."""
        with self._connected() as api, self.reading():
            coupons.void(api, code)

    def note_order(self, order_id: str, text: str) -> None:
        """Write a note at an order that its customer is not told of."""
        # WooCommerce shows notes as HTML.
        note = {"note": escape(text, quote=False), "customer_note": False}
        with self._connected() as api:
            api.post(f"orders/{asked_number(order_id, adapter=self.name)}/notes", json=note)

    def set_order_fields(self, order_id: str, fields: Mapping[str, str]) -> None:
        """Set ``_retention_<name>`` in the order's ``meta_data``, which buyers do not see."""
        self.require_fields(fields)
        # WordPress calls keys that begin with an underscore protected: no form shows them.
        entries = [{"key": f"_retention_{name}", "value": fields[name]} for name in fields]
        with self._connected() as api:
            api.put(
                f"orders/{asked_number(order_id, adapter=self.name)}", json={"meta_data": entries}
            )

    def register_webhooks(self, address: str) -> tuple[str, ...]:
        """Have WooCommerce tell an https address what we read, signed with the first secret."""
        secret = self.settings.webhook_secrets[0].get_secret_value()
        with self._connected() as api, self.reading():
            return hooks.register(api, address, secret=secret)

    def missing_webhooks(self, address: str) -> tuple[str, ...]:
        """Return the topics whose webhook to an address is not there, paused or disabled."""
        with self._connected() as api, self.reading():
            return hooks.missing(api, address)

    def erase_customer(self, customer_id: str) -> None:
        """Delete an account for good; its orders stay, with the addresses in them."""
        with self._connected() as api:
            path = f"customers/{asked_number(customer_id, adapter=self.name)}"
            if api.get(path, also_good=(404,)).is_good:
                api.request("DELETE", path, params={"force": "true"}, also_good=(404,))

    # Small things --------------------------------------------------------------------------

    def _connected(self) -> ApiClient:
        return connected(self.settings, http=self.http, timing=self.timing)

    def _require_consent_key(self) -> None:
        if not self.settings.consent_meta_key:
            raise UnsupportedFeature(
                "WooCommerce has no field for consent; set consent_meta_key in "
                "platforms.woocommerce",
                adapter=self.name,
            )


def _answer(consent: Consent) -> str:
    """Name an answer: undated ones by what was said, so that a repetition is not a new one."""
    dated = f"-{consent.recorded_at:%Y%m%dT%H%M%S}" if consent.recorded_at else ""
    return f"consent-{consent.channel}-{consent.state}{dated}"


def _fingerprint(request: WebhookRequest) -> str:
    return sha256(request.body).hexdigest()[:16]


def _normal(url: str) -> str:
    return url.casefold().rstrip("/")
