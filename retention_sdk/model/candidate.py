"""What could leave: a card or a message, before anybody decided about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from .base import Identifier, Line, Paragraph, Record
from .consent import ConsentChannel, MessageClass, Purpose

Surface = Literal["card", "email", "sms", "push", "whatsapp"]
"""What carries a text: paper, or one of three kinds of message."""


class ContentKind(StrEnum):
    """What a block says. Consent depends on it: a coupon turns thanks into marketing.

    MEMBERSHIP is about ranks, goals and points of a loyalty programme. REDEMPTION hands over what
    somebody asked for and gave points for: it carries a contract out, and nobody else may say it.
    """

    THANKS = "thanks"
    ORDER_SUMMARY = "order_summary"
    POINTS_BALANCE = "points_balance"
    BRAND_STORY = "brand_story"
    CARE = "care"
    RETURNS = "returns"
    APOLOGY = "apology"
    GIFT_MESSAGE = "gift_message"
    CONFIRMATION = "confirmation"
    REDEMPTION = "redemption"
    MEMBERSHIP = "membership"
    COUPON = "coupon"
    REVIEW_REQUEST = "review_request"
    REFERRAL = "referral"
    SURVEY = "survey"
    CROSS_SELL = "cross_sell"
    GREETING = "greeting"
    THIRD_PARTY = "third_party"


# Strictly about the order: BGH VI ZR 225/17 makes everything else advertising. To ask whether
# somebody subscribed is none, as long as nothing else is said: compare BGH 10.02.2011 I ZR 164/09.
# Nor is the code that somebody just gave points for, as long as it is handed over and no more.
SERVICE_CONTENT = frozenset(
    {
        ContentKind.THANKS,
        ContentKind.ORDER_SUMMARY,
        ContentKind.CARE,
        ContentKind.RETURNS,
        ContentKind.APOLOGY,
        ContentKind.GIFT_MESSAGE,
        ContentKind.CONFIRMATION,
        ContentKind.REDEMPTION,
    }
)

_PURPOSES = {
    ContentKind.REVIEW_REQUEST: Purpose.REVIEWS,
    ContentKind.SURVEY: Purpose.SURVEYS,
    ContentKind.POINTS_BALANCE: Purpose.LOYALTY,
    ContentKind.MEMBERSHIP: Purpose.LOYALTY,
    ContentKind.THIRD_PARTY: Purpose.THIRD_PARTY,
}


class Block(Record):
    """A piece that a plugin adds to a card or message: plain text in the customer's language.

    ``content`` must be honest; the consent decision is made on it. ``is_optional`` blocks are
    left out when they do not fit.
    """

    content: ContentKind
    text: Paragraph
    title: Line = ""
    surface: Literal["card", "email", "any"] = "any"
    is_optional: bool = True
    plugin: Line = ""


class Candidate(Record):
    """Something that may leave if it is allowed to.

    ``is_personalised`` tells whether name, history or segment chose or filled it; a card that is
    the same for everybody is not. ``channel`` is what the consent rules call it. ``variant`` and
    ``style`` are what the person was dealt in an experiment; ``is_holdout`` means the group that
    gets the plain card, so that the others can be compared with it.
    """

    id: Identifier
    surface: Surface
    channel: ConsentChannel
    template: Line
    content: Annotated[frozenset[ContentKind], Field(min_length=1)]
    is_personalised: bool = True
    blocks: tuple[Block, ...] = ()
    reason: Line = ""
    variant: Line = ""
    style: Line = ""
    is_holdout: bool = False

    @property
    def message_class(self) -> MessageClass:
        """TRANSACTIONAL only if every kind of content is about the order.

        A personalised insert is MARKETING even then: it is chosen with personal data, and nobody
        needs it to carry out the contract.
        """
        if self.channel is ConsentChannel.PARCEL_INSERT and self.is_personalised:
            return MessageClass.MARKETING
        return (
            MessageClass.TRANSACTIONAL
            if self.content <= SERVICE_CONTENT
            else MessageClass.MARKETING
        )

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What it is for, in the order of ``Purpose``; nothing when it is about the order only.

        What brings no purpose of its own, such as a coupon or a greeting, is an offer.
        """
        if self.message_class is MessageClass.TRANSACTIONAL:
            return ()
        advertising = self.content - SERVICE_CONTENT
        found = {_PURPOSES.get(kind, Purpose.OFFERS) for kind in advertising}
        if self.is_personalised and self.channel is ConsentChannel.PARCEL_INSERT:
            found.add(Purpose.PROFILING)
        return tuple(purpose for purpose in Purpose if purpose in found)

    @property
    def insert_type(self) -> str:
        """What ``consent_rules.csv`` calls this insert; empty for other channels."""
        if self.channel is not ConsentChannel.PARCEL_INSERT:
            return ""
        if ContentKind.THIRD_PARTY in self.content:
            return "third_party"
        return "own_personalised" if self.is_personalised else "own_generic"
