"""Saleor for retention_sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter and its commands by name; they are imported on first use."""
    registry.adapter(
        "saleor",
        "retention_saleor.adapter:SaleorAdapter",
        summary="Saleor webhooks and GraphQL: orders, consent, vouchers, gift cards",
    )
    registry.command(
        "saleor-keys",
        "retention_saleor.command:keys",
        summary="print the keys that a Saleor shop signs webhooks with, for retention.toml",
    )
    registry.command(
        "saleor-subscription",
        "retention_saleor.command:subscription",
        summary="print the subscription query that a webhook of Saleor needs",
    )
