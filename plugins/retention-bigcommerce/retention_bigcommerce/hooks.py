"""The webhooks that tell us what changes, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import identifier

from .api import Json, all_v3, refused

SCOPES = (
    "store/order/created",
    "store/order/updated",
    "store/order/refund/created",
    "store/shipment/created",
    "store/shipment/updated",
    "store/customer/created",
    "store/customer/updated",
    "store/customer/deleted",
    "store/subscriber/created",
    "store/subscriber/updated",
)
# Where the number stands that the record is asked for by.
_SUBJECTS = {
    "store/order/archived": ("order", "id"),
    "store/order/created": ("order", "id"),
    "store/order/refund/created": ("order", "id"),
    "store/order/statusUpdated": ("order", "id"),
    "store/order/updated": ("order", "id"),
    "store/shipment/created": ("order", "orderId"),
    "store/shipment/deleted": ("order", "orderId"),
    "store/shipment/updated": ("order", "orderId"),
    "store/customer/created": ("customer", "id"),
    "store/customer/updated": ("customer", "id"),
    "store/subscriber/created": ("subscriber", "id"),
    "store/subscriber/updated": ("subscriber", "id"),
}


def subject_of(scope: str, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return what kind of record changed and its number; None for what we do not ask for."""
    if scope not in _SUBJECTS:
        return None
    kind, field = _SUBJECTS[scope]
    return kind, identifier(data[field])


def register(api: ApiClient, address: str) -> tuple[str, ...]:
    """Have BigCommerce tell an address all scopes; return those that were new.

    One that is there and was switched off (after 48 hours without an answer, or 90 days without
    an event) is switched on again.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.port not in (None, 443):
        raise refused("give an https address on port 443: BigCommerce calls no other")
    known = _known(api, address)
    missing = tuple(scope for scope in SCOPES if not _is_told(known, scope))
    for scope in missing:
        wanted = {"scope": scope, "destination": address, "is_active": True}
        asleep = next((hook for hook in known if hook["scope"] == scope), None)
        if asleep:
            api.put(f"v3/hooks/{identifier(asleep['id'])}", json=wanted)
        else:
            # There is one webhook per scope and address, so this may be sent again.
            api.post("v3/hooks", json=wanted, is_repeatable=True)
    return missing


def missing(api: ApiClient, address: str) -> tuple[str, ...]:
    """Return the scopes that BigCommerce does not tell an address."""
    known = _known(api, address)
    return tuple(scope for scope in SCOPES if not _is_told(known, scope))


def _known(api: ApiClient, address: str) -> list[Json]:
    return [hook for hook in all_v3(api, "v3/hooks") if hook["destination"] == address]


def _is_told(known: list[Json], scope: str) -> bool:
    return any(hook["scope"] == scope and hook["is_active"] for hook in known)
