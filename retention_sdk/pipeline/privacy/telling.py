"""Tells platforms what people answered on the shop's pages, because they write to them, too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from ...adapter import Capability, ShopAdapter
from ...consent.answers import find_answer
from ...context import customer_of
from ...errors import PlatformError, RetentionError, UnsupportedFeature
from ...model import Consent, ConsentChannel, ConsentState, DerivedEvent, Purpose

if TYPE_CHECKING:
    from ...config import Config
    from ...model import ShopEvent
    from ...storage import Connection, LeasedRow, Store

TELLING = "tell_platforms"
"""The kind of row that waits until platforms know what somebody answered."""

TOLD = "told_platform"
"""The kind of row that notes a yes before it is told, so that nobody tells it again."""

_CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.SMS)
_GUEST = "this platform keeps no answers of guests"
_REFUSED = "the platform refused the answer"
_UNSURE = "a yes may have been told before and is not there; it is not told again"
_log = logging.getLogger("retention_sdk.pipeline")


def plan_telling(store: Store, connection: Connection, subject_id: str, *, at: datetime) -> None:
    """Have the platforms told, in the transaction that records an answer of ``at``."""
    from ...storage import DueRow

    key = f"{subject_id} {at.isoformat()}"
    store.due.plan(connection, [DueRow(TELLING, key, subject_id, at)])


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingTime:
    """Writes the answers of a person to every platform that keeps such answers.

    What holds now is written, however long the row waited. A no may be written again and again. A
    yes may not: the platform may have heard a no since that nobody told us of. So one from before
    the row's answer is left out, and one that may have been written before is only looked for.
    That the platform then tells of an answer is no news to the ledger of consents.
    """

    store: Store
    clock: Callable[[], datetime]
    platforms: Mapping[str, Callable[[], ShopAdapter]] = field(repr=False)

    def go_out(self, row: LeasedRow) -> str:
        """Tell the platforms, each of them, whatever another one answers.

        Returns what could not be told, in words for the shop.

        Raises:
            RetentionError: one is away, say; the row comes again.
        """
        told: tuple[Consent, ...] = ()
        left: dict[str, None] = {}
        # Somebody may answer while a platform is told: the newest answer has to be the last word.
        while (answers := self._answers(row)) != told:
            news = [each for each in answers if each not in told]
            left |= dict.fromkeys(self._tell(row.subject_id, news))
            told = answers
        return "; ".join(left)

    def bring_about(
        self,
        connection: Connection,  # noqa: ARG002 - as of every keeper
        row: LeasedRow,  # noqa: ARG002
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Nothing follows from having told."""
        return iter(()), None

    def _answers(self, row: LeasedRow) -> tuple[Consent, ...]:
        with self.store.reading() as connection:
            if self.store.subjects.is_erased(connection, row.subject_id):
                return ()
            current = self.store.consents.current(connection, row.subject_id)
        return _answers(current, since=row.due_at, now=self.clock())

    def _tell(self, subject_id: str, answers: Sequence[Consent]) -> Iterator[str]:
        """Tell every platform that knows a person; yield what it cannot be told."""
        errors: list[RetentionError] = []
        for platform, accounts in self._known_on(subject_id).items():
            try:
                adapter = self.platforms[platform]()
                if Capability.WRITE_CONSENT not in adapter.capabilities:
                    continue
                if not accounts:
                    yield from _refuse_guest(platform, answers)
                for account in accounts:
                    one = _Account(adapter, platform, account, subject_id, self.store)
                    yield from one.tell(answers)
            except RetentionError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def _known_on(self, subject_id: str) -> dict[str, dict[str, None]]:
        """Return the platforms that know a person, each with the accounts there; guests have none.

        Only those that are set up, and can write to the person.
        """
        found: dict[str, dict[str, None]] = {}
        with self.store.reading() as connection:
            for who in self.store.subjects.person(connection, subject_id):
                for event in self.store.people.events(connection, who):
                    customer, platform = customer_of(event), event.id.partition(":")[0]
                    if customer is None or isinstance(event, DerivedEvent):
                        continue
                    if platform in self.platforms and (customer.id or customer.email):
                        accounts = found.setdefault(platform, {})
                        accounts |= {customer.id: None} if customer.id else {}
        return found


@dataclass(frozen=True, slots=True)
class _Account:
    """Somebody on one platform."""

    adapter: ShopAdapter
    platform: str
    id: str
    subject_id: str
    store: Store

    def tell(self, answers: Sequence[Consent]) -> Iterator[str]:
        """Write answers; yield what cannot be told.

        Raises:
            PlatformError: the platform is away.
        """
        for answer in answers:
            about = f"{self.platform}, {answer.channel.value}"
            try:
                if answer.state is ConsentState.DENIED:
                    self.adapter.write_consent(self.id, answer)
                elif not self._tell_yes(answer):
                    yield f"{about}: {_UNSURE}"
            except UnsupportedFeature:
                continue
            except PlatformError as error:
                if error.retryable:
                    raise
                _log.warning("%s did not take an answer about %s", self.platform, answer.channel)
                yield f"{about}: {_REFUSED}"

    def _tell_yes(self, yes: Consent) -> bool:
        """Write a yes that nobody wrote before; False if it is not there and may have been.

        A no that the platform heard after it stays: the ledger will be told of it.
        """
        at = yes.recorded_at
        if yes.platform == self.platform or at is None:
            return True  # the platform's own
        there = self._look(yes.channel)
        refused_at = there.recorded_at if there and there.state is ConsentState.DENIED else None
        # Platforms keep seconds.
        if refused_at and refused_at >= at.replace(microsecond=0):
            return True
        if self._is_first(yes.channel, at) or refused_at:
            self.adapter.write_consent(self.id, yes)
            return True
        return there is not None and there.state is ConsentState.GRANTED

    def _look(self, channel: ConsentChannel) -> Consent | None:
        if Capability.READ_CONSENT not in self.adapter.capabilities:
            return None
        found = self.adapter.fetch_consents(self.id)
        wanted = (channel, Purpose.MARKETING)
        return next((each for each in found if (each.channel, each.purpose) == wanted), None)

    def _is_first(self, channel: ConsentChannel, at: datetime) -> bool:
        """Note that a yes will be told from now on; False if that was noted before."""
        from ...storage import DueRow

        parts = (self.subject_id, at.isoformat(), self.platform, self.id, channel.value)
        key = sha256(" ".join(parts).encode()).hexdigest()
        with self.store.begin() as connection:
            return self.store.due.note(connection, DueRow(TOLD, key, self.subject_id, at))


def open_telling(
    config: Config,
    store: Store,
    adapter: Callable[[str], ShopAdapter],
    *,
    clock: Callable[[], datetime],
) -> TellingTime:
    """Return who tells the platforms that are set up; ``adapter`` makes the adapter of one."""
    platforms = {name: partial(adapter, name) for name in config.platforms}
    return TellingTime(store=store, clock=clock, platforms=platforms)


def _refuse_guest(platform: str, answers: Sequence[Consent]) -> Iterator[str]:
    """Yield what a platform cannot be told of somebody without an account: what is news to it."""
    for answer in answers:
        if answer.platform != platform:
            yield f"{platform}, {answer.channel.value}: {_GUEST}"


def _answers(current: Sequence[Consent], *, since: datetime, now: datetime) -> tuple[Consent, ...]:
    """Return what holds about advertising by mail and by text: each no, and each yes ``since``."""
    found = []
    for channel in _CHANNELS:
        state = find_answer(current, channel, Purpose.MARKETING, at=now)
        wanted = (channel, ConsentChannel.ANY)
        ours = [
            each
            for each in current
            if each.channel in wanted and each.purpose is Purpose.MARKETING and each.state is state
        ]
        if ours:
            own = min(ours, key=lambda each: wanted.index(each.channel))
            if state is ConsentState.DENIED or (own.recorded_at and own.recorded_at >= since):
                found.append(own.model_copy(update={"channel": channel}))
    return tuple(found)
