"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from retention_sdk.model import Settings
from retention_sdk.shop_api import safe_address


def _without_api(url: str) -> str:
    return url.rstrip("/").removesuffix("/api")


ShopUrl = Annotated[str, AfterValidator(safe_address), AfterValidator(_without_api)]
"""Where the shop is: https, or http on this machine. ``/api`` is added by the adapter."""

HexId = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{32})?$")]
"""An identifier as Shopware writes it; empty for none."""


class ShopwareSettings(Settings):
    """How to get into one shop's Admin API, and what the shop named its own fields.

    ``client_id`` and ``client_secret`` are an integration's access key, or those that an app was
    given. ``webhook_secrets`` are the app's secrets for this shop, the one in use first, then the
    one before while it changes; without any, no webhook is believed.

    ``sales_channel_id`` keeps to one sales channel: its orders, its newsletter, its codes. Without
    it, orders and codes are those of all of them.

    ``gift_field`` and ``gift_message_field`` are custom fields of the order.
    ``pickup_methods`` are technical names of shipping methods that are picked up.
    ``page_size`` is how many are asked for at a time; Shopware allows 500 unless configured.
    """

    url: ShopUrl
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr
    webhook_secrets: tuple[SecretStr, ...] = ()
    sales_channel_id: HexId = ""
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=500)] = 100
    gift_field: str = ""
    gift_message_field: str = ""
    pickup_methods: frozenset[str] = frozenset()
    time_zone: str = "UTC"
    shop_email: str = ""
