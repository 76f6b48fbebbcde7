"""Which e-mails could be sent, best first. Pure: consent decides afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..model import (
    SERVICE_CONTENT,
    Block,
    Candidate,
    ConsentChannel,
    ContentKind,
    Context,
    read_mailbox,
)
from .sender import is_labelled_as_advertising, is_ready_for_marketing

THANK_YOU = "thank_you"
REVIEW_REQUEST = "review_request"

_SURFACES = frozenset({"email", "any"})
_SERVICE = frozenset({ContentKind.THANKS, ContentKind.ORDER_SUMMARY})
# Amazon's seller rules: nothing that asks its customers for reviews past its own button.
_CLOSED_MARKETPLACES = ("amazon",)


def message_candidates(context: Context, *, blocks: Sequence[Block] = ()) -> tuple[Candidate, ...]:
    """Return the e-mails that could follow from the event, best first.

    After payment: thanks with points and blocks, then thanks alone. A balance of points is about
    the loyalty programme and not about the order, so it makes marketing of the first; where the
    law does not allow that, the second is still service. Where the subject would have to begin with
    the word advertisement, points alone are not worth it. After delivery: a request for a review,
    which is marketing everywhere (BGH VI ZR 225/17). Nothing without an address to write to, and
    no marketing from a shop that does not say who it is.
    """
    customer, order = context.customer, context.order
    if order is None or order.is_fully_refunded:
        return ()
    if customer is None or read_mailbox(customer.email) is None:
        return ()
    own = tuple(block for block in blocks if block.surface in _SURFACES)
    if context.event_type == "order_paid":
        return _thank_yous(context, own)
    if context.event_type == "order_delivered":
        return _review_requests(context)
    return ()


def _thank_yous(context: Context, blocks: tuple[Block, ...]) -> tuple[Candidate, ...]:
    service = tuple(block for block in blocks if block.content in SERVICE_CONTENT)
    kinds = _SERVICE | {block.content for block in blocks}
    is_news = not kinds <= SERVICE_CONTENT
    if context.has_points and (is_news or not is_labelled_as_advertising(context)):
        kinds |= {ContentKind.POINTS_BALANCE}
    plain = _candidate(
        context,
        THANK_YOU,
        _SERVICE | {block.content for block in service},
        blocks=service,
        reason="an order was paid",
    )
    if kinds <= SERVICE_CONTENT or not is_ready_for_marketing(context):
        return (plain,)
    full = _candidate(
        context, THANK_YOU, kinds, blocks=blocks, reason="an order was paid, with points or news"
    )
    return (full, plain)


def _review_requests(context: Context) -> tuple[Candidate, ...]:
    order = context.order
    channel = order.sales_channel.casefold() if order else ""
    is_closed = any(name in channel for name in _CLOSED_MARKETPLACES)
    is_gift = order is not None and order.is_gift
    if is_closed or is_gift or not context.shop.url or not is_ready_for_marketing(context):
        return ()
    kinds = frozenset({ContentKind.REVIEW_REQUEST})
    return (_candidate(context, REVIEW_REQUEST, kinds, reason="an order was delivered"),)


def _candidate(
    context: Context,
    template: str,
    content: frozenset[ContentKind],
    *,
    reason: str,
    blocks: tuple[Block, ...] = (),
) -> Candidate:
    event = sha256(context.event_id.encode()).hexdigest()[:20]
    suffix = "" if content <= SERVICE_CONTENT else ":marketing"
    return Candidate(
        id=f"email:{template}:{event}{suffix}",
        surface="email",
        channel=ConsentChannel.EMAIL,
        template=template,
        content=content,
        blocks=blocks,
        reason=reason,
    )
