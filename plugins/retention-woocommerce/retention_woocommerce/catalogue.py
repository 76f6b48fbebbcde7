"""Products and the shop itself, from WooCommerce's REST resources. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

from retention_sdk.model import Product, Shop

from .read import RIALS
from .settings import WooCommerceSettings

Json = Mapping[str, Any]

_BREAK = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h[1-6])>")
_MARK = re.compile(r"<[^>]*>")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TEXT_MAX = 5000


def read_product(body: Json) -> Product:
    """Read a product. Its description becomes plain text, the short one where there is one."""
    if type(body["id"]) is not int:
        raise TypeError("an identifier is a whole number")
    gtin = re.sub(r"[\s-]", "", body.get("global_unique_id") or "")
    return Product(
        id=str(body["id"]),
        title=body["name"],
        sku=body["sku"] or "",
        gtin=gtin if _GTIN.fullmatch(gtin) else "",
        url=body["permalink"],
        categories=tuple(unescape(category["name"]) for category in body["categories"]),
        description=_plain(body["short_description"] or body["description"])[:_TEXT_MAX],
    )


def read_shop(entries: Sequence[Json], settings: WooCommerceSettings, *, shop_id: str) -> Shop:
    """Read the shop's profile from the general settings; the rest is from our own."""
    values = {entry["id"]: entry["value"] for entry in entries}
    currency = values["woocommerce_currency"]
    return Shop(
        id=shop_id,
        name=settings.shop_name or shop_id,
        # Country and state: DE:DE-BE.
        country=values["woocommerce_default_country"].partition(":")[0],
        currency="IRR" if currency in RIALS else currency,
        language=settings.shop_language,
        time_zone=settings.time_zone,
        url=settings.store_url,
        email=settings.shop_email,
        platform="woocommerce",
    )


def _plain(html: str) -> str:
    return unescape(_MARK.sub("", _BREAK.sub("\n", html))).strip()
