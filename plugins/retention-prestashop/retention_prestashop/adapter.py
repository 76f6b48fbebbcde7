"""PrestaShop and thirty bees over their webservice. It knows no webhooks: shops are polled."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import ModuleType
from typing import ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.http import httpx
from retention_sdk.model import Consent, Customer, DiscountCode, Order, Page, Product, Shop
from retention_sdk.shop_api import Timing, read_page, read_page_beside
from retention_sdk.shop_api.values import asked_number

from . import codes, notes
from .catalogue import PRODUCT_FIELDS, read_product, read_shop
from .changes import change, consent_fields
from .directory import Directory
from .listing import order_pages
from .orders import ORDER_FIELDS, OrderReader
from .paging import numbered
from .people import CUSTOMER_FIELDS, read_consent, read_customer
from .settings import PrestaShopSettings
from .webservice import Json, Webservice, number, refused

_TOKEN_BYTES = 6


def _make_token() -> str:
    return secrets.token_hex(_TOKEN_BYTES)


class PrestaShopAdapter(ShopAdapter):
    """Orders, accounts, consent, products and codes of one shop.

    Every call opens a connection and closes it. ``http`` is the HTTP library, httpx or httpx2.
    No record that leaves here holds a password's hash or a key of somebody's.
    """

    name: ClassVar[str] = "prestashop"
    capabilities: ClassVar[Capability] = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
        | Capability.SHOP_PROFILE
        | Capability.CUSTOMER_LOCALE
        | Capability.READ_CONSENT
        | Capability.WRITE_CONSENT
        | Capability.CREATE_CODE
        | Capability.VOID_CODE
        | Capability.FREE_SHIPPING_CODE
        | Capability.FREE_PRODUCT_CODE
        | Capability.NOTE_ORDER
        | Capability.ERASE_CUSTOMER
    )
    settings_model: ClassVar[type[PrestaShopSettings]] = PrestaShopSettings
    settings: PrestaShopSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None
    make_token: ClassVar[staticmethod[[], str]] = staticmethod(_make_token)

    # Orders --------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its number (``id``, not its reference)."""
        with self._talking() as (service, directory):
            rows = list(
                service.rows_by(
                    "orders", "id", [asked_number(order_id, adapter=self.name)], ORDER_FIELDS
                )
            )
            order = self._reader(service, directory).read(rows[0]) if rows else None
        if order is None:
            raise refused("there is no such order, or its last line was deleted")
        return order

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders, oldest change first, and then those refunded since then."""
        with self._talking() as (service, directory):
            yield from order_pages(
                service,
                directory,
                self._reader(service, directory),
                size=self.settings.page_size,
                since=updated_since,
                cursor=cursor,
            )

    def note_order(self, order_id: str, text: str) -> None:
        """Write a note at an order that its customer is not told of."""
        employee = self.settings.note_employee
        with self._talking() as (service, _):
            notes.add(service, order_id, text, employee=employee, make_token=self.make_token)

    # Customers -----------------------------------------------------------------------------

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of accounts by number, without guests and deleted ones.

        ``updated_since`` leaves nobody out: modules withdraw a consent without dating the account.
        """
        del updated_since
        members = {"is_guest": "[0]", "deleted": "[0]"}
        with self._talking() as (service, directory):
            for rows, place in self._numbered(
                service, "customers", CUSTOMER_FIELDS, cursor, **members
            ):
                yield read_page(
                    rows,
                    partial(read_customer, directory=directory),
                    reading=self.reading,
                    name=lambda row: f"customer {number(row['id'])}",
                    cursor=place,
                )

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return the answer about the shop's newsletter."""
        with self._talking() as (service, directory):
            rows = list(
                service.rows_by(
                    "customers",
                    "id",
                    [asked_number(customer_id, adapter=self.name)],
                    CUSTOMER_FIELDS,
                )
            )
            if not rows:
                raise refused("there is no such customer")
            consent = read_consent(rows[0], directory.zone)
            return (consent,) if consent else ()

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about the shop's newsletter; the date of a no is not kept."""
        with self._talking() as (service, directory):
            fields = consent_fields(consent, directory.zone)
            change(service, "customers", "customer", customer_id, fields)

    def erase_customer(self, customer_id: str) -> None:
        """Delete an account; orders stay, and the addresses that they went to."""
        with self._talking() as (service, _):
            service.remove("customers", customer_id)

    # Codes, products, the shop -------------------------------------------------------------

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a cart rule with this code, or find the one that is there."""
        self.require_worth(code)
        with self._talking() as (service, directory):
            return codes.create(service, directory, code)

    def void_code(self, code: DiscountCode) -> None:
        """Switch off all cart rules with this code, and keep them: it stays taken."""
        with self._talking() as (service, _):
            codes.void(service, code)

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of products that are on sale, by number."""
        with self._talking() as (service, directory):
            for rows, place in self._numbered(
                service, "products", PRODUCT_FIELDS, cursor, active="[1]"
            ):
                yield read_page_beside(
                    rows,
                    lambda some: directory.categories(
                        {str(row["id_category_default"]) for row in some}
                    ),
                    lambda row, _: read_product(row, directory, self.settings),
                    reading=self.reading,
                    name=lambda row: f"product {number(row['id'])}",
                    cursor=place,
                )

    def fetch_shop(self) -> Shop:
        """Return name, country, currency, language and time zone of the shop."""
        with self._talking() as (_, directory):
            return read_shop(directory, self.settings, shop_id=self.shop_id)

    # Small things --------------------------------------------------------------------------

    @contextmanager
    def _talking(self) -> Iterator[tuple[Webservice, Directory]]:
        """Connect, and turn what an answer trips us over into ``PayloadError``."""
        with (
            Webservice(self.settings, http=self.http, timing=self.timing) as service,
            self.reading(),
        ):
            yield service, Directory(service, self.settings)

    def _reader(self, service: Webservice, directory: Directory) -> OrderReader:
        return OrderReader(service, directory, self.settings, reading=self.reading)

    def _numbered(
        self, service: Webservice, resource: str, fields: list[str], cursor: str, **where: str
    ) -> Iterator[tuple[list[Json], str]]:
        size = self.settings.page_size
        return numbered(service, resource, fields, size=size, cursor=cursor, **where)
