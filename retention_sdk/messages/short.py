"""Which text, push and WhatsApp messages could be sent. Pure: consent decides afterwards."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Candidate, ContentKind, Context
from ..model.candidate import Surface
from .candidates import (
    ORDER_SHIPPED,
    THANK_YOU,
    build_candidate,
    find_recipient,
    is_sent_by_the_shop,
    is_translated,
)

_SMS = {"order_paid": THANK_YOU, "order_fulfilled": ORDER_SHIPPED}
_PUSH = {"order_fulfilled": ORDER_SHIPPED}
_CONTENT = {
    THANK_YOU: frozenset({ContentKind.THANKS}),
    ORDER_SHIPPED: frozenset({ContentKind.ORDER_SUMMARY}),
}


def sms_candidates(context: Context) -> tuple[Candidate, ...]:
    """Return the text message that could follow from the event: thanks, or a shipping notice.

    Nothing without a number that takes SMS. Points are told with ``points_notice_candidates``.
    """
    return _candidates(context, "sms", _SMS)


def push_candidates(context: Context) -> tuple[Candidate, ...]:
    """Return the push message that could follow from the event: a shipping notice.

    Nothing for guests: without an account there is no device that belongs to somebody.
    """
    return _candidates(context, "push", _PUSH)


def whatsapp_candidates(context: Context) -> tuple[Candidate, ...]:
    """Return the WhatsApp message that could follow from the event: thanks, or a shipping notice.

    Nothing without a mobile number. A yes to text messages is no yes to these: consent decides
    about each by itself.
    """
    return _candidates(context, "whatsapp", _SMS)


def _candidates(
    context: Context, surface: Surface, templates: Mapping[str, str]
) -> tuple[Candidate, ...]:
    template, order = templates.get(context.event_type), context.order
    if template is None or order is None or order.is_fully_refunded:
        return ()
    if template == ORDER_SHIPPED and not is_sent_by_the_shop(context):
        return ()
    if not find_recipient(context, surface) or not is_translated(context, surface, template):
        return ()
    reason = f"{context.event_type.replace('_', ' ')}, and there is a way to reach the customer"
    return (build_candidate(context, surface, template, _CONTENT[template], reason=reason),)
