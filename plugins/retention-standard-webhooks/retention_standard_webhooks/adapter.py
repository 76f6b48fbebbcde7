"""Takes canonical events from any shop, signed by the Standard Webhooks specification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, SecretStr, field_validator

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PayloadError
from retention_sdk.model import Order, Settings, ShopEvent, WebhookRequest

from .events import EVENTS, read_event, read_order
from .signing import read_secret


class StandardWebhooksSettings(Settings):
    """The table ``[platforms.standard_webhooks]``.

    ``secrets`` are ``whsec_…``: the one in use, and the one before while it is rotated.
    """

    secrets: Annotated[tuple[SecretStr, ...], Field(min_length=1, max_length=8)]

    @field_validator("secrets")
    @classmethod
    def _are_keys(cls, secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for secret in secrets:
            read_secret(secret.get_secret_value())
        return secrets


class StandardWebhooksAdapter(ShopAdapter):
    """Events of one shop, in the JSON of ``docs/reference/schemas/event.json``.

    An event is known by the ``id`` in its body, whatever the ``webhook-id`` of a delivery.
    """

    name: ClassVar[str] = "standard_webhooks"
    capabilities: ClassVar[Capability] = Capability.WEBHOOKS | Capability.CUSTOMER_LOCALE
    # The tolerance of the specification's own libraries.
    replay_window: ClassVar[timedelta] = timedelta(minutes=5)
    settings_model: ClassVar[type[StandardWebhooksSettings]] = StandardWebhooksSettings
    settings: StandardWebhooksSettings

    def verify(self, request: WebhookRequest) -> None:
        """Check one of the signatures over id, moment and raw bytes, then the moment."""
        secrets = (secret.get_secret_value() for secret in self.settings.secrets)
        self.verify_standard(request, keys=tuple(map(read_secret, secrets)))

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:
        """Read the one event; a type that no shop tells is unknown."""
        self._require_this_shop(body)
        kind = EVENTS.get(body["type"])
        if kind is None:
            return (self.unknown_event(request, topic=body["type"]),)
        told = {**body, "id": self._event_id(body["id"]), "shop_id": self.shop_id}
        return (read_event(kind, told, raw=request.body),)

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read the order of a saved event."""
        return (read_order(body),)

    def _require_this_shop(self, body: Mapping[str, Any]) -> None:
        """A secret is one shop's; it says nothing about another."""
        if body.get("shop_id", self.shop_id) != self.shop_id:
            message = "this is an event of another shop"
            raise PayloadError(message, adapter=self.name, path="shop_id")

    def _event_id(self, given: object) -> str:
        """Return an identifier that no other shop or platform has."""
        if not isinstance(given, str) or not given:
            raise PayloadError("an event needs an id", adapter=self.name, path="id")
        return f"{self.name}:{self.shop_id}:{given}"
