"""The texts that tell one family from another: body, steps, quote, coupon, small print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import PrintError
from ..l10n import Localizer, isolate
from ..l10n.bidi import isolate_ltr
from ..model import Candidate, ContentKind, Context
from .card import CardBlock, CardCoupon, CardQuote
from .families import GIFT_MESSAGE, Family
from .offers import CardOffer
from .slots import Slots

QUOTE_LETTERS_MAX = 1000
_PARAGRAPHS_MAX = 6
_TERMS_GLUE = " · "


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one card: what is allowed, what is known, and the language it is said in."""

    context: Context
    candidate: Candidate
    family: Family
    slots: Slots
    words: Localizer
    offer: CardOffer | None

    def say(self, key: str, **arguments: Any) -> str:
        """Say a message in the formality of the card."""
        return self.words.message(key, formality=self.context.locale.formality, **arguments)

    def say_if(self, key: str, **arguments: Any) -> str:
        """Say a message that may not be translated yet; nothing where it is not."""
        is_there = self.words.can_say(key, formality=self.context.locale.formality)
        return self.say(key, **arguments) if is_there else ""

    @property
    def has_quote(self) -> bool:
        """Whether somebody else's words stand on the front, instead of ours."""
        order = self.context.order
        is_gift = self.family.name == GIFT_MESSAGE
        return is_gift and order is not None and bool(order.gift_message.strip())

    def body(self) -> tuple[str, ...]:
        """Return the running text by paragraphs; none where the front belongs to a giver."""
        if self.has_quote:
            return ()
        before = _BEFORE_BODY.get(self.family.name, _nothing)(self)
        after = _AFTER_BODY.get(self.family.name, _nothing)(self)
        return (*before, *self._own_words(), *(part for part in after if part))

    def _own_words(self) -> tuple[str, ...]:
        text = self.say(self.family.body, **_BODY_ARGUMENTS.get(self.family.name, _brand)(self))
        return tuple(part for part in text.split("\n") if part.strip())

    def badge(self) -> str:
        """Return a mark of rank: the name of a tier that was reached."""
        return isolate(self.slots.tier_name) if self.family.name == "vip_tier_up" else ""

    def steps(self) -> tuple[str, ...]:
        """Return the list in the body."""
        return tuple(part for part in _STEPS.get(self.family.name, _nothing)(self) if part)

    @property
    def are_steps_numbered(self) -> bool:
        """Whether the list is done one after the other."""
        return self.family.name == "return_instructions"

    def quote(self) -> CardQuote | None:
        """Return the buyer's own words, verbatim, each paragraph isolated.

        Raises:
            PrintError: there are more of them than a card can hold.
        """
        order = self.context.order
        if order is None or not self.has_quote:
            return None
        if len(order.gift_message) > QUOTE_LETTERS_MAX:
            count = len(order.gift_message)
            raise PrintError(
                f"order {order.id}: the gift message has {count} characters, a card holds "
                f"{QUOTE_LETTERS_MAX}; shorten it with the buyer"
            )
        return CardQuote(
            paragraphs=paragraphs_of(order.gift_message),
            recipient=self._named("card.gift.to", order.gift_to),
            giver=self._named("card.gift.from", order.gift_from),
        )

    def coupon(self) -> CardCoupon | None:
        """Return the code with its worth and its conditions."""
        if self.family.name == "referral":
            return self._code_for_friends()
        offer = self._offer()
        if offer is None:
            return None
        return code_of(offer.code, self._worth(offer), self._terms(offer))

    def small_print(self) -> tuple[CardBlock, ...]:
        """Return what has to be told and is no part of the running text."""
        text, content = _SMALL_PRINT.get(self.family.name, _no_print)(self)
        own = (CardBlock(content=content, text=text, is_optional=False),) if text else ()
        if not self.has_quote:
            return own
        words = " ".join(self._own_words())
        return (*own, CardBlock(content=ContentKind.THANKS, text=words))

    def gift(self) -> str:
        """Say what lies in the parcel beside the order."""
        name = self.slots.gift_name
        return self.say("card.gift.enclosed", gift=name) if name else ""

    def _code_for_friends(self) -> CardCoupon | None:
        own = self.context.loyalty.referral_code if self.candidate.is_personalised else ""
        code = own or self.slots.referral_code
        return code_of(code, isolate(self.slots.friend_reward)) if code else None

    def _named(self, key: str, name: str) -> str:
        return (self.say_if(key, name=name) or isolate(name)) if name else ""

    def _offer(self) -> CardOffer | None:
        if ContentKind.COUPON not in self.candidate.content or self.offer is not None:
            return self.offer
        shared, context = self.slots.offer, self.context
        if shared is None or not shared.code:
            return None
        zone = context.shop.time_zone
        return shared.on_card(shared.code, now=context.now, time_zone=zone)

    def _worth(self, offer: CardOffer) -> str:
        if offer.percent is not None:
            value = self.words.percent(Fraction(offer.percent, 100))
            return self.say("card.coupon.off", value=value)
        if offer.amount is not None:
            return self.say("card.coupon.off", value=self.words.money(offer.amount))
        return self.say("card.coupon.shipping")

    def _terms(self, offer: CardOffer) -> str:
        """Return the conditions, shortest form, in the calendar and digits of the customer."""
        parts = []
        if offer.expires_on:
            parts.append(self.say("card.coupon.until", date=offer.expires_on))
        if offer.minimum:
            amount = self.words.money(offer.minimum)
            parts.append(self.say("card.coupon.minimum", amount=amount))
        if offer.is_single_use:
            parts.append(self.say("card.coupon.once"))
        return _TERMS_GLUE.join(parts)


def code_of(code: str, value: str, terms: str = "") -> CardCoupon:
    """Return a code that runs left to right whatever stands around it."""
    return CardCoupon(code=isolate_ltr(code), value=value, terms=terms)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Return somebody's paragraphs, each isolated; a long tail of them stays one."""
    parts = [" ".join(part.split()) for part in text.split("\n") if part.strip()]
    first, rest = parts[: _PARAGRAPHS_MAX - 1], parts[_PARAGRAPHS_MAX - 1 :]
    return tuple(isolate(part) for part in (*first, *([" ".join(rest)] if rest else [])))


def _brand(writer: Writer) -> dict[str, Any]:
    return {"brand": writer.context.brand.name}


def _repeat(writer: Writer) -> dict[str, Any]:
    return {**_brand(writer), "count": writer.context.history.orders_count + 1}


_BODY_ARGUMENTS: Mapping[str, Callable[[Writer], dict[str, Any]]] = {
    "repeat_customer": _repeat,
    "vip_tier_up": lambda writer: {**_brand(writer), "tier": writer.slots.tier_name},
    "anniversary": lambda writer: {**_brand(writer), "years": writer.slots.years},
    "apology_late": lambda writer: {**_brand(writer), "days": writer.slots.late_days},
    "return_instructions": lambda writer: {"days": writer.slots.returns_days},
    "care_guide": lambda _: {},
}


def _nothing(_: Writer) -> tuple[str, ...]:
    return ()


def _story(writer: Writer) -> tuple[str, ...]:
    return paragraphs_of(writer.slots.story)[:3]


def _impact(writer: Writer) -> tuple[str, ...]:
    return (isolate(writer.slots.impact),) if writer.slots.impact else ()


def _excuse(writer: Writer) -> tuple[str, ...]:
    reason, remedy = writer.slots.late_reason, writer.slots.late_remedy
    return (
        writer.say("card.apology.reason", reason=reason) if reason else "",
        writer.say("card.apology.remedy", remedy=remedy) if remedy else "",
    )


def _minutes(writer: Writer) -> tuple[str, ...]:
    minutes = writer.slots.survey_minutes
    return (writer.say("card.survey.minutes", minutes=minutes),) if minutes else ()


def _enclosed(writer: Writer) -> tuple[str, ...]:
    return (writer.gift(),)


_BEFORE_BODY: Mapping[str, Callable[[Writer], tuple[str, ...]]] = {"brand_story": _story}
_AFTER_BODY: Mapping[str, Callable[[Writer], tuple[str, ...]]] = {
    "apology_late": _excuse,
    "exit_survey": _minutes,
    "brand_story": _impact,
    "birthday": _enclosed,
    "anniversary": _enclosed,
    "winback_gift": _enclosed,
}


def _benefits(writer: Writer) -> tuple[str, ...]:
    return tuple(isolate(benefit) for benefit in writer.slots.benefits)


def _care(writer: Writer) -> tuple[str, ...]:
    return tuple(isolate(step) for step in writer.slots.care_steps)


def _rewards(writer: Writer) -> tuple[str, ...]:
    return (
        writer.say("card.referral.friend", reward=writer.slots.friend_reward),
        writer.say("card.referral.own", reward=writer.slots.own_reward),
    )


def _return_steps(writer: Writer) -> tuple[str, ...]:
    slots = writer.slots
    return (
        writer.say("card.returns.register", number=slots.order_number),
        writer.say("card.returns.pack"),
        writer.say("card.returns.hand_over"),
        writer.say("card.returns.refund", days=slots.refund_days),
    )


_STEPS: Mapping[str, Callable[[Writer], tuple[str, ...]]] = {
    "vip_tier_up": _benefits,
    "care_guide": _care,
    "referral": _rewards,
    "return_instructions": _return_steps,
}

_Print = tuple[str, ContentKind]


def _no_print(_: Writer) -> _Print:
    return "", ContentKind.THANKS


def _tier_until(writer: Writer) -> _Print:
    day = writer.slots.tier_until
    text = writer.say("card.tier_up.until", date=day) if day else ""
    return text, ContentKind.POINTS_BALANCE


def _warranty(writer: Writer) -> _Print:
    day = writer.slots.warranty_until
    return (writer.say("card.care.warranty", date=day) if day else ""), ContentKind.CARE


def _cost(writer: Writer) -> _Print:
    cost = writer.slots.returns_cost
    return (isolate(cost) if cost else ""), ContentKind.RETURNS


def _exchange(writer: Writer) -> _Print:
    order, days = writer.context.order, writer.slots.returns_days
    if order is None or not days:
        return _no_print(writer)
    text = writer.say_if("card.gift.exchange", number=order.number, days=days)
    return text, ContentKind.RETURNS


_SMALL_PRINT: Mapping[str, Callable[[Writer], _Print]] = {
    "vip_tier_up": _tier_until,
    "care_guide": _warranty,
    "return_instructions": _cost,
    "gift_message": _exchange,
}
