"""The sixteen families of cards, as data: what each says, what it leads to, what it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ..model import ContentKind

Purpose = Literal["service", "loyalty", "marketing", "feedback"]
"""service: about the order. loyalty: for members. marketing: wins a sale. feedback: asks."""
Cta = Literal[
    "",
    "story",
    "loyalty",
    "coupon",
    "referral",
    "review",
    "contact",
    "guide",
    "survey",
    "returns",
]
"""The one thing a card asks to do, and what ``card.cta.<name>`` says beside the code."""

GIFT_MESSAGE = "gift_message"
THANK_YOU = "thank_you"
FIRST_ORDER_WELCOME = "first_order_welcome"
REPEAT_CUSTOMER = "repeat_customer"
PLAIN_THANKS = "plain_thanks"

_THANKS = frozenset({ContentKind.THANKS})
_ORDER = frozenset({ContentKind.THANKS, ContentKind.ORDER_SUMMARY})
_COUPON_TEXTS = (
    "card.coupon.off",
    "card.coupon.shipping",
    "card.coupon.until",
    "card.coupon.minimum",
    "card.coupon.once",
    "card.cta.coupon",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of cards.

    ``keys`` is the middle of its message keys, ``texts`` are those it says beside headline and
    body: a language without them has no such card. ``required`` names slots (see ``Slots``)
    without which nothing is left to say. ``content`` is what consent is decided on; ``adds`` comes
    on top where a slot is filled. Of ``ctas`` the first with an address is printed.

    A family that is not ``is_personalised`` is the same for everybody with such an order: no name,
    no tracking. One that ``has_unnamed`` is also offered that way, because a person who objects to
    advertising is still owed it. Instructions are not ``is_signed``. ``is_in_experiments``
    families give way to the plain card in the group that is held out.
    """

    name: str
    keys: str
    purpose: Purpose
    content: frozenset[ContentKind]
    ctas: tuple[Cta, ...] = ()
    required: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    adds: tuple[tuple[str, ContentKind], ...] = ()
    is_personalised: bool = True
    has_unnamed: bool = False
    names_customer: bool = True
    takes_blocks: bool = False
    is_signed: bool = True
    is_in_experiments: bool = True

    @property
    def headline(self) -> str:
        """The key of the largest text."""
        return f"card.{self.keys}.headline"

    @property
    def body(self) -> str:
        """The key of the running text."""
        return f"card.{self.keys}.body"

    @property
    def says(self) -> tuple[str, ...]:
        """All keys without which the card is not whole."""
        return (self.headline, self.body, *self.texts)


_EVERYDAY = (
    ("points", ContentKind.POINTS_BALANCE),
    ("story_url", ContentKind.BRAND_STORY),
)
_OFFER = (("offer", ContentKind.COUPON), ("gift_name", ContentKind.GREETING))

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        each.name: each
        for each in (
            Family(
                name=THANK_YOU,
                keys="thank_you",
                purpose="service",
                content=_ORDER,
                ctas=("story",),
                adds=_EVERYDAY,
                takes_blocks=True,
            ),
            Family(
                name=FIRST_ORDER_WELCOME,
                keys="first_order",
                purpose="service",
                content=_ORDER,
                ctas=("story",),
                adds=_EVERYDAY,
                takes_blocks=True,
            ),
            Family(
                name=REPEAT_CUSTOMER,
                keys="repeat",
                purpose="service",
                content=_ORDER,
                ctas=("loyalty", "story"),
                adds=_EVERYDAY,
                takes_blocks=True,
            ),
            Family(
                name="vip_tier_up",
                keys="tier_up",
                purpose="loyalty",
                content=_THANKS | {ContentKind.POINTS_BALANCE},
                ctas=("loyalty",),
                required=("tier_name", "benefits"),
                texts=("card.tier_up.until", "card.cta.loyalty"),
            ),
            Family(
                name="birthday",
                keys="birthday",
                purpose="marketing",
                content=frozenset({ContentKind.GREETING}),
                ctas=("coupon",),
                texts=("card.gift.enclosed", *_COUPON_TEXTS),
                adds=_OFFER,
            ),
            Family(
                name="anniversary",
                keys="anniversary",
                purpose="marketing",
                content=_THANKS | {ContentKind.GREETING},
                ctas=("coupon",),
                required=("years",),
                texts=("card.gift.enclosed", *_COUPON_TEXTS),
                adds=_OFFER,
            ),
            Family(
                name="referral",
                keys="referral",
                purpose="marketing",
                content=frozenset({ContentKind.REFERRAL}),
                ctas=("referral",),
                required=("friend_reward", "own_reward", "referral_url"),
                texts=("card.referral.friend", "card.referral.own", "card.cta.referral"),
                names_customer=False,
            ),
            Family(
                name="review_request",
                keys="review",
                purpose="feedback",
                content=_ORDER | {ContentKind.REVIEW_REQUEST},
                ctas=("review",),
                required=("review_url",),
                texts=("card.cta.review",),
            ),
            Family(
                name="winback_gift",
                keys="winback",
                purpose="marketing",
                content=_THANKS | {ContentKind.GREETING},
                ctas=("coupon",),
                texts=("card.gift.enclosed", *_COUPON_TEXTS),
                adds=_OFFER,
            ),
            Family(
                name="apology_late",
                keys="apology",
                purpose="service",
                content=frozenset({ContentKind.APOLOGY, ContentKind.ORDER_SUMMARY}),
                ctas=("contact",),
                required=("late_days", "contact"),
                texts=("card.apology.reason", "card.apology.remedy", "card.cta.contact"),
                has_unnamed=True,
                is_in_experiments=False,
            ),
            Family(
                name="care_guide",
                keys="care",
                purpose="service",
                content=frozenset({ContentKind.CARE}),
                ctas=("guide",),
                required=("care_steps",),
                texts=("card.care.warranty", "card.cta.guide"),
                is_personalised=False,
                is_signed=False,
            ),
            Family(
                name="exit_survey",
                keys="survey",
                purpose="feedback",
                content=frozenset({ContentKind.THANKS, ContentKind.SURVEY}),
                ctas=("survey",),
                required=("survey_url",),
                texts=("card.survey.minutes", "card.cta.survey"),
            ),
            Family(
                name=GIFT_MESSAGE,
                keys="gift",
                purpose="service",
                content=_ORDER | {ContentKind.GIFT_MESSAGE},
                is_personalised=False,
                is_in_experiments=False,
            ),
            Family(
                name="return_instructions",
                keys="returns",
                purpose="service",
                content=frozenset({ContentKind.RETURNS}),
                ctas=("returns",),
                required=("returns_days", "returns_url", "order_number"),
                texts=(
                    "card.returns.register",
                    "card.returns.pack",
                    "card.returns.hand_over",
                    "card.returns.refund",
                    "card.cta.returns",
                ),
                is_personalised=False,
                is_signed=False,
            ),
            Family(
                name="brand_story",
                keys="story",
                purpose="service",
                content=_THANKS | {ContentKind.BRAND_STORY},
                ctas=("story",),
                required=("story", "story_url"),
                texts=("card.cta.story",),
                is_personalised=False,
            ),
            Family(
                name=PLAIN_THANKS,
                keys="plain_thanks",
                purpose="service",
                content=_THANKS,
                is_personalised=False,
                is_in_experiments=False,
            ),
        )
    }
)
"""All families by name, in the order in which they are presented."""

BUILT_IN_TEMPLATES = frozenset(FAMILIES)


def family_of(template: str) -> Family:
    """Return the family of a template; one that a plugin brings speaks like ``thank_you``."""
    return FAMILIES.get(template, FAMILIES[THANK_YOU])
