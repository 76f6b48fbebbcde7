"""Every text the package can say: its parameters, where it stands, what a translator must know.

The English wording is ``locales/en/messages.po``. Names of people stand in salutations only:
many languages bend a name when they address somebody.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .insert_specs import INSERT_SPECS
from .loyalty_mail_specs import LOYALTY_MAIL_SPECS
from .loyalty_specs import LOYALTY_SPECS
from .privacy_specs import PRIVACY_SPECS
from .specs import MessageSpec, Param, ParamType, Surface
from .specs import spec_for as _spec

__all__ = ["REGISTRY", "MessageSpec", "Param", "ParamType", "Surface"]

_BODY = "30 to 45 words, first the customer, one thought, no selling, nothing that may be untrue."
_SMS = "Short, no emoji; begins with the shop's name, because the sender may be a bare number."
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
            *INSERT_SPECS,
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
            _spec("email.review_request.preheader", "email", "brand", "Shown after the subject."),
            _spec(
                "email.order_shipped.subject", "subject", "brand number:code", "50 letters or so."
            ),
            _spec("email.order_shipped.preheader", "email", "brand", "Shown after the subject."),
            _spec("email.order_shipped.headline", "email", "", "Largest text of the e-mail."),
            _spec(
                "email.order_shipped.body",
                "email",
                "brand",
                "The order was sent. Nobody knows when it will arrive, so no day is promised.",
            ),
            _spec(
                "email.order_shipped.tracking",
                "email",
                "code:code",
                "code is the carrier's number for the parcel.",
            ),
            _spec(
                "email.order_shipped.track_cta",
                "email",
                "",
                "On the button to the carrier's page, two or three words.",
            ),
            _spec("email.birthday.subject", "subject", "brand", "50 letters or so."),
            _spec("email.birthday.preheader", "email", "", "Shown after the subject."),
            _spec("email.birthday.headline", "email", "", "Largest text of the e-mail."),
            _spec(
                "email.birthday.body",
                "email",
                "brand",
                "A good wish and nothing else: no age, no offer; it may be read a day later.",
            ),
            _spec("email.points_notice.subject", "subject", "brand", "50 letters or so."),
            _spec(
                "email.points_notice.preheader", "email", "points:count", "What the account holds."
            ),
            _spec("email.points_notice.headline", "email", "", "Largest text of the e-mail."),
            _spec(
                "email.points_notice.body",
                "email",
                "brand points:count",
                "What the account holds. What points are worth differs from shop to shop.",
            ),
            _spec(
                "email.points_notice.expiring",
                "email",
                "points:count date:date",
                "So many of the points can be used up to and including this day; no threat.",
            ),
            _spec(
                "sms.thank_you",
                "sms",
                "brand number:code",
                f"After an order. {_SMS}",
                segments_max=2,
            ),
            _spec(
                "sms.order_shipped",
                "sms",
                "brand number:code",
                f"The order was sent. {_SMS}",
                segments_max=2,
            ),
            _spec(
                "sms.order_shipped.tracking",
                "sms",
                "link:code",
                "May follow sms.order_shipped; link is the carrier's page.",
                segments_max=1,
            ),
            _spec(
                "sms.points_notice",
                "sms",
                "brand points:count",
                f"A balance. {_SMS}",
                segments_max=2,
            ),
            _spec(
                "sms.opt_out",
                "sms",
                "word:code",
                "Ends advertising; word is what to send back, such as STOP.",
                segments_max=1,
            ),
            _spec(
                "sms.opt_out_link",
                "sms",
                "link:code",
                "Ends advertising from a sender that cannot be answered; link unsubscribes.",
                segments_max=1,
            ),
            _spec("push.order_shipped.title", "push", "", "30 letters or so."),
            _spec("push.order_shipped.body", "push", "brand number:code", "90 letters or so."),
            _spec("push.points_notice.title", "push", "brand", "30 letters or so."),
            _spec("push.points_notice.body", "push", "points:count", "90 letters or so."),
            *PRIVACY_SPECS,
            *LOYALTY_SPECS,
            *LOYALTY_MAIL_SPECS,
        )
    )
)
"""All messages by key."""
