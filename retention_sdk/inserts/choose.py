"""Which cards could lie in a parcel, best first. Pure: consent decides afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from ..model import Block, Candidate, ConsentChannel, ContentKind, Context, FulfilmentStatus
from .template import CardTemplate

GIFT_MESSAGE = "gift_message"
REPEAT_CUSTOMER = "repeat_customer"
FIRST_ORDER_WELCOME = "first_order_welcome"
THANK_YOU = "thank_you"
PLAIN_THANKS = "plain_thanks"

BUILT_IN_TEMPLATES = frozenset(
    {GIFT_MESSAGE, REPEAT_CUSTOMER, FIRST_ORDER_WELCOME, THANK_YOU, PLAIN_THANKS}
)

_CARD_EVENT = "order_paid"
_SURFACES = frozenset({"card", "any"})


def card_candidates(
    context: Context, *, blocks: Sequence[Block] = (), templates: Sequence[CardTemplate] = ()
) -> tuple[Candidate, ...]:
    """Return the cards that could go into this order's parcel, best first.

    ``templates`` of plugins come after the built-in ones; a plugin may prefer its own. The last is
    ``plain_thanks``, the same for everybody. A gift gets the buyer's message and
    nothing about the order's worth. Empty when nothing was paid for, nothing is still to be
    packed, or the sale is off.
    """
    if not _is_card_due(context):
        return ()
    order = context.order
    if order is not None and order.is_gift:
        return (_gift(context), _plain(context))
    own = tuple(block for block in blocks if block.surface in _SURFACES)
    names = dict.fromkeys((_best_template(context), THANK_YOU))
    personal = [candidate for name in names for candidate in _personal(context, name, own)]
    brought = [candidate for each in templates for candidate in _brought(context, each, own)]
    return (*personal, *brought, _plain(context))


def _is_card_due(context: Context) -> bool:
    order = context.order
    if order is None or context.event_type != _CARD_EVENT or order.is_fully_refunded:
        return False
    fulfilment = order.insert_fulfilment
    return fulfilment is not None and fulfilment.status is FulfilmentStatus.PLANNED


def _best_template(context: Context) -> str:
    """A guest may have bought before under another address, so no guest is called new."""
    if context.history.orders_count:
        return REPEAT_CUSTOMER
    is_known = context.customer is not None and not context.customer.is_guest
    return FIRST_ORDER_WELCOME if is_known else THANK_YOU


def _brought(
    context: Context, template: CardTemplate, blocks: tuple[Block, ...]
) -> tuple[Candidate, ...]:
    return _personal(context, template.name, blocks, more=template.content)


def _personal(
    context: Context,
    template: str,
    blocks: tuple[Block, ...],
    *,
    more: frozenset[ContentKind] = frozenset(),
) -> tuple[Candidate, ...]:
    """Return a card with the plugins' blocks, then without: a block can make it forbidden."""
    kinds = {ContentKind.THANKS, ContentKind.ORDER_SUMMARY, *more}
    if context.has_points:
        kinds.add(ContentKind.POINTS_BALANCE)
    if context.brand.story_url:
        kinds.add(ContentKind.BRAND_STORY)
    reason = _REASONS.get(template, "a plugin brings it")
    bare = _candidate(context, template, frozenset(kinds), reason=reason)
    if not blocks:
        return (bare,)
    full = frozenset(kinds | {block.content for block in blocks})
    with_blocks = _candidate(context, template, full, reason=reason, blocks=blocks)
    return (with_blocks, bare)


def _gift(context: Context) -> Candidate:
    """The buyer ordered these words; neither name, history nor segment chose the card."""
    kinds = frozenset({ContentKind.THANKS, ContentKind.GIFT_MESSAGE, ContentKind.ORDER_SUMMARY})
    return _candidate(
        context, GIFT_MESSAGE, kinds, reason=_REASONS[GIFT_MESSAGE], is_personalised=False
    )


def _plain(context: Context) -> Candidate:
    kinds = frozenset({ContentKind.THANKS})
    return _candidate(
        context, PLAIN_THANKS, kinds, reason=_REASONS[PLAIN_THANKS], is_personalised=False
    )


_REASONS = {
    GIFT_MESSAGE: "the order is a gift",
    REPEAT_CUSTOMER: "the customer has ordered before",
    FIRST_ORDER_WELCOME: "it is the first order of this account",
    THANK_YOU: "any order deserves thanks",
    PLAIN_THANKS: "the same card for everybody",
}


def _candidate(
    context: Context,
    template: str,
    content: frozenset[ContentKind],
    *,
    reason: str,
    blocks: tuple[Block, ...] = (),
    is_personalised: bool = True,
) -> Candidate:
    event = sha256(context.event_id.encode()).hexdigest()[:20]
    suffix = ":blocks" if blocks else ""
    return Candidate(
        id=f"card:{template}:{event}{suffix}",
        surface="card",
        channel=ConsentChannel.PARCEL_INSERT,
        template=template,
        content=content,
        is_personalised=is_personalised,
        blocks=blocks,
        reason=reason,
    )
