"""What the SDK itself registers, through the same door as everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import hookimpl

if TYPE_CHECKING:
    from .registry import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the adapter and the channels that need no other package."""
    registry.adapter(
        "file",
        "retention_sdk.adapters.orders_file:OrdersFileAdapter",
        summary="orders from a JSON or CSV file",
    )
    registry.channel(
        "folder",
        "retention_sdk.channels.folder:FolderChannel",
        summary="files in a folder, for a print queue or a mail pick-up",
    )
    registry.channel(
        "desk",
        "retention_sdk.channels.desk:DeskChannel",
        summary="cards wait until their parcel is packed",
    )
    registry.channel(
        "raw",
        "retention_sdk.channels.raw_socket:RawSocketChannel",
        summary="a printer on port 9100, for labels above all",
    )
    registry.channel("smtp", "retention_sdk.channels.smtp:SmtpChannel", summary="a mail server")
