"""What left the house, from shipping events if they are known and from the status if not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retention_sdk.model import (
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    OrderLine,
    Parcel,
)

from .settings import OscarSettings

Json = Mapping[str, Any]


def fulfilments(
    data: Json, lines: tuple[OrderLine, ...], settings: OscarSettings, *, is_cancelled: bool
) -> tuple[Fulfilment, ...]:
    """Return a parcel for each shipping event, and one planned for what is still to be packed."""
    left = {line.id: line.quantity for line in lines if line.kind is LineKind.PHYSICAL}
    sent = _sent(data, settings, left)
    if not any(count > 0 for count in left.values()) or is_cancelled:
        return sent
    name = f"{last_number(data)}-{'next' if sent else '1'}"
    is_sent = data["status"] in settings.shipped_statuses
    rest = Fulfilment(
        id=name,
        status=FulfilmentStatus.SHIPPED if is_sent else FulfilmentStatus.PLANNED,
        lines=tuple(
            FulfilmentLine(line_id=k, quantity=count) for k, count in left.items() if count > 0
        ),
        parcels=(Parcel(id=name),),
    )
    return (*sent, rest)


def last_number(data: Json) -> str:
    """Return the order's identifier from its link."""
    return str(data["url"]).rstrip("/").rpartition("/")[2]


def _sent(data: Json, settings: OscarSettings, left: dict[str, int]) -> tuple[Fulfilment, ...]:
    """Return parcels that left; what is in them is taken out of ``left``."""
    from retention_sdk.shop_api.values import moment

    events = (data.get("retention") or {}).get("shipments") or ()
    delivered = _delivered(events, settings)
    found = []
    for event in _of(events, settings.shipped_events):
        parts = tuple(
            FulfilmentLine(line_id=str(part["line"]), quantity=part["quantity"])
            for part in event["lines"]
            if str(part["line"]) in left
        )
        if not parts:
            continue
        is_there = all(delivered.get(part.line_id, 0) >= part.quantity for part in parts)
        for part in parts:
            left[part.line_id] -= part.quantity
            if is_there:
                delivered[part.line_id] -= part.quantity
        name = str(event["id"])
        found.append(
            Fulfilment(
                id=name,
                status=FulfilmentStatus.DELIVERED if is_there else FulfilmentStatus.SHIPPED,
                lines=parts,
                parcels=(Parcel(id=name),),
                shipped_at=moment(event["at"]),
            )
        )
    return tuple(found)


def _delivered(events: Any, settings: OscarSettings) -> dict[str, int]:
    counts: dict[str, int] = {}
    for event in _of(events, settings.delivered_events):
        for part in event["lines"]:
            name = str(part["line"])
            counts[name] = counts.get(name, 0) + int(part["quantity"])
    return counts


def _of(events: Any, names: frozenset[str]) -> list[Json]:
    wanted = {name.casefold() for name in names}
    return [event for event in events if event["type"].casefold() in wanted]
