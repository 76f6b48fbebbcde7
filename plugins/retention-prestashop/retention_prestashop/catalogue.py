"""Products and the shop itself. Pure but for what the directory looks up."""

from __future__ import annotations

import re
from html import unescape

from retention_sdk.model import Product, Shop

from .directory import Directory
from .settings import PrestaShopSettings
from .webservice import NAME, Json, number

PRODUCT_FIELDS = "id name reference ean13 id_category_default description_short".split()
_BREAK = re.compile(r"(?i)<br\s*/?>|</(p|div|li|h[1-6])>")
_MARK = re.compile(r"<[^>]*>")
_GTIN = re.compile(r"\d{8}|\d{12,14}")
_TEXT_MAX = 5000


def read_product(row: Json, directory: Directory, settings: PrestaShopSettings) -> Product:
    """Read a product in the shop's language; its short description becomes plain text."""
    product_id, category = number(row["id"]), str(row["id_category_default"])
    gtin = row["ean13"] or ""
    return Product(
        id=product_id,
        title=directory.words(row["name"]),
        sku=row["reference"] or "",
        gtin=gtin if _GTIN.fullmatch(gtin) else "",
        # Without friendly addresses and with them, this one is answered.
        url=f"{settings.store_url.rstrip('/')}/index.php?controller=product&id_product={product_id}",
        categories=tuple(directory.categories({category}).values()),
        description=_plain(directory.words(row["description_short"]))[:_TEXT_MAX],
    )


def read_shop(directory: Directory, settings: PrestaShopSettings, *, shop_id: str) -> Shop:
    """Read the shop's profile from the installation's own settings."""
    country = directory.setting("PS_COUNTRY_DEFAULT")
    return Shop(
        id=shop_id,
        name=directory.setting("PS_SHOP_NAME"),
        country=directory.countries({country})[country]["iso_code"],
        currency=directory.currencies[directory.setting("PS_CURRENCY_DEFAULT")],
        language=directory.languages[directory.setting("PS_LANG_DEFAULT")],
        time_zone=directory.zone.key,
        url=settings.store_url,
        email=directory.configuration.get("PS_SHOP_EMAIL", ""),
        platform=NAME,
    )


def _plain(html: str) -> str:
    return unescape(_MARK.sub("", _BREAK.sub("\n", html))).strip()
