"""Writes down what was pressed on a page, in one transaction with what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ...consent.answers import (
    Answered,
    Choices,
    choose,
    find_answer,
    refuse,
    refuse_by_signal,
    refuse_everything,
    restore,
)
from ...consent.tokens import REFERENCE_BYTES, LinkToken
from ...model import Consent, ConsentChannel, ConsentState, Purpose, Wording
from ...pipeline.privacy.telling import plan_telling
from .html import SHOWN

if TYPE_CHECKING:
    from ...storage import Connection, Store

ONE_CLICK = "one-click unsubscribe (RFC 8058)"
UNSUBSCRIBED = "unsubscribe page"
UNDONE = "unsubscribe page: undone"
CHOSEN = "preferences page"
SIGNALLED = "browser signal (Sec-GPC)"


class AnswerBook:
    """The consent records, as the pages write them. ``random_hex`` gives each visit its name."""

    def __init__(self, store: Store, random_hex: Callable[[int], str]) -> None:
        self._store, self._random_hex = store, random_hex

    def current(self, token: LinkToken) -> tuple[Consent, ...]:
        """Return what holds for the person of a link."""
        with self._store.reading() as connection:
            return self._store.consents.current(connection, token.subject_id)

    def unsubscribe(self, token: LinkToken, *, at: datetime, wording: Wording | None) -> str:
        """End the advertising over a channel; return what an undoing refers to.

        Nothing is returned, and nothing written, where it had ended before; where nobody had said
        yes there is nothing to go back to.
        """
        reference = self._random_hex(REFERENCE_BYTES)
        source = UNSUBSCRIBED if wording else ONE_CLICK
        how = Answered(at, source, _unsubscribing(reference), wording)
        store, who = self._store, token.subject_id
        with store.begin() as connection:
            current = store.consents.current(connection, who)
            before = find_answer(current, token.channel, Purpose.MARKETING, at=at)
            answers = () if before is ConsentState.DENIED else refuse(token.channel, how)
            self._record(connection, who, answers, event_id=f"web:{reference}", at=at)
        return reference if before is ConsentState.GRANTED else ""

    def undo(self, token: LinkToken, *, at: datetime) -> bool:
        """Bring the earlier yes back, if nothing was answered since; return whether it is."""
        store, who = self._store, token.subject_id
        how = Answered(at, UNDONE, f"undo-{token.reference}")
        with store.begin() as connection:
            current = store.consents.current(connection, who)
            own = _own(current, token.channel)
            if own is None or own.evidence_ref != _unsubscribing(token.reference):
                return False
            history = store.consents.history(connection, who)
            earlier = _yes_before(history, token, at=at)
            if earlier is None:
                return False
            answers = restore(earlier, token.channel, how)
            self._record(connection, who, answers, event_id=f"web:undo:{token.reference}", at=at)
        return True

    def signal(self, token: LinkToken, *, at: datetime) -> None:
        """Write down a browser's opt-out of sale and sharing, once."""
        if refuse_by_signal(self.current(token), Answered(at, SIGNALLED, "")):
            reference = self._random_hex(REFERENCE_BYTES)
            how = Answered(at, SIGNALLED, f"signal-{reference}")
            self._write(token, reference, how, lambda current: refuse_by_signal(current, how))

    def choose(
        self, token: LinkToken, choices: Choices | None, *, at: datetime, wording: Wording
    ) -> None:
        """Make the record say what was ticked; None refuses everything."""
        reference = self._random_hex(REFERENCE_BYTES)
        how = Answered(at, CHOSEN, f"preferences-{reference}", wording)
        if choices is None:
            self._write(token, reference, how, lambda _: refuse_everything(how))
            return
        self._write(token, reference, how, lambda current: choose(current, choices, how))

    def _write(
        self,
        token: LinkToken,
        reference: str,
        how: Answered,
        answer: Callable[[Sequence[Consent]], tuple[Consent, ...]],
    ) -> None:
        store, who = self._store, token.subject_id
        with store.begin() as connection:
            answers = answer(store.consents.current(connection, who))
            self._record(connection, who, answers, event_id=f"web:{reference}", at=how.at)

    def _record(
        self,
        connection: Connection,
        who: str,
        answers: Sequence[Consent],
        *,
        event_id: str,
        at: datetime,
    ) -> None:
        """Write answers down, and have the platforms told of them."""
        news = self._store.consents.record(connection, who, answers, event_id=event_id, now=at)
        if news:
            plan_telling(self._store, connection, who, at=at)


def read_choices(form: Mapping[str, Sequence[str]], *, has_signal: bool) -> Choices:
    """Return what was ticked of the boxes that were shown; a name that is no box is ignored."""
    shown, ticked = {*form.get(SHOWN, ())}, {name for name, values in form.items() if "1" in values}
    fixed = {Purpose.SALE_OR_SHARING} if has_signal else set()
    channels: dict[ConsentChannel, bool] = {
        channel: channel.value in ticked
        for channel in ConsentChannel
        if channel.value in shown and channel is not ConsentChannel.ANY
    }
    purposes: dict[Purpose, bool] = {
        purpose: purpose.value in ticked
        for purpose in Purpose
        if purpose.value in shown and purpose is not Purpose.MARKETING and purpose not in fixed
    }
    return Choices(channels, purposes)


def without(choices: Choices, channel: ConsentChannel) -> Choices:
    """Return the choices as if the box of a channel had not been on the page."""
    kept = {each: ticked for each, ticked in choices.channels.items() if each is not channel}
    return Choices(kept, choices.purposes)


def _unsubscribing(reference: str) -> str:
    return f"unsubscribe-{reference}"


def _own(current: Sequence[Consent], channel: ConsentChannel) -> Consent | None:
    wanted = (channel, Purpose.MARKETING)
    return next((each for each in current if (each.channel, each.purpose) == wanted), None)


def _yes_before(history: Sequence[Consent], token: LinkToken, *, at: datetime) -> Consent | None:
    """Return the yes that the unsubscribing ended: the channel's own, else that for all."""
    refused = _unsubscribing(token.reference)
    before = [each for each in history if each.evidence_ref != refused]
    for channel in (token.channel, ConsentChannel.ANY):
        own = [
            each for each in before if (each.channel, each.purpose) == (channel, Purpose.MARKETING)
        ]
        if own:
            newest = max(
                own, key=lambda each: each.recorded_at or datetime.min.replace(tzinfo=at.tzinfo)
            )
            is_yes = newest.state is ConsentState.GRANTED
            is_over = newest.expires_at is not None and newest.expires_at <= at
            return newest if is_yes and not is_over else None
    return None
