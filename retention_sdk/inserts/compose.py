"""Write an allowed card: every text final, localized and isolated. No drawing, no I/O."""

from __future__ import annotations

from typing import Any

from ..errors import ConsentError
from ..l10n import Localizer, isolate, isolate_ltr
from ..l10n import localizer as localizer_of
from ..model import Candidate, ContentKind, Context, Decision
from ..model.shop import words_for
from .bidi import standing_alone
from .card import Card, CardBlock, CardCode
from .codes import card_id_for
from .cta import call_to_action
from .demands import demands_left_open, demands_objection
from .facts import read_facts
from .families import GIFT_MESSAGE, PLAIN_THANKS, REPEAT_CUSTOMER, Family, family_of
from .offers import CardOffer
from .order_parts import member_notes, order_part, points_part
from .ordering import card_in_order
from .parts import Writer
from .settings import InsertSettings
from .slots import contact_of, read_slots

_TYPED_LETTERS_MAX = 48


def compose_card(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    code_url: str | None,
    code_label: str = "",
    settings: InsertSettings | None = None,
    coupon: CardOffer | None = None,
) -> Card:
    """Return the card that was allowed, in the language of the context.

    It never holds a price of the order, an e-mail address, a phone number or a postal address of
    the customer. ``code_url`` is a tracked link, printed on personal cards only; the others lead
    to the page itself. ``code_label`` is a short code to type instead of the tracked link.
    ``coupon`` is the code that was created for this card; an offer with a code for everybody
    needs none.

    Raises:
        ConsentError: the decision forbids this card, is about another one, a block or coupon holds
            what was not decided, or the card cannot carry what the decision demands.
        PrintError: the message of a gift is longer than a card can hold.
    """
    settings, family = settings or InsertSettings(), family_of(candidate.template)
    _check_consent(context, candidate, decision, coupon)
    slots = read_slots(candidate.template, context, read_facts(context), settings, localizer)
    writer = Writer(context, candidate, family, slots, localizer, coupon)
    is_personal = candidate.is_personalised
    card = Card(
        template=candidate.template,
        style=candidate.style or settings.style or context.brand.style,
        seed=card_id_for(context.event_id, candidate.id) if is_personal else 0,
        **_look(context, localizer),
        **_signed(context, writer),
        salutation=_salutation(context, family, localizer) if is_personal else "",
        headline=writer.say(family.headline),
        body=writer.body(),
        badge=writer.badge(),
        steps=writer.steps(),
        are_steps_numbered=writer.are_steps_numbered,
        quote=writer.quote(),
        coupon=writer.coupon(),
        points=points_part(writer) if is_personal else (),
        blocks=(
            *_blocks(candidate),
            *writer.small_print(),
            *_address(writer),
            *(member_notes(writer) if is_personal else ()),
        ),
        code=_code(writer, code_url, code_label),
        notice=_notice(context, decision, writer),
        **order_part(writer),
    )
    if left := demands_left_open(decision, card):
        raise ConsentError(f"the card {candidate.template} cannot carry {'; '.join(left)}")
    return card_in_order(card)


def _check_consent(
    context: Context, candidate: Candidate, decision: Decision, coupon: CardOffer | None
) -> None:
    name = f"the card {candidate.template}"
    if not decision.allowed:
        raise ConsentError(f"{name}: the decision {decision.decision_id} does not allow it")
    if decision.candidate_id != candidate.id or decision.event_id != context.event_id:
        raise ConsentError(f"{name}: the decision {decision.decision_id} is about something else")
    undecided = {block.content for block in candidate.blocks} - candidate.content
    if undecided:
        kinds = ", ".join(sorted(undecided))
        raise ConsentError(f"{name}: a block holds what the candidate does not declare: {kinds}")
    if coupon is not None and ContentKind.COUPON not in candidate.content:
        raise ConsentError(f"{name}: it was not decided with a coupon on it")


def _look(context: Context, localizer: Localizer) -> dict[str, Any]:
    """Return the language of the card and what is the same on all cards of a brand."""
    brand, script = context.brand, localizer.script
    return {
        "language": localizer.tag,
        "script": script,
        "direction": localizer.direction,
        "palette": brand.palette,
        "brand_name": standing_alone(brand.name, is_rtl=localizer.direction == "rtl"),
        "logo": brand.logo,
        "logo_pdf": brand.logo_pdf,
        "faces": {role: by[script] for role, by in brand.faces.items() if script in by},
    }


def _signed(context: Context, writer: Writer) -> dict[str, Any]:
    """Return who speaks, and how they are reached; nobody signs below a giver's words."""
    sender = context.brand.sender
    signature = {
        "signoff": writer.say("card.signoff"),
        "sender_name": isolate(sender.name),
        "sender_role": _isolated(sender.role),
        "signature": sender.signature,
    }
    return {
        **(signature if writer.family.is_signed and not writer.has_quote else {}),
        "tagline": _tagline(context, writer),
        "contact": _contact(context, writer),
        "legal": _legal(context, writer.words),
    }


def _salutation(context: Context, family: Family, localizer: Localizer) -> str:
    """Return how the card begins; one that is handed on greets nobody by name."""
    if not family.names_customer:
        return ""
    customer = context.customer
    return localizer.salutation(
        customer,
        formality=context.locale.formality,
        relation="repeat" if family.name == REPEAT_CUSTOMER else "first",
        addressee=customer.addressee if customer else "",
    ).text


def _blocks(candidate: Candidate) -> tuple[CardBlock, ...]:
    return tuple(
        CardBlock(
            content=block.content,
            title=_isolated(block.title),
            text=isolate(block.text),
            is_optional=block.is_optional,
        )
        for block in candidate.blocks
        if candidate.is_personalised
    )


def _code(writer: Writer, url: str | None, label: str) -> CardCode | None:
    """Return the code: the tracked link on a personal card, the page itself on others."""
    family = writer.family
    if family.name in {GIFT_MESSAGE, PLAIN_THANKS}:
        return None
    action = call_to_action(family, writer.slots)
    is_tracked = bool(url) and writer.candidate.is_personalised
    address = url if is_tracked else action.url
    if not address:
        return None
    caption = writer.say_if(f"card.cta.{action.kind}") if action.kind else ""
    return CardCode(
        url=address,
        caption=caption or writer.say("card.qr.caption"),
        label=isolate_ltr(label) if label and is_tracked else "",
    )


def _address(writer: Writer) -> tuple[CardBlock, ...]:
    """Return the page of a card that is not tracked, to type without a camera, if there is room."""
    url = call_to_action(writer.family, writer.slots).url
    address = url.partition("://")[2].rstrip("/")
    if writer.candidate.is_personalised or not 0 < len(address) <= _TYPED_LETTERS_MAX:
        return ()
    text = writer.say_if("card.code.label", address=address)
    content = min(writer.family.content)
    return (CardBlock(content=content, text=text),) if text else ()


def _notice(context: Context, decision: Decision, writer: Writer) -> str:
    """Return how to object, where that is demanded and the shop can be reached.

    Where the language does not have the sentence yet it is said in English: GDPR art. 21(4) asks
    for it in any case.
    """
    contact = contact_of(context)
    if not contact or not demands_objection(decision):
        return ""
    key = "card.notice.objection"
    own = writer.say_if(key, contact=contact)
    return own or isolate(localizer_of("en").message(key, contact=contact))


def _tagline(context: Context, writer: Writer) -> str:
    own = _isolated(words_for(context.brand.tagline, writer.words.tag))
    return own or writer.say("card.back.tagline")


def _contact(context: Context, writer: Writer) -> str:
    contact = contact_of(context)
    return writer.say("card.back.contact", contact=contact) if contact else ""


def _legal(context: Context, localizer: Localizer) -> str:
    shop, order = context.shop, context.order
    address = order and (order.shipping_address or order.billing_address)
    country = (address and address.country) or shop.country
    languages = (localizer.tag, shop.country, shop.language)
    return _isolated(context.brand.legal_line(*languages, country=country))


def _isolated(text: str) -> str:
    return isolate(text) if text else ""
