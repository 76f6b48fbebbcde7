"""What of an order lies in which parcel. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from retention_sdk.model import Fulfilment, FulfilmentLine, LineKind, OrderLine, Parcel
from retention_sdk.model.order import FulfilmentStatus, plan_fulfilment
from retention_sdk.shop_api.values import text

from .values import Json, identifier, moment_or_none, named

_STATUS = {
    "shipped": FulfilmentStatus.SHIPPED,
    "returned": FulfilmentStatus.SHIPPED,
    "returned_partially": FulfilmentStatus.SHIPPED,
    "cancelled": FulfilmentStatus.CANCELLED,
}
"""All others, ``shipped_partially`` among them, wait for a parcel: that one can have a card."""


def fulfilments_of(data: Json, lines: Sequence[OrderLine]) -> tuple[Fulfilment, ...]:
    """Return the shop's deliveries; one planned parcel where it has none.

    A promotion for shipping is a delivery with nothing in it, and is left out.
    """
    physical = {line.id: line.quantity for line in lines if line.kind is LineKind.PHYSICAL}
    known = tuple(_fulfilment(each, physical) for each in data["deliveries"])
    there = tuple(each for each in known if each)
    return there or plan_fulfilment(identifier(data["id"]), tuple(lines))


def _fulfilment(delivery: Json, physical: dict[str, int]) -> Fulfilment | None:
    """Read a delivery, taking what is in it off what is left of the lines."""
    state = text((delivery["stateMachineState"] or {}).get("technicalName"))
    status = _STATUS.get(state, FulfilmentStatus.PLANNED)
    parts = tuple(_parts(delivery, physical, is_live=status is not FulfilmentStatus.CANCELLED))
    if not parts:
        return None
    name, carrier = identifier(delivery["id"]), named(delivery["shippingMethod"])
    numbers = [text(each) for each in delivery["trackingCodes"] or ()] or [""]
    parcels = tuple(
        Parcel(id=f"{name}-{position}", carrier=carrier, tracking_number=number)
        for position, number in enumerate(numbers, start=1)
    )
    has_left = status is FulfilmentStatus.SHIPPED
    shipped_at = moment_or_none(delivery["updatedAt"]) if has_left else None
    return Fulfilment(id=name, status=status, lines=parts, parcels=parcels, shipped_at=shipped_at)


def _parts(delivery: Json, physical: dict[str, int], *, is_live: bool) -> list[FulfilmentLine]:
    parts = []
    for position in delivery["positions"] or ():
        line_id = text(position["orderLineItemId"])
        count = min(position["quantity"], physical.get(line_id, 0))
        if count > 0:
            parts.append(FulfilmentLine(line_id=line_id, quantity=count))
            physical[line_id] -= count if is_live else 0
    return parts
