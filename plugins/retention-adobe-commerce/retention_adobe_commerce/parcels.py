"""What of an order lies in which parcel. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from retention_sdk.model import Fulfilment, FulfilmentLine, LineKind, OrderLine, Parcel
from retention_sdk.model.order import FulfilmentStatus
from retention_sdk.shop_api.values import text

from .values import Json, moment, number, plain

_OVER = frozenset({"canceled", "closed"})


def fulfilments_of(
    order: Json, lines: Sequence[OrderLine], shipments: Sequence[Json]
) -> tuple[Fulfilment, ...]:
    """Return the parcels that left, and one planned for what is still to be packed."""
    left = {line.id: line.quantity for line in lines if line.kind is LineKind.PHYSICAL}
    parents = {number(each["item_id"]): _parent(each) for each in order["items"]}
    sent = tuple(_sent(each, left, parents) for each in shipments)
    known = tuple(each for each in sent if each)
    if order.get("state") in _OVER:
        return known
    gone = {number(each["item_id"]): _not_to_ship(each) for each in order["items"]}
    rest = tuple(
        FulfilmentLine(line_id=line_id, quantity=count - gone[line_id])
        for line_id, count in left.items()
        if count > gone[line_id]
    )
    if not rest:
        return known
    name = f"{number(order['entity_id'])}-next"
    return (*known, Fulfilment(id=name, lines=rest, parcels=(Parcel(id=name),)))


def _parent(item: Json) -> str:
    """Return the line that an item belongs to: its own, or that of a bundle or variant."""
    parent = item.get("parent_item_id")
    return number(parent if parent is not None else item["item_id"])


def _not_to_ship(item: Json) -> int:
    """Return how many will never be sent: cancelled, or paid back before they left."""
    unsent = max(plain(item.get("qty_refunded")) - plain(item.get("qty_shipped")), Decimal(0))
    return int(plain(item.get("qty_canceled")) + unsent)


def _sent(shipment: Json, left: dict[str, int], parents: Mapping[str, str]) -> Fulfilment | None:
    """Read a shipment, taking what is in it off what is left of the lines."""
    parts: dict[str, int] = {}
    for item in shipment["items"]:
        line_id = parents.get(number(item["order_item_id"]), "")
        count = min(max(int(plain(item["qty"])), 1), left.get(line_id, 0))
        if count > 0:
            parts[line_id] = parts.get(line_id, 0) + count
            left[line_id] -= count
    if not parts:
        return None
    name = number(shipment["entity_id"])
    tracks = shipment.get("tracks") or [{}]
    return Fulfilment(
        id=name,
        status=FulfilmentStatus.SHIPPED,
        lines=tuple(FulfilmentLine(line_id=key, quantity=n) for key, n in parts.items()),
        parcels=tuple(
            Parcel(
                id=f"{name}-{position}",
                carrier=text(track.get("title")),
                tracking_number=text(track.get("track_number")),
            )
            for position, track in enumerate(tracks, start=1)
        ),
        shipped_at=moment(shipment["created_at"]),
    )
