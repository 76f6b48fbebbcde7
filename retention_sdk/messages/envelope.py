"""What every e-mail says of itself: from whom, to whom, in which language, signed by whom."""

from __future__ import annotations

from typing import Any

from ..l10n import Localizer
from ..model import Candidate, Context, Decision
from .sender import Correspondents
from .urls import secure_url
from .words import Words


def envelope(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    *,
    localizer: Localizer,
    words: Words,
    people: Correspondents,
) -> dict[str, Any]:
    """Return the fields of a ``Message`` that do not depend on what it says."""
    return {
        "candidate_id": candidate.id,
        "decision_id": decision.decision_id,
        "message_class": candidate.message_class,
        "locale": localizer.tag,
        "language": localizer.language,
        "script": localizer.script,
        "direction": localizer.direction,
        "colon": words.colon,
        "sender_name": context.brand.name,
        "sender_address": people.sender,
        "reply_to": people.reply_to,
        "recipient": people.recipient,
        **_signature(context, words),
    }


def _signature(context: Context, words: Words) -> dict[str, Any]:
    brand = context.brand
    return {
        "signoff": words.say("email.signoff"),
        "signer": words.text(brand.sender.name),
        "signer_role": words.text(brand.sender.role),
        "brand_name": brand.name,
        "brand_url": secure_url(context.shop.url),
        "palette": brand.palette,
    }
