"""A WhatsApp message: a template that WhatsApp approved before, and what fills its gaps."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

from pydantic import Field

from ..errors import ConsentError
from ..l10n import REGISTRY, Localizer, strip_isolates
from ..model import Artifact, Candidate, Context, Decision, Record
from ..model.base import Identifier
from ..model.shop import Formality
from .candidates import ORDER_SHIPPED, THANK_YOU, find_recipient, text_key
from .permission import check_decision, is_marketing
from .words import Words

WHATSAPP_TEMPLATES = (THANK_YOU, ORDER_SHIPPED)
MEDIA_TYPE = "application/vnd.retention.whatsapp+json"
_GAP = re.compile(r"\{\{([0-9]+)\}\}")


class WhatsAppMessage(Record):
    """A composed message. ``variables`` fill the gaps ``{{1}}``… of the approved text.

    ``text`` is what the customer reads, if the text was approved as ``template_text`` gives it.
    """

    candidate_id: Identifier
    decision_id: Identifier
    template: str
    locale: str
    recipient: Annotated[str, Field(repr=False)]
    variables: Annotated[tuple[str, ...], Field(repr=False)]
    text: Annotated[str, Field(repr=False)]


def compose_whatsapp(
    context: Context, candidate: Candidate, decision: Decision, localizer: Localizer
) -> WhatsAppMessage:
    """Write the WhatsApp message that was decided on. Only service messages are sent this way.

    Raises:
        ConsentError: the decision does not allow this candidate, or it is advertising.
    """
    check_decision(context, candidate, decision, "whatsapp")
    if is_marketing(decision):
        raise ConsentError("nothing here writes advertising for WhatsApp")
    facts = Words(context, localizer).facts(text_key("whatsapp", candidate.template))
    variables = tuple(str(value) for name, value in facts.items() if name != "brand")
    approved = template_text(
        candidate.template,
        localizer,
        brand=context.brand.name,
        formality=context.locale.formality,
    )
    return WhatsAppMessage(
        candidate_id=candidate.id,
        decision_id=decision.decision_id,
        template=candidate.template,
        locale=localizer.tag,
        recipient=find_recipient(context, "whatsapp"),
        variables=variables,
        text=_filled(approved, variables),
    )


def render_whatsapp(message: WhatsAppMessage) -> Artifact:
    """Return what a provider needs, as JSON with sorted keys."""
    fields = ("locale", "template", "text", "variables")
    values = {field: getattr(message, field) for field in fields}
    text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    name = f"whatsapp-{message.template}.{message.locale}.json".replace("_", "-")
    return Artifact(name=name, media_type=MEDIA_TYPE, data=text.encode())


def template_text(template: str, localizer: Localizer, *, brand: str, formality: Formality) -> str:
    """Return the text to have approved for a template in a language, its gaps numbered from 1.

    The brand is part of it, because WhatsApp refuses texts that begin with a gap. The customer's
    gender makes no difference: one text is approved for everybody.

    Raises:
        MessageError: the language has no such text.
    """
    key = text_key("whatsapp", template)
    names = [name for name in REGISTRY[key].types if name != "brand"]
    gaps: dict[str, Any] = {name: f"{{{{{number}}}}}" for number, name in enumerate(names, start=1)}
    return strip_isolates(localizer.message(key, formality=formality, brand=brand, **gaps))


def _filled(approved: str, variables: tuple[str, ...]) -> str:
    """Fill the gaps; what looks like one in a brand's name stays."""

    def value_of(gap: re.Match[str]) -> str:
        number = int(gap[1])
        return variables[number - 1] if 0 < number <= len(variables) else gap[0]

    return _GAP.sub(value_of, approved)
