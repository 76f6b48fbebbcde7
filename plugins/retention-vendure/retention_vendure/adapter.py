"""Reads and writes a Vendure shop over its Admin API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentState,
    Customer,
    DiscountCode,
    Order,
    Page,
    Product,
    Shop,
)
from retention_sdk.shop_api import GraphQL, Timing, read_page

from . import promotions
from .client import connected
from .paging import GRAIN, ChangedList, changed_since
from .queries import (
    CUSTOMER_ADDRESSES,
    DELETE_ADDRESS,
    DELETE_CUSTOMER,
    NOTE_ORDER,
    PRODUCTS,
    SHOP,
    UPDATE_CUSTOMER,
    consent_query,
    customers_query,
    order_query,
    orders_query,
)
from .read import OrderReader, read_consents, read_customer, read_product
from .settings import VendureSettings


class VendureAdapter(ShopAdapter):
    """Orders, consent and promotions of one Vendure channel.

    Vendure has no webhooks of its own; poll ``order_pages``. Every call opens a connection and
    closes it. ``http`` is the HTTP library, httpx or httpx2; ``timing`` is for tests.
    """

    name: ClassVar[str] = "vendure"
    capabilities: ClassVar[Capability] = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.SHOP_PROFILE
        | Capability.READ_CONSENT
        | Capability.WRITE_CONSENT
        | Capability.CREATE_CODE
        | Capability.VOID_CODE
        | Capability.CUSTOMER_LOCALE
        | Capability.ERASE_CUSTOMER
        | Capability.FREE_SHIPPING_CODE
        | Capability.FREE_PRODUCT_CODE
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
        | Capability.NOTE_ORDER
    )
    settings_model: ClassVar[type[VendureSettings]] = VendureSettings
    settings: VendureSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def fetch_order(self, order_id: str) -> Order:
        """Return one placed order by its ``id`` (not its code)."""
        with self._connected() as client:
            data = client.run(order_query(self.settings), id=order_id)
        if not data["order"] or not data["order"]["orderPlacedAt"]:
            raise self._refused("there is no such order, or it is not placed yet")
        with self.reading():
            return self.read_orders(data)[0]

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of placed orders, oldest change first.

        An order that changes meanwhile comes twice. Orders that sellers get from a marketplace
        order are left out: the buyer has one.
        """
        query, conditions = orders_query(self.settings), self._conditions(updated_since)
        listed = ChangedList("orders", query, conditions, self.settings.page_size)
        with self._connected() as api:
            for data, after in listed.pages(api, cursor):
                with self.reading():
                    reader, items = self._reader(data), _without_sellers(data)
                yield read_page(
                    items,
                    reader.read,
                    reading=self.reading,
                    name=lambda item: f"order {item['id']}",
                    cursor=after,
                )

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of customers with an account, oldest change first."""
        query = customers_query(self.settings)
        conditions = [changed_since(updated_since)] if updated_since else []
        listed = ChangedList("customers", query, conditions, self.settings.page_size)
        with self._connected() as api:
            for data, after in listed.pages(api, cursor):
                with self.reading():
                    items = data["customers"]["items"]
                yield read_page(
                    items,
                    lambda item: read_customer(item, self.settings) if item["user"] else None,
                    reading=self.reading,
                    name=lambda item: f"customer {item['id']}",
                    cursor=after,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of the products that are for sale, oldest change first."""
        conditions = [{"enabled": {"eq": True}}]
        listed = ChangedList("products", PRODUCTS, conditions, self.settings.page_size)
        with self._connected() as api:
            for data, after in listed.pages(api, cursor):
                with self.reading():
                    items = data["products"]["items"]
                yield read_page(
                    items,
                    read_product,
                    reading=self.reading,
                    name=lambda item: f"product {item['id']}",
                    cursor=after,
                )

    def note_order(self, order_id: str, text: str) -> None:
        """Write a private note into the order's history."""
        with self._connected() as api:
            api.run(NOTE_ORDER, id=order_id, note=text)

    def fetch_shop(self) -> Shop:
        """Return the channel's currency and language; the rest is from the settings."""
        if not self.settings.country:
            raise UnsupportedFeature(
                "Vendure does not know its country; set country in platforms.vendure",
                adapter=self.name,
            )
        with self._connected() as client:
            channel = client.run(SHOP)["activeChannel"]
        with self.reading():
            seller = channel["seller"] or {}
            return Shop(
                id=self.shop_id,
                name=self.settings.shop_name or seller.get("name") or self.shop_id,
                country=self.settings.country,
                currency=channel["defaultCurrencyCode"],
                language=channel["defaultLanguageCode"],
                time_zone=self.settings.time_zone,
                url=self.settings.shop_url,
                email=self.settings.shop_email,
                platform=self.name,
            )

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answer about e-mail that the custom fields hold."""
        self._require_consent_field()
        with self._connected() as client:
            customer = client.run(consent_query(self.settings), id=customer_id)["customer"]
        if not customer:
            raise self._refused("there is no such customer")
        with self.reading():
            return read_consents(customer, self.settings)

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about e-mail into the custom fields; UNKNOWN empties them."""
        self._require_consent_field()
        if consent.channel is not self.settings.consent_channel:
            raise UnsupportedFeature(
                f"only consent to {self.settings.consent_channel} has a field", adapter=self.name
            )
        is_yes = {ConsentState.GRANTED: True, ConsentState.DENIED: False}.get(consent.state)
        fields: dict[str, object] = {self.settings.consent_field: is_yes}
        if self.settings.consent_at_field:
            at = consent.recorded_at
            fields[self.settings.consent_at_field] = at.isoformat() if at else None
        with self._connected() as client:
            answer = client.run(UPDATE_CUSTOMER, input={"id": customer_id, "customFields": fields})
        if answer["updateCustomer"]["__typename"] != "Customer":
            raise self._refused("the customer's consent was not written")

    def erase_customer(self, customer_id: str) -> None:
        """Empty and delete the account, with its addresses.

        Vendure keeps deleted customers as rows, so names and addresses are overwritten first.
        Orders keep the addresses they were sent to; they are part of the shop's books there.
        """
        with self._connected() as client:
            if not client.run(CUSTOMER_ADDRESSES, id=customer_id)["customer"]:
                return
            self._overwrite(client, customer_id)
            customer = client.run(CUSTOMER_ADDRESSES, id=customer_id)["customer"]
            for address in customer["addresses"] or ():
                client.run(DELETE_ADDRESS, id=address["id"])
            client.run(DELETE_CUSTOMER, id=customer_id)

    def _overwrite(self, client: GraphQL, customer_id: str) -> None:
        nobody = {
            "id": customer_id,
            "title": "",
            "firstName": "erased",
            "lastName": "erased",
            "phoneNumber": "",
            # The address must be unique, and lead to nobody: RFC 2606.
            "emailAddress": f"erased-{customer_id}@erased.invalid",
        }
        answer = client.run(UPDATE_CUSTOMER, input=nobody)
        if answer["updateCustomer"]["__typename"] != "Customer":
            raise self._refused("the customer was not overwritten")

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a promotion with this coupon code, or find the one that is there.

        A free product is named by the number of its variant.
        """
        self.require_worth(code)
        with self._connected() as client, self.reading():
            return promotions.create(client, code)

    def void_code(self, code: DiscountCode) -> None:
        """Disable every promotion with this coupon code."""
        with self._connected() as client, self.reading():
            promotions.void(client, code)

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a saved answer: one ``order`` or a page of ``orders``, with or without ``data``."""
        data = body.get("data", body)
        items = [data["order"]] if "order" in data else data["orders"]["items"]
        return tuple(self._reader(data).read(item) for item in items)

    # Pages ---------------------------------------------------------------------------------

    def _conditions(self, since: datetime | None) -> list[dict[str, Any]]:
        conditions: list[dict[str, Any]] = [
            {"active": {"eq": False}},
            {"orderPlacedAt": {"isNull": False}},
        ]
        if since:
            placed = since - timedelta(days=self.settings.lookback_days)
            recent = {"orderPlacedAt": {"after": (placed - GRAIN).isoformat()}}
            conditions.append({"_or": [changed_since(since), recent]})
        return conditions

    # Small things --------------------------------------------------------------------------

    def _connected(self) -> AbstractContextManager[GraphQL]:
        return connected(self.settings, http=self.http, timing=self.timing)

    def _reader(self, data: Mapping[str, Any]) -> OrderReader:
        precision = data["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
        return OrderReader(self.settings, precision=precision)

    def _require_consent_field(self) -> None:
        if not self.settings.consent_field:
            raise UnsupportedFeature(
                "Vendure has no field for consent; set consent_field in platforms.vendure",
                adapter=self.name,
            )

    def _refused(self, message: str) -> PlatformError:
        return PlatformError(message, adapter=self.name, retryable=False)


def _without_sellers(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [item for item in data["orders"]["items"] if item["type"] != "Seller"]
