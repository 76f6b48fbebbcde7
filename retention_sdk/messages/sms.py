"""A text message: as short as it can be, counted in what the provider charges."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field

from ..errors import ConsentError, MessageError
from ..l10n import Localizer, sms_length, sms_text
from ..model import Artifact, Candidate, Context, Decision, MessageClass, Record
from ..model.base import Identifier
from .candidates import ORDER_SHIPPED, find_recipient
from .permission import check_decision, find_labels, is_marketing
from .urls import secure_url
from .words import Words

SMS_SEGMENTS_MAX = 5
"""What one message may cost. The texts need four at the most; a long brand name takes the fifth."""

# What people type: one word, of any script, so that a telephone sends back just that.
_OPT_OUT_WORD = re.compile(r"\w{1,20}")


class SmsMessage(Record):
    """A composed text message. ``recipient`` is in E.164; ``units`` are septets or UCS-2 units."""

    candidate_id: Identifier
    decision_id: Identifier
    template: str
    message_class: MessageClass
    locale: str
    recipient: Annotated[str, Field(repr=False)]
    text: Annotated[str, Field(repr=False)]
    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int
    must_include: tuple[str, ...] = ()


def compose_sms(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    opt_out_word: str = "STOP",
    opt_out_url: str | None = None,
    tracking_url: str | None = None,
) -> SmsMessage:
    """Write the text message that was decided on.

    Advertising ends with how to stop it: ``opt_out_url``, for a sender that cannot be answered,
    else ``opt_out_word``, which the provider has to understand. ``tracking_url`` is the carrier's
    page, short if possible: it is paid by the letter. Isolates and typographic marks that would
    double the price are taken out; letters are never changed.

    Raises:
        ConsentError: the decision does not allow this candidate, or there is no way out of it.
        MessageError: the text costs more than ``SMS_SEGMENTS_MAX`` segments.
    """
    check_decision(context, candidate, decision, "sms")
    words = Words(context, localizer)
    parts = [find_labels(decision) + words.about(f"sms.{candidate.template}")]
    if candidate.template == ORDER_SHIPPED and (url := secure_url(tracking_url or "")):
        parts.append(words.say("sms.order_shipped.tracking", link=url))
    if is_marketing(decision):
        parts.append(_way_out(words, opt_out_word, opt_out_url))
    text = sms_text(words.gap.join(parts))
    length = sms_length(text)
    if length.segments > SMS_SEGMENTS_MAX:
        raise MessageError(
            f"sms.{candidate.template}: {length.segments} segments, at most {SMS_SEGMENTS_MAX}; "
            "use a shorter brand name or link"
        )
    return SmsMessage(
        candidate_id=candidate.id,
        decision_id=decision.decision_id,
        template=candidate.template,
        message_class=candidate.message_class,
        locale=localizer.tag,
        recipient=find_recipient(context, "sms"),
        text=text,
        encoding=length.encoding,
        units=length.units,
        segments=length.segments,
        must_include=decision.must_include,
    )


def render_sms(message: SmsMessage) -> Artifact:
    """Return the text as a file, byte for byte what goes to the provider: no line end is added."""
    name = f"sms-{message.template}.{message.locale}.txt".replace("_", "-")
    return Artifact(name=name, media_type="text/plain; charset=utf-8", data=message.text.encode())


def _way_out(words: Words, word: str, url: str | None) -> str:
    if url is not None:
        if not secure_url(url):
            raise ConsentError("the unsubscribe link of a text message must be an https URL")
        return words.say("sms.opt_out_link", link=url)
    if not _OPT_OUT_WORD.fullmatch(word):
        raise ConsentError("advertising has to say how to stop it: one word to send back")
    return words.say("sms.opt_out", word=word)
