"""Products and the shop itself. Pure."""

from __future__ import annotations

import re
from html import unescape

from retention_sdk.model import Product, Shop
from retention_sdk.shop_api.values import text

from .settings import AdobeCommerceSettings
from .values import Json, number

_BREAK = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h[1-6])>")
_MARK = re.compile(r"(?s)<style.*?</style>|<[^>]*>")
_TEXT_MAX = 5000


def read_product(data: Json) -> Product:
    """Read a product; its description becomes plain text."""
    own = {each["attribute_code"]: each["value"] for each in data.get("custom_attributes") or ()}
    told = own.get("short_description") or own.get("description")
    words = told if isinstance(told, str) else ""
    return Product(
        id=number(data["id"]),
        title=text(data.get("name")),
        sku=text(data["sku"]),
        description=unescape(_MARK.sub("", _BREAK.sub("\n", words))).strip()[:_TEXT_MAX],
    )


def read_shop(config: Json, settings: AdobeCommerceSettings, *, shop_id: str) -> Shop:
    """Read the profile of a store view; name, country and address are from the settings."""
    return Shop(
        id=shop_id,
        name=settings.shop_name or shop_id,
        country=settings.country,
        currency=text(config["base_currency_code"]),
        language=text(config["locale"]),
        time_zone=text(config["timezone"]),
        url=text(config["secure_base_url"]),
        email=settings.shop_email,
        platform="adobe_commerce",
    )
