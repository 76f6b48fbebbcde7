"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

import binascii
from base64 import b64decode
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

from retention_sdk.model import ConsentChannel, Settings
from retention_sdk.shop_api import safe_address

_SECRET_PREFIX = "whsec_"  # noqa: S105 - how Standard Webhooks marks its secrets
_SECRET_BYTES_MIN = 24


def _secret_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value().startswith("sk_"):
        raise ValueError("not a secret API key; those begin with sk_")
    return key


def _signing_secret(secret: SecretStr) -> SecretStr:
    try:
        length = len(signing_bytes(secret))
    except (ValueError, binascii.Error):
        length = 0
    if length < _SECRET_BYTES_MIN:
        raise ValueError("not whsec_ and base64 of 24 bytes or more (openssl rand -base64 32)")
    return secret


def signing_bytes(secret: SecretStr) -> bytes:
    """Return the bytes of a Standard Webhooks secret: base64 after ``whsec_``."""
    return b64decode(secret.get_secret_value().removeprefix(_SECRET_PREFIX), validate=True)


BackendUrl = Annotated[str, AfterValidator(partial(safe_address, setting="api_key"))]
"""The Medusa server's address, without /admin: https, or http on this machine."""

FieldName = Annotated[str, StringConstraints(pattern=r"^([_A-Za-z][_0-9A-Za-z]*)?$")]
"""A key in ``metadata``; empty if the shop has none."""


class MedusaSettings(Settings):
    """Where the server is, how to get in, and how the shop named its metadata.

    Medusa has no field for consent: ``consent_field`` is the key in a customer's metadata that
    holds it, ``{"state": "subscribed", "at": "2026-11-20T10:00:00Z", "level": "confirmed"}`` or a
    truth value. ``consent_channel`` is what the question covered: e-mail, or ``any`` if it asked
    for personal cards in parcels too. ``gift_message_field`` is a key in an order's metadata.

    ``loyalty_plugin`` says that @medusajs/loyalty-plugin is installed: gift cards and store
    credit are refused without.

    Medusa does not touch an order's ``updated_at`` when it is paid, packed, sent or refunded. So
    orders of the last ``lookback_days`` before the asked moment are read again every time; with
    the companion's webhooks, 0 is enough.

    ``pickup_methods`` are names of shipping methods that are picked up. ``country``, ``language``
    and ``time_zone`` are for the profile: Medusa does not know them.
    """

    url: BackendUrl
    api_key: Annotated[SecretStr, AfterValidator(_secret_key)]
    webhook_secrets: tuple[Annotated[SecretStr, AfterValidator(_signing_secret)], ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=500)] = 50
    lookback_days: Annotated[int, Field(ge=0, le=3650)] = 60
    loyalty_plugin: bool = False
    consent_field: FieldName = "email_marketing_consent"
    consent_channel: ConsentChannel = ConsentChannel.EMAIL
    gift_message_field: FieldName = ""
    pickup_methods: frozenset[str] = frozenset()
    country: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    shop_name: str = ""
    shop_url: str = ""
    shop_email: str = ""
