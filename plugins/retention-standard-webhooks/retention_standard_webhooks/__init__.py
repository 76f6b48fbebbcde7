"""Standard Webhooks for retention_sdk: any shop can post its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter by name; the class is imported on first use."""
    registry.adapter(
        "standard_webhooks",
        "retention_standard_webhooks.adapter:StandardWebhooksAdapter",
        summary="events that any shop posts, signed by Standard Webhooks",
    )
