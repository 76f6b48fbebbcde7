"""What the shop owner writes into the adapter's table."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from retention_sdk.model import Settings
from retention_sdk.shop_api import safe_address

_checked = partial(
    safe_address, example="https://shop.example/api", what="a password", setting="password"
)

ApiUrl = Annotated[str, AfterValidator(_checked), AfterValidator(lambda url: url.rstrip("/"))]
"""The address of oscarapi: https, or http on this machine."""

Secret = Annotated[SecretStr, Field(min_length=16)]


class OscarSettings(Settings):
    """Where oscarapi is, who asks, and what the shop's own words mean.

    ``username`` is what a member of staff logs in with. ``companion`` says that the shop runs our
    Django app under ``retention/`` beside oscarapi; without it there are orders, customers and
    products, and nothing else. ``webhook_secrets`` are those of the companion's deliveries, the
    one in use first; without any, deliveries are refused.

    Each shop names its statuses: ``paid_statuses`` are those that an unpaid order never has. They
    count where the shop records no payments (which only the companion can see). Names of shipping
    events are compared without case.

    oscarapi dates an order by its placing alone and cannot be asked for changes: without the
    companion, orders placed up to ``lookback_days`` before the asked moment are read again.
    """

    url: ApiUrl
    username: Annotated[str, StringConstraints(min_length=1)]
    password: SecretStr
    companion: bool = False
    webhook_secrets: tuple[Secret, ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    page_size: Annotated[int, Field(ge=1, le=200)] = 100
    lookback_days: Annotated[int, Field(ge=0, le=3650)] = 60
    paid_statuses: frozenset[str] = frozenset()
    shipped_statuses: frozenset[str] = frozenset()
    cancelled_statuses: frozenset[str] = frozenset({"Cancelled"})
    shipped_events: frozenset[str] = frozenset({"Shipped", "Dispatched"})
    delivered_events: frozenset[str] = frozenset({"Delivered"})
    pickup_methods: frozenset[str] = frozenset()
    country: str = ""
    shop_url: str = ""
    shop_email: str = ""

    @model_validator(mode="after")
    def _deliveries_come_from_the_companion(self) -> Self:
        if self.webhook_secrets and not self.companion:
            raise ValueError("only the companion sends webhooks: set companion = true")
        return self
