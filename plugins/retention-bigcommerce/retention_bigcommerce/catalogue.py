"""Products and the store itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from retention_sdk.model import Product, Shop
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import identifier

from .api import Json, is_last, items_v3, refused

_PRODUCTS = "v3/catalog/products"
_FIELDS = "id,name,sku,gtin,upc,description,custom_url"
_BREAK = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h[1-6])>")
_MARK = re.compile(r"<[^>]*>")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TEXT_MAX = 5000


def product_pages(api: ApiClient, *, size: int, cursor: str) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of visible products by number; the cursor is the last one."""
    if cursor and not (cursor.isascii() and cursor.isdecimal()):
        raise refused("this cursor is not one of ours")
    last = int(cursor or 0)
    while True:
        wishes = {"id:greater": last, "sort": "id", "direction": "asc", "limit": size}
        items = items_v3(api, _PRODUCTS, is_visible="true", include_fields=_FIELDS, **wishes)
        is_end = is_last(items, size)
        newest = max((item["id"] for item in items), default=last)
        if items and newest <= last:
            raise refused("the list of products does not go on")
        last = newest
        yield items, "" if is_end else str(last)
        if is_end:
            return


def read_product(body: Json, *, home: str) -> Product:
    """Read a product; its description becomes plain text."""
    codes = (re.sub(r"[\s-]", "", body.get(name) or "") for name in ("gtin", "upc"))
    path = (body.get("custom_url") or {}).get("url") or ""
    return Product(
        id=identifier(body["id"]),
        title=body["name"],
        sku=body["sku"] or "",
        gtin=next((code for code in codes if _GTIN.fullmatch(code)), ""),
        url=home + path if path else "",
        description=_plain(body["description"] or "")[:_TEXT_MAX],
    )


def fetch_home(api: ApiClient) -> str:
    """Return the address of the storefront."""
    return str(api.get("v2/store").mapping()["secure_url"]).rstrip("/")


def read_shop(body: Json, *, shop_id: str) -> Shop:
    """Read the store's profile."""
    return Shop(
        id=shop_id,
        name=body["name"],
        country=body["country_code"],
        currency=body["currency"],
        language=body["language"] or "en",
        time_zone=body["timezone"]["name"],
        url=body["secure_url"],
        email=body["order_email"] or body["admin_email"],
        platform="bigcommerce",
    )


def _plain(html: str) -> str:
    return unescape(_MARK.sub("", _BREAK.sub("\n", html))).strip()
