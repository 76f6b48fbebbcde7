"""Web push for retention_sdk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retention_sdk.hooks import hookimpl

if TYPE_CHECKING:
    from retention_sdk.hooks import Registry


@hookimpl
def retention_register(registry: Registry) -> None:
    """Offer the channel by name; the class is imported on first use."""
    registry.channel(
        "webpush",
        "retention_webpush.channel:WebPushChannel",
        summary="push messages to browsers, as the Push API defines them",
    )
