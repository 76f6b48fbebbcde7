"""What a delivery tells: that something changed, seldom what.

The entities in Shopware's webhooks hold what a storefront may show: no number of the buyer, no
language, no state of payments, and of a newsletter recipient nothing at all. So a delivery is
taken as a bell, and what it is about is asked over the Admin API.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from .values import LIVE_VERSION, Json, identifier

ORDER, CUSTOMER, NEWSLETTER = "order", "customer", "newsletter"

_NEWSLETTER_EVENTS = frozenset(
    {"newsletter.register", "newsletter.confirm", "newsletter.unsubscribe"}
)
_WRITTEN = {"order.written": ORDER, "customer.written": CUSTOMER}
_ACCOUNT_EVENTS = frozenset({"checkout.customer.register"})
DELETED = "checkout.customer.deleted"


def rung_at(body: Json) -> datetime:
    """Return when a delivery was sent: whole seconds, inside what is signed."""
    seconds = body["timestamp"]
    if type(seconds) is not int:
        raise TypeError("a timestamp is a whole number of seconds")
    return datetime.fromtimestamp(seconds, UTC)


def rung_for(body: Json) -> Iterator[tuple[str, str, str]]:
    """Yield what changed, nothing for what is not known here: kind, reference, and a name.

    The name tells the bells of one delivery apart, and is the same when it is sent again; its
    timestamp is not.
    """
    data = body["data"]
    event, payload = data["event"], data["payload"]
    if not isinstance(event, str):
        raise TypeError("an event has a name")
    if event in _WRITTEN:
        yield from _written(_WRITTEN[event], payload)
    elif event == "checkout.order.placed" or event.startswith("state_enter.order"):
        number = identifier(payload["order"]["id"])
        yield ORDER, number, f"-{number}"
    elif event in _ACCOUNT_EVENTS:
        number = identifier(payload["customer"]["id"])
        yield CUSTOMER, number, f"-{number}"
    elif event in _NEWSLETTER_EVENTS:
        yield NEWSLETTER, str(int(rung_at(body).timestamp())), ""


def _written(kind: str, payload: Any) -> Iterator[tuple[str, str, str]]:
    """Yield what was written; drafts of orders in the administration are left out."""
    seen = set()
    for entry in payload:
        key = entry["primaryKey"]
        is_pair = isinstance(key, dict)
        version = key.get("versionId") if is_pair else entry.get("versionId")
        number = identifier(key["id"] if is_pair else key)
        if version in {None, LIVE_VERSION} and number not in seen:
            seen.add(number)
            yield kind, number, f"-{number}"
