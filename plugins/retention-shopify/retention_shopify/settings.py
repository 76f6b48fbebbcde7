"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from retention_sdk.model import Settings

_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com", re.IGNORECASE)


class ShopifySettings(Settings):
    """The app's client secret, the shop it belongs to, and the names of fields for gifts.

    ``webhook_secrets`` holds the secret in use first, then the one before while it is rotated:
    Shopify may take an hour to sign with a new one. ``shop_domain`` is compared with the shop that
    a delivery names (``example.myshopify.com``), and is where the Admin API is asked.

    The API needs either ``access_token``, the one of an app that has a lasting token, or the
    ``client_id`` of an app of the Dev Dashboard: it trades its first secret for a token of a day.
    ``api_version`` is the one that was tested; an answer of another one is refused. ``page_size``
    is how many orders, customers or products are asked for at a time; fewer where Shopify finds
    that too dear. Lists of ``bulk_from`` orders or customers and more are exported in bulk; 0 is
    never.

    ``currency`` chooses the amounts: ``presentment`` is what the buyer saw and paid, ``shop`` what
    the books are kept in. Points and cards follow the choice, so do not change it in a running
    shop. Shopify has no field for gifts: ``gift_attributes`` and ``gift_message_attributes`` are
    the names of cart attributes (``note_attributes``) of your theme, compared without case.
    """

    webhook_secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1)]
    shop_domain: str = ""
    access_token: SecretStr | None = None
    client_id: str = ""
    api_version: Literal["2026-10"] = "2026-10"
    page_size: Annotated[int, Field(ge=1, le=250)] = 10
    bulk_from: Annotated[int, Field(ge=0, le=10_000)] = 2_000
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    currency: Literal["presentment", "shop"] = "presentment"
    gift_attributes: tuple[str, ...] = ("gift", "is_gift")
    gift_message_attributes: tuple[str, ...] = ("gift message", "gift_message")

    @property
    def has_api(self) -> bool:
        """Whether the Admin API can be asked."""
        return self.access_token is not None or bool(self.client_id)

    @model_validator(mode="after")
    def _knows_whom_to_ask(self) -> Self:
        if self.has_api and not _DOMAIN.fullmatch(self.shop_domain):
            raise ValueError("the Admin API needs shop_domain, for example shop.myshopify.com")
        if self.access_token is not None and self.client_id:
            raise ValueError("give access_token or client_id, not both")
        return self
