"""PrestaShop for retention_sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter by name; the class is imported on first use."""
    registry.adapter(
        "prestashop",
        "retention_prestashop.adapter:PrestaShopAdapter",
        summary="Orders, accounts, consent and codes over the webservice of PrestaShop and its kin",
    )
