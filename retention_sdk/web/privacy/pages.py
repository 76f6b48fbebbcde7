"""What each page says. Pure: from what is on record to a page as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ...consent.answers import EXTRAS, PARTS, find_answer, is_wanted
from ...model import Consent, ConsentChannel, ConsentState, Purpose
from .page import Anchor, Box, Button, Group, Page, Section
from .speech import Speech

DO = "do"
"""The field that says what was pressed."""
SAVE, NOTHING, UNSUBSCRIBE, CONFIRM = "save", "nothing", "unsubscribe", "confirm"
UNDO = "undo"
"""The field with the token that takes something back."""

_DATA = (*EXTRAS, Purpose.SALE_OR_SHARING)
# What every shop may have; another channel appears once somebody answered about it.
_USUAL = (ConsentChannel.EMAIL, ConsentChannel.PARCEL_INSERT)


def unsubscribe_page(speech: Speech, channel: ConsentChannel, *, preferences: str) -> Page:
    """Ask once, and do nothing yet: whoever scans links must not unsubscribe anybody."""
    body = speech.say("privacy.unsubscribe.body", channel=speech.channel(channel))
    title = speech.say("privacy.unsubscribe.title")
    return Page(
        "unsubscribe",
        title,
        paragraphs=(body, speech.say("privacy.unsubscribe.orders")),
        buttons=(Button(title, DO, UNSUBSCRIBE),),
        anchors=_ways(speech, preferences),
    )


def unsubscribed_page(
    speech: Speech, channel: ConsentChannel, *, preferences: str = "", undo: str = ""
) -> Page:
    """Say that it is done; ``undo`` is the token that takes it back, if there is one."""
    body = speech.say("privacy.unsubscribe.body", channel=speech.channel(channel))
    button = Button(speech.say("privacy.undo.button"), UNDO, undo, is_main=False)
    return Page(
        "unsubscribed",
        speech.say("privacy.unsubscribe.done.title"),
        paragraphs=(body, speech.say("privacy.unsubscribe.orders")),
        buttons=(button,) if undo else (),
        anchors=_ways(speech, preferences),
    )


def restored_page(speech: Speech, *, preferences: str) -> Page:
    """Say that all is as it was."""
    return Page(
        "restored",
        speech.say("privacy.saved.title"),
        paragraphs=(speech.say("privacy.saved.body"),),
        anchors=_ways(speech, preferences),
    )


def preferences_page(
    speech: Speech,
    current: Sequence[Consent],
    *,
    at: datetime,
    has_points: bool,
    has_signal: bool,
    news: Iterable[str] = (),
) -> Page:
    """Show what holds, box by box; what is not ticked will not come."""
    processed = (speech.say("privacy.signal.body"),) if has_signal else ()
    contact = speech.contact.text
    rights = Section(speech.say("privacy.rights.title"), speech.say("privacy.rights.body"))
    return Page(
        "preferences",
        speech.say("privacy.preferences.title"),
        news=(*news, *processed),
        paragraphs=(
            speech.say("privacy.preferences.body"),
            speech.say("privacy.unsubscribe.orders"),
        ),
        groups=(
            _channels(speech, current, at),
            _purposes(speech, current, at, has_points=has_points),
            _data(speech, current, at, has_signal=has_signal),
        ),
        buttons=(
            Button(speech.say("privacy.save.button"), DO, SAVE),
            Button(speech.say("privacy.everything_off.button"), DO, NOTHING, is_main=False),
        ),
        sections=(rights,) if contact else (),
    )


def confirm_page(speech: Speech, channel: ConsentChannel) -> Page:
    """Ask for the second step of a double opt-in."""
    body = speech.say("privacy.confirm.body", channel=speech.channel(channel))
    return Page(
        "confirm",
        speech.say("email.confirm.headline"),
        paragraphs=(body,),
        buttons=(Button(speech.say("email.confirm.cta"), DO, CONFIRM),),
    )


def confirmed_page(speech: Speech, channel: ConsentChannel, *, preferences: str) -> Page:
    """Say that it is done, and where it can be taken back."""
    body = speech.say("privacy.confirm.body", channel=speech.channel(channel))
    return Page(
        "confirmed",
        speech.say("privacy.confirm.done.title"),
        paragraphs=(body,),
        anchors=_ways(speech, preferences),
    )


def invalid_page(speech: Speech) -> Page:
    """Say the same about every link that is no good, and how to go on."""
    paragraphs = (speech.say("privacy.invalid.body"),) if speech.contact.text else ()
    return Page("invalid", speech.say("privacy.invalid.title"), paragraphs=paragraphs, status=404)


def busy_page(speech: Speech, *, status: int) -> Page:
    """Say that it did not work for a reason that will pass."""
    title = speech.say("privacy.preferences.title")
    return Page("busy", title, paragraphs=(speech.say("privacy.busy.body"),), status=status)


def _ways(speech: Speech, preferences: str) -> tuple[Anchor, ...]:
    text = speech.say("privacy.preferences.title")
    return (Anchor(text, preferences),) if preferences else ()


def _channels(speech: Speech, current: Sequence[Consent], at: datetime) -> Group:
    answered = {each.channel for each in current} | {*_USUAL}
    boxes = tuple(
        Box(channel.value, speech.channel(channel), _is_granted(current, channel, at))
        for channel in ConsentChannel
        if channel in answered and channel is not ConsentChannel.ANY
    )
    return Group(speech.say("privacy.channels.legend"), boxes)


def _purposes(
    speech: Speech, current: Sequence[Consent], at: datetime, *, has_points: bool
) -> Group:
    shown = [part for part in PARTS if has_points or part is not Purpose.LOYALTY]
    boxes = tuple(
        Box(part.value, speech.purpose(part), is_wanted(current, part, at=at)) for part in shown
    )
    return Group(speech.say("privacy.purposes.legend"), boxes)


def _data(speech: Speech, current: Sequence[Consent], at: datetime, *, has_signal: bool) -> Group:
    """A browser's signal outweighs a tick: the box of sale and sharing stays empty."""
    boxes = tuple(
        Box(
            purpose.value,
            speech.purpose(purpose),
            is_ticked=is_wanted(current, purpose, at=at) and not is_signalled,
            is_fixed=is_signalled,
        )
        for purpose in _DATA
        for is_signalled in (has_signal and purpose is Purpose.SALE_OR_SHARING,)
    )
    return Group(speech.say("privacy.data.legend"), boxes)


def _is_granted(current: Sequence[Consent], channel: ConsentChannel, at: datetime) -> bool:
    answer = find_answer(current, channel, Purpose.MARKETING, at=at)
    return answer is ConsentState.GRANTED
