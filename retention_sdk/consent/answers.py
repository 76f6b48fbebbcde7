"""What somebody ticked, as answers for the record. Pure.

A no stays on record. What lifts it is a newer yes, with its proof, to exactly that channel and
purpose: whoever refused everything and then ticks one box has agreed to that one box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ..model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    OptInLevel,
    Purpose,
    Wording,
)

PARTS = (Purpose.OFFERS, Purpose.REVIEWS, Purpose.SURVEYS, Purpose.LOYALTY)
"""Parts of MARKETING: without an answer of their own they follow it."""
EXTRAS = (Purpose.PROFILING, Purpose.THIRD_PARTY)
"""What is never implied; a yes holds for the channels that were chosen with it."""

# What "nothing at all" refuses. A no to MARKETING is one to its parts.
_EVERYTHING = (Purpose.MARKETING, *EXTRAS, Purpose.SALE_OR_SHARING)
_ANY = ConsentChannel.ANY
_NEVER = datetime.min.replace(tzinfo=UTC)


class Answered(NamedTuple):
    """When and how somebody answered; the same for all that was ticked on one page."""

    at: datetime
    source: str
    evidence_ref: str
    wording: Wording | None = None


class Choices(NamedTuple):
    """The boxes that were on a page, and whether each was ticked."""

    channels: Mapping[ConsentChannel, bool]
    purposes: Mapping[Purpose, bool]


def find_answer(
    current: Sequence[Consent], channel: ConsentChannel, purpose: Purpose, *, at: datetime
) -> ConsentState:
    """Return what was answered about exactly this channel and purpose, or about ANY channel.

    ``current`` has one answer at most for each channel and purpose. A yes whose time is over is
    silence, and so is one that an older no to all channels outweighs.
    """
    own = _find(current, channel, purpose, at)
    of_all = _find(current, _ANY, purpose, at)
    if own is None or of_all is None:
        return _state(own or of_all)
    is_lifted = _moment(own) > _moment(of_all) and bool(own.evidence_ref or own.confirmed_at)
    if of_all.state is ConsentState.DENIED and not is_lifted:
        return ConsentState.DENIED
    return own.state


def is_wanted(current: Sequence[Consent], purpose: Purpose, *, at: datetime) -> bool:
    """Whether the box of a purpose is ticked.

    A part of MARKETING is, unless it was refused; anything else only after a yes, for any channel.
    """
    states = {find_answer(current, channel, purpose, at=at) for channel in ConsentChannel}
    if ConsentState.GRANTED in states:
        return True
    return purpose in PARTS and ConsentState.DENIED not in states


def refuse(channel: ConsentChannel, how: Answered) -> tuple[Consent, ...]:
    """Return the answer of somebody who unsubscribed from a channel."""
    return (_answer(channel, Purpose.MARKETING, ConsentState.DENIED, how),)


def refuse_everything(how: Answered) -> tuple[Consent, ...]:
    """Return the answers of somebody who wants nothing at all."""
    return tuple(_answer(_ANY, purpose, ConsentState.DENIED, how) for purpose in _EVERYTHING)


def refuse_by_signal(current: Sequence[Consent], how: Answered) -> tuple[Consent, ...]:
    """Return the answer that a browser gave by ``Sec-GPC: 1``; none if it is on record already.

    Cal. Code Regs. tit. 11, s. 7025(c)(1): it is a request to opt out of sale and sharing.
    """
    sale = Purpose.SALE_OR_SHARING
    if find_answer(current, _ANY, sale, at=how.at) is ConsentState.DENIED:
        return ()
    answer = _answer(_ANY, sale, ConsentState.DENIED, how)
    return (answer.model_copy(update={"act": ConsentAct.SIGNAL}),)


def restore(earlier: Consent, channel: ConsentChannel, how: Answered) -> tuple[Consent, ...]:
    """Return the yes that held before somebody unsubscribed by mistake, with its own proof."""
    again = {
        "channel": channel,
        "recorded_at": how.at,
        "source": how.source,
        "evidence_ref": earlier.evidence_ref or how.evidence_ref,
        "platform": "",
    }
    return (earlier.model_copy(update=again),)


def choose(current: Sequence[Consent], choices: Choices, how: Answered) -> tuple[Consent, ...]:
    """Return the answers that make the record say what the page says; only what is new."""
    channels, purposes = choices
    answers = [
        *_channel_answers(current, channels, how),
        *(
            answer
            for purpose, is_ticked in purposes.items()
            for answer in _purpose_answers(current, purpose, channels, how, is_yes=is_ticked)
        ),
    ]
    return tuple(answers)


def _channel_answers(
    current: Sequence[Consent], ticks: Mapping[ConsentChannel, bool], how: Answered
) -> Iterator[Consent]:
    for channel, is_ticked in ticks.items():
        wanted = ConsentState.GRANTED if is_ticked else ConsentState.DENIED
        if find_answer(current, channel, Purpose.MARKETING, at=how.at) is not wanted:
            yield _answer(channel, Purpose.MARKETING, wanted, how)


def _purpose_answers(
    current: Sequence[Consent],
    purpose: Purpose,
    ticks: Mapping[ConsentChannel, bool],
    how: Answered,
    *,
    is_yes: bool,
) -> Iterator[Consent]:
    if not is_yes:
        if is_wanted(current, purpose, at=how.at) or _is_silent(current, purpose, how.at):
            yield _answer(_ANY, purpose, ConsentState.DENIED, how)
        return
    chosen = [channel for channel, is_ticked in ticks.items() if is_ticked]
    for channel in [_ANY] if purpose is Purpose.SALE_OR_SHARING else chosen:
        state = find_answer(current, channel, purpose, at=how.at)
        is_implied = purpose in PARTS and state is ConsentState.UNKNOWN
        if state is not ConsentState.GRANTED and not is_implied:
            yield _answer(channel, purpose, ConsentState.GRANTED, how)


def _is_silent(current: Sequence[Consent], purpose: Purpose, at: datetime) -> bool:
    return find_answer(current, _ANY, purpose, at=at) is ConsentState.UNKNOWN


def _find(
    current: Sequence[Consent], channel: ConsentChannel, purpose: Purpose, at: datetime
) -> Consent | None:
    """Return the answer on record, unless it was a yes for a time that is over."""
    for each in current:
        if each.channel is channel and each.purpose is purpose:
            is_over = each.expires_at is not None and each.expires_at <= at
            return None if is_over and each.state is ConsentState.GRANTED else each
    return None


def _state(consent: Consent | None) -> ConsentState:
    return consent.state if consent else ConsentState.UNKNOWN


def _moment(consent: Consent) -> datetime:
    return consent.recorded_at or _NEVER


def _answer(
    channel: ConsentChannel, purpose: Purpose, state: ConsentState, how: Answered
) -> Consent:
    is_yes = state is ConsentState.GRANTED
    return Consent(
        channel=channel,
        purpose=purpose,
        state=state,
        recorded_at=how.at,
        source=how.source,
        evidence_ref=how.evidence_ref,
        wording=how.wording,
        opt_in_level=OptInLevel.SINGLE if is_yes else OptInLevel.UNKNOWN,
    )
