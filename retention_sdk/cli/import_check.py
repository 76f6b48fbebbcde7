"""``retention import --check``: what would be read, and the first problems, without doing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model import Order, Page
from .import_show import REFUSED_SHOWN_MAX, UNREADABLE
from .output import console, counted, emit, table

_SAMPLE = 10
_HEADINGS = {
    "order": "order",
    "placed": "placed, UTC",
    "total": "total",
    "lines": "lines",
    "country": "to",
    "language": "in",
    "state": "state",
    "consent": "consent",
}
"""What stands above each field of an order."""


def check(pages: Iterable[Page[Order]], *, as_json: bool) -> int:
    """Read all orders, show the first of them without anybody's name, and count the rest."""
    sample: list[dict[str, Any]] = []
    problems: list[str] = []
    orders = refused = 0
    for page in pages:
        orders, refused = orders + len(page.items), refused + len(page.refused)
        sample += map(_row, page.items[: _SAMPLE - len(sample)])
        problems += page.refused[: REFUSED_SHOWN_MAX - len(problems)]
    answer = {"orders": orders, "refused": refused, "sample": sample, "problems": problems}
    emit(answer, as_json=as_json, human=lambda: _show(answer))
    return UNREADABLE if refused else 0


def _row(order: Order) -> dict[str, Any]:
    address, customer = order.shipping_address or order.billing_address, order.customer
    answers = customer.consents if customer else ()
    return {
        "order": order.number,
        "placed": f"{order.placed_at:%Y-%m-%d %H:%M} UTC",
        "total": str(order.total),
        "lines": len(order.lines),
        "state": _state(order),
        "country": (address.country if address else None) or "",
        "language": order.language or "",
        "consent": ", ".join(f"{each.channel} {each.purpose}: {each.state}" for each in answers),
    }


def _state(order: Order) -> str:
    states = {
        "cancelled": order.cancelled_at is not None,
        "refunded": bool(order.refunded and order.refunded.minor),
        "paid": order.is_paid,
        "to pack": order.insert_fulfilment is not None,
    }
    return ", ".join(name for name, is_so in states.items() if is_so) or "not paid"


def _show(answer: dict[str, Any]) -> None:
    out = console()
    if answer["sample"]:
        rows = (
            [str(row[name]).removesuffix(" UTC") or "–" for name in _HEADINGS]
            for row in answer["sample"]
        )
        out.print(table(tuple(_HEADINGS.values()), rows))
    for problem in answer["problems"]:
        out.print(problem, style="yellow")
    out.print(f"{counted(answer['orders'], 'order')} can be read, {answer['refused']} cannot")
