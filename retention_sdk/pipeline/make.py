"""From a decision to bytes: composed documents are recorded, artifacts can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ..config import LocaleConfig
from ..errors import PluginError
from ..inserts import (
    BUILT_IN_TEMPLATES,
    Card,
    CardTemplate,
    InsertSettings,
    card_id_for,
    compose_card,
    make_token,
    render_card,
)
from ..messages import Message, compose_email, render_email
from ..model import Artifact, Candidate, Context, Record
from ..model.candidate import Surface
from ..model.shop import Shop
from .choose import Pick
from .locale import localizer_for


class Documents(Record):
    """What was composed for one event: data, no drawing."""

    card: Card | None = None
    email: Message | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """Where the QR code leads: the base of the short link, and the keys that sign it by number.

    ``current`` signs new cards; what the others signed can still be read.
    """

    base_url: str
    keys: Mapping[int, bytes]
    current: int = 0

    @property
    def key(self) -> bytes:
        """The key of new cards."""
        return self.keys[self.current]


def compose(
    context: Context,
    picks: Sequence[Pick],
    *,
    locales: LocaleConfig,
    codes: Codes,
    settings: InsertSettings | None = None,
    card_id: int | None = None,
) -> Documents:
    """Write the card and the e-mail that were allowed, in the language of the context.

    ``card_id`` is the number of a card that is written anew; a first one gets its own.
    """
    words = localizer_for(context.locale, locales)
    by_surface = {pick.candidate.surface: pick for pick in picks}
    card = email = None
    if pick := by_surface.get("card"):
        url = code_url(context.event_id, pick.candidate, codes, settings=settings, card_id=card_id)
        card = compose_card(
            context, pick.candidate, pick.decision, words, code_url=url, settings=settings
        )
    if pick := by_surface.get("email"):
        email = compose_email(context, pick.candidate, pick.decision, words)
    return Documents(card=card, email=email)


def render(
    documents: Documents, *, context: Context, templates: Mapping[str, CardTemplate]
) -> dict[Surface, tuple[Artifact, ...]]:
    """Make the artifacts: the same documents always make the same bytes."""
    made: dict[Surface, tuple[Artifact, ...]] = {}
    if documents.card:
        template = find_template(documents.card.template, templates)
        card = render_card(documents.card, created_at=context.now, template=template)
        made["card"] = (card.pdf, card.front_png, card.back_png)
    if documents.email:
        message_id = message_id_for(context.event_id, context.shop)
        made["email"] = (render_email(documents.email, message_id=message_id, date=context.now),)
    return made


def find_template(name: str, templates: Mapping[str, CardTemplate]) -> CardTemplate | None:
    """Return a plugin's template; None for a built-in one.

    Raises:
        PluginError: the plugin that brought it is gone.
    """
    if name in templates or name in BUILT_IN_TEMPLATES:
        return templates.get(name)
    raise PluginError(f"the card template {name!r} is not installed any more; install its plugin")


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


def delivery_id_for(event_id: str, surface: str) -> str:
    """Return the identifier under which a channel sees a repetition as one."""
    return f"{surface}-{sha256(f'{surface}:{event_id}'.encode()).hexdigest()[:24]}"
