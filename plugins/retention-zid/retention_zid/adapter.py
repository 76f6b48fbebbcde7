"""Zid: orders and customers of one store, over its API for managers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PayloadError
from retention_sdk.http import httpx
from retention_sdk.model import Customer, Order, Page, Shop
from retention_sdk.shop_api import ApiClient, Timing, read_page
from retention_sdk.shop_api.values import asked_number, identifier

from .paging import pages
from .read import Json, read_customer, read_order, read_shop
from .settings import ZidSettings

_ORDERS, _CUSTOMERS = "v1/managers/store/orders", "v1/managers/store/customers"


class ZidAdapter(ShopAdapter):
    """Orders, customers and the profile of one store, for reading.

    There are no webhooks (neither their bodies nor a signature are published), so poll. Every
    call opens a connection and closes it. ``http`` is the HTTP library, httpx or httpx2;
    ``timing`` is for tests.
    """

    name: ClassVar[str] = "zid"
    capabilities: ClassVar[Capability] = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.SHOP_PROFILE
    )
    settings_model: ClassVar[type[ZidSettings]] = ZidSettings
    settings: ZidSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a saved answer: one ``order``, or a page of ``orders`` with their products."""
        found = [body["order"]] if "order" in body else body["orders"]
        return tuple(read_order(each, self.settings) for each in found)

    def fetch_order(self, order_id: str) -> Order:
        """Return one order by its ``id`` (not its code)."""
        path = f"{_ORDERS}/{asked_number(order_id, adapter=self.name)}/view"
        with self._connected() as api, self.reading():
            return self.read_orders(api.get(path).mapping())[0]

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders, oldest first.

        Zid lists by date alone, so all orders of the ``lookback_days`` before the asked moment
        come again. Pages overlap: what is deleted meanwhile pulls no order past us, and one that
        is put in among those that were read is in the list of the next time.
        """
        wishes: dict[str, Any] = {"payload_type": "default", "sort_by": "asc"}
        if updated_since:
            start = updated_since - timedelta(days=self.settings.lookback_days)
            wishes["date_from"] = f"{start:%Y-%m-%d}"
        with self._connected() as api, self.reading():
            for items, place in self._pages(api, _ORDERS, "orders", cursor, wishes):
                yield read_page(
                    items,
                    lambda item: read_order(item, self.settings),
                    reading=self.reading,
                    name=lambda item: f"order {identifier(item['id'])}",
                    cursor=place,
                )

    def customer_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Customer]]:
        """Yield pages of all customers: Zid lists no changes, and knows nothing of consent."""
        del updated_since
        with self._connected() as api, self.reading():
            for items, place in self._pages(api, _CUSTOMERS, "customers", cursor, {}):
                yield read_page(
                    items,
                    read_customer,
                    reading=self.reading,
                    name=lambda item: f"customer {identifier(item['id'])}",
                    cursor=place,
                )

    def fetch_shop(self) -> Shop:
        """Return the store's profile; its country is from the settings."""
        with self._connected() as api, self.reading():
            body = api.get("v1/managers/account/profile").mapping()
            return read_shop(body, self.settings, shop_id=self.shop_id)

    # Small things --------------------------------------------------------------------------

    def _pages(
        self, api: ApiClient, path: str, key: str, cursor: str, wishes: Mapping[str, Any]
    ) -> Iterator[tuple[list[Json], str]]:
        def ask(page: int, per_page: int) -> list[Json]:
            asked = {**wishes, "page": page, "per_page": per_page}
            return _items(api.get(path, params=asked).mapping(), key)

        return pages(ask, size=self.settings.page_size, cursor=cursor)

    def _connected(self) -> ApiClient:
        own = self.settings
        return ApiClient(
            own.api_url,
            adapter=self.name,
            headers={
                "authorization": f"Bearer {own.authorization.get_secret_value()}",
                "x-manager-token": own.manager_token.get_secret_value(),
                "role": "Manager",
                "accept-language": "en",
            },
            timeout_s=own.timeout_s,
            http=self.http,
            timing=self.timing,
        )


def _items(body: Json, key: str) -> list[Json]:
    found = body[key]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise PayloadError("the answer is not a list", adapter="zid", path=key)
    return found
