"""Tells platforms what people answered on the shop's pages, because they write to them, too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
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

_CHANNELS = (ConsentChannel.EMAIL, ConsentChannel.SMS)
_log = logging.getLogger("retention_sdk.pipeline")


def plan_telling(store: Store, connection: Connection, subject_id: str, *, at: datetime) -> None:
    """Have the platforms told, in the transaction that records an answer of ``at``."""
    from ...storage import DueRow

    key = f"{subject_id} {at.isoformat()}"
    store.due.plan(connection, [DueRow(TELLING, key, subject_id, at)])


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingTime:
    """Writes the answers of a person to every platform that keeps such answers.

    What holds now is written, however long the row waited, so that a repetition or a later row
    does no harm. A yes from before the row's answer is not: the platform may have heard a no since
    that nobody told us of. That the platform then tells of it is no news to the ledger of consents.
    """

    store: Store
    clock: Callable[[], datetime]
    platforms: Mapping[str, Callable[[], ShopAdapter]] = field(repr=False)

    def go_out(self, row: LeasedRow) -> None:
        """Tell the platforms, each of them, whatever another one answers.

        Raises:
            RetentionError: one is away, say; the row comes again, and the others hear it twice.
        """
        with self.store.reading() as connection:
            if self.store.subjects.is_erased(connection, row.subject_id):
                return
            current = self.store.consents.current(connection, row.subject_id)
            answers = _answers(current, since=row.due_at, now=self.clock())
            accounts = self._accounts(connection, row.subject_id) if answers else ()
        errors: list[RetentionError] = []
        for platform, account in accounts:
            try:
                if make := self.platforms.get(platform):
                    _tell(make(), account, answers)
            except RetentionError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def bring_about(
        self,
        connection: Connection,  # noqa: ARG002 - as of every keeper
        row: LeasedRow,  # noqa: ARG002
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Nothing follows from having told."""
        return iter(()), None

    def _accounts(self, connection: Connection, subject_id: str) -> tuple[tuple[str, str], ...]:
        """Return the platforms that know a person, each with the account there."""
        found: dict[tuple[str, str], None] = {}
        for who in self.store.subjects.person(connection, subject_id):
            for event in self.store.people.events(connection, who):
                customer = customer_of(event)
                if customer and customer.id and not isinstance(event, DerivedEvent):
                    found[event.id.partition(":")[0], customer.id] = None
        return tuple(found)


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


def _tell(adapter: ShopAdapter, account: str, answers: Sequence[Consent]) -> None:
    if Capability.WRITE_CONSENT not in adapter.capabilities:
        return
    for answer in answers:
        try:
            adapter.write_consent(account, answer)
        except UnsupportedFeature:
            continue
        except PlatformError as error:
            if error.retryable:
                raise
            _log.warning("%s did not take an answer about %s", adapter.name, answer.channel.value)
