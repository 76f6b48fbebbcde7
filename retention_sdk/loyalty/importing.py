"""History taken in: many orders at once, with the outcome of one after the other.

What every single post asks of the database is asked once for a whole chunk; the accounts stay open
in memory until all of its orders are posted, and are written table by table. Which entries are
made, in which order and under which keys, is decided by the same functions as for single posts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from ..model import Award, OrderCancelled, OrderPaid, OrderRefunded
from ..storage import Connection, Store
from ..storage import ledger as rows
from .journal import Journal, Page, flush_all, open_pages
from .orders import (
    OrderRequest,
    clawback_request,
    earn_request,
    points_in,
    post_clawback,
    post_earning,
    post_late_refund,
    ratio_in,
)
from .rules import Program

if TYPE_CHECKING:
    from .awards import PointsAwards
    from .ledger import PointsLedger

CHUNK = 1000
# Rules of these kinds look at the order alone; others ask the books what was posted before.
_STATELESS = frozenset({"rate", "units", "excluded", "multiplier"})


@dataclass(frozen=True, slots=True)
class PastOrder:
    """A payment, refund or cancellation, and whose it is.

    ``key`` defaults to the one a single post would have. ``awards`` count for payments only.
    """

    event: OrderPaid | OrderRefunded | OrderCancelled
    subject_id: str
    key: str = ""
    awards: tuple[Award, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportConflict:
    """An order that was not posted: its key belongs to another request."""

    event_id: str
    key: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ``known`` orders had been posted before, and changed nothing.

    ``earned`` and ``taken_back`` are points of the new ones.
    """

    posted: int = 0
    known: int = 0
    earned: int = 0
    taken_back: int = 0
    conflicts: tuple[ImportConflict, ...] = ()

    def __add__(self, other: ImportReport) -> ImportReport:
        """Return what both did together."""
        return ImportReport(
            posted=self.posted + other.posted,
            known=self.known + other.known,
            earned=self.earned + other.earned,
            taken_back=self.taken_back + other.taken_back,
            conflicts=self.conflicts + other.conflicts,
        )


def import_history(
    store: Store,
    ledger: PointsLedger,
    orders: Iterable[PastOrder],
    *,
    now: datetime,
    chunk: int = CHUNK,
    on_chunk: Callable[[ImportReport], object] = lambda _: None,
) -> ImportReport:
    """Post past orders, a chunk in a transaction; whatever stops it, repeat it and it goes on.

    Orders are posted in the order given, so give the earliest first. ``on_chunk`` is told after
    each commit what its chunk did.
    """
    report = ImportReport()
    for part in chunks(orders, chunk):
        with store.begin() as connection:
            done = ledger.import_orders(connection, part, now=now)
        on_chunk(done)
        report += done
    return report


def chunks(orders: Iterable[PastOrder], size: int) -> Iterator[tuple[PastOrder, ...]]:
    """Yield orders in parts of a size."""
    left = iter(orders)
    while part := tuple(islice(left, size)):
        yield part


@dataclass(slots=True)
class _New:
    """An order that is to be posted, with the request it makes."""

    order: PastOrder
    request: OrderRequest
    is_paid: bool


@dataclass(slots=True)
class _Sorted:
    """The orders of a chunk: what is new, and what is not."""

    new: list[_New] = field(default_factory=list)
    known: int = 0
    conflicts: list[ImportConflict] = field(default_factory=list)


class OrdersImport:
    """Posts orders in bulk within the caller's transaction; see ``PointsLedger.import_orders``."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        program: Program,
        awards: PointsAwards,
        *,
        now: datetime,
    ) -> None:
        self._store, self._connection, self._program = store, connection, program
        self._awards, self._now = awards, now
        self._journals: dict[str, Journal] = {}
        self._pages: dict[str, Page] = {}
        self._lots: dict[str, dict[str, rows.Lot]] = {}
        self._ratios: dict[str, Fraction] = {}
        self._earned = self._taken_back = 0
        has_ranks = program.tiers is not None
        self._asks_books = has_ranks or any(rule.kind not in _STATELESS for rule in program.rules)

    def run(
        self,
        orders: Iterable[PastOrder],
        *,
        before: Callable[[PastOrder], object] | None = None,
    ) -> ImportReport:
        """Post orders in the order given, and write all of it."""
        report = ImportReport()
        for part in chunks(orders, CHUNK):
            found = self._sort(part)
            self._prepare(found.new)
            for each in found.new:
                self._post(each, before)
            flush_all(self._store, self._connection, self._journals.values())
            report += ImportReport(
                posted=len(found.new),
                known=found.known,
                earned=self._earned,
                taken_back=self._taken_back,
                conflicts=tuple(found.conflicts),
            )
        return report

    def _sort(self, orders: Sequence[PastOrder]) -> _Sorted:
        """Tell what is new from what was posted before, or stands twice in the chunk."""
        made = list(map(_new, orders))
        keys = list(dict.fromkeys(each.request.key for each in made))
        rows.claim_keys(self._connection, self._program.id, keys)
        marks = rows.fingerprints_by_key(self._connection, self._program.id, keys)
        found = _Sorted()
        for each in made:
            key, mark = each.request.key, each.request.mark
            if key not in marks:
                marks[key] = mark
                found.new.append(each)
            elif marks[key] == mark:
                found.known += 1
            else:
                found.conflicts.append(ImportConflict(each.order.event.id, key))
        return found

    def _prepare(self, new: Sequence[_New]) -> None:
        """Lock and read all that the new orders of a chunk are about."""
        connection, program_id = self._connection, self._program.id
        self._journals, self._lots, self._ratios = {}, {}, {}
        self._earned = self._taken_back = 0
        refunded = list({each.request.reference: None for each in new if not each.is_paid})
        people = _people(new, self._holders(refunded))
        self._pages = open_pages(self._store, connection, self._program, people, now=self._now)
        # Read again now that the accounts are locked.
        for reference, lots in rows.lots_of_orders(connection, program_id, refunded).items():
            self._lots[reference] = {lot.id: lot for lot in lots}
        paid = list({each.request.reference: None for each in new if each.is_paid})
        for reference, body in rows.clawbacks_of_orders(connection, program_id, paid):
            self._note_ratio(reference, ratio_in(body))

    def _holders(self, references: Sequence[str]) -> dict[str, str]:
        """Return who holds the points of orders, where they earned any."""
        found = rows.lots_of_orders(self._connection, self._program.id, references)
        accounts = {reference: _live_account(lots) for reference, lots in found.items()}
        owners = rows.owners_of(self._connection, sorted(set(accounts.values())))
        return {reference: owners[account] for reference, account in accounts.items()}

    def _post(self, new: _New, before: Callable[[PastOrder], object] | None) -> None:
        if before:
            before(new.order)
        if new.is_paid:
            self._earn(new)
        else:
            self._claw_back(new)

    def _earn(self, new: _New) -> None:
        order, request, program = new.order, new.request, self._program
        journal = self._journal(order.subject_id)
        if self._asks_books and journal.has_entries:
            flush_all(self._store, self._connection, self._journals.values())
        earned = self._awards.of_order(self._connection, order.event, journal.account, order.awards)
        _, lot = post_earning(journal, program, request, earned)
        self._earned += earned.points
        if lot is None:
            return
        self._lots.setdefault(request.reference, {})[lot.id] = lot
        if ratio := self._ratios.get(request.reference):
            taken = post_late_refund(journal, program, request, lot=lot, ratio=ratio)
            self._taken_back += points_in(taken)

    def _claw_back(self, new: _New) -> None:
        request, owner = new.request, new.order.subject_id
        lots = self._lots.setdefault(request.reference, {})
        if lots:
            live_account = _live_account([lots[each] for each in sorted(lots)])
            owner = rows.owner_of(self._connection, live_account)
        journal = self._journal(owner)
        if owner not in self._pages:
            # The points went to another account while we waited for a lock: see what is there now.
            again = rows.lots_of_order(self._connection, self._program.id, request.reference)
            lots |= {lot.id: lot for lot in again if lot.account_id == journal.account.id}
        held = [lots[each] for each in sorted(lots)]
        own = journal.load(lot for lot in held if lot.account_id == journal.account.id)
        lots |= {lot.id: lot for lot in own}
        self._taken_back += points_in(post_clawback(journal, self._program, request, own))
        self._note_ratio(request.reference, request.ratio)

    def _journal(self, subject_id: str) -> Journal:
        """Return the open journal of somebody; on first use it settles what time brought about."""
        if subject_id not in self._journals:
            self._journals[subject_id] = Journal(
                self._store,
                self._connection,
                self._program,
                subject_id,
                now=self._now,
                page=self._pages.get(subject_id),
            )
        return self._journals[subject_id]

    def _note_ratio(self, reference: str, ratio: Fraction) -> None:
        self._ratios[reference] = max(ratio, self._ratios.get(reference, ratio))


def _new(order: PastOrder) -> _New:
    event = order.event
    if isinstance(event, OrderPaid):
        return _New(order, earn_request(event, order.subject_id, order.key), is_paid=True)
    return _New(order, clawback_request(event, key=order.key), is_paid=False)


def _people(new: Sequence[_New], holders: dict[str, str]) -> Iterator[str]:
    """Yield whose account each order is posted to: a refund goes where its points are."""
    holders = dict(holders)
    for each in new:
        whose, reference = each.order.subject_id, each.request.reference
        if each.is_paid:
            holders.setdefault(reference, whose)
            yield whose
        else:
            yield holders.get(reference, whose)


def _live_account(lots: Sequence[rows.Lot]) -> str:
    """Return the account that holds the lots of an order now; lots come by identifier.

    Accounts that were merged leave settled lots behind; the latest account has the live ones.
    """
    live = [lot for lot in lots if not lot.earned == lot.reversed == lot.clawed] or lots
    return live[-1].account_id
