"""Which messages could be sent, best first. Pure: consent decides afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import SERVICE_CONTENT, Block, Candidate, ContentKind, Context
from .candidates import (
    ORDER_SHIPPED,
    REVIEW_REQUEST,
    THANK_YOU,
    build_candidate,
    find_recipient,
    is_on_closed_marketplace,
    is_sent_by_the_shop,
    is_translated,
)
from .loyalty import loyalty_candidates
from .occasions import birthday_candidates, is_birthday
from .sender import is_labelled_as_advertising, is_ready_for_marketing

_SURFACES = frozenset({"email", "any"})
_SERVICE = frozenset({ContentKind.THANKS, ContentKind.ORDER_SUMMARY})
_NOTICE = frozenset({ContentKind.ORDER_SUMMARY})


def message_candidates(context: Context, *, blocks: Sequence[Block] = ()) -> tuple[Candidate, ...]:
    """Return the e-mails that could follow from the event, best first.

    After payment: thanks with points and blocks, then thanks alone. A balance of points is about
    the loyalty programme and not about the order, so it makes marketing of the first; where the
    law does not allow that, the second is still service. Where the subject would have to begin with
    the word advertisement, points alone are not worth it. When all has left the house: a notice,
    with service blocks at the most. After delivery: a request for a review, which is marketing
    everywhere (BGH VI ZR 225/17). On a birthday, and not long after: a wish. After an event of the
    loyalty programme: what ``loyalty`` has for it. Nothing without an address to write to, and no
    marketing from a shop that does not say who it is.
    """
    if context.event_type == "birthday":
        return birthday_candidates(context, blocks=blocks) if is_birthday(context) else ()
    if context.news is not None:
        return loyalty_candidates(context, blocks=blocks)
    order = context.order
    if order is None or order.is_fully_refunded or not find_recipient(context, "email"):
        return ()
    own = tuple(block for block in blocks if block.surface in _SURFACES)
    if context.event_type == "order_paid":
        return _thank_yous(context, own)
    if context.event_type == "order_fulfilled":
        return _shipping_notices(context, own)
    if context.event_type == "order_delivered":
        return _review_requests(context)
    return ()


def _thank_yous(context: Context, blocks: tuple[Block, ...]) -> tuple[Candidate, ...]:
    kinds = _SERVICE | {block.content for block in blocks}
    is_news = not kinds <= SERVICE_CONTENT
    if context.has_points and (is_news or not is_labelled_as_advertising(context)):
        kinds |= {ContentKind.POINTS_BALANCE}
    plain = _service(context, THANK_YOU, _SERVICE, blocks, reason="an order was paid")
    if kinds <= SERVICE_CONTENT or not is_ready_for_marketing(context):
        return (plain,)
    reason = "an order was paid, with points or news"
    full = build_candidate(context, "email", THANK_YOU, kinds, blocks=blocks, reason=reason)
    return (full, plain)


def _shipping_notices(context: Context, blocks: tuple[Block, ...]) -> tuple[Candidate, ...]:
    if not is_sent_by_the_shop(context) or not is_translated(context, "email", ORDER_SHIPPED):
        return ()
    reason = "an order has left the house"
    return (_service(context, ORDER_SHIPPED, _NOTICE, blocks, reason=reason),)


def _review_requests(context: Context) -> tuple[Candidate, ...]:
    is_gift = context.order is not None and context.order.is_gift
    is_closed = is_on_closed_marketplace(context)
    if is_closed or is_gift or not context.shop.url or not is_ready_for_marketing(context):
        return ()
    kinds = frozenset({ContentKind.REVIEW_REQUEST})
    reason = "an order was delivered"
    return (build_candidate(context, "email", REVIEW_REQUEST, kinds, reason=reason),)


def _service(
    context: Context,
    template: str,
    kinds: frozenset[ContentKind],
    blocks: tuple[Block, ...],
    *,
    reason: str,
) -> Candidate:
    """Return an e-mail that is strictly about the order, with those blocks that are, too."""
    service = tuple(block for block in blocks if block.content in SERVICE_CONTENT)
    content = kinds | {block.content for block in service}
    return build_candidate(context, "email", template, content, blocks=service, reason=reason)
