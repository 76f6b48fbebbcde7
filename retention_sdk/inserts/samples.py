"""Cards without an order: every family in every language, from invented facts."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from ..errors import PrintError
from ..l10n import Localizer, localizer
from ..model import (
    Address,
    Brand,
    Candidate,
    ConsentChannel,
    Context,
    Customer,
    Decision,
    Formality,
    History,
    LocaleChoice,
    LoyaltyState,
    Money,
    Order,
    OrderLine,
    Record,
    Sender,
    Shop,
    plan_fulfilment,
)
from ..model.base import Line, Paragraph
from ..model.shop import words_for
from .card import Card
from .compose import compose_card
from .families import FAMILIES, Family
from .offers import CardOffer
from .settings import InsertSettings

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""When sample cards are made, so that the same sample is always the same bytes."""
_CODE_URL = "https://kiln.example/t/7K3Q9ZD2M1XAB4C5EF"
_CODE = "TEA7-K3Q9"
_EVENT = "sample:order:100-2847:paid"


class SampleWords(Record):
    """What the invented shop and its customer say in one language."""

    given: Line
    family: Line
    products: tuple[Line, ...]
    tier: Line
    benefits: tuple[Line, ...]
    gift: Line
    steps: tuple[Line, ...]
    reason: Line
    remedy: Line
    story: Paragraph
    impact: Line
    reward: Line
    message: Paragraph
    to: Line
    giver: Line
    cost: Line


def sample_card(
    template: str,
    locale: str,
    *,
    formality: Formality | None = None,
    style: str = "",
    brand: Brand | None = None,
) -> Card:
    """Return a card of any family with every slot filled: nobody on it exists.

    ``brand`` brings its own look, voice and signature; its texts stand where they speak the
    language, and invented ones elsewhere. ``formality`` is the language's own unless it is given.

    Raises:
        PrintError: there is no such family; the message lists all.
        MessageError: the language lacks a text of this family, or there is no such language.
    """
    family = FAMILIES.get(template)
    if family is None:
        raise PrintError(f"no template {template!r}; there are: {', '.join(FAMILIES)}")
    words = localizer(locale)
    said = sample_words(locale)
    tone = formality or words.default_formality
    context = _context(family, said, words, brand=_brand(brand, said, words, style), tone=tone)
    candidate = _candidate(family)
    return compose_card(
        context,
        candidate,
        _decision(candidate),
        words,
        code_url=_CODE_URL,
        settings=_settings(family, said, words),
        coupon=_coupon() if family.name in _WITH_OFFER else None,
    )


def sample_words(locale: str) -> SampleWords:
    """Return the invented words of a language; those of English where it has none."""
    table = _tables()
    tag = locale.replace("_", "-")
    while tag and tag not in table:
        tag = tag.rpartition("-")[0]
    values = table[tag or "en"]
    texts = {key: tuple(text) if isinstance(text, list) else text for key, text in values.items()}
    return SampleWords.model_validate(texts)


_WITH_OFFER = frozenset({"birthday", "anniversary", "winback_gift"})


@cache
def _tables() -> dict[str, dict[str, Any]]:
    source = files(__package__) / "data" / "samples.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _brand(own: Brand | None, said: SampleWords, words: Localizer, style: str) -> Brand:
    """Return the brand with a story, purpose and impact in the language of the card."""
    brand = own or Brand(
        name="Kiln & Leaf",
        sender=Sender(name="Mira Sand"),
        legal_footer={"en": "Kiln & Leaf Ltd · 12 Harbour Street, Bristol BS1 4RN"},
    )
    tag = words.tag
    texts = {
        "story": {tag: words_for(brand.story, tag) or said.story},
        "impact": {tag: words_for(brand.impact, tag) or said.impact},
        "story_url": brand.story_url or "https://kiln.example/story",
        "contact_email": brand.contact_email or "hello@kiln.example",
        "contact_url": brand.contact_url or "https://kiln.example/contact",
        "style": style or brand.style,
    }
    return brand.model_copy(update=texts)


def _context(
    family: Family, said: SampleWords, words: Localizer, *, brand: Brand, tone: Formality
) -> Context:
    shop = Shop(
        id="kiln.example",
        name=brand.name,
        country="DE",
        currency="EUR",
        language=words.tag,
        url="https://kiln.example",
    )
    order = _order(family, said)
    return Context(
        event_id=_EVENT,
        event_type="order_paid",
        subject_id=None,
        now=NOW,
        shop=shop,
        brand=brand,
        locale=LocaleChoice(tag=words.tag, reason="a sample", formality=tone),
        order=order,
        customer=order.customer,
        history=History(
            orders_count=3,
            first_order_at=NOW - timedelta(days=3 * 365 + 1),
            last_order_at=NOW - timedelta(days=400),
        ),
        loyalty=LoyaltyState(balance=1240, earned=120, tier="gold", tier_until=date(2027, 12, 31)),
    )


def _order(family: Family, said: SampleWords) -> Order:
    customer = Customer(id="7", given_name=said.given, family_name=said.family)
    price = Money(minor=2400, currency="EUR")
    lines = tuple(
        OrderLine(id=f"l{n}", title=title, quantity=n, unit_price=price, total=price * n)
        for n, title in enumerate(said.products, 1)
    )
    total = sum((line.total for line in lines[1:]), lines[0].total)
    return Order(
        id="100-2847",
        number="100-2847",
        placed_at=NOW,
        paid_at=NOW,
        currency="EUR",
        total=total,
        lines=lines,
        customer=customer,
        shipping_address=Address(country="DE"),
        fulfilments=plan_fulfilment("100-2847", lines),
        is_gift=family.name == "gift_message",
        gift_message=said.message,
        gift_to=said.to,
        gift_from=said.giver,
        ship_by=NOW - timedelta(days=4),
    )


def _settings(family: Family, said: SampleWords, words: Localizer) -> InsertSettings:
    tag = words.tag
    has_offer = family.name in _WITH_OFFER
    return InsertSettings.model_validate(
        {
            "gifts": {family.name: {tag: said.gift}} if has_offer else {},
            "offers": {family.name: {"percent": 10}} if has_offer else {},
            "tiers": {"gold": {"name": {tag: said.tier}, "benefits": {tag: said.benefits}}},
            "loyalty_url": "https://kiln.example/account",
            "care": [
                {
                    "steps": {tag: said.steps},
                    "url": "https://kiln.example/care",
                    "warranty_months": 24,
                }
            ],
            "late": {"reason": {tag: said.reason}, "remedy": {tag: said.remedy}},
            "referral": {
                "friend": {"amount": Money(minor=1000, currency="EUR")},
                "own": {"words": {tag: said.reward}},
                "url": "https://kiln.example/friends",
            },
            "returns": {
                "days": 30,
                "cost": {tag: said.cost},
                "url": "https://kiln.example/returns",
            },
            "survey": {"url": "https://kiln.example/why", "minutes": 2},
            "review": {"url": "https://kiln.example/review"},
        }
    )


def _candidate(family: Family) -> Candidate:
    return Candidate(
        id=f"card:{family.name}:sample",
        surface="card",
        channel=ConsentChannel.PARCEL_INSERT,
        template=family.name,
        content=family.content | {kind for _, kind in family.adds},
        is_personalised=family.is_personalised,
        reason="a sample",
    )


def _decision(candidate: Candidate) -> Decision:
    """Return a decision about nobody, which demands what most laws do."""
    demands = ("how to object",) if candidate.is_personalised else ()
    return Decision(
        decision_id="sample",
        event_id=_EVENT,
        candidate_id=candidate.id,
        allowed=True,
        message_class=candidate.message_class,
        channel=candidate.channel,
        insert_type=candidate.insert_type,
        jurisdictions=("DE",),
        basis="none",
        rule_ids=(),
        rules_version="sample",
        reasons=("a sample is sent to nobody",),
        must_include=demands,
        decided_at=NOW,
    )


def _coupon() -> CardOffer:
    return CardOffer(
        code=_CODE,
        percent=10,
        expires_on=date(2026, 12, 31),
        minimum=Money(minor=4000, currency="EUR"),
    )
