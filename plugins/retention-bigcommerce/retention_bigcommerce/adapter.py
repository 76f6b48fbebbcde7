"""BigCommerce: webhooks that name what changed, and the management API, versions 2 and 3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PayloadError
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentChanged,
    Customer,
    CustomerErased,
    CustomerUpdated,
    DiscountCode,
    Erasure,
    Order,
    Page,
    Product,
    RecordChanged,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api import ApiClient, Timing, read_page, read_page_beside
from retention_sdk.shop_api.values import asked_number, identifier
from retention_sdk.signatures import read_moment

from . import catalogue, codes, hooks, people
from .api import Json, connected, moment, one_v3, refused
from .orders import Refunds, complete, fetch_order, order_pages, refunds_of
from .read import is_placed, read_order, refunded_at
from .settings import BigCommerceSettings

_HEARD = Capability.WEBHOOKS | Capability.REGISTER_WEBHOOKS
_UNDATED = datetime.fromtimestamp(0, UTC)
_NOTES_MAX = 65_535


class BigCommerceAdapter(ShopAdapter):
    """Orders, customers, subscribers, products and codes of one BigCommerce store.

    Webhooks name a record and no more; ``complete`` asks for it. Every call opens a connection
    and closes it. ``http`` is the HTTP library, httpx or httpx2; ``timing`` is for tests. Without
    ``client_secrets`` there are no webhooks, without ``gift_from_email`` no gift certificates.
    """

    name: ClassVar[str] = "bigcommerce"
    capabilities: ClassVar[Capability] = (
        _HEARD
        | Capability.CUSTOMER_LOCALE
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
        | Capability.NOTE_ORDER
        | Capability.ERASE_CUSTOMER
    )
    # The tolerance of the specification's own libraries, which BigCommerce recommends.
    replay_window: ClassVar[timedelta | None] = timedelta(minutes=5)
    settings_model: ClassVar[type[BigCommerceSettings]] = BigCommerceSettings
    settings: BigCommerceSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def __init__(self, settings: BigCommerceSettings, *, shop_id: str) -> None:
        super().__init__(settings, shop_id=shop_id)
        lacking = Capability.NONE if settings.client_secrets else _HEARD
        if not (settings.gift_from_name and settings.gift_from_email):
            lacking |= Capability.GIFT_CARD_CODE
        self.capabilities = type(self).capabilities & ~lacking  # type: ignore[misc]  # one may do less than its class

    # Webhooks ------------------------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature; its key is the client secret itself."""
        keys = tuple(s.get_secret_value().encode() for s in self.settings.client_secrets)
        if not keys:
            self._unsupported("webhooks without client_secrets")
        self.verify_standard(request, keys=keys)

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Tell what changed; everything that we do not ask for is unknown."""
        if body["producer"] != f"stores/{self.settings.store_hash}":
            raise PayloadError("another store tells this", adapter=self.name, path="producer")
        scope, at = body["scope"], _occurred_at(request, body)
        if subject := hooks.subject_of(scope, body["data"]):
            # The platform's own mark of a fact: a redelivery has the same one.
            mark = sha256(f"{scope} {_text(body['hash'])}".encode()).hexdigest()[:16]
            return (self._changed(request, *subject, at, mark),)
        if scope == "store/customer/deleted":
            return (self._erased(request, identifier(body["data"]["id"]), at),)
        return (self.unknown_event(request, topic=scope, occurred_at=at),)

    def complete(self, event: RecordChanged) -> tuple[ShopEvent, ...]:
        """Ask for a record, and tell what it proves; nothing where it is gone."""
        with self._connected() as api, self.reading():
            if event.kind == "order":
                parts = fetch_order(api, event.reference, self.settings)
                if parts is None:
                    return ()
                order = read_order(parts, self.settings)
                told = self.order_events(order, refunded_at=refunded_at(parts))
                return (*told, *self._ticked(order))
            if event.kind == "customer":
                return self._customer_events(api, event.reference)
            return self._subscriber_events(api, event.reference)

    # API -----------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one placed order by its number."""
        with self._connected() as api, self.reading():
            parts = fetch_order(api, order_id, self.settings)
            if parts is None:
                raise refused("there is no such order, or nobody has placed it yet")
            return read_order(parts, self.settings)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of placed orders, oldest change first, guests' orders too."""
        size, own = self.settings.page_size, self.settings
        with self._connected() as api, self.reading():
            for items, place in order_pages(api, size=size, since=updated_since, cursor=cursor):
                yield read_page_beside(
                    items,
                    partial(refunds_of, api),
                    partial(self._read_placed, api),
                    reading=self.reading,
                    name=lambda item: f"order {identifier(item['id'])}",
                    cursor=place,
                    at_once=own.concurrency,
                )

    def _read_placed(self, api: ApiClient, item: Json, refunds: Refunds) -> Order | None:
        if not is_placed(item):
            return None
        return read_order(complete(api, item, refunds, self.settings), self.settings)

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of customers with an account, by number, with what they agreed to.

        All subscribers are read first, for BigCommerce finds them by address alone. Who only
        subscribed since a moment did not change as a customer, and is left out.
        """
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            subscribers = people.all_subscribers(api)
            for items, place in people.customer_pages(
                api, size=size, since=updated_since, cursor=cursor
            ):
                yield read_page(
                    items,
                    partial(people.read_account, subscribers=subscribers),
                    reading=self.reading,
                    name=lambda item: f"customer {identifier(item['id'])}",
                    cursor=place,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of visible products, by number."""
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            home = catalogue.fetch_home(api)
            for items, place in catalogue.product_pages(api, size=size, cursor=cursor):
                yield read_page(
                    items,
                    partial(catalogue.read_product, home=home),
                    reading=self.reading,
                    name=lambda item: f"product {identifier(item['id'])}",
                    cursor=place,
                )

    def fetch_shop(self) -> Shop:
        """Return the store's profile."""
        with self._connected() as api, self.reading():
            return catalogue.read_shop(api.get("v2/store").mapping(), shop_id=self.shop_id)

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return what a customer agreed to as a subscriber; silence is an empty tuple."""
        with self._connected() as api, self.reading():
            customer = people.fetch_customer(api, customer_id)
            return self._consents_of(api, customer["email"]) if customer else ()

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Subscribe a customer, or take the subscription back; BigCommerce dates it itself."""
        with self._connected() as api, self.reading():
            customer = people.fetch_customer(api, customer_id)
            if customer is None:
                raise refused("there is no such customer")
            people.write_consent(api, customer, consent)

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a coupon or a gift certificate with this code, or find the one that is there."""
        self.require_worth(code)
        with self._connected() as api, self.reading():
            return codes.create(api, code, self.settings, now=datetime.now(UTC))

    def void_code(self, code: DiscountCode) -> None:
        """Disable what has this code, and keep it: its code stays taken."""
        with self._connected() as api, self.reading():
            codes.void(api, code)

    def note_order(self, order_id: str, text: str) -> None:
        """Add a line to the staff notes of an order; a line that is there is not added again.

        Raises:
            PlatformError: the order has fees, which an update might delete, or its notes are full.
        """
        path = f"v2/orders/{asked_number(order_id, adapter=self.name)}"
        with self._connected() as api, self.reading():
            order = api.get(path, params={"include": "fees"}).mapping()
            if order["fees"] != []:
                raise refused("this order has fees, and an update could delete them")
            notes = order["staff_notes"] or ""
            if text in notes.split("\n\n"):
                return
            notes = f"{notes}\n\n{text}" if notes else text
            if len(notes) > _NOTES_MAX:
                raise refused("the staff notes of this order are full")
            api.put(path, json={"staff_notes": notes})

    def register_webhooks(self, address: str) -> tuple[str, ...]:
        """Have BigCommerce tell an https address what we read."""
        self._require_secret()
        with self._connected() as api, self.reading():
            return hooks.register(api, address)

    def missing_webhooks(self, address: str) -> tuple[str, ...]:
        """Return the scopes that BigCommerce does not tell an address, or not any more."""
        self._require_secret()
        with self._connected() as api, self.reading():
            return hooks.missing(api, address)

    def erase_customer(self, customer_id: str) -> None:
        """Delete a customer and the subscription; orders stay, with the addresses in them."""
        with self._connected() as api, self.reading():
            people.erase(api, asked_number(customer_id, adapter=self.name))

    # What records prove --------------------------------------------------------------------

    def _customer_events(self, api: ApiClient, customer_id: str) -> tuple[ShopEvent, ...]:
        found = people.fetch_customer(api, customer_id)
        if found is None:
            return ()
        consents = self._consents_of(api, found["email"])
        customer, changed_at = people.read_customer(found, consents), moment(found["date_modified"])
        updated = CustomerUpdated(
            **self._fact(f"customer:{customer.id}:updated-{changed_at:%Y%m%dT%H%M%S}"),
            occurred_at=changed_at,
            customer=customer,
        )
        return (updated, *self._answers(customer, f"customer:{customer.id}", changed_at))

    def _subscriber_events(self, api: ApiClient, subscriber_id: str) -> tuple[ShopEvent, ...]:
        path = f"{people.SUBSCRIBERS}/{asked_number(subscriber_id, adapter=self.name)}"
        answer = api.get(path, also_good=(404,))
        if not answer.is_good:
            return ()
        found = one_v3(answer)
        account = people.find_account(api, found["email"])
        customer = people.read_subscriber(found)
        if account:
            customer = people.read_customer(account, customer.consents)
        subject = f"subscriber:{identifier(found['id'])}"
        return self._answers(customer, subject, moment(found["date_modified"]))

    def _ticked(self, order: Order) -> tuple[ShopEvent, ...]:
        if not order.customer:
            return ()
        return self._answers(order.customer, f"order:{order.id}", order.placed_at)

    def _answers(self, customer: Customer, subject: str, at: datetime) -> tuple[ShopEvent, ...]:
        """Tell each answer, named after what was said and when."""
        return tuple(
            ConsentChanged(
                **self._fact(
                    f"{subject}:consent-{consent.channel}-{consent.state}"
                    f"-{consent.recorded_at or at:%Y%m%dT%H%M%S}"
                ),
                occurred_at=consent.recorded_at or at,
                customer=customer,
                consent=consent,
            )
            for consent in customer.consents
        )

    # Small things --------------------------------------------------------------------------

    def _changed(
        self, request: WebhookRequest, kind: str, reference: str, at: datetime, mark: str
    ) -> RecordChanged:
        return RecordChanged(
            **self._fact(f"{kind}:{reference}:changed-{int(at.timestamp())}-{mark}"),
            occurred_at=at,
            raw=request.body,
            platform=self.name,
            kind=kind,
            reference=reference,
        )

    def _erased(self, request: WebhookRequest, customer_id: str, at: datetime) -> CustomerErased:
        """A shop that deletes a customer has no more use for the person's data."""
        return CustomerErased(
            **self._fact(f"customer:{customer_id}:erased"),
            occurred_at=at,
            raw=request.body,
            erasure=Erasure(customer_id=customer_id),
        )

    def _consents_of(self, api: ApiClient, email: str) -> tuple[Consent, ...]:
        found = people.find_subscribers(api, email)
        answers = map(people.read_answer, found)
        return tuple(consent for each in answers for consent in people.consents_of(each))

    def _fact(self, fact: str) -> dict[str, Any]:
        return {"id": f"{self.name}:{self.shop_id}:{fact}", "shop_id": self.shop_id}

    def _require_secret(self) -> None:
        if not self.settings.client_secrets:
            self._unsupported("webhooks without client_secrets")

    def _connected(self) -> ApiClient:
        return connected(self.settings, http=self.http, timing=self.timing)


def _occurred_at(request: WebhookRequest, body: Json) -> datetime:
    """Return when something changed: as the body tells, else when the delivery was signed."""
    told = body.get("created_at")
    at = read_moment(str(told)) if type(told) is int else None
    return at or read_moment(request.header("webhook-timestamp")) or _UNDATED


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a hash is text")
    return value
