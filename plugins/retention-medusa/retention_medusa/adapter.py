"""Reads and writes a Medusa shop over its Admin API, and hears its companion's webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.consent.platforms import write_state
from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentState,
    Customer,
    DiscountCode,
    Money,
    Order,
    Page,
    Product,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from retention_sdk.shop_api import ApiClient, Timing, read_page

from . import loyalty, promotions
from .pages import Listing, pages
from .queries import CUSTOMER_FIELDS, ORDER_FIELDS, PRODUCT_FIELDS
from .read import (
    is_placed,
    read_consents,
    read_customer,
    read_order,
    read_product,
    refunded_at,
)
from .settings import MedusaSettings, signing_bytes
from .values import Json
from .webhooks import CUSTOMER_TOPICS, CustomerEvents

T = TypeVar("T")

_ORDERS = Listing("admin/orders", "orders", ORDER_FIELDS)
_CUSTOMERS = Listing(
    "admin/customers", "customers", CUSTOMER_FIELDS, params=(("has_account", "true"),)
)
_PRODUCTS = Listing("admin/products", "products", PRODUCT_FIELDS, sorted_by="created_at")


class MedusaAdapter(ShopAdapter):
    """Orders, customers, consent, codes, gift cards and store credit of one Medusa shop.

    Medusa has no webhooks of its own; the companion subscriber posts signed ones. Every call
    opens a connection and closes it. ``http`` is the HTTP library, httpx or httpx2; ``timing`` is
    for tests.
    """

    name: ClassVar[str] = "medusa"
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
        | Capability.CUSTOMER_LOCALE
        | Capability.ERASE_CUSTOMER
        | Capability.FREE_SHIPPING_CODE
        | Capability.FREE_PRODUCT_CODE
        | Capability.GIFT_CARD_CODE
        | Capability.STORE_CREDIT
    )
    replay_window: ClassVar[timedelta | None] = timedelta(minutes=5)
    settings_model: ClassVar[type[MedusaSettings]] = MedusaSettings
    settings: MedusaSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    # Webhooks ------------------------------------------------------------------------------

    def verify(self, request: WebhookRequest) -> None:
        """Check the companion's signature over identity, time and body, then the time."""
        secrets = tuple(signing_bytes(each) for each in self.settings.webhook_secrets)
        self.verify_standard(request, keys=secrets)

    def read(self, request: WebhookRequest, body: Json) -> tuple[ShopEvent, ...]:
        """Tell what an order or customer proves; everything else is unknown."""
        topic, data = body["type"], body["data"]
        if "order" in data and is_placed(data["order"]):
            order = read_order(data["order"], self.settings)
            at = refunded_at(data["order"])
            return self.order_events(order, raw=request.body, refunded_at=at)
        prefix = f"{self.name}:{self.shop_id}"
        events = CustomerEvents(self.settings, prefix=prefix, shop_id=self.shop_id)
        if topic in CUSTOMER_TOPICS:
            return tuple(events.changed(request, body))
        if topic == "customer.deleted":
            return (events.deleted(request, body),)
        return (self.unknown_event(request, topic=topic),)

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a saved answer: one ``order``, a page of ``orders``, or a webhook's body."""
        data = body.get("data", body)
        found = [data["order"]] if "order" in data else data["orders"]
        return tuple(read_order(each, self.settings) for each in found if is_placed(each))

    # Reading -------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one placed order by its ``id`` (``order_…``), not its number."""
        params = {"fields": ORDER_FIELDS}
        with self._api() as api:
            found = api.get(f"admin/orders/{_segment(order_id)}", params=params).mapping()["order"]
        with self.reading():
            if is_placed(found):
                return read_order(found, self.settings)
        raise self._refused("this order is not placed yet")

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of placed orders, oldest change first; one that changes comes twice."""

        def read(item: Json) -> Order | None:
            return read_order(item, self.settings) if is_placed(item) else None

        since = updated_since and updated_since - timedelta(days=self.settings.lookback_days)
        return self._pages(_ORDERS, read, since, cursor)

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of customers with an account, oldest change first."""

        def read(item: Json) -> Customer:
            return read_customer(item, self.settings)

        return self._pages(_CUSTOMERS, read, updated_since, cursor)

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of products, oldest first."""
        return self._pages(_PRODUCTS, read_product, None, cursor)

    def fetch_shop(self) -> Shop:
        """Return the store's name and default currency; the rest is from the settings."""
        if not self.settings.country:
            raise UnsupportedFeature(
                "Medusa does not know its country; set country in platforms.medusa",
                adapter=self.name,
            )
        params = {"fields": "id,name,*supported_currencies"}
        with self._api() as api:
            stores = api.get("admin/stores", params=params).mapping()
        with self.reading():
            store = stores["stores"][0]
            currencies = store["supported_currencies"]
            default = next(each for each in currencies if each["is_default"])
            return Shop(
                id=self.shop_id,
                name=self.settings.shop_name or store["name"],
                country=self.settings.country,
                currency=default["currency_code"].upper(),
                language=self.settings.language,
                time_zone=self.settings.time_zone,
                url=self.settings.shop_url,
                email=self.settings.shop_email,
                platform=self.name,
            )

    # Consent -------------------------------------------------------------------------------

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answer about e-mail that the customer's metadata holds."""
        self._require_consent_field()
        path, params = f"admin/customers/{_segment(customer_id)}", {"fields": "id,metadata"}
        with self._api() as api:
            customer = api.get(path, params=params).mapping()["customer"]
        with self.reading():
            return read_consents(customer, self.settings)

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about e-mail into the customer's metadata; UNKNOWN takes it out.

        Other keys stay: Medusa merges metadata, and deletes a key that is set to an empty text.
        """
        self._require_consent_field()
        if consent.channel is not self.settings.consent_channel:
            raise UnsupportedFeature(
                f"only consent to {self.settings.consent_channel} has a field", adapter=self.name
            )
        metadata = {self.settings.consent_field: _written(consent)}
        with self._api() as api:
            path = f"admin/customers/{_segment(customer_id)}"
            api.post(path, json={"metadata": metadata}, is_repeatable=True)

    def erase_customer(self, customer_id: str) -> None:
        """Empty and delete the customer, with addresses and metadata.

        Medusa keeps deleted customers as rows, so names and addresses are overwritten first.
        Orders keep the addresses they were sent to; they are part of the shop's books there.
        """
        path = f"admin/customers/{_segment(customer_id)}"
        with self._api() as api:
            params = {"fields": "id,metadata,addresses.id"}
            answer = api.get(path, params=params, also_good=(404,))
            if not answer.is_good:
                return
            customer = answer.mapping()["customer"]
            api.post(path, json=_nobody(customer), is_repeatable=True)
            for address in customer["addresses"] or ():
                api.delete(f"{path}/addresses/{address['id']}", also_good=(404,))
            api.delete(path, also_good=(404,))

    # Codes and credit ----------------------------------------------------------------------

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a promotion or gift card with this code, or find the one that is there.

        A free product is named by its identifier (``prod_…``), or by a variant's (``variant_…``).
        """
        self.require_worth(code)
        make = promotions.create if code.balance is None else loyalty.create_gift_card
        if code.balance is not None:
            self._require_loyalty("gift cards")
        with self._api() as api, self.reading():
            return make(api, code)

    def void_code(self, code: DiscountCode) -> None:
        """Disable the promotion with this code, or let the gift card be over."""
        if code.balance is not None:
            self._require_loyalty("gift cards")
        void = promotions.void if code.balance is None else loyalty.void_gift_card
        with self._api() as api, self.reading():
            void(api, code)

    def give_credit(self, customer_id: str, amount: Money, *, key: str) -> None:
        """Add money to the customer's store credit in that currency, once for each key."""
        self._require_loyalty("store credit")
        with self._api() as api, self.reading():
            loyalty.give_credit(api, _segment(customer_id), amount, key=key)

    # Small things --------------------------------------------------------------------------

    def _pages(
        self,
        listing: Listing,
        read: Callable[[Json], T | None],
        since: datetime | None,
        cursor: str,
    ) -> Iterator[Page[T]]:
        size = self.settings.page_size
        with self._api() as api:
            for items, place in pages(api, listing, since=since, cursor=cursor, size=size):
                yield read_page(
                    items, read, reading=self.reading, name=lambda item: item["id"], cursor=place
                )

    def _api(self) -> ApiClient:
        return ApiClient(
            self.settings.url,
            adapter=self.name,
            auth=(self.settings.api_key.get_secret_value(), ""),
            timeout_s=self.settings.timeout_s,
            http=self.http,
            timing=self.timing,
        )

    def _require_consent_field(self) -> None:
        if not self.settings.consent_field:
            message = "Medusa has no field for consent; set consent_field in platforms.medusa"
            raise UnsupportedFeature(message, adapter=self.name)

    def _require_loyalty(self, what: str) -> None:
        if not self.settings.loyalty_plugin:
            raise UnsupportedFeature(
                f"{what} need @medusajs/loyalty-plugin: install it and set loyalty_plugin = true "
                "in platforms.medusa",
                adapter=self.name,
            )

    def _refused(self, message: str) -> PlatformError:
        return PlatformError(message, adapter=self.name, retryable=False)


def _written(consent: Consent) -> dict[str, str] | str:
    """Return what is kept of an answer; an empty text takes the key out."""
    if consent.state is ConsentState.UNKNOWN:
        return ""
    word, level = write_state("medusa", consent.state, consent.opt_in_level)
    at = consent.recorded_at.isoformat() if consent.recorded_at else ""
    found = {"state": word, "level": level, "at": at}
    return {name: value for name, value in found.items() if value}


def _nobody(customer: Json) -> dict[str, Any]:
    return {
        "first_name": "erased",
        "last_name": "erased",
        "company_name": None,
        "phone": None,
        # The address must be unique, and lead to nobody: RFC 2606.
        "email": f"erased-{str(customer['id']).casefold()}@erased.invalid",
        "metadata": dict.fromkeys(customer["metadata"] or (), ""),
    }


def _segment(identifier: str) -> str:
    """Return an identifier that is one part of a path, whatever somebody wrote into it."""
    if not identifier.replace("_", "").isalnum() or not identifier.isascii():
        message = "identifiers in Medusa are letters, digits and _"
        raise PlatformError(message, adapter="medusa", retryable=False)
    return identifier
