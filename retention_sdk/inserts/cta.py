"""What a card asks to do: one thing, and the address it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..l10n import Localizer, localizer
from ..model import Brand, Candidate, Context, Shop
from .facts import read_facts
from .families import FAMILIES, Cta, Family, family_of
from .offers import Link
from .settings import InsertSettings
from .slots import Slots, link_of, read_slots


class CallToAction(NamedTuple):
    """What ``card.cta.<kind>`` says, and the page behind it; both empty where there is none."""

    kind: Cta = ""
    url: Link = ""


def call_to_action(family: Family, slots: Slots) -> CallToAction:
    """Return the first thing this family can ask for that has an address."""
    for kind in family.ctas:
        if url := _ADDRESSES[kind](slots):
            return CallToAction(kind, url)
    return CallToAction()


def target_of(
    context: Context,
    candidate: Candidate,
    settings: InsertSettings | None = None,
    *,
    words: Localizer | None = None,
) -> str:
    """Return the page that a card's short link leads to: what it asks for, else the shop.

    Empty where the shop has no address.
    """
    settings, words = settings or InsertSettings(), words or localizer(context.locale.tag)
    facts, family = read_facts(context), family_of(candidate.template)
    slots = read_slots(candidate.template, context, facts, settings, words)
    return call_to_action(family, slots).url or slots.story_url or slots.shop_url


def pages_of(settings: InsertSettings, *, brand: Brand, shop: Shop) -> dict[str, Link]:
    """Return where the short links of families lead that ask for something of their own.

    A review has to be written where reviews are written, whatever the shop set for all codes. A
    redirect asks this on the day of the scan, so that a page can move after printing.
    """
    pages = {}
    for family in FAMILIES.values():
        slots = Slots(
            shop_url=link_of(shop.url),
            story_url=link_of(brand.story_url),
            contact_url=link_of(brand.contact_url),
            loyalty_url=settings.loyalty_url,
            offer=settings.offers.get(family.name),  # type: ignore[call-overload] # others have none
            referral_url=settings.referral.url if settings.referral else "",
            review_url=settings.review.url if settings.review else "",
            survey_url=settings.survey.url if settings.survey else "",
        )
        action = call_to_action(family, slots)
        if action.kind not in {"", "story"}:
            pages[family.name] = action.url
    return pages


def _coupon(slots: Slots) -> str:
    return (slots.offer.url or slots.shop_url) if slots.offer else ""


_ADDRESSES: Mapping[Cta, Callable[[Slots], str]] = {
    "story": lambda slots: slots.story_url,
    "loyalty": lambda slots: slots.loyalty_url,
    "coupon": _coupon,
    "referral": lambda slots: slots.referral_url,
    "review": lambda slots: slots.review_url,
    "contact": lambda slots: slots.contact_url,
    "guide": lambda slots: slots.care_url,
    "survey": lambda slots: slots.survey_url,
    "returns": lambda slots: slots.returns_url,
}
