"""What can be asked of a shop and told to it over the Admin API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import ShopAdapter
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

from . import codes, newsletter
from .catalogue import read_product, read_shop
from .client import AdminApi, Session, refused
from .criteria import (
    CHANNEL_PARTS,
    CUSTOMER_PARTS,
    ORDER_PARTS,
    STOREFRONT,
    along,
    among,
    changed_orders,
    equals,
)
from .lists import pages_of
from .people import read_consents, read_customer
from .read import is_sale, read_order
from .settings import ShopwareSettings
from .values import Json, identifier, is_identifier, name_based_id

_TAG_MAX = 255


class ShopwareAdmin(ShopAdapter):
    """Reads and writes one shop. Every call opens a connection and closes it.

    Threads may share it, and with it one token; ``http`` is httpx or httpx2, ``timing`` is for
    tests.
    """

    settings: ShopwareSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def __init__(self, settings: ShopwareSettings, *, shop_id: str) -> None:
        super().__init__(settings, shop_id=shop_id)
        self._api = AdminApi(settings, http=self.http, timing=self.timing)

    # Lists ---------------------------------------------------------------------------------

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a saved answer to a search for orders with the associations asked for here."""
        return tuple(read_order(each, self.settings) for each in body["data"] if is_sale(each))

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its identifier, not by its number."""
        with self._api.connected() as session, self.reading():
            known = is_identifier(order_id)
            data = session.one("order", order_id, **along(*ORDER_PARTS)) if known else None
            if data is None:
                raise refused("there is no such order")
            return read_order(data, self.settings)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield orders in the order they were placed, those that changed since a moment.

        Not by their last change: Shopware keeps none that covers payments and parcels. An order
        that changes while the list is read is in the list of the next time.
        """
        channel = self.settings.sales_channel_id
        conditions = changed_orders(updated_since, sales_channel_id=channel)
        with self._api.connected() as session, self.reading():
            for found, after in self._pages(session, "order", ORDER_PARTS, conditions, cursor):
                yield read_page(
                    found,
                    lambda each: read_order(each, self.settings) if is_sale(each) else None,
                    reading=self.reading,
                    name=lambda each: f"order {each['orderNumber']}",
                    cursor=after,
                )

    def customer_pages(
        self,
        *,
        updated_since: datetime | None = None,
        cursor: str = "",
    ) -> Iterator[Page[Customer]]:
        """Yield all accounts in the order they were opened; guests have none.

        An answer to the newsletter does not date the account, so ``updated_since`` leaves nobody
        out.
        """
        del updated_since
        channel = self.settings.sales_channel_id
        own = [equals("salesChannelId", channel)] if channel else []
        conditions = [equals("guest", value=False), *own]
        with self._api.connected() as session, self.reading():
            pages = self._pages(session, "customer", CUSTOMER_PARTS, conditions, cursor)
            for found, after in pages:
                yield read_page_beside(
                    found,
                    partial(newsletter.recipients_of, session),
                    lambda each, answers: read_customer(
                        each, answers.get(newsletter.recipient_key(each), ())
                    ),
                    reading=self.reading,
                    name=lambda each: f"customer {identifier(each['id'])}",
                    cursor=after,
                )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield active products; variants belong to the product that is listed."""
        conditions = [equals("active", value=True), equals("parentId", None)]
        with self._api.connected() as session, self.reading():
            for found, after in self._pages(
                session, "product", ("categories",), conditions, cursor
            ):
                yield read_page(
                    found,
                    read_product,
                    reading=self.reading,
                    name=lambda each: f"product {identifier(each['id'])}",
                    cursor=after,
                )

    def fetch_shop(self) -> Shop:
        """Return the profile of the sales channel in the settings, or of the only shop there is."""
        channel = self.settings.sales_channel_id
        wanted = equals("id", channel) if channel else equals("typeId", STOREFRONT)
        asked = {**along(*CHANNEL_PARTS), "filter": [wanted, equals("active", value=True)]}
        with self._api.connected() as session, self.reading():
            found = session.search("sales-channel", {**asked, "limit": 2})
            if len(found) != 1:
                message = "set sales_channel_id in platforms.shopware to the shop that is meant"
                raise UnsupportedFeature(message, adapter=self.name)
            return read_shop(found[0], self.settings, shop_id=self.shop_id)

    def _pages(
        self,
        session: Session,
        entity: str,
        parts: Sequence[str],
        conditions: Sequence[dict[str, Any]],
        cursor: str,
    ) -> Iterator[tuple[list[Json], str]]:
        size = self.settings.page_size
        return pages_of(
            session, entity, along(*parts), conditions=conditions, size=size, cursor=cursor
        )

    # Writing -------------------------------------------------------------------------------

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return what somebody answered to the newsletter of their sales channel."""
        with self._api.connected() as session, self.reading():
            person = newsletter.account(session, identifier(customer_id))
            found = newsletter.recipients_of(session, [person])
            return read_consents(found.get(newsletter.recipient_key(person), ()))

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Write an answer about marketing by e-mail to the newsletter's recipient."""
        is_newsletter = consent.channel is ConsentChannel.EMAIL
        if not is_newsletter or consent.purpose is not Purpose.MARKETING:
            message = "only answers about marketing by e-mail are written"
            raise UnsupportedFeature(message, adapter=self.name)
        with self._api.connected() as session, self.reading():
            newsletter.write(session, identifier(customer_id), consent)

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Create a promotion code, or find the one that is there."""
        self.require_worth(code)
        with self._api.connected() as session, self.reading():
            channel = self.settings.sales_channel_id
            return codes.create(session, code, sales_channel_id=channel)

    def void_code(self, code: DiscountCode) -> None:
        """Make a code worthless and keep it, so that nobody can make it again."""
        with self._api.connected() as session, self.reading():
            codes.void(session, code)

    def note_order(self, order_id: str, text: str) -> None:
        """Add a line to the order's internal comment, below what staff wrote there.

        Shopware has one comment and no way to add to it: what somebody else writes between our
        reading and our writing is lost.
        """
        line = " ".join(text.split())
        with self._api.connected() as session, self.reading():
            order = session.one("order", identifier(order_id))
            if order is None:
                raise refused("there is no such order")
            lines = (order.get("internalComment") or "").splitlines()
            if line not in lines:
                session.write("order", order_id, {"internalComment": "\n".join([*lines, line])})

    def tag_order(self, order_id: str, tags: Sequence[str]) -> None:
        """Add tags by name; those that the shop does not have yet are made."""
        if any(not 0 < len(tag) <= _TAG_MAX for tag in tags):
            message = f"tags here have 1 to {_TAG_MAX} characters"
            raise UnsupportedFeature(message, adapter=self.name)
        with self._api.connected() as session, self.reading():
            known: dict[str, str] = {}
            for tag in session.everything("tag", {"filter": [among("name", tags)]}):
                known.setdefault(tag["name"], identifier(tag["id"]))
            wanted = [
                {"id": known[tag]}
                if tag in known
                else {"id": name_based_id("tag", tag), "name": tag}
                for tag in dict.fromkeys(tags)
            ]
            session.write("order", identifier(order_id), {"tags": wanted})

    def erase_customer(self, customer_id: str) -> None:
        """Delete an account with its addresses, and every newsletter recipient of its e-mail.

        Orders keep the name and the addresses they were sold to; they are part of the shop's books.
        """
        with self._api.connected() as session, self.reading():
            person = session.one("customer", customer_id) if is_identifier(customer_id) else None
            if person is None:
                return
            # The address is known as long as the account is there, so the account goes last.
            newsletter.forget(session, person["email"])
            session.delete("customer", customer_id)
