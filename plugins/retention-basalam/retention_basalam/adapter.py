"""Basalam: the parcels that one vendor sells, over the public API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.http import httpx
from retention_sdk.model import Order, Page, Product, Shop
from retention_sdk.shop_api import ApiClient, Timing, read_page
from retention_sdk.shop_api.values import asked_number, identifier

from .read import Json, read_order, read_product, read_shop
from .settings import BasalamSettings

_PARCELS = "v1/vendor-parcels"
_CURSOR = re.compile(r"[A-Za-z0-9+/=_.:-]{1,400}")
_PAGE = re.compile(r"[1-9][0-9]{0,8}")


class BasalamAdapter(ShopAdapter):
    """Orders and products of one vendor.

    What a buyer orders of several vendors is one parcel for each: an order here is the vendor's
    own parcel. There are no webhooks (their bodies are published nowhere), so poll. Every call
    opens a connection and closes it. ``http`` is the HTTP library, httpx or httpx2; ``timing`` is
    for tests.
    """

    name: ClassVar[str] = "basalam"
    capabilities: ClassVar[Capability] = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_PRODUCTS
        | Capability.SHOP_PROFILE
    )
    settings_model: ClassVar[type[BasalamSettings]] = BasalamSettings
    settings: BasalamSettings
    http: ClassVar[ModuleType] = httpx
    timing: ClassVar[Timing | None] = None

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read a parcel as ``/v1/vendor-parcels/{parcel_id}`` answers it."""
        return (read_order(body, self.settings),)

    def fetch_order(self, order_id: str) -> Order:
        """Return one parcel by its number."""
        parcel_id = asked_number(order_id, adapter=self.name)
        with self._connected() as api, self.reading():
            return self._read_parcel(api, parcel_id)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of parcels in Basalam's own order, that of their deadlines.

        It lists by creation alone, so all that were made ``lookback_days`` before the asked
        moment, or later, come again.
        """
        if cursor and not _CURSOR.fullmatch(cursor):
            raise self._refused("this cursor is not one of ours")
        wishes = self._wishes(updated_since)
        with self._connected() as api, self.reading():
            while True:
                place = {"cursor": cursor} if cursor else {}
                body = api.get(_PARCELS, params={**wishes, **place}).mapping()
                following = body.get("next_cursor") or ""
                if following == cursor and cursor:
                    raise self._refused("the list of parcels does not go on")
                cursor = following
                yield read_page(
                    _items(body),
                    lambda item: self._read_parcel(api, identifier(item["id"])),
                    reading=self.reading,
                    name=lambda item: f"parcel {identifier(item['id'])}",
                    cursor=cursor,
                    at_once=self.settings.concurrency,
                )
                if not cursor:
                    return

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:
        """Yield pages of the vendor's products; where some are gone meanwhile, a page again."""
        if cursor and not _PAGE.fullmatch(cursor):
            raise self._refused("this cursor is not one of ours")
        page, size, total = int(cursor or 1), self.settings.page_size, None
        seen: set[str] = set()
        path = f"v1/vendors/{self.settings.vendor_id}/products"
        with self._connected() as api, self.reading():
            while True:
                body = api.get(path, params={"page": page, "per_page": size}).mapping()
                items, found = _items(body), body.get("total_count")
                if page > 1 and total and found is not None and found < total:
                    page, total = page - 1, found
                    continue
                total = found
                fresh = [item for item in items if str(item.get("id")) not in seen]
                seen |= {str(item.get("id")) for item in items}
                is_last = len(items) < size
                page += 1
                yield read_page(
                    fresh,
                    read_product,
                    reading=self.reading,
                    name=lambda item: f"product {identifier(item['id'])}",
                    cursor="" if is_last else str(page),
                )
                if is_last:
                    return

    def fetch_shop(self) -> Shop:
        """Return the vendor's name and address; country, currency and language are Iran's."""
        with self._connected() as api, self.reading():
            body = api.get(f"v1/vendors/{self.settings.vendor_id}").mapping()
            return read_shop(body, self.settings, shop_id=self.shop_id)

    # Small things --------------------------------------------------------------------------

    def _wishes(self, since: datetime | None) -> dict[str, Any]:
        wishes: dict[str, Any] = {
            "per_page": self.settings.page_size,
            "items.vendor_ids": str(self.settings.vendor_id),
        }
        if since:
            start = since - timedelta(days=self.settings.lookback_days)
            wishes["created_at[gte]"] = start.isoformat()
        return wishes

    def _read_parcel(self, api: ApiClient, parcel_id: str) -> Order:
        """Ask for a parcel: when it left, and what its delivery cost, is not in the list."""
        return read_order(api.get(f"{_PARCELS}/{parcel_id}").mapping(), self.settings)

    def _connected(self) -> ApiClient:
        return ApiClient(
            self.settings.api_url,
            adapter=self.name,
            headers={"authorization": f"Bearer {self.settings.token.get_secret_value()}"},
            timeout_s=self.settings.timeout_s,
            http=self.http,
            timing=self.timing,
        )

    def _refused(self, message: str) -> PlatformError:
        return PlatformError(message, adapter=self.name, retryable=False)


def _items(body: Json) -> list[Json]:
    found = body["data"]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise PayloadError("the answer is not a list", adapter="basalam", path="data")
    return found
