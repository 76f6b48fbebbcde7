"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints

from retention_sdk.model import Settings

_HOST = "https://api.bigcommerce.com/stores/"
# "The maximum limit is 250" (gift certificates v2); other lists name none.
PAGE_MAX = 250


class BigCommerceSettings(Settings):
    """The table ``[platforms.bigcommerce]``.

    ``store_hash`` is the part of the API path after ``stores/``. ``client_secrets`` are those of
    the API account that registers the webhooks: the one in use first, then older ones; without
    one no webhook is believed, and none is registered.

    An order whose payment is only authorised counts as paid once BigCommerce awaits its
    fulfilment, for cards are printed before parcels leave; with ``wait_for_capture`` it does not.
    ``amounts_without_tax`` accepts codes for an amount where prices are entered without tax.
    ``gift_from_name`` and ``gift_from_email`` are who gives gift certificates; without them there
    are none. ``concurrency`` is how many requests are made at the same time.
    """

    store_hash: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,40}$")]
    access_token: SecretStr
    client_secrets: Annotated[tuple[SecretStr, ...], Field(max_length=8)] = ()
    api_url: str = ""
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 50
    concurrency: Annotated[int, Field(ge=1, le=10)] = 3
    wait_for_capture: bool = False
    amounts_without_tax: bool = False
    gift_from_name: str = ""
    gift_from_email: str = ""

    @property
    def rest_url(self) -> str:
        """The address under which both versions of the API lie."""
        return self.api_url or _HOST + self.store_hash
