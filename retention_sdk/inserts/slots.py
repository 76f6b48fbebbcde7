"""What can be said on a card about this order, in its language. What is not known stays empty."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import TypeVar
from zoneinfo import ZoneInfo

from ..l10n import Localizer
from ..model import Context
from ..model.shop import words_for
from .facts import Facts
from .offers import Link, Offer, Reward
from .settings import CareGuide, InsertSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """Everything families may need beside the order itself. Texts are not isolated yet.

    A family whose ``required`` slots are empty here is not chosen: no sentence is left half said,
    and nothing is made up.
    """

    contact: str = ""
    contact_url: Link = ""
    shop_url: Link = ""
    order_number: str = ""
    points: bool = False
    story: str = ""
    story_url: Link = ""
    impact: str = ""
    tier_name: str = ""
    tier_until: date | None = None
    benefits: tuple[str, ...] = ()
    loyalty_url: Link = ""
    years: int = 0
    offer: Offer | None = None
    gift_name: str = ""
    friend_reward: str = ""
    own_reward: str = ""
    referral_url: Link = ""
    referral_code: str = ""
    review_url: Link = ""
    late_days: int = 0
    late_reason: str = ""
    late_remedy: str = ""
    care_steps: tuple[str, ...] = ()
    care_url: Link = ""
    warranty_until: date | None = None
    survey_url: Link = ""
    survey_minutes: int = 0
    returns_days: int = 0
    returns_url: Link = ""
    returns_cost: str = ""
    refund_days: int = 0

    def missing(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return which of these slots are empty."""
        return tuple(name for name in names if not getattr(self, name))


def read_slots(
    template: str, context: Context, facts: Facts, settings: InsertSettings, words: Localizer
) -> Slots:
    """Return the slots of one template, each in the language of the card or empty."""
    brand, tag = context.brand, words.tag
    tier, referral = settings.tiers.get(facts.tier), settings.referral
    guide, returns = _guide_for(facts, settings, tag), settings.returns
    return Slots(
        contact=contact_of(context),
        contact_url=link_of(brand.contact_url),
        shop_url=link_of(context.shop.url),
        order_number=context.order.number if context.order else "",
        points=context.has_points,
        story=words_for(brand.story, tag) or words_for(brand.purpose, tag),
        story_url=link_of(brand.story_url),
        impact=words_for(brand.impact, tag),
        tier_name=words_for(tier.name, tag) if tier else "",
        tier_until=facts.tier_until,
        benefits=_first(tier.benefits, tag, ()) if tier else (),
        loyalty_url=(tier.url if tier else "") or settings.loyalty_url,
        years=facts.years,
        offer=settings.offers.get(template),  # type: ignore[call-overload] # others have none
        gift_name=words_for(settings.gifts.get(template, {}), tag),  # type: ignore[call-overload] # as above
        friend_reward=_reward(referral.friend, words) if referral else "",
        own_reward=_reward(referral.own, words) if referral else "",
        referral_url=referral.url if referral else "",
        referral_code=referral.code if referral else "",
        review_url=settings.review.url if settings.review else "",
        late_days=facts.late_days or 0,
        late_reason=words_for(settings.late.reason, tag),
        late_remedy=words_for(settings.late.remedy, tag),
        care_steps=_first(guide.steps, tag, ()) if guide else (),
        care_url=guide.url if guide else "",
        warranty_until=_warranty(guide, context),
        survey_url=settings.survey.url if settings.survey else "",
        survey_minutes=(settings.survey and settings.survey.minutes) or 0,
        returns_days=returns.days if returns else 0,
        returns_url=returns.url if returns else "",
        returns_cost=words_for(returns.cost, tag) if returns else "",
        refund_days=returns.refund_days if returns else 0,
    )


def contact_of(context: Context) -> str:
    """Return how the shop is reached: what the brand says, else the shop."""
    brand, shop = context.brand, context.shop
    return brand.contact_email or brand.contact_url or shop.email or shop.url


def link_of(url: str) -> Link:
    """Return an address that a code can lead to, or nothing."""
    is_link = url.startswith(("https://", "http://")) and url.isascii() and " " not in url
    return url if is_link else ""


def _guide_for(facts: Facts, settings: InsertSettings, tag: str) -> CareGuide | None:
    """Return the first guide to something in the parcel that speaks the card's language."""
    fitting = (guide for guide in settings.care if _first(guide.steps, tag, ()))
    return next((guide for guide in fitting if _is_about(guide, facts)), None)


def _is_about(guide: CareGuide, facts: Facts) -> bool:
    pairs = (
        (guide.products, facts.products),
        (guide.skus, facts.skus),
        (guide.categories, facts.categories),
    )
    is_for_all = not any(wanted for wanted, _ in pairs)
    return is_for_all or any(name.casefold() in have for wanted, have in pairs for name in wanted)


def _warranty(guide: CareGuide | None, context: Context) -> date | None:
    if guide is None or guide.warranty_months is None or context.order is None:
        return None
    bought = context.order.placed_at.astimezone(ZoneInfo(context.shop.time_zone))
    return plus_months(bought, guide.warranty_months)


def plus_months(moment: datetime, months: int) -> date:
    """Return the same day some months later; the last of a month that has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return date(year, month + 1, min(moment.day, monthrange(year, month + 1)[1]))


def _reward(reward: Reward, words: Localizer) -> str:
    if reward.percent is not None:
        return words.percent(Fraction(reward.percent, 100))
    if reward.amount is not None:
        return words.money(reward.amount)
    return words_for(reward.words, words.tag)


def _first(texts: Mapping[str, T], tag: str, nothing: T) -> T:
    """Return the entry of the nearest language: ``pt-BR``, then ``pt``; else nothing."""
    while tag:
        if tag in texts:
            return texts[tag]
        tag = tag.rpartition("-")[0]
    return nothing
