"""Every text the package can say: its parameters, where it stands, what a translator must know.

The English wording is ``locales/en/messages.po``. Names of people stand in salutations only:
many languages bend a name when they address somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

ParamType = Literal["text", "code", "count", "date"]
"""text: a name or title. code: runs left to right. count: a whole number. date: a day."""
Surface = Literal["card", "email", "subject", "any"]


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of a message."""

    name: str
    type: ParamType


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """One message. ``width_mm`` is the room on an A6 card at 9 pt; 0 where text may wrap."""

    key: str
    surface: Surface
    params: tuple[Param, ...]
    comment: str
    width_mm: int = 0

    @property
    def types(self) -> Mapping[str, ParamType]:
        """Parameter names and their types."""
        return {param.name: param.type for param in self.params}


def _spec(
    key: str, surface: Surface, params: str, comment: str, width_mm: int = 0
) -> tuple[str, MessageSpec]:
    pairs = (param.partition(":") for param in params.split())
    typed = tuple(Param(name, cast("ParamType", kind or "text")) for name, _, kind in pairs)
    return key, MessageSpec(key, surface, typed, comment, width_mm)


_BODY = "30 to 45 words, first the customer, one thought, no selling, nothing that may be untrue."
_HEADLINE = "Largest text on the card: two to five words, no name in it."

REGISTRY: Mapping[str, MessageSpec] = MappingProxyType(
    dict(
        (
            _spec("card.thank_you.headline", "card", "", _HEADLINE, 85),
            _spec("card.thank_you.body", "card", "brand", _BODY),
            _spec("card.first_order.headline", "card", "", f"A first order. {_HEADLINE}", 85),
            _spec("card.first_order.body", "card", "brand", f"A first order. {_BODY}"),
            _spec("card.repeat.headline", "card", "", f"Somebody came back. {_HEADLINE}", 85),
            _spec(
                "card.repeat.body",
                "card",
                "brand count:count",
                f"count is this order's number, 2 or more. {_BODY}",
            ),
            _spec("card.plain_thanks.headline", "card", "", f"The same for all. {_HEADLINE}", 85),
            _spec(
                "card.plain_thanks.body",
                "card",
                "brand",
                f"The same card for everybody: nothing about the person or the order. {_BODY}",
            ),
            _spec("card.gift.headline", "card", "", f"Read by who gets a gift. {_HEADLINE}", 85),
            _spec(
                "card.gift.body",
                "card",
                "brand",
                "Read by the person who gets the gift, not the buyer; never name a price.",
            ),
            _spec("card.signoff", "card", "", "Stands above the sender's name.", 60),
            _spec("card.order.number", "card", "number:code", "Small print.", 60),
            _spec("card.order.date", "card", "date:date", "Small print: the day of ordering.", 60),
            _spec(
                "card.order.more_items",
                "card",
                "count:count",
                "Ends a list of products: so many further ones.",
                60,
            ),
            _spec("card.points.earned", "card", "points:count", "For this order.", 60),
            _spec("card.points.balance", "card", "points:count", "What the account holds.", 60),
            _spec("card.qr.caption", "card", "", "Under a QR code with the shop's page.", 40),
            _spec(
                "card.back.contact",
                "card",
                "contact:code",
                "How to reach the shop; contact is an e-mail address or a URL.",
                85,
            ),
            _spec("card.back.tagline", "card", "", "On the back of a shop without a tagline.", 85),
            _spec("email.thank_you.subject", "subject", "brand number:code", "50 letters or so."),
            _spec("email.thank_you.preheader", "email", "brand", "Shown after the subject."),
            _spec("email.thank_you.headline", "email", "", "Largest text of the e-mail."),
            _spec("email.thank_you.body", "email", "brand", "Two sentences; the order is below."),
            _spec("email.summary.title", "email", "", "Above the list of what was ordered."),
            _spec("email.summary.item", "email", "", "Column of product names."),
            _spec("email.summary.quantity", "email", "", "Column of quantities; short."),
            _spec("email.summary.price", "email", "", "Column of prices; short."),
            _spec("label.subtotal", "any", "", "Sum of the lines."),
            _spec("label.discount", "any", "", "What was taken off."),
            _spec("label.shipping", "any", "", "Cost of sending."),
            _spec("label.tax", "any", "", "Any tax: VAT, GST, sales tax."),
            _spec("label.total", "any", "", "What was paid."),
            _spec("label.order_number", "any", "", "Stands beside the number."),
            _spec("label.order_date", "any", "", "Stands beside the day."),
            _spec("email.points.earned", "email", "points:count", "For this order."),
            _spec("email.points.balance", "email", "points:count", "What the account holds."),
            _spec("email.signoff", "email", "", "Stands above the sender's name."),
            _spec(
                "email.footer.reason",
                "email",
                "brand number:code",
                "Why this e-mail was sent: because of an order.",
            ),
            _spec("email.footer.contact", "email", "contact:code", "How to reach the shop."),
            _spec("email.footer.unsubscribe", "email", "", "A link; advertising e-mails only."),
            _spec("email.review_request.subject", "subject", "brand", "Asks for an opinion."),
            _spec("email.review_request.headline", "email", "", "Asks for an opinion."),
            _spec(
                "email.review_request.body",
                "email",
                "brand",
                "Asks for an honest review: praise and criticism alike, no reward.",
            ),
            _spec("email.review_request.cta", "email", "", "On the button, two or three words."),
        )
    )
)
"""All messages by key."""
