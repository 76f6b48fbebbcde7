"""Reads and writes an Adobe Commerce or Magento shop over REST."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from types import ModuleType
from typing import ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import UnsupportedFeature
from retention_sdk.http import httpx
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    Customer,
    DiscountCode,
    Order,
    Page,
    Product,
    Purpose,
    Shop,
)
from retention_sdk.shop_api import Timing, read_page, read_page_beside
from retention_sdk.shop_api.values import text

from . import coupons
from .catalogue import read_product, read_shop
from .client import NAME, Filter, Rest, connected, listed, refused
from .lists import numbered_pages, order_pages
from .people import read_consents, read_customer, with_answer
from .read import Beside, read_order
from .settings import AdobeCommerceSettings
from .values import Json, number

_ENABLED: Filter = ("status", "eq", 1)
_SHOWN: Filter = ("visibility", "in", "2,3,4")


class AdobeCommerceAdapter(ShopAdapter):
    """Orders, accounts, newsletter and coupons of one shop.

    There are no webhooks in the core; poll ``order_pages``. Every call opens a connection and
    closes it. ``http`` is httpx or httpx2, ``timing`` is for tests.
    """

    name: ClassVar[str] = NAME
    capabilities: ClassVar[Capability] = (
        Capability.FETCH_ORDER
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
        | Capability.NOTE_ORDER
    )
    settings_model: ClassVar[type[AdobeCommerceSettings]] = AdobeCommerceSettings
    settings: AdobeCommerceSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    # Orders --------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its ``entity_id``, not by its number."""
        with self._connected() as api, self.reading():
            data = api.one(f"orders/{_numeric(order_id)}")
            if data is None:
                raise refused("there is no such order")
            return read_order(data, self._beside(api, self._locales(api), [data]))

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield orders in the order they were placed, those that changed since a moment.

        Then those of which a parcel left or money went back since; an order may come again.
        """
        with self._connected() as api, self.reading():
            for found, after in order_pages(
                api,
                since=updated_since,
                store_ids=sorted(self.settings.store_ids),
                size=self.settings.page_size,
                cursor=cursor,
            ):
                locales = self._locales(api) if found else {}
                yield read_page_beside(
                    found,
                    partial(self._beside, api, locales),
                    read_order,
                    reading=self.reading,
                    name=lambda each: f"order {each['increment_id']}",
                    cursor=after,
                )

    def _beside(self, api: Rest, locales: Mapping[int, str], orders: Sequence[Json]) -> Beside:
        """Ask for what orders do not hold: parcels and payments."""
        numbers = [int(number(each["entity_id"])) for each in orders]
        wanted: Filter = ("order_id", "in", listed(numbers))
        found: list[dict[int, list[Json]]] = []
        for path in ("shipments", "invoices"):
            by_order: dict[int, list[Json]] = {order_id: [] for order_id in numbers}
            for each in api.everything(path, wanted, key="entity_id") if orders else ():
                # One that names an order which nobody asked for would be missing somewhere.
                by_order[int(number(each["order_id"]))].append(each)
            found.append(by_order)
        shipments, invoices = found
        return Beside(shipments, invoices, locales)

    def note_order(self, order_id: str, text: str) -> None:
        """Write a comment into the order's history that its buyer is not told of."""
        entity_id = _numeric(order_id)
        with self._connected() as api, self.reading():
            order = api.one(f"orders/{entity_id}")
            if order is None:
                raise refused("there is no such order")
            written = [each.get("comment") for each in order.get("status_histories") or ()]
            if text not in written:
                comment = {
                    "comment": text,
                    "parent_id": entity_id,
                    "is_customer_notified": 0,
                    "is_visible_on_front": 0,
                    # Without it, the history would show a change to no status.
                    "status": order["status"],
                }
                api.client.post(f"orders/{entity_id}/comments", json={"statusHistory": comment})

    # Customers, products, the shop -----------------------------------------------------------

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield all accounts in the order they were opened; guests have none.

        The newsletter does not date an account, so ``updated_since`` leaves nobody out.
        """
        del updated_since
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            locales = self._locales(api)
            for found, after in numbered_pages(
                api, "customers/search", key="id", size=size, cursor=cursor
            ):
                yield read_page(
                    found,
                    lambda each: read_customer(
                        each, self.settings, locales.get(each.get("store_id", 0))
                    ),
                    reading=self.reading,
                    name=lambda each: f"customer {number(each['id'])}",
                    cursor=after,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield products that are enabled and shown somewhere."""
        size = self.settings.page_size
        with self._connected() as api, self.reading():
            for found, after in numbered_pages(
                api, "products", _ENABLED, _SHOWN, key="id", size=size, cursor=cursor
            ):
                yield read_page(
                    found,
                    read_product,
                    reading=self.reading,
                    name=lambda each: f"product {number(each['id'])}",
                    cursor=after,
                )

    def fetch_shop(self) -> Shop:
        """Return currency, language and time zone of the store view; the rest is from settings."""
        if not self.settings.country:
            message = "REST does not tell the country; set country in platforms.adobe_commerce"
            raise UnsupportedFeature(message, adapter=self.name)
        with self._connected() as api, self.reading():
            return read_shop(self._config(api), self.settings, shop_id=self.shop_id)

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return what an account answered to the newsletter."""
        with self._connected() as api, self.reading():
            return read_consents(self._account(api, customer_id), self.settings)

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about marketing by e-mail to the account's newsletter.

        The whole account is read and written back: what somebody else changes in between is lost.
        """
        is_newsletter = consent.channel is ConsentChannel.EMAIL
        if not is_newsletter or consent.purpose is not Purpose.MARKETING:
            message = "only answers about marketing by e-mail are written"
            raise UnsupportedFeature(message, adapter=self.name)
        path = f"customers/{_numeric(customer_id)}"
        with self._connected() as api, self.reading():
            answer = api.client.get(path, also_good=(404,))
            if not answer.is_good:
                raise refused("there is no such customer")
            # Plain JSON this time: numbers go back as they came.
            changed = with_answer(json.loads(answer.body), consent, self.settings)
            api.client.put(path, json={"customer": changed})

    def erase_customer(self, customer_id: str) -> None:
        """Delete an account with its addresses and its newsletter; orders stay as they are."""
        with self._connected() as api:
            api.client.delete(f"customers/{_numeric(customer_id)}", also_good=(404,))

    # Codes ---------------------------------------------------------------------------------

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a coupon, or find the one that is there."""
        self.require_worth(code)
        with self._connected() as api, self.reading():
            return coupons.create(api, code, self._config(api))

    def void_code(self, code: DiscountCode) -> None:
        """Delete the coupon: its code is worth nothing, and is free for another one."""
        with self._connected() as api, self.reading():
            coupons.void(api, code)

    # Small things --------------------------------------------------------------------------

    def _connected(self) -> AbstractContextManager[Rest]:
        return connected(self.settings, http=self.http, timing=self.timing)

    def _config(self, api: Rest) -> Json:
        """Return the configuration of the store view of the settings."""
        code = self.settings.store_code
        found = [each for each in api.many("store/storeConfigs") if each["code"] == code]
        if not found:
            raise refused(f"there is no store view {code!r}; see store_code")
        return found[0]

    def _locales(self, api: Rest) -> Mapping[int, str]:
        configs = api.many("store/storeConfigs")
        return {each["id"]: text(each["locale"]) for each in configs}

    def _account(self, api: Rest, customer_id: str) -> Json:
        found = api.one(f"customers/{_numeric(customer_id)}")
        if found is None:
            raise refused("there is no such customer")
        return found


def _numeric(identifier: str) -> int:
    """Return a number for a path; anything else names nothing here."""
    if not (identifier.isascii() and identifier.isdecimal()):
        raise refused("identifiers here are whole numbers")
    return int(identifier)
