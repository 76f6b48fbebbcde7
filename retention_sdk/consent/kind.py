"""What a candidate is in the eyes of the rules."""

from __future__ import annotations

from typing import NamedTuple

from ..model import (
    SERVICE_CONTENT,
    Candidate,
    ConsentChannel,
    ContentKind,
    MessageClass,
    Purpose,
)
from .standing import Asking, asking

# What the table calls the channels; all others have the same name there.
_TABLE_NAMES = {ConsentChannel.POST: "postal_mail"}
# Channels that ring, buzz or light up a screen.
_DISTURBING = frozenset(
    {
        ConsentChannel.EMAIL,
        ConsentChannel.SMS,
        ConsentChannel.WHATSAPP,
        ConsentChannel.PUSH,
        ConsentChannel.PHONE,
    }
)


class Kind(NamedTuple):
    """A candidate without its words: all that rules and records are asked about.

    ``is_service`` is strictly about the order, ``is_insert`` lies in a parcel. ``wanted`` is
    class, channel and kind of insert as the table names them; ``note`` says what made marketing of
    something that thanks for an order.
    """

    message_class: MessageClass
    channel: ConsentChannel
    insert_type: str
    is_personalised: bool
    is_service: bool
    is_insert: bool
    content: frozenset[ContentKind]
    asked: Asking
    wanted: tuple[str, str, str]
    note: tuple[str, ...]

    @property
    def is_disturbing(self) -> bool:
        """Whether it rings, buzzes or lights up a screen."""
        return self.channel in _DISTURBING


def kind_of(candidate: Candidate) -> Kind:
    """Return what a candidate is.

    Raises:
        ValueError: it names no channel of ours, or says nothing of its content.
    """
    channel = ConsentChannel(candidate.channel)
    if not candidate.content:
        raise ValueError("the content was not declared")
    content = frozenset(map(ContentKind, candidate.content))
    message_class = candidate.message_class
    purposes = candidate.purposes
    if message_class is MessageClass.MARKETING and not purposes:
        purposes = (Purpose.MARKETING,)
    table_name = _TABLE_NAMES.get(channel, channel.value)
    return Kind(
        message_class=message_class,
        channel=channel,
        insert_type=candidate.insert_type,
        is_personalised=candidate.is_personalised,
        is_service=message_class is MessageClass.TRANSACTIONAL,
        is_insert=channel is ConsentChannel.PARCEL_INSERT,
        content=content,
        asked=asking(channel, purposes, is_personalised=candidate.is_personalised),
        wanted=(message_class.value, table_name, candidate.insert_type),
        note=_class_note(content, message_class),
    )


def _class_note(content: frozenset[ContentKind], message_class: MessageClass) -> tuple[str, ...]:
    """Say what made marketing of something that thanks for an order."""
    other = ", ".join(sorted(kind.value for kind in content - SERVICE_CONTENT))
    if other:
        return (f"marketing, because of {other} (compare BGH 10.07.2018 VI ZR 225/17)",)
    if message_class is MessageClass.MARKETING:
        return ("marketing, because no contract needs a card filled with personal data",)
    return ()
