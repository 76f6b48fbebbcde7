"""Orders from any shop's files for retention_sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter and its command by name; both are imported on first use."""
    registry.adapter(
        "files",
        "retention_files.adapter:FilesAdapter",
        summary="orders from CSV, TSV and JSON lines of any shop, by a mapping",
    )
    registry.command(
        "mapping",
        "retention_files.command:mapping",
        summary="propose how the columns of a file become orders",
    )
