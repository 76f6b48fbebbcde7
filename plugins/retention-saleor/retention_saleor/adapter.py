"""Reads a Saleor shop's webhooks, and asks and writes its GraphQL API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import SignatureError, UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentState,
    Customer,
    DiscountCode,
    Order,
    OrderEvent,
    Page,
    Product,
    Purpose,
    RecordChanged,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api import Timing, read_page
from retention_sdk.shop_api.values import moment

from . import documents as sent
from . import gift_cards, hooks, signature, vouchers
from .client import Run, codes_of, connected, done, fetch_jwks, pages_of, refused
from .consent import read_consents, written
from .read import is_placed, read_customer, read_order, read_product
from .settings import SaleorSettings
from .values import Json
from .webhooks import CUSTOMER_TOPICS, GONE_TOPICS, ORDER_TOPICS, Facts

T = TypeVar("T")

_LISTED = {"Order": "order", "User": "customer"}
"""What the objects in a list are called, and what we call them."""


class SaleorAdapter(ShopAdapter):
    """Orders, customers, consent, vouchers and gift cards of one Saleor shop.

    Every call opens a connection and closes it. ``http`` is the HTTP library, httpx or httpx2;
    ``timing`` and ``now`` are for tests.
    """

    name: ClassVar[str] = "saleor"
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
        | Capability.FIELD_ORDER
        | Capability.REGISTER_WEBHOOKS
    )
    takes_lists: ClassVar[bool] = True
    settings_model: ClassVar[type[SaleorSettings]] = SaleorSettings
    settings: SaleorSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing] = Timing()
    now: ClassVar[Callable[[], datetime]] = staticmethod(lambda: datetime.now(UTC))

    # Webhooks ------------------------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check the shop's signature over the raw body: a detached JWS, or a hex HMAC."""
        given = request.header("Saleor-Signature") or request.header("X-Saleor-Signature")
        if signature.DETACHED in given:
            keys = {key.kid: key for key in self.settings.jwks}
            if fault := signature.fault_of(given, request.body, keys):
                raise SignatureError(fault, adapter=self.name)
            return
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.webhook_secrets)
        self.verify_hmac(request, secrets=secrets, given=given, encode=bytes.hex)

    def read(
        self, request: WebhookRequest, body: Mapping[str, Any] | list[Json]
    ) -> tuple[ShopEvent, ...]:
        """Tell what a body proves. Headers are not signed, so the event's name in them is not read.

        What does not hold all that our subscription asks for is asked for afterwards.
        """
        facts = Facts(self.settings, shop_id=self.shop_id, raw=request.body)
        if isinstance(body, list):
            return tuple(self._of_list(facts, body)) or (self.unknown_event(request, topic="list"),)
        topic = body["__typename"]
        if topic in ORDER_TOPICS:
            return self._of_order(facts, body, request.body)
        if topic in CUSTOMER_TOPICS and body.get("user"):
            return self._of_customer(facts, body)
        if topic in GONE_TOPICS:
            return (facts.gone(body["user"], moment(body["issuedAt"])),)
        return (self.unknown_event(request, topic=topic),)

    def _of_list(self, facts: Facts, body: list[Json]) -> Iterator[ShopEvent]:
        """A webhook without a subscription query lists objects, and tells their state in part."""
        if not body:
            raise ValueError("an empty list tells nothing")
        for each in body:
            if kind := _LISTED.get(str(each.get("type"))):
                yield facts.changed(kind, each["id"], moment(each["meta"]["issued_at"]))

    def _of_order(self, facts: Facts, body: Json, raw: bytes) -> tuple[ShopEvent, ...]:
        node = body["order"]
        if not node.keys() >= sent.ORDER_KEYS:
            return (facts.changed("order", node["id"], moment(body["issuedAt"])),)
        return self._order_events(node, raw)

    def _of_customer(self, facts: Facts, body: Json) -> tuple[ShopEvent, ...]:
        user = body["user"]
        if not user.keys() >= sent.USER_KEYS:
            return (facts.changed("customer", user["id"], moment(body["issuedAt"])),)
        return tuple(facts.customer(user, is_new=body["__typename"] == "CustomerCreated"))

    def _order_events(self, node: Json, raw: bytes) -> tuple[OrderEvent, ...]:
        if not is_placed(node):
            return ()
        order, changed_at = read_order(node, self.settings), moment(node["updatedAt"])
        return self.order_events(order, raw=raw, refunded_at=changed_at)

    def complete(self, event: RecordChanged) -> tuple[ShopEvent, ...]:
        """Ask for an order or a customer, and tell what that proves."""
        with self._connected() as run, self.reading():
            if event.kind == "order":
                node = run(self._text(sent.ORDER), id=event.reference)["order"]
                return self._order_events(node, event.raw) if node else ()
            if event.kind == "customer":
                user = run(self._text(sent.CUSTOMER), id=event.reference)["user"]
                facts = Facts(self.settings, shop_id=self.shop_id, raw=event.raw)
                return tuple(facts.customer(user)) if user else ()
        return ()

    def register_webhooks(self, address: str) -> tuple[str, ...]:
        """Have the app's own webhook tell an address what is read here, signed with the shop's key.

        Raises:
            UnsupportedFeature: ``jwks`` is not set: we could not believe what comes.
        """
        if not self.settings.jwks:
            message = "set platforms.saleor.jwks first: `retention x saleor-keys` prints it"
            raise UnsupportedFeature(message, adapter=self.name)
        with self._connected() as run:
            return hooks.register(run, address, self.subscription)

    def missing_webhooks(self, address: str) -> tuple[str, ...]:
        """Return what an address is not told, or not with the query of this version."""
        with self._connected() as run:
            return hooks.missing(run, address, self.subscription)

    @property
    def subscription(self) -> str:
        """The subscription query that our webhooks have."""
        return self._text(sent.SUBSCRIPTION)

    def fetch_keys(self) -> Json:
        """Return the JSON Web Key Set that the shop publishes now."""
        return fetch_jwks(self.settings, http=self.http, timing=self.timing)

    # Reading -------------------------------------------------------------------------------

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a saved answer: one ``order`` or a page of orders, or the body of a webhook."""
        data = body.get("data", body)
        page = [data["order"]] if "order" in data else [e["node"] for e in data["found"]["edges"]]
        return tuple(read_order(node, self.settings) for node in page if is_placed(node))

    def fetch_order(self, order_id: str) -> Order:
        """Return one placed order by its ``id``, not by its number."""
        with self._connected() as run, self.reading():
            node = run(self._text(sent.ORDER), id=order_id)["order"]
            if node is None or not is_placed(node):
                raise refused("there is no such order, or it is a draft")
            return read_order(node, self.settings)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield orders by their last change; one that changes meanwhile comes again at the end."""

        def read(node: Json) -> Order | None:
            return read_order(node, self.settings) if is_placed(node) else None

        yield from self._pages(sent.ORDERS, read, cursor, where=_since(updated_since))

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield accounts by their last change, with their answers."""

        def read(node: Json) -> Customer:
            return read_customer(node, self.settings)

        yield from self._pages(sent.CUSTOMERS, read, cursor, where=_since(updated_since))

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield the products that are published in the shop's channel."""
        channel = self.settings.channel
        yield from self._pages(sent.PRODUCTS, read_product, cursor, channel=channel)

    def fetch_shop(self) -> Shop:
        """Return the shop's name, and its channel's country and currency; the rest is settings."""
        own = self.settings
        with self._connected() as run, self.reading():
            data = run(sent.SHOP, channel=own.channel)
            shop, channel = data["shop"], data["channel"]
            if channel is None:
                raise refused("there is no such channel; see channel in platforms.saleor")
            address = shop["companyAddress"] or {"country": channel["defaultCountry"]}
            return Shop(
                id=self.shop_id,
                name=own.shop_name or shop["name"],
                country=address["country"]["code"],
                currency=channel["currencyCode"],
                language=own.language,
                time_zone=own.time_zone,
                url=own.shop_url,
                email=own.shop_email,
                platform=self.name,
            )

    # Customers -----------------------------------------------------------------------------

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answer that the customer's metadata holds."""
        self._require_consent_field()
        with self._connected() as run, self.reading():
            user = run(self._text(sent.CONSENT_OF), id=customer_id)["user"]
            if user is None:
                raise refused("there is no such customer")
            return read_consents(user, self.settings)

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about marketing into the customer's metadata; UNKNOWN takes it out."""
        self._require_consent_field()
        own = self.settings
        if consent.channel is not own.consent_channel or consent.purpose is not Purpose.MARKETING:
            message = f"only answers about marketing by {own.consent_channel} have a field"
            raise UnsupportedFeature(message, adapter=self.name)
        is_public, key = own.consent_metadata == "public", own.consent_field
        with self._connected() as run:
            if consent.state is ConsentState.UNKNOWN:
                document = sent.DELETE_PUBLIC if is_public else sent.DELETE_PRIVATE
                data = run(document, id=customer_id, keys=[key])
            else:
                document = sent.WRITE_PUBLIC if is_public else sent.WRITE_PRIVATE
                item = {"key": key, "value": written(consent)}
                data = run(document, id=customer_id, input=[item])
            done(data, "the answer")

    def erase_customer(self, customer_id: str) -> None:
        """Delete the account and its addresses; Saleor would leave those behind.

        Orders keep the e-mail and the addresses they were sent to; they are the shop's books.
        """
        with self._connected() as run:
            user = run(sent.ADDRESSES, id=customer_id)["user"]
            if user is None:
                return
            steps = [(sent.DELETE_ADDRESS, each["id"]) for each in user["addresses"]]
            for document, identifier in (*steps, (sent.DELETE_CUSTOMER, customer_id)):
                data = run(document, id=identifier)
                if codes_of(data["done"]) != {"NOT_FOUND"}:
                    done(data, "the erasure")

    # Codes and orders ----------------------------------------------------------------------

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a voucher, or a gift card for a code that is worth a balance."""
        self.require_worth(code)
        with self._connected() as run, self.reading():
            if code.balance is not None:
                return gift_cards.create(run, code, now=type(self).now())
            return vouchers.create(run, code, slugs=self.settings.code_channels)

    def void_code(self, code: DiscountCode) -> None:
        """End a voucher, or deactivate a gift card."""
        void = vouchers.void if code.balance is None else gift_cards.void
        with self._connected() as run, self.reading():
            void(run, code)

    def note_order(self, order_id: str, text: str) -> None:
        """Write a note into the order's history, which staff reads."""
        with self._connected() as run:
            done(run(sent.NOTE, id=order_id, text=text), "the note")

    def set_order_fields(self, order_id: str, fields: Mapping[str, str]) -> None:
        """Set ``retention.<name>`` in the order's private metadata; staff and apps read it."""
        self.require_fields(fields)
        items = [{"key": f"retention.{name}", "value": fields[name]} for name in fields]
        with self._connected() as run:
            done(run(sent.WRITE_PRIVATE, id=order_id, input=items), "the fields")

    # Small things --------------------------------------------------------------------------

    def _connected(self) -> AbstractContextManager[Run]:
        return connected(self.settings, http=self.http, timing=self.timing)

    def _text(self, document: str) -> str:
        return sent.tailored(document, self.settings)

    def _pages(
        self, document: str, read: Callable[[Json], T | None], cursor: str, **wishes: Any
    ) -> Iterator[Page[T]]:
        """Yield pages; what cannot be read is named and does not stop the rest."""
        take, text = self.settings.page_size, self._text(document)
        with self._connected() as run:
            for nodes, after in pages_of(run, text, take=take, after=cursor, **wishes):
                yield read_page(
                    nodes, read, reading=self.reading, name=lambda node: node["id"], cursor=after
                )

    def _require_consent_field(self) -> None:
        if not self.settings.consent_field:
            message = "Saleor has no field for consent; set consent_field in platforms.saleor"
            raise UnsupportedFeature(message, adapter=self.name)


def _since(changed: datetime | None) -> dict[str, Any] | None:
    return {"updatedAt": {"gte": changed.isoformat()}} if changed else None
