"""From a decision to bytes: composed documents are recorded, artifacts can be made again."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ..config import LocaleConfig
from ..inserts import (
    Card,
    InsertSettings,
    card_id_for,
    compose_card,
    make_token,
)
from ..inserts.codes import human_code
from ..inserts.codes.settings import CodesConfig
from ..inserts.formats import DEFAULT_FORMAT
from ..inserts.offers import CardOffer, Offer
from ..messages import (
    Message,
    PushMessage,
    SmsMessage,
    WhatsAppMessage,
    compose_email,
    compose_push,
    compose_sms,
    compose_whatsapp,
    render_email,
    render_push,
    render_sms,
    render_whatsapp,
)
from ..model import Artifact, Candidate, ConsentChannel, ContentKind, Context, Record
from ..model.candidate import Surface
from ..model.shop import Shop
from .cards.coupons import CouponDesk
from .cards.looks import Looks
from .choose import Pick
from .links import Links
from .locale import localizer_for


class Documents(Record):
    """What was composed for one event: data, no drawing."""

    card: Card | None = None
    email: Message | None = None
    sms: SmsMessage | None = None
    push: PushMessage | None = None
    whatsapp: WhatsAppMessage | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """Where the QR code leads: the base of the short link, and the keys that sign it by number.

    ``current`` signs new cards; what the others signed can still be read. ``is_typed`` prints a
    short code below it, for those who do not scan.
    """

    base_url: str
    keys: Mapping[int, bytes]
    current: int = 0
    is_typed: bool = False

    @property
    def key(self) -> bytes:
        """The key of new cards."""
        return self.keys[self.current]


def read_codes(settings: CodesConfig, shop_key: bytes) -> Codes:
    """Return the codes as they are set; ``shop_key`` stands for a first key that is not."""
    first = hmac.digest(shop_key, b"codes", sha256)
    keys, base_url = settings.keys_by_number(first), settings.base_url
    return Codes(base_url, keys, settings.current, is_typed=settings.is_typed)


def compose(
    context: Context,
    picks: Sequence[Pick],
    *,
    locales: LocaleConfig,
    codes: Codes,
    settings: InsertSettings | None = None,
    card_id: int | None = None,
    coupons: CouponDesk | None = None,
    links: Links | None = None,
) -> Documents:
    """Write the card and the messages that were allowed, in the language of the context.

    ``card_id`` is the number of a card that is written anew; a first one gets its own.
    ``coupons`` makes the card's own code, so that it exists before it is printed. ``links`` are
    where advertising is unsubscribed from; without them that is done by mail.

    Raises:
        PlatformError: the platform that makes coupons refused, or is away.
    """
    words = localizer_for(context.locale, locales)
    by_surface = {pick.candidate.surface: pick for pick in picks}
    card = email = sms = push = whatsapp = None
    if pick := by_surface.get("card"):
        number = card_id_for(context.event_id, pick.candidate.id) if card_id is None else card_id
        url = code_url(context.event_id, pick.candidate, codes, settings=settings, card_id=number)
        card = compose_card(
            context,
            pick.candidate,
            pick.decision,
            words,
            code_url=url,
            code_label=_typed(number, pick.candidate, codes) if url else "",
            settings=settings,
            coupon=_own_coupon(context, pick.candidate, settings, coupons, number),
        )
    if pick := by_surface.get("email"):
        unsubscribe_url, preferences_url = _ways_out(context, links)
        email = compose_email(
            context,
            pick.candidate,
            pick.decision,
            words,
            unsubscribe_url=unsubscribe_url,
            preferences_url=preferences_url,
        )
    if pick := by_surface.get("sms"):
        out, _ = _ways_out(context, links, ConsentChannel.SMS)
        sms = compose_sms(context, pick.candidate, pick.decision, words, opt_out_url=out or None)
    if pick := by_surface.get("push"):
        push = compose_push(context, pick.candidate, pick.decision, words)
    if pick := by_surface.get("whatsapp"):
        whatsapp = compose_whatsapp(context, pick.candidate, pick.decision, words)
    return Documents(card=card, email=email, sms=sms, push=push, whatsapp=whatsapp)


def _ways_out(
    context: Context, links: Links | None, channel: ConsentChannel = ConsentChannel.EMAIL
) -> tuple[str, str]:
    """Return where to unsubscribe and where to choose; RFC 8058 s. 3.1 wants both on https."""
    who, now, locale = context.subject_id, context.now, context.locale.tag
    if links is None or not links.is_secure or who is None:
        return "", ""
    return (
        links.unsubscribe_url(who, channel, now=now, locale=locale),
        links.preferences_url(who, now=now, locale=locale),
    )


def _typed(card_id: int, candidate: Candidate, codes: Codes) -> str:
    """Return what to type instead of scanning; a coupon is to type itself, and needs the room."""
    if not codes.is_typed or ContentKind.COUPON in candidate.content:
        return ""
    return human_code(card_id, key=codes.key)


def _own_coupon(
    context: Context,
    candidate: Candidate,
    settings: InsertSettings | None,
    coupons: CouponDesk | None,
    card_id: int,
) -> CardOffer | None:
    """Return the offer of a card with a code of its own; None where it has none or a shared one."""
    offers: Mapping[str, Offer] = dict(settings.offers.items()) if settings else {}
    offer = offers.get(candidate.template)
    is_decided = ContentKind.COUPON in candidate.content
    if coupons is None or offer is None or offer.code or not is_decided:
        return None
    return coupons.offer_for(
        card_id, offer, now=context.now, time_zone=context.shop.time_zone, title=candidate.template
    )


def render(
    documents: Documents,
    *,
    context: Context,
    looks: Looks,
    card_format: str = DEFAULT_FORMAT,
) -> dict[Surface, tuple[Artifact, ...]]:
    """Make the artifacts: the same documents always make the same bytes."""
    made: dict[Surface, tuple[Artifact, ...]] = {}
    if documents.card:
        card = looks.draw(documents.card, created_at=context.now, format=card_format)
        made["card"] = (card.pdf, card.front_png, card.back_png)
    if documents.email:
        message_id = message_id_for(context.event_id, context.shop)
        made["email"] = (render_email(documents.email, message_id=message_id, date=context.now),)
    if documents.sms:
        made["sms"] = (render_sms(documents.sms),)
    if documents.push:
        made["push"] = (render_push(documents.push),)
    if documents.whatsapp:
        made["whatsapp"] = (render_whatsapp(documents.whatsapp),)
    return made


def code_url(
    event_id: str,
    candidate: Candidate,
    codes: Codes,
    *,
    settings: InsertSettings | None = None,
    card_id: int | None = None,
) -> str | None:
    """Return the signed short link of a personal card; None where the shop has no address."""
    if not codes.base_url or not candidate.is_personalised:
        return None
    number = card_id_for(event_id, candidate.id) if card_id is None else card_id
    variant = variant_number(candidate, settings)
    return codes.base_url + make_token(number, variant, key=codes.key, key_number=codes.current)


def variant_number(candidate: Candidate, settings: InsertSettings | None) -> int:
    """Return the place of a candidate's variant in the settings, from 1; 0 without variants."""
    arms = settings.variants.get(candidate.template, ()) if settings else ()
    names = [arm.name for arm in arms]
    return names.index(candidate.variant) + 1 if candidate.variant in names else 0


def message_id_for(event_id: str, shop: Shop) -> str:
    """Return the Message-ID of an event's e-mail: always the same, and nobody's secret."""
    domain = shop.email.rpartition("@")[2] or f"{shop.id}.invalid"
    return f"<{sha256(event_id.encode()).hexdigest()[:32]}@{domain}>"


def delivery_id_for(event_id: str, surface: str, *, device: str = "") -> str:
    """Return the identifier under which a channel sees a repetition as one; each device has one."""
    name = f"{surface}-{sha256(f'{surface}:{event_id}'.encode()).hexdigest()[:24]}"
    return f"{name}-{device}" if device else name
