"""What is on its way: carriers and their numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..l10n import isolate_ltr
from ..model import FulfilmentStatus, Order, Parcel
from .words import Words

_PARCELS_MAX = 10
_SENT = frozenset({FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED})


def find_parcels(order: Order | None) -> tuple[Parcel, ...]:
    """Return the parcels that left the house and that the carrier knows by a number."""
    if order is None:
        return ()
    sent = (f for f in order.fulfilments if f.status in _SENT)
    parcels = (parcel for fulfilment in sent for parcel in fulfilment.parcels)
    return tuple(parcel for parcel in parcels if parcel.tracking_number)[:_PARCELS_MAX]


def parcel_lines(parcels: Sequence[Parcel], words: Words) -> Iterator[str]:
    """Yield the carrier where it changes, and every number, which runs from left to right."""
    carrier = ""
    for parcel in parcels:
        if parcel.carrier and parcel.carrier != carrier:
            carrier = parcel.carrier
            yield words.tidy(isolate_ltr(carrier))
        yield words.say("email.order_shipped.tracking", code=parcel.tracking_number)
