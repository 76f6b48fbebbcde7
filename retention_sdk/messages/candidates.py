"""What all messages have in common before anybody decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from ..errors import MessageError
from ..l10n import REGISTRY, localizer
from ..l10n.phones import read_phone
from ..model import (
    SERVICE_CONTENT,
    Block,
    Candidate,
    ConsentChannel,
    ContentKind,
    Context,
    Customer,
    LineKind,
    read_mailbox,
)
from ..model.candidate import Surface

THANK_YOU = "thank_you"
ORDER_SHIPPED = "order_shipped"
REVIEW_REQUEST = "review_request"
BIRTHDAY = "birthday"
POINTS_NOTICE = "points_notice"

# Amazon's seller rules: no request for a review but by its own button, no shipping notice but its.
_CLOSED_MARKETPLACES = ("amazon",)
_SAMPLES: Mapping[str, Any] = {"text": "x", "code": "x", "count": 1, "date": date(2026, 1, 1)}


def build_candidate(
    context: Context,
    surface: Surface,
    template: str,
    content: frozenset[ContentKind],
    *,
    reason: str,
    blocks: tuple[Block, ...] = (),
    variant: str = "",
) -> Candidate:
    """Return the candidate of an event; its identifier is the same every time."""
    event = sha256(context.event_id.encode()).hexdigest()[:20]
    suffix = "" if content <= SERVICE_CONTENT else ":marketing"
    return Candidate(
        id=f"{surface}:{template}:{event}{suffix}{variant}",
        surface=surface,
        channel=ConsentChannel(surface),
        template=template,
        content=content,
        blocks=blocks,
        reason=reason,
    )


def find_recipient(context: Context, surface: Surface) -> str:
    """Return where a message goes, or nothing where it cannot go anywhere.

    An e-mail address; a mobile number in E.164 for texts and WhatsApp; for push the account,
    because devices belong to one.
    """
    customer = context.customer
    if customer is None:
        return ""
    if surface == "email":
        return read_mailbox(customer.email) or ""
    return _mobile(customer, context) if surface in {"sms", "whatsapp"} else customer.id


def is_translated(context: Context, surface: Surface, template: str) -> bool:
    """Whether the language has every text of the message: a new one takes time to translate."""
    prefix = text_key(surface, template)
    try:
        words = localizer(context.locale.tag)
        for key, spec in REGISTRY.items():
            if key == prefix or key.startswith(f"{prefix}."):
                samples = {name: _SAMPLES[kind] for name, kind in spec.types.items()}
                words.message(key, **samples)
    except MessageError:
        return False
    return True


def text_key(surface: Surface, template: str) -> str:
    """Return the message that a surface says: WhatsApp says what text messages say."""
    return f"{'sms' if surface == 'whatsapp' else surface}.{template}"


def is_sent_by_the_shop(context: Context) -> bool:
    """Whether something is on its way that the shop may write about, and no marketplace does."""
    order = context.order
    if order is None or order.is_fully_refunded or is_on_closed_marketplace(context):
        return False
    return any(line.kind is LineKind.PHYSICAL for line in order.lines)


def is_on_closed_marketplace(context: Context) -> bool:
    """Whether the order came through a marketplace that keeps its buyers to itself."""
    channel = context.order.sales_channel.casefold() if context.order else ""
    return any(name in channel for name in _CLOSED_MARKETPLACES)


def _mobile(customer: Customer, context: Context) -> str:
    """Return the number that takes SMS, read as somebody types it at home."""
    if not customer.phone:
        return ""
    order = context.order
    bought_from = (order.billing_address, order.shipping_address) if order else ()
    addresses = filter(None, (customer.address, *bought_from))
    country = next((address.country for address in addresses), context.shop.country)
    phone = read_phone(customer.phone, country=country)
    return phone.e164 if phone and phone.is_valid and phone.is_mobile else ""
