"""The webhooks that tell us what changes, as WooCommerce's REST API keeps them."""

from __future__ import annotations

from urllib.parse import urlsplit

from retention_sdk.shop_api import ApiClient

from .api import Json, refused
from .paging import numbered_pages

TOPICS = (
    "order.created",
    "order.updated",
    "customer.created",
    "customer.updated",
    "customer.deleted",
)


def register(api: ApiClient, address: str, *, secret: str) -> tuple[str, ...]:
    """Have WooCommerce tell an address all topics; return those that were new.

    One that is there and was paused or disabled (WooCommerce does so after failed deliveries) is
    switched on again, with the secret in use.
    """
    if urlsplit(address).scheme != "https":
        raise refused("webhooks carry people's data: give an https address")
    known = _known(api, address)
    missing = tuple(topic for topic in TOPICS if not _is_told(known, topic))
    for topic in missing:
        wanted = {"topic": topic, "delivery_url": address, "secret": secret, "status": "active"}
        asleep = next((hook for hook in known if hook["topic"] == topic), None)
        if asleep:
            api.put(f"webhooks/{int(asleep['id'])}", json=wanted)
        else:
            api.post("webhooks", json={"name": f"retention {topic}", **wanted})
    return missing


def missing(api: ApiClient, address: str) -> tuple[str, ...]:
    """Return the topics that WooCommerce does not tell an address."""
    known = _known(api, address)
    return tuple(topic for topic in TOPICS if not _is_told(known, topic))


def _known(api: ApiClient, address: str) -> list[Json]:
    pages = numbered_pages(api, "webhooks", size=100, cursor="", status="all")
    return [hook for items, _ in pages for hook in items if hook["delivery_url"] == address]


def _is_told(known: list[Json], topic: str) -> bool:
    return any(hook["topic"] == topic and hook["status"] == "active" for hook in known)
