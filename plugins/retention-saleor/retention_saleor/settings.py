"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from retention_sdk.model import ConsentChannel, Settings
from retention_sdk.shop_api import safe_address

from .values import unbase64url

_BITS_MIN = 2048
"""NIST SP 800-131A: shorter RSA keys are not acceptable for signatures."""


def _number(text: str) -> str:
    if not unbase64url(text):
        raise ValueError("not a number in base64url, as a JSON Web Key has it")
    return text


_checked = partial(
    safe_address, example="https://shop.example/graphql/", what="a token", setting="token"
)

ApiUrl = Annotated[str, AfterValidator(_checked)]
"""The GraphQL API's address: https, or http on this machine."""

FieldName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z_][A-Za-z0-9_.\-]{0,99})?$")]
"""A key of metadata; empty if the shop has none."""

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{1,255}$")]
"""What a channel is called in addresses."""

Base64Number = Annotated[str, AfterValidator(_number)]


class SigningKey(Settings):
    """A public RSA key of the shop's (RFC 7517): its name, modulus and exponent."""

    kid: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    n: Base64Number
    e: Base64Number = "AQAB"

    @property
    def numbers(self) -> tuple[int, int]:
        """Modulus and exponent."""
        modulus, exponent = unbase64url(self.n), unbase64url(self.e)
        return int.from_bytes(modulus or b""), int.from_bytes(exponent or b"")

    @model_validator(mode="after")
    def _is_strong(self) -> Self:
        modulus, exponent = self.numbers
        if modulus.bit_length() < _BITS_MIN or not modulus & 1 or exponent < 3 or not exponent & 1:  # noqa: PLR2004 - RFC 8017, 3.1
            raise ValueError(f"not an RSA key of {_BITS_MIN} bits or more")
        return self


class SaleorSettings(Settings):
    """Where the API is, how to get in, and who signs.

    ``jwks`` are the shop's public keys, as ``retention x saleor-keys`` prints them; put a new one
    beside the old one when the shop changes it. ``webhook_secrets`` are for webhooks that have a
    ``secretKey``; Saleor signs those otherwise. Give at least one of the two.

    ``channel`` is the slug of the channel whose country, currency and products are the shop's.
    ``code_channels`` are those where codes are good; all active ones if there are none.

    Saleor has no field for consent: ``consent_field`` is the key in a customer's metadata that
    holds it. ``private`` metadata is written by staff and apps alone; customers can change
    ``public`` metadata of their own account over the storefront, so nothing in it proves a double
    opt-in. ``consent_channel`` is what the question covered: e-mail, or ``any`` if it asked for
    personal cards in parcels too. ``gift_message_field`` is a key in the public metadata of orders.

    ``language``, ``time_zone``, ``shop_name``, ``shop_url`` and ``shop_email`` are for the profile:
    Saleor does not know them, or knows others of the same name.
    """

    url: ApiUrl
    token: SecretStr
    channel: Slug
    jwks: tuple[SigningKey, ...] = ()
    webhook_secrets: tuple[SecretStr, ...] = ()
    code_channels: frozenset[Slug] = frozenset()
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=100)] = 50
    consent_field: FieldName = "email_marketing_consent"
    consent_metadata: Literal["private", "public"] = "private"
    consent_channel: ConsentChannel = ConsentChannel.EMAIL
    gift_message_field: FieldName = ""
    language: str = "en"
    time_zone: str = "UTC"
    shop_name: str = ""
    shop_url: str = ""
    shop_email: str = ""

    @property
    def origin(self) -> str:
        """The address of the server, where its keys are."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"
