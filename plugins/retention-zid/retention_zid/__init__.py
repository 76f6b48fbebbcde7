"""Zid for retention_sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter by name; the class is imported on first use."""
    registry.adapter(
        "zid",
        "retention_zid.adapter:ZidAdapter",
        summary="orders, customers and profile of a Zid store (Saudi Arabia)",
    )
