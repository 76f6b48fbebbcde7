"""What of an order travels together, what has left, and what is still to be packed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from retention_sdk.model import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    OrderLine,
    Parcel,
)
from retention_sdk.shop_api.values import identifier

from .api import Json, moment

if TYPE_CHECKING:
    from .read import OrderParts

# "Shipped" and "Completed": all that travels has left, whether shipments were written or not.
_ALL_LEFT = frozenset({2, 10})


def plan(
    parts: OrderParts, lines: tuple[OrderLine, ...], *, is_off: bool
) -> tuple[Fulfilment, ...]:
    """Return one fulfilment per shipment, and one per address for what has not left."""
    left = {line.id: line.quantity for line in lines if line.kind is LineKind.PHYSICAL}
    shipped = tuple(_shipped(parts.shipments, left))
    return (*shipped, *_waiting(parts, left, is_off=is_off))


def _shipped(shipments: Any, left: dict[str, int]) -> Iterator[Fulfilment]:
    """Yield what was handed over, and take it out of what is left."""
    for shipment in shipments:
        inside = []
        for item in shipment["items"]:
            line_id = identifier(item["order_product_id"])
            quantity = min(item["quantity"], left.get(line_id, 0))
            if quantity > 0:
                left[line_id] -= quantity
                inside.append(FulfilmentLine(line_id=line_id, quantity=quantity))
        if not inside:
            continue
        name = f"shipment-{identifier(shipment['id'])}"
        carrier = shipment.get("shipping_provider_display_name") or shipment["tracking_carrier"]
        tracking = shipment["tracking_number"] or ""
        yield Fulfilment(
            id=name,
            status=FulfilmentStatus.SHIPPED,
            lines=_merged(inside),
            parcels=(Parcel(id=name, carrier=carrier or "", tracking_number=tracking),),
            shipped_at=moment(shipment["date_created"]),
        )


def _merged(parts: list[FulfilmentLine]) -> tuple[FulfilmentLine, ...]:
    """A shipment may name one line twice."""
    counts: dict[str, int] = {}
    for part in parts:
        counts[part.line_id] = counts.get(part.line_id, 0) + part.quantity
    return tuple(FulfilmentLine(line_id=line, quantity=count) for line, count in counts.items())


def _waiting(parts: OrderParts, left: Mapping[str, int], *, is_off: bool) -> Iterator[Fulfilment]:
    order = parts.order
    state: dict[str, Any] = {}
    if is_off:
        state = {"status": FulfilmentStatus.CANCELLED}
    elif order["status_id"] in _ALL_LEFT:
        shipped_at = moment(order["date_shipped"] or order["date_modified"])
        state = {"status": FulfilmentStatus.SHIPPED, "shipped_at": shipped_at}
    by_address: dict[str, list[FulfilmentLine]] = {}
    for product in parts.products:
        if quantity := left.get(identifier(product["id"]), 0):
            line = FulfilmentLine(line_id=identifier(product["id"]), quantity=quantity)
            by_address.setdefault(identifier(product["order_address_id"]), []).append(line)
    for address, inside in by_address.items():
        name = f"{identifier(order['id'])}-{address}"
        parcels = (Parcel(id=name),)
        yield Fulfilment(id=name, lines=tuple(inside), parcels=parcels, **state)


def shipped_items(order: Json) -> bool:
    """Whether shipments are worth asking for."""
    return bool(order["items_shipped"])
