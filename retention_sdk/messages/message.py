"""An e-mail as data: every text finished and localized, nothing drawn yet."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..model import MessageClass, Palette, Record
from ..model.base import Identifier

Text = str
"""A finished text. Isolates stay in it, so it is not cleaned again."""

PersonalText = Annotated[str, Field(repr=False)]


def _is_unset(value: object) -> bool:
    return not value


class Fact(Record):
    """A label and what it says, such as a total. ``is_minor`` ones are set small."""

    label: Text
    value: PersonalText
    is_minor: bool = False


class SummaryRow(Record):
    """One product of the order."""

    title: PersonalText
    quantity: Text
    price: Text


class Summary(Record):
    """What was ordered, and what it cost. The last of ``totals`` that is not minor is the sum."""

    title: Text
    columns: tuple[Text, Text, Text]
    facts: tuple[Fact, ...]
    rows: tuple[SummaryRow, ...]
    more_items: Text = ""
    totals: tuple[Fact, ...]


class MessageBlock(Record):
    """What a plugin adds: plain text."""

    title: Text = ""
    text: Text


class Link(Record):
    """Words that lead somewhere."""

    text: Text
    url: Text


class Unsubscribe(Record):
    """How to say no. ``one_click_url`` takes the POST of RFC 8058; ``mailto`` always works.

    ``preferences`` leads to where somebody says no to a part of it.
    """

    text: Text
    mailto: Text
    one_click_url: Text = ""
    preferences: Link | None = None

    @property
    def url(self) -> str:
        """Where the visible link leads."""
        return self.one_click_url or self.mailto


class Message(Record):
    """A composed e-mail. ``must_include`` is what the law asked for when it was composed.

    ``highlights`` are set apart below the text: a code, its last day, a balance.

    ``colon`` stands between a label and its value, with the spaces that the language puts there.
    """

    candidate_id: Identifier
    decision_id: Identifier
    template: Text
    message_class: MessageClass
    locale: Text
    language: Text
    script: Text
    direction: Literal["ltr", "rtl"]
    colon: Text
    sender_name: Text
    sender_address: Text
    reply_to: Text = ""
    recipient: PersonalText
    subject: Text
    preheader: Text
    headline: Text
    greeting: PersonalText
    paragraphs: tuple[Text, ...]
    tracking: Annotated[tuple[Text, ...], Field(repr=False)] = ()
    highlights: Annotated[tuple[Text, ...], Field(repr=False, exclude_if=_is_unset)] = ()
    summary: Summary | None = None
    points: tuple[Text, ...] = ()
    blocks: tuple[MessageBlock, ...] = ()
    call_to_action: Link | None = None
    signoff: Text
    signer: Text
    signer_role: Text = ""
    brand_name: Text
    brand_url: Text = ""
    palette: Palette = Palette()
    footer: tuple[Text, ...]
    unsubscribe: Unsubscribe | None = None
    must_include: tuple[Text, ...] = ()
