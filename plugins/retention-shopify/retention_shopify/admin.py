"""What can be asked of a shop and told to it over the GraphQL Admin API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import ShopAdapter
from retention_sdk.consent.platforms import write_state
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    Customer,
    DiscountCode,
    Money,
    Order,
    Page,
    Product,
    Purpose,
    Shop,
)
from retention_sdk.shop_api import Timing, read_page

from . import codes, credit, graph, listing
from .client import AdminApi, Json, Run, codes_of, done, pages_of, refused
from .consent import read_answers
from .documents import (
    ADD_TAGS,
    CONSENTS,
    ERASE,
    MORE_ITEMS,
    MORE_PARTS,
    NOTE,
    ORDER,
    PRODUCTS,
    SET_FIELDS,
    SHOP,
    SUBSCRIBE,
    SUBSCRIPTIONS,
    WRITE_EMAIL,
    WRITE_NOTE,
    WRITE_SMS,
)
from .read import NOTE_MARK, read_customer, read_order
from .settings import ShopifySettings
from .values import gid

TOPICS = {
    "orders/create": "ORDERS_CREATE",
    "orders/paid": "ORDERS_PAID",
    "orders/updated": "ORDERS_UPDATED",
    "orders/partially_fulfilled": "ORDERS_PARTIALLY_FULFILLED",
    "orders/fulfilled": "ORDERS_FULFILLED",
    "orders/cancelled": "ORDERS_CANCELLED",
    "customers/create": "CUSTOMERS_CREATE",
    "customers/update": "CUSTOMERS_UPDATE",
    "customers_email_marketing_consent/update": "CUSTOMERS_EMAIL_MARKETING_CONSENT_UPDATE",
    "customers_marketing_consent/update": "CUSTOMERS_MARKETING_CONSENT_UPDATE",
}
"""What is registered; topics about personal data are set in the app's own configuration."""
_TAG_MAX = 40
_FIELDS = "$app:retention"
"""The namespace of fields: of the app, so no other app writes there and storefronts see nothing."""


class ShopifyAdmin(ShopAdapter):
    """Reads and writes one shop. Every call opens a connection and closes it.

    Threads may share it. ``http`` is httpx or httpx2; ``address`` is where the shop is asked,
    with its domain; ``timing`` and ``now`` are for tests.
    """

    settings: ShopifySettings
    http: ClassVar[ModuleType] = httpx
    address: ClassVar[str] = "https://{domain}"
    timing: ClassVar[Timing] = Timing()
    now: ClassVar[Callable[[], datetime]] = staticmethod(lambda: datetime.now(UTC))

    def __init__(self, settings: ShopifySettings, *, shop_id: str) -> None:
        super().__init__(settings, shop_id=shop_id)
        address = self.address.format(domain=settings.shop_domain.casefold())
        self._api = AdminApi(settings, address=address, http=self.http, timing=self.timing)

    # Reading -------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its number (``legacyResourceId``), not by its name."""
        with self._api.connected() as run, self.reading():
            node = run(ORDER, id=gid("Order", order_id))["order"]
            if node is None:
                raise refused("there is no such order, or it is older than the app may read")
            return self._order(run, node)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield orders by their last change; one that changes meanwhile comes again at the end.

        Many come from a file that Shopify writes first, in its own order.
        """
        with self._api.connected() as run:
            for nodes, after in self._changed(run, listing.orders(), updated_since, cursor):
                yield read_page(
                    nodes,
                    partial(self._order, run),
                    reading=self.reading,
                    name=lambda node: f"order {node['id']}",
                    cursor=after,
                )

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield customers by their last change, with their answers."""
        with self._api.connected() as run:
            for nodes, after in self._changed(run, listing.customers(), updated_since, cursor):
                yield read_page(
                    nodes,
                    lambda node: read_customer(graph.customer_body(node)),
                    reading=self.reading,
                    name=lambda node: f"customer {node['legacyResourceId']}",
                    cursor=after,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield the products that are active: neither drafts nor archived ones."""
        with self._api.connected() as run:
            take = self.settings.page_size
            found = pages_of(run, PRODUCTS, take=take, query="status:active", after=cursor)
            for nodes, after in found:
                yield read_page(
                    nodes,
                    graph.read_product,
                    reading=self.reading,
                    name=lambda node: f"product {node['legacyResourceId']}",
                    cursor=after,
                )

    def fetch_shop(self) -> Shop:
        """Return the shop as its settings describe it."""
        with self._api.connected() as run, self.reading():
            data = run(SHOP)
            shop = data["shop"]
            return Shop(
                id=self.shop_id,
                name=shop["name"],
                country=shop["shopAddress"]["countryCodeV2"],
                currency=shop["currencyCode"],
                language=next(each["locale"] for each in data["shopLocales"] if each["primary"]),
                time_zone=shop["ianaTimezone"],
                url=shop["primaryDomain"]["url"],
                email=shop["contactEmail"],
                platform=self.name,
            )

    # Customers -----------------------------------------------------------------------------

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answers about e-mail, SMS and WhatsApp, and a no to the sale of data."""
        with self._api.connected() as run, self.reading():
            node = run(CONSENTS, id=gid("Customer", customer_id))["customer"]
            if node is None:
                raise refused("there is no such customer")
            return read_answers(graph.answers_body(node))

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about marketing by e-mail or SMS."""
        documents = {
            ConsentChannel.EMAIL: (WRITE_EMAIL, "emailMarketingConsent"),
            ConsentChannel.SMS: (WRITE_SMS, "smsMarketingConsent"),
        }
        if consent.channel not in documents or consent.purpose is not Purpose.MARKETING:
            message = "only answers about marketing by e-mail and SMS are written"
            raise UnsupportedFeature(message, adapter=self.name)
        document, field = documents[consent.channel]
        state, level = write_state("shopify", consent.state, consent.opt_in_level)
        at = consent.recorded_at
        answer = {
            "marketingState": state,
            **({"marketingOptInLevel": level} if level else {}),
            **({"consentUpdatedAt": at.isoformat()} if at else {}),
        }
        with self._api.connected() as run:
            data = run(document, input={"customerId": gid("Customer", customer_id), field: answer})
            done(data, "the answer")

    def erase_customer(self, customer_id: str) -> None:
        """Ask Shopify to erase somebody; it does so when its own waiting time is over."""
        with self._api.connected() as run:
            data = run(ERASE, id=gid("Customer", customer_id))
            if codes_of(data["done"]) != {"DOES_NOT_EXIST"}:
                done(data, "the erasure")

    def give_credit(self, customer_id: str, amount: Money, *, key: str) -> None:
        """Add to somebody's store credit, at most once for a key."""
        with self._api.connected() as run, self.reading():
            credit.give(run, customer_id, amount, key=key)

    # Codes ---------------------------------------------------------------------------------

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a discount code, or a gift card for one that is worth a balance."""
        self.require_worth(code)
        create = codes.create if code.balance is None else credit.create_gift_card
        with self._api.connected() as run, self.reading():
            return create(run, code, now=type(self).now())

    def void_code(self, code: DiscountCode) -> None:
        """Deactivate a discount code or a gift card; the latter for good."""
        void = codes.void if code.balance is None else credit.void_gift_card
        with self._api.connected() as run, self.reading():
            void(run, code)

    # Orders --------------------------------------------------------------------------------

    def note_order(self, order_id: str, text: str) -> None:
        """Add a line of ours to the order's note, under what buyer and staff wrote there.

        Shopify has one note for all of them and no way to add to it: what somebody else writes
        between our reading and our writing is lost.
        """
        line = NOTE_MARK + " ".join(text.split())
        with self._api.connected() as run, self.reading():
            order = run(NOTE, id=gid("Order", order_id))["order"]
            if order is None:
                raise refused("there is no such order")
            lines = (order["note"] or "").splitlines()
            if line not in lines:
                wish = {"id": gid("Order", order_id), "note": "\n".join([*lines, line])}
                done(run(WRITE_NOTE, input=wish), "the note")

    def tag_order(self, order_id: str, tags: Sequence[str]) -> None:
        """Add tags of at most 40 characters, without commas: Shopify lists tags with them."""
        if any("," in tag or not 0 < len(tag) <= _TAG_MAX for tag in tags):
            message = f"tags here have 1 to {_TAG_MAX} characters and no comma"
            raise UnsupportedFeature(message, adapter=self.name)
        with self._api.connected() as run:
            done(run(ADD_TAGS, id=gid("Order", order_id), tags=list(tags)), "the tags")

    def set_order_fields(self, order_id: str, fields: Mapping[str, str]) -> None:
        """Set metafields of the app, all of them or none."""
        self.require_fields(fields)
        place = {"ownerId": gid("Order", order_id), "namespace": _FIELDS}
        wishes = [
            {**place, "key": name, "type": "single_line_text_field", "value": value}
            for name, value in fields.items()
        ]
        with self._api.connected() as run:
            done(run(SET_FIELDS, fields=wishes), "the fields")

    # Webhooks ------------------------------------------------------------------------------

    def register_webhooks(self, address: str) -> tuple[str, ...]:
        """Subscribe an address to what it is not told yet."""
        with self._api.connected() as run:
            missing = self._missing(run, address)
            for topic in missing:
                wish = {"uri": address, "format": "JSON"}
                data = run(SUBSCRIBE, topic=TOPICS[topic], hook=wish)
                done(data, f"the webhook {topic}")
            return missing

    def missing_webhooks(self, address: str) -> tuple[str, ...]:
        """Return what an address is not told. Shopify drops subscriptions that keep failing.

        Subscriptions of the app's own configuration, and so all topics about personal data, are
        not in the list that Shopify gives.
        """
        with self._api.connected() as run:
            return self._missing(run, address)

    def _missing(self, run: Run, address: str) -> tuple[str, ...]:
        pages = pages_of(run, SUBSCRIPTIONS, take=100)
        told = {node["topic"] for nodes, _ in pages for node in nodes if node["uri"] == address}
        return tuple(topic for topic, name in TOPICS.items() if name not in told)

    # Small things --------------------------------------------------------------------------

    def _changed(
        self, run: Run, kind: listing.Kind, since: datetime | None, cursor: str
    ) -> Iterator[listing.Found]:
        return listing.list_changed(self._api, run, kind, self.settings, since=since, cursor=cursor)

    def _order(self, run: Run, node: Json) -> Order:
        """Read an order after fetching those lines and parts that did not fit into the page."""
        whole: dict[str, Any] = {
            **node,
            "lineItems": _whole(run, MORE_ITEMS, node["id"], node["lineItems"]),
            "fulfillments": [
                {
                    **each,
                    "fulfillmentLineItems": _whole(
                        run, MORE_PARTS, each["id"], each["fulfillmentLineItems"]
                    ),
                }
                for each in node["fulfillments"]
            ],
        }
        return read_order(graph.order_body(whole), self.settings)


def _whole(run: Run, document: str, owner: str, page: Json) -> Json:
    nodes = list(page["nodes"])
    while page["pageInfo"]["hasNextPage"]:
        node = run(document, id=owner, after=page["pageInfo"]["endCursor"])["node"]
        if node is None:
            raise refused("an order was deleted while it was read", retryable=True)
        page = node["rest"]
        nodes += page["nodes"]
    return {"nodes": nodes}
