"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from retention_sdk.model import Settings


class ShopifySettings(Settings):
    """The app's client secret, the shop it belongs to, and the names of fields for gifts.

    ``webhook_secrets`` holds the secret in use first, then the one before while it is rotated:
    Shopify may take an hour to sign with a new one. ``shop_domain`` is compared with the shop that
    a delivery names (``example.myshopify.com``).

    ``currency`` chooses the amounts: ``presentment`` is what the buyer saw and paid, ``shop`` what
    the books are kept in. Points and cards follow the choice, so do not change it in a running
    shop. Shopify has no field for gifts: ``gift_attributes`` and ``gift_message_attributes`` are
    the names of cart attributes (``note_attributes``) of your theme, compared without case.
    """

    webhook_secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1)]
    shop_domain: str = ""
    currency: Literal["presentment", "shop"] = "presentment"
    gift_attributes: tuple[str, ...] = ("gift", "is_gift")
    gift_message_attributes: tuple[str, ...] = ("gift message", "gift_message")
