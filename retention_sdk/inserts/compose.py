"""Write an allowed card: every text final, localized and isolated. No drawing, no I/O."""

from __future__ import annotations

import re
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from ..errors import ConsentError
from ..l10n import Localizer, isolate
from ..model import Candidate, ContentKind, Context, Decision, Order
from ..model.shop import words_for
from .card import Card, CardBlock, CardCode, CardItem, CardPoints
from .choose import GIFT_MESSAGE, PLAIN_THANKS, REPEAT_CUSTOMER

ITEMS_MAX = 3
_GIFT_PARAGRAPHS_MAX = 5
# Families of message keys; a template that has none of its own speaks like thank_you.
_KEYS = {
    "first_order_welcome": "first_order",
    "repeat_customer": "repeat",
    "plain_thanks": "plain_thanks",
    "gift_message": "gift",
}


# Arabic-Indic digits (bidi class AN) carry their separators from right to left, even inside a
# left-to-right isolate; a mark on both sides of each separator stops that (UAX #9, rule N1).
_ARABIC_INDIC = re.compile("[\u0660-\u0669]")
_SEPARATOR = re.compile(r"([^\w\s])")
_LRM = "\u200e"


class _Order(TypedDict, total=False):
    order_number: str
    order_date: str
    items: tuple[CardItem, ...]
    more_items: str


def compose_card(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    code_url: str | None,
) -> Card:
    """Return the card that was allowed, in the language of the context.

    It never holds a price, an e-mail address, a phone number or a postal address of the
    customer. ``code_url`` is printed on personal cards only.

    Raises:
        ConsentError: the decision forbids this card, is about another one, or a block holds
            what was not decided.
    """
    _check_consent(context, candidate, decision)
    is_personal = _is_personal(candidate)
    return Card(
        template=candidate.template,
        language=localizer.tag,
        script=localizer.script,
        direction=localizer.direction,
        palette=context.brand.palette,
        logo=context.brand.logo,
        brand_name=context.brand.name,
        sender_name=isolate(context.brand.sender.name),
        sender_role=_isolated(context.brand.sender.role),
        tagline=_tagline(context, localizer),
        signoff=_say(context, localizer, "card.signoff"),
        contact=_contact(context, localizer),
        legal=_legal(context, localizer),
        salutation=_salutation(context, candidate, localizer) if is_personal else "",
        headline=_say(context, localizer, f"{_family(candidate)}.headline"),
        body=_body(context, candidate, localizer),
        points=_points(context, candidate, localizer) if is_personal else (),
        blocks=_blocks(candidate) if is_personal else (),
        code=_code(context, localizer, code_url) if is_personal else None,
        **_order(context, candidate, localizer),
    )


def _check_consent(context: Context, candidate: Candidate, decision: Decision) -> None:
    name = f"the card {candidate.template}"
    if not decision.allowed:
        raise ConsentError(f"{name}: the decision {decision.decision_id} does not allow it")
    if decision.candidate_id != candidate.id or decision.event_id != context.event_id:
        raise ConsentError(f"{name}: the decision {decision.decision_id} is about something else")
    undecided = {block.content for block in candidate.blocks} - candidate.content
    if undecided:
        kinds = ", ".join(sorted(undecided))
        raise ConsentError(f"{name}: a block holds what the candidate does not declare: {kinds}")


def _is_personal(candidate: Candidate) -> bool:
    return candidate.is_personalised and candidate.template not in {PLAIN_THANKS, GIFT_MESSAGE}


def _family(candidate: Candidate) -> str:
    return f"card.{_KEYS.get(candidate.template, 'thank_you')}"


def _say(context: Context, localizer: Localizer, key: str, **arguments: Any) -> str:
    return localizer.message(key, formality=context.locale.formality, **arguments)


def _salutation(context: Context, candidate: Candidate, localizer: Localizer) -> str:
    is_repeat = candidate.template == REPEAT_CUSTOMER
    return localizer.salutation(
        context.customer,
        formality=context.locale.formality,
        relation="repeat" if is_repeat else "first",
        addressee=context.customer.addressee if context.customer else "",
    ).text


def _body(context: Context, candidate: Candidate, localizer: Localizer) -> tuple[str, ...]:
    arguments: dict[str, Any] = {"brand": context.brand.name}
    if candidate.template == REPEAT_CUSTOMER:
        arguments["count"] = context.history.orders_count + 1
    text = _say(context, localizer, f"{_family(candidate)}.body", **arguments)
    paragraphs = tuple(part for part in text.split("\n") if part.strip())
    if candidate.template != GIFT_MESSAGE or context.order is None:
        return paragraphs
    return (*_gift_message(context.order), *paragraphs)


def _gift_message(order: Order) -> tuple[str, ...]:
    """Return the buyer's own words, each paragraph isolated; a long tail stays one paragraph."""
    parts = [" ".join(part.split()) for part in order.gift_message.split("\n") if part.strip()]
    first, rest = parts[: _GIFT_PARAGRAPHS_MAX - 1], parts[_GIFT_PARAGRAPHS_MAX - 1 :]
    return tuple(isolate(part) for part in (*first, *([" ".join(rest)] if rest else [])))


def _order(context: Context, candidate: Candidate, localizer: Localizer) -> _Order:
    """Return what the back says about the order: nothing, its number, or number, day and items.

    Whoever gets a gift may quote the number for an exchange, and learns no more.
    """
    order = context.order
    if order is None or candidate.template == PLAIN_THANKS:
        return {}
    number = _say(context, localizer, "card.order.number", number=_in_order(order.number))
    if not _is_personal(candidate):
        return _Order(order_number=number) if candidate.template == GIFT_MESSAGE else {}
    lines = _packed_lines(order)
    hidden = len(lines) - ITEMS_MAX
    items = tuple(
        CardItem(quantity=localizer.number(quantity), title=isolate(title))
        for quantity, title in lines[:ITEMS_MAX]
    )
    more = _say(context, localizer, "card.order.more_items", count=hidden) if hidden > 0 else ""
    placed_on = order.placed_at.astimezone(ZoneInfo(context.shop.time_zone)).date()
    return _Order(
        order_number=number,
        order_date=_say(context, localizer, "card.order.date", date=placed_on),
        items=items,
        more_items=more,
    )


def _in_order(number: str) -> str:
    """Return an order number whose parts stay in the order the shop wrote them."""
    if not _ARABIC_INDIC.search(number):
        return number
    return _SEPARATOR.sub(rf"{_LRM}\1{_LRM}", number)


def _packed_lines(order: Order) -> list[tuple[int, str]]:
    """Return quantity and title of what lies in the parcel that gets the card."""
    fulfilment = order.insert_fulfilment
    titles = {line.id: line.title for line in order.lines}
    parts = fulfilment.lines if fulfilment else ()
    return [(part.quantity, titles[part.line_id]) for part in parts if titles[part.line_id]]


def _points(context: Context, candidate: Candidate, localizer: Localizer) -> tuple[CardPoints, ...]:
    if ContentKind.POINTS_BALANCE not in candidate.content or not context.has_points:
        return ()
    loyalty = context.loyalty
    counts = {"card.points.earned": loyalty.earned, "card.points.balance": loyalty.balance}
    return tuple(
        CardPoints(text=_say(context, localizer, key, points=count), number=localizer.number(count))
        for key, count in counts.items()
        if count > 0
    )


def _blocks(candidate: Candidate) -> tuple[CardBlock, ...]:
    return tuple(
        CardBlock(
            content=block.content,
            title=_isolated(block.title),
            text=isolate(block.text),
            is_optional=block.is_optional,
        )
        for block in candidate.blocks
    )


def _code(context: Context, localizer: Localizer, url: str | None) -> CardCode | None:
    if not url:
        return None
    return CardCode(url=url, caption=_say(context, localizer, "card.qr.caption"))


def _tagline(context: Context, localizer: Localizer) -> str:
    own = _isolated(words_for(context.brand.tagline, localizer.tag))
    return own or _say(context, localizer, "card.back.tagline")


def _contact(context: Context, localizer: Localizer) -> str:
    brand, shop = context.brand, context.shop
    contact = brand.contact_email or brand.contact_url or shop.email or shop.url
    return _say(context, localizer, "card.back.contact", contact=contact) if contact else ""


def _legal(context: Context, localizer: Localizer) -> str:
    shop = context.shop
    return _isolated(context.brand.legal_line(localizer.tag, shop.country, shop.language))


def _isolated(text: str) -> str:
    return isolate(text) if text else ""
