"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from retention_sdk.model import ConsentChannel, Settings
from retention_sdk.shop_api import safe_address

_checked = partial(safe_address, example="https://shop.example/admin-api", setting="api_key")

AdminUrl = Annotated[str, AfterValidator(_checked)]
"""The Admin API's address: https, or http on this machine."""

FieldName = Annotated[str, StringConstraints(pattern=r"^([_A-Za-z][_0-9A-Za-z]*)?$")]
"""A custom field as GraphQL spells it; empty if the shop has none."""


class VendureSettings(Settings):
    """Where the Admin API is, how to get in, and how the shop named its custom fields.

    Give ``api_key``, or ``username`` and ``password``. ``channel_token`` chooses a channel.

    ``consent_channel`` is what the question covered: e-mail, or ``any`` if it asked for personal
    cards in parcels too.

    Vendure has no field for consent, language or gifts: name yours, or use the companion
    plugin, which adds ``emailMarketingConsent``, ``emailMarketingConsentAt``, ``languageCode``
    and ``giftMessage``. It does not know its country either: ``country`` is for the profile.

    Vendure keeps brands as values of a facet: ``brand_facet`` is the code of yours.

    Vendure does not touch an order's ``updatedAt`` when a parcel leaves or money goes back. So
    orders of the last ``lookback_days`` before the asked moment are read again every time; with
    the companion plugin, which does touch it, 0 is enough.
    """

    url: AdminUrl
    api_key: SecretStr | None = None
    username: str = ""
    password: SecretStr | None = None
    channel_token: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 20.0
    page_size: Annotated[int, Field(ge=1, le=1000)] = 100
    lookback_days: Annotated[int, Field(ge=0, le=3650)] = 60
    consent_field: FieldName = ""
    consent_at_field: FieldName = ""
    consent_channel: ConsentChannel = ConsentChannel.EMAIL
    language_field: FieldName = ""
    gift_message_field: FieldName = ""
    brand_facet: str = ""
    pickup_methods: frozenset[str] = frozenset()
    digital_handlers: frozenset[str] = frozenset({"digital-fulfillment"})
    country: str = ""
    time_zone: str = "UTC"
    shop_name: str = ""
    shop_url: str = ""
    shop_email: str = ""

    @model_validator(mode="after")
    def _can_log_in(self) -> Self:
        by_password = bool(self.username and self.password)
        if (self.api_key is None) != by_password:
            raise ValueError("give api_key, or username and password")
        return self
