"""What the cards of the special occasions say, and the small texts that go with them."""

from __future__ import annotations

from .specs import MessageSpec, spec_for


def _card(key: str, params: str, comment: str, width_mm: int = 0) -> tuple[str, MessageSpec]:
    """Return a text of a card with its key; every language has it."""
    return spec_for(key, "card", params, comment, width_mm)


_HEADLINE = "Largest text on the card: two to five words, no name in it."
_BODY = "25 to 45 words, first the customer, one thought, nothing that may be untrue."
_CAPTION = "Beside a QR code; two to five words."

INSERT_SPECS: tuple[tuple[str, MessageSpec], ...] = (
    _card("card.tier_up.headline", "", f"A member reached a higher tier. {_HEADLINE}", 85),
    _card(
        "card.tier_up.body",
        "brand tier",
        "tier is a name such as Gold. A list of what it brings follows, so it ends with a colon.",
    ),
    _card("card.tier_up.until", "date:date", "The last day of the tier; small print.", 85),
    _card("card.birthday.headline", "", f"A birthday about now. {_HEADLINE}", 85),
    _card(
        "card.birthday.body", "brand", f"A good wish: no age, no offer; it may come late. {_BODY}"
    ),
    _card("card.anniversary.headline", "", f"Years since the first order. {_HEADLINE}", 85),
    _card(
        "card.anniversary.body",
        "brand years:count",
        f"years since the first order, 1 or more. {_BODY}",
    ),
    _card("card.referral.headline", "", f"A card to pass on. {_HEADLINE}", 85),
    _card(
        "card.referral.body",
        "brand",
        f"Pass this card on; what both get is listed below, without pressure. {_BODY}",
    ),
    _card("card.referral.friend", "reward", "reward is words of the shop, such as 10 €."),
    _card("card.referral.own", "reward", "Once the friend's order has arrived."),
    _card("card.review.headline", "", f"Asks for an opinion. {_HEADLINE}", 85),
    _card(
        "card.review.body",
        "brand",
        f"Asks for an honest review: praise and criticism alike, no reward. {_BODY}",
    ),
    _card("card.winback.headline", "", f"Somebody came back after long. {_HEADLINE}", 85),
    _card("card.winback.body", "brand", f"No reproach, no selling. {_BODY}"),
    _card("card.apology.headline", "", f"The order was sent late. {_HEADLINE}", 85),
    _card(
        "card.apology.body",
        "brand days:count",
        f"days it left later than promised. Owns the fault, sells nothing. {_BODY}",
    ),
    _card("card.apology.reason", "reason", "reason is words of the shop, after a colon."),
    _card("card.apology.remedy", "remedy", "remedy is words of the shop, after a colon."),
    _card("card.care.headline", "", f"How to look after it. {_HEADLINE}", 85),
    _card(
        "card.care.body",
        "",
        "One or two sentences; a list follows, so it ends with a colon.",
    ),
    _card("card.care.warranty", "date:date", "The last day of the warranty.", 85),
    _card("card.survey.headline", "", f"A subscription has ended. {_HEADLINE}", 85),
    _card(
        "card.survey.body",
        "brand",
        f"Respects the decision, asks why, promises not to sell with the answers. {_BODY}",
    ),
    _card("card.survey.minutes", "minutes:count", "How long the questions take.", 85),
    _card("card.gift.to", "name", "A label and a name: the name is never bent.", 60),
    _card("card.gift.from", "name", "A label and a name: the name is never bent.", 60),
    _card(
        "card.gift.exchange",
        "number:code days:count",
        "Read by who gets the gift: how to exchange it. No price, no refund.",
    ),
    _card("card.gift.enclosed", "gift", "gift is words of the shop; it lies in the package."),
    _card("card.returns.headline", "", f"How to send something back. {_HEADLINE}", 85),
    _card(
        "card.returns.body",
        "days:count",
        "days in which it can be sent back; a list of steps follows, so it ends with a colon.",
    ),
    _card("card.returns.register", "number:code", "A step: scan the code, enter the number."),
    _card("card.returns.pack", "", "A step: back into the box, with the label that was sent."),
    _card("card.returns.hand_over", "", "A step: give it to the carrier."),
    _card("card.returns.refund", "days:count", "days from arrival until the money is back."),
    _card("card.story.headline", "", f"What the brand is for. {_HEADLINE}", 85),
    _card(
        "card.story.body",
        "brand",
        "After the brand's own words: thanks for being part of it.",
    ),
    _card("card.coupon.off", "value:code", "value is 10 % or 5 €; for the next order.", 60),
    _card("card.coupon.shipping", "", "Free shipping on the next order.", 60),
    _card("card.coupon.until", "date:date", "The last day of a code; small print.", 60),
    _card("card.coupon.minimum", "amount:code", "The least order it works for; small print.", 60),
    _card("card.coupon.once", "", "A code works one time; small print.", 60),
    _card("card.cta.story", "", f"Leads to the brand's story. {_CAPTION}", 40),
    _card("card.cta.loyalty", "", f"Leads to points and benefits. {_CAPTION}", 40),
    _card("card.cta.coupon", "", f"Leads to the shop, where a code is used. {_CAPTION}", 40),
    _card("card.cta.referral", "", f"Leads to the terms for friends. {_CAPTION}", 40),
    _card("card.cta.review", "", f"Leads to a form for a review. {_CAPTION}", 40),
    _card("card.cta.survey", "", f"Leads to a few questions. {_CAPTION}", 40),
    _card("card.cta.guide", "", f"Leads to care instructions. {_CAPTION}", 40),
    _card("card.cta.returns", "", f"Leads to a form for returns. {_CAPTION}", 40),
    _card("card.cta.contact", "", f"Leads to a way to write to the shop. {_CAPTION}", 40),
    _card("card.code.label", "address:code", "Without a camera: an address to type.", 85),
    _card(
        "card.notice.objection",
        "contact:code",
        "Small print demanded by GDPR art. 21(4): personal cards can be refused at any time.",
    ),
)
"""Rows for the registry, in the order in which catalogues list them."""
