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
    DiscountCode,
    Order,
    Shop,
)

from . import promotions
from .client import VendureClient, connected
from .queries import (
    CUSTOMER_ADDRESSES,
    DELETE_ADDRESS,
    DELETE_CUSTOMER,
    SHOP,
    UPDATE_CUSTOMER,
    consent_query,
    order_query,
    orders_query,
)
from .read import OrderReader, read_consents
from .settings import VendureSettings

# Databases keep updatedAt to the second; an answer may be a second older than it says.
_GRAIN = timedelta(seconds=1)


class VendureAdapter(ShopAdapter):
    """Orders, consent and promotions of one Vendure channel.

    Vendure has no webhooks of its own; poll ``fetch_orders``. Every call opens a connection and
    closes it. ``http`` is the HTTP library, httpx or httpx2.
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
    )
    settings_model: ClassVar[type[VendureSettings]] = VendureSettings
    settings: VendureSettings
    http: ClassVar[ModuleType] = httpx

    def fetch_order(self, order_id: str) -> Order:
        """Return one placed order by its ``id`` (not its code)."""
        with self._connected() as client:
            data = client.run(order_query(self.settings), id=order_id)
        if not data["order"] or not data["order"]["orderPlacedAt"]:
            raise self._refused("there is no such order, or it is not placed yet")
        with self.reading():
            return self.read_orders(data)[0]

    def fetch_orders(self, *, updated_since: datetime | None = None) -> Iterator[Order]:
        """Yield placed orders, oldest change first; an order that changes meanwhile comes twice.

        Orders that sellers get from a marketplace order are left out: the buyer has one.
        """
        with self._connected() as client:
            for page in self._pages(client, updated_since):
                with self.reading():
                    orders = self.read_orders(page)
                yield from orders

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

    def _overwrite(self, client: VendureClient, customer_id: str) -> None:
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

    def _pages(
        self, client: VendureClient, updated_since: datetime | None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield pages of unseen orders.

        Pages begin after a moment, not after a number of orders: an order that changes while we
        read moves to the end of the list and would pull another one past us.
        """
        query, take = orders_query(self.settings), self.settings.page_size
        seen: set[tuple[str, str]] = set()
        after, skip = None, 0
        while True:
            chosen = {"filter": self._filter(updated_since, after), "sort": {"updatedAt": "ASC"}}
            data = client.run(query, options={**chosen, "take": take, "skip": skip})
            items = data["orders"]["items"]
            yield {**data, "orders": {"items": [item for item in items if _is_new(item, seen)]}}
            if len(items) < take:
                return
            last = datetime.fromisoformat(items[-1]["updatedAt"]) - _GRAIN
            after, skip = (last, 0) if after is None or last > after else (after, skip + take)

    def _filter(self, since: datetime | None, after: datetime | None) -> dict[str, Any]:
        conditions: list[dict[str, Any]] = [
            {"active": {"eq": False}},
            {"orderPlacedAt": {"isNull": False}},
        ]
        if since:
            placed = since - timedelta(days=self.settings.lookback_days)
            changed = {"updatedAt": {"after": (since - _GRAIN).isoformat()}}
            recent = {"orderPlacedAt": {"after": (placed - _GRAIN).isoformat()}}
            conditions.append({"_or": [changed, recent]})
        if after:
            conditions.append({"updatedAt": {"after": after.isoformat()}})
        return {"_and": conditions}

    # Small things --------------------------------------------------------------------------

    def _connected(self) -> AbstractContextManager[VendureClient]:
        return connected(self.settings, http=self.http)

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


def _is_new(item: Mapping[str, Any], seen: set[tuple[str, str]]) -> bool:
    """Whether an order in this state was not yielded before, and is a buyer's."""
    key = (item["id"], item["updatedAt"])
    is_new = key not in seen and item["type"] != "Seller"
    seen.add(key)
    return is_new
