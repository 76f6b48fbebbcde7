"""What a paid or refunded order asks of the ledger, and how it is posted: one by one or in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ..errors import LedgerError
from ..model import Money, OrderEvent
from ..storage import ledger as rows
from .chain import digest, fingerprint, lot_text, quote
from .crediting import LotLife, Taking, credit, take_back
from .journal import Cause, Entry, Journal, read_body
from .rules import Program, refunded_ratio
from .weighed import Weighed

# As the programme says.
_LIFE = LotLife()
_NOTHING = Fraction(0)


class OrderRequest(NamedTuple):
    """A request about an order: ``mark`` tells a repetition from something else under its key."""

    event: OrderEvent
    reference: str
    key: str
    mark: str
    ratio: Fraction = _NOTHING


def order_reference(event: OrderEvent) -> str:
    """Return what the ledger calls an order: unique across shops."""
    return f"{event.shop_id}:{event.order.id}"


def earn_request(event: OrderEvent, subject_id: str, key: str = "") -> OrderRequest:
    """Return the request to credit a paid order; the key names the order unless given.

    The mark is of what the shop told us, not of what our rules made of it: those may change.
    """
    order, reference = event.order, order_reference(event)
    gift_cards = ",".join([str(line.total.minor) for line in order.lines if line.is_gift_card])
    # Canonical, and written out: every order that comes in is looked up by it.
    mark = digest(
        f'{{"at":"{event.occurred_at.isoformat()}","currency":{quote(order.currency)},'
        f'"gift_cards":[{gift_cards}],"kind":"earn","order":{quote(reference)},'
        f'"shipping":{_minor_text(order.shipping)},"subject":{quote(subject_id)},'
        f'"tax":{_minor_text(order.tax)},"total":{order.total.minor}}}'
    )
    return OrderRequest(event, reference, key or f"earn:{reference}", mark)


def clawback_request(
    event: OrderEvent, *, ratio: Fraction | None = None, key: str = ""
) -> OrderRequest:
    """Return the request to take back points of a refunded order, by default what it says.

    Raises:
        LedgerError: the ratio is below zero or above one.
    """
    ratio = refunded_ratio(event.order) if ratio is None else ratio
    if not 0 <= ratio <= 1:
        raise LedgerError(f"{ratio} of an order cannot be refunded; give a part of 1")
    reference = order_reference(event)
    mark = _clawback_mark(reference, ratio)
    return OrderRequest(event, reference, key or f"clawback:{reference}:{ratio}", mark, ratio)


def post_earning(
    journal: Journal, program: Program, request: OrderRequest, earned: Weighed
) -> tuple[rows.Txn, rows.Lot | None]:
    """Credit what an order earned in an open journal; nothing is written yet."""
    event = request.event
    lot = credit(
        journal,
        earned.points,
        source=request.reference,
        breakdown=earned.breakdown,
        dates=_LIFE.dates(program, event.occurred_at),
    )
    entry = Entry(
        kind="earn",
        key=request.key,
        fingerprint=request.mark,
        cause=Cause("order", request.reference),
        occurred_at=event.occurred_at,
        texts={
            "points": str(earned.points),
            "breakdown": earned.breakdown,
            "lot": lot_text(lot) if lot else "null",
        },
        note=list(earned.reasons) or None,
    )
    return journal.append(entry), lot


def post_late_refund(
    journal: Journal, program: Program, request: OrderRequest, *, lot: rows.Lot, ratio: Fraction
) -> rows.Txn:
    """Take back what a refund asked for that was told before its payment."""
    mark = _clawback_mark(request.reference, ratio)
    late = request._replace(key=f"clawback:late:{lot.id}", mark=mark, ratio=ratio)
    return post_clawback(journal, program, late, [lot])


def post_clawback(
    journal: Journal, program: Program, request: OrderRequest, lots: Sequence[rows.Lot]
) -> rows.Txn:
    """Take back points of an order in an open journal; nothing is written yet."""
    taking = Taking(
        request.ratio,
        Cause("order", request.reference),
        request.key,
        request.mark,
        request.event.occurred_at,
        source=request.reference,
    )
    return take_back(journal, lots, taking, policy=program.clawback)


def ratio_in(body: str) -> Fraction:
    """Return which part of its order a stored clawback was about."""
    return Fraction(str(read_body(body)["ratio"]))


def points_in(txn: rows.Txn) -> int:
    """Return how many points a transaction says it moved."""
    return int(read_body(txn.body)["points"])


def _clawback_mark(reference: str, ratio: Fraction) -> str:
    return fingerprint({"kind": "clawback", "order": reference, "ratio": str(ratio)})


def _minor_text(amount: Money | None) -> str:
    return "null" if amount is None else str(amount.minor)
