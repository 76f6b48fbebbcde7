"""Forgets a person: everywhere at once, and again after a crash, until nothing gives them back.

Three steps, each of which can be repeated: a commit after which nothing more leaves and nothing
comes back, the world outside (files, coupons, platforms), and a commit that destroys the keys.
A process that dies in between leaves the keys, so the next one finds everything again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ...adapter import Capability, ShopAdapter
from ...context import customer_of, order_of
from ...errors import PlatformError
from ...model import DerivedEvent, Record
from ..cards.withdraw import FORGOTTEN, ChannelOf, take_back_prints
from ..due.run import PERSONAL
from .erasure_codes import VoidedCodes

if TYPE_CHECKING:
    from ...storage import Connection, Store
    from .erasure_codes import CodesOfErased

REASON = "erasure"
_log = logging.getLogger("retention_sdk.pipeline")

AtLast = Callable[["Connection", "ErasureReport"], None]


class Remainder(Record):
    """What stays after an erasure, how much of it, why, and where that is written."""

    what: str
    count: int
    reason: str
    citation: str = ""


class ErasureReport(Record):
    """What an erasure did, in numbers: it names nobody, and outlives the person's data.

    ``unread_dropped`` are deliveries of the shop that nobody could read, so of anybody.
    """

    subjects: int = 0
    cards_voided: int = 0
    deliveries_stopped: int = 0
    files_removed: int = 0
    exports_removed: int = 0
    coupons_voided: int = 0
    rewards_voided: int = 0
    suppressed: int = 0
    unread_dropped: int = 0
    platforms: tuple[str, ...] = ()
    remains: tuple[Remainder, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scope:
    """Who is erased, and what of theirs lies outside the store."""

    subjects: tuple[str, ...]
    accounts: tuple[tuple[str, str], ...]
    exports: tuple[tuple[str, str], ...]
    open_cards: tuple[int, ...]
    stopped: int = 0
    suppressed: int = 0
    order_facts: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Eraser:
    """Erases people of one shop.

    ``platforms`` make the adapters of those that are set up, ``codes`` voids what they keep.
    ``count_points`` tells how many postings of points somebody has.
    """

    store: Store
    shop_id: str
    channel: ChannelOf
    platforms: Mapping[str, Callable[[], ShopAdapter]]
    clock: Callable[[], datetime]
    count_points: Callable[[Connection, str], int]
    keeping: tuple[int, str] = (10, "")
    codes: CodesOfErased | None = None

    def erase(
        self,
        references: Sequence[str],
        *,
        subjects: Sequence[str] = (),
        source: str = "",
        is_suppressed: bool = True,
        at_last: AtLast | None = None,
    ) -> ErasureReport:
        """Erase whom any reference leads to, and the given subjects; return what that meant.

        ``source`` is the platform that asked: it erased the person itself. ``at_last`` writes in
        the commit that destroys the keys. Without ``is_suppressed`` nothing keeps them away: for
        a shop that leaves, which refuses all its old events anyhow.

        Raises:
            DeliveryError: a file is there and cannot be taken back now; the keys are still there.
            PlatformError: a platform is away; the keys are still there. Try again.
        """
        scope = self._close(references, subjects, is_suppressed=is_suppressed)
        files, kept = take_back_prints(
            scope.subjects, store=self.store, channel=self.channel, now=self.clock()
        )
        exports = sum(_remove(Path(name), digest) for name, digest in scope.exports)
        # A shop that leaves its platform can ask it for nothing any more.
        gone = "" if is_suppressed else source
        voided = self._void(scope, VoidedCodes(), gone)
        told, refused = self._tell_platforms(scope.accounts, source)
        while True:
            report = ErasureReport(
                subjects=len(scope.subjects),
                cards_voided=len(scope.open_cards),
                deliveries_stopped=scope.stopped,
                files_removed=files,
                exports_removed=exports,
                coupons_voided=voided.coupons,
                rewards_voided=voided.rewards,
                suppressed=scope.suppressed,
                platforms=told,
                remains=tuple(self._remains(scope, kept, refused, voided.left)),
            )
            if destroyed := self._destroy(scope.subjects, report, voided, at_last):
                return destroyed
            self._void(scope, voided, gone)  # somebody redeemed points meanwhile

    # The first commit ------------------------------------------------------------------------

    def _close(
        self, references: Sequence[str], subjects: Sequence[str], *, is_suppressed: bool
    ) -> _Scope:
        """Let nothing leave and nothing come back from here on."""
        from ...storage import CardState

        store, now = self.store, self.clock()
        with store.begin() as connection:
            people = self._people(connection, references, subjects)
            found = dict.fromkeys(references)
            accounts: dict[tuple[str, str], None] = {}
            facts = 0
            for who in people:
                for event in store.people.events(connection, who):
                    found.update(dict.fromkeys(store.references_of(event)))
                    customer = customer_of(event)
                    # What time brought about is ours: no platform has it.
                    if customer and customer.id and not isinstance(event, DerivedEvent):
                        accounts[event.id.partition(":")[0], customer.id] = None
                    if order := order_of(event):
                        found[f"order:{order.id}"] = None
                for fact in store.orders.of_subject(connection, who):
                    found[f"order:{fact.order_id}"] = None
                    facts += 1
            added = 0
            if is_suppressed:
                added = store.suppressions.add(
                    connection, self.shop_id, tuple(found), reason=REASON, now=now
                )
            cards = [card for who in people for card in store.cards.of_subject(connection, who)]
            open_cards = [
                card.card_id
                for card in cards
                if store.cards.advance(
                    connection, card, CardState.VOIDED, reason=FORGOTTEN, now=now
                )
            ]
            stopped = sum(store.people.stop(connection, who, now=now) for who in people)
            return _Scope(
                subjects=people,
                accounts=tuple(accounts),
                exports=tuple(self._exports(connection, people)),
                open_cards=tuple(open_cards),
                stopped=stopped,
                suppressed=added,
                order_facts=facts,
                points=sum(self.count_points(connection, who) for who in people),
            )

    def _people(
        self, connection: Connection, references: Sequence[str], subjects: Sequence[str]
    ) -> tuple[str, ...]:
        """Return everybody meant who is not erased yet, with all that became one with them."""
        vault = self.store.subjects
        meant = (*subjects, *self.store.people_of(connection, self.shop_id, references))
        people = dict.fromkeys(each for who in meant for each in vault.person(connection, who))
        return tuple(who for who in people if not vault.is_erased(connection, who))

    def _exports(self, connection: Connection, people: Sequence[str]) -> list[tuple[str, str]]:
        """Return the files that were written for these people: place and hash."""
        requests = self.store.requests
        return [
            (location, digest)
            for who in people
            for request in requests.of_subject(connection, who)
            for location, digest in requests.exports(connection, request.id)
        ]

    # The world outside -----------------------------------------------------------------------

    def _void(self, scope: _Scope, done: VoidedCodes, gone: str) -> VoidedCodes:
        """Void codes, and return what was done with them so far."""
        if self.codes:
            self.codes.void(scope.subjects, done, left=gone)
        return done

    def _tell_platforms(
        self, accounts: Sequence[tuple[str, str]], source: str
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ask the platforms to forget the person too; return which did, and which cannot.

        Raises:
            PlatformError: one is away.
        """
        asked = [(name, account) for name, account in accounts if name != source]
        told, refused = list[str](), list[str]()
        for name, account in asked:
            adapter = self.platforms[name]() if name in self.platforms else None
            if adapter is None or Capability.ERASE_CUSTOMER not in adapter.capabilities:
                refused.append(name)
                continue
            try:
                adapter.erase_customer(account)
            except PlatformError as error:
                if error.retryable:
                    raise
                _log.warning("%s did not erase a customer: %s", name, error)
                refused.append(name)
            else:
                told.append(name)
        return tuple(dict.fromkeys(told)), tuple(dict.fromkeys(refused))

    # The last commit -------------------------------------------------------------------------

    def _destroy(
        self,
        people: Sequence[str],
        report: ErasureReport,
        voided: VoidedCodes,
        at_last: AtLast | None,
    ) -> ErasureReport | None:
        """Return the report with what could only be counted in the commit.

        Returns None, and destroys nothing, where there is a code that was not voided yet.
        """
        with self.store.begin() as connection:
            self.store.subjects.lock(connection, people)
            if self.codes and not self.codes.is_all(connection, people, voided):
                return None
            for who in people:
                self.store.people.clear_errors(connection, who)
                self.store.achievements.forget(connection, who)
                self.store.leaderboards.forget(connection, who)
                self.store.devices.forget(connection, who)
                self.store.subjects.erase(connection, who, now=self.clock())
            self.store.due.forget_erased(connection, self.shop_id, kinds=PERSONAL)
            self.store.referrals.forget_erased(connection, self.shop_id)
            unread = forget_unread(self.store, connection, self.shop_id)
            report = report.model_copy(update={"unread_dropped": unread})
            if at_last:
                at_last(connection, report)
        self.store.scrub()
        return report

    def _remains(
        self, scope: _Scope, printed: int, refused: Sequence[str], codes: Mapping[str, int]
    ) -> list[Remainder]:
        years, citation = self.keeping
        remains = [
            Remainder(
                what="sales: number of the order, dates and amounts",
                count=scope.order_facts,
                reason=f"tax law: until {years} years after the end of their own",
                citation=citation,
            ),
            Remainder(
                what="postings of points, without a person",
                count=scope.points,
                reason="they add up only together",
            ),
            Remainder(
                what="keyed hashes in the suppression list",
                count=scope.suppressed,
                reason="so that an old file or webhook brings nobody back",
                citation="GDPR art. 17(3)(b), recital 65",
            ),
            Remainder(
                what="prints and mails that left the house before",
                count=printed,
                reason="what a printer fetched or a server relayed cannot be taken back",
            ),
        ]
        remains += [
            Remainder(
                what=f"the account on {name}",
                count=1,
                reason="it cannot be erased from here; erase it there",
            )
            for name in refused
        ]
        remains += [
            Remainder(
                what=f"unused codes on {name}",
                count=count,
                reason="they cannot be voided from here; delete them there",
            )
            for name, count in codes.items()
        ]
        return [each for each in remains if each.count]


def forget_unread(store: Store, connection: Connection, shop_id: str) -> int:
    """Let go of what nobody could read and came before an erasure: it may be about its person."""
    unread = store.arrivals.forget_erased(connection, shop_id)
    return unread + store.inbox.forget_unknown(connection, shop_id)


def _remove(file: Path, digest: str) -> bool:
    """Delete a file that was handed to the shop, if it is still the one that was written."""
    try:
        if sha256(file.read_bytes()).hexdigest() != digest:
            return False
        file.unlink()
    except OSError:
        return False
    return True
