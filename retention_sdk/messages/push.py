"""A push message: a title and a sentence, as long as a locked screen shows."""

from __future__ import annotations

import json
import unicodedata
from typing import Annotated, Literal

from pydantic import Field

from ..l10n import Localizer, strip_isolates
from ..model import Artifact, Candidate, Context, Decision, MessageClass, Record
from ..model.base import Identifier
from .candidates import ORDER_SHIPPED, find_recipient
from .permission import check_decision, find_labels
from .urls import secure_url
from .words import Words

TITLE_CHARS_MAX = 50
BODY_CHARS_MAX = 150
"""Locked screens cut a title after some 40 to 60 letters, a body after two to four lines."""

_JOINERS = frozenset("\u200c\u200d")


class PushMessage(Record):
    """A composed push message. ``recipient`` is the account; the app knows its devices."""

    candidate_id: Identifier
    decision_id: Identifier
    template: str
    message_class: MessageClass
    locale: str
    direction: Literal["ltr", "rtl"]
    recipient: Annotated[str, Field(repr=False)]
    title: str
    body: Annotated[str, Field(repr=False)]
    link: Annotated[str, Field(repr=False)] = ""
    must_include: tuple[str, ...] = ()


def compose_push(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    tracking_url: str | None = None,
) -> PushMessage:
    """Write the push message that was decided on; a text that is too long is cut with an ellipsis.

    A touch leads to ``tracking_url`` for a shipping notice, else to the shop. How to refuse
    further ones is in the settings of every telephone.

    Raises:
        ConsentError: the decision does not allow this candidate.
    """
    check_decision(context, candidate, decision, "push")
    words, key = Words(context, localizer), f"push.{candidate.template}"
    link = tracking_url if candidate.template == ORDER_SHIPPED else ""
    return PushMessage(
        candidate_id=candidate.id,
        decision_id=decision.decision_id,
        template=candidate.template,
        message_class=candidate.message_class,
        locale=localizer.tag,
        direction=localizer.direction,
        recipient=find_recipient(context, "push"),
        title=shorten(find_labels(decision) + words.about(f"{key}.title"), TITLE_CHARS_MAX),
        body=shorten(words.about(f"{key}.body"), BODY_CHARS_MAX),
        link=secure_url(link or "") or secure_url(context.shop.url),
        must_include=decision.must_include,
    )


def render_push(message: PushMessage) -> Artifact:
    """Return what an app's server needs, as JSON with sorted keys."""
    fields = ("body", "direction", "link", "locale", "title")
    values = {field: getattr(message, field) for field in fields}
    text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    name = f"push-{message.template}.{message.locale}.json".replace("_", "-")
    return Artifact(name=name, media_type="application/json", data=text.encode())


def shorten(text: str, chars_max: int) -> str:
    """Return text of at most so many visible characters, never cut within a letter.

    A text that fits keeps its isolates; one that is cut loses them, because half a pair would
    turn what stands behind it.
    """
    visible = strip_isolates(text)
    if len(visible) <= chars_max:
        return text
    end = chars_max - 1
    while end and _belongs_together(visible[end - 1], visible[end]):
        end -= 1
    return visible[:end].rstrip() + "…"


def _belongs_together(left: str, right: str) -> bool:
    is_mark = unicodedata.category(right).startswith("M")
    return is_mark or left in _JOINERS or right in _JOINERS
