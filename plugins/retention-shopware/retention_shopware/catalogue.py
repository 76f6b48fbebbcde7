"""Products and the shop itself. Pure."""

from __future__ import annotations

import re
from html import unescape

from retention_sdk.model import Product, Shop
from retention_sdk.shop_api.values import text

from .settings import ShopwareSettings
from .values import Json, identifier, named

_BREAK = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h[1-6])>")
_MARK = re.compile(r"<[^>]*>")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TEXT_MAX = 5000


def read_product(data: Json) -> Product:
    """Read a product; its variants are not products of their own."""
    number = re.sub(r"[\s-]", "", text(data["ean"]))
    translated = data["translated"] or {}
    description = text(translated.get("description") or data["description"])
    return Product(
        id=identifier(data["id"]),
        title=named(data),
        sku=text(data["productNumber"]),
        gtin=number if _GTIN.fullmatch(number) else "",
        categories=tuple(named(category) for category in data["categories"] or ()),
        description=_plain(description)[:_TEXT_MAX],
    )


def read_shop(channel: Json, settings: ShopwareSettings, *, shop_id: str) -> Shop:
    """Read the profile of a sales channel; time zone and address are from the settings."""
    domains = channel["domains"] or [{}]
    return Shop(
        id=shop_id,
        name=named(channel),
        country=text(channel["country"]["iso"]),
        currency=text(channel["currency"]["isoCode"]),
        language=text(channel["language"]["locale"]["code"]),
        time_zone=settings.time_zone,
        url=text(domains[0].get("url")),
        email=settings.shop_email,
        platform="shopware",
    )


def _plain(html: str) -> str:
    return unescape(_MARK.sub("", _BREAK.sub("\n", html))).strip()
