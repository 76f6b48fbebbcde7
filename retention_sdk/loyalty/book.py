"""One account in memory: lots, holds and debt. Every change is a move, and none is forgotten.

Pure: nothing here reads a clock or a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..errors import InsufficientPoints, LedgerError
from ..storage.ledger import Hold, Lot, Move

_LOT_BUCKETS = frozenset({"pending", "available", "held", "redeemed", "expired", "reversed"})
_OUTSIDE = frozenset({"debt", "issued"})


class Book:
    """What an account holds. Invariants: buckets are never negative; debt excludes available."""

    def __init__(self, lots: Iterable[Lot], holds: Iterable[Hold], *, debt: int) -> None:
        self.lots = {lot.id: lot for lot in lots}
        self.holds = {hold.id: hold for hold in holds}
        self.debt = debt
        self.moves: list[Move] = []
        self.new: set[str] = set()
        self.touched: set[str] = set()

    @property
    def pending(self) -> int:
        """Points that are not spendable yet."""
        return sum(lot.pending for lot in self.lots.values())

    @property
    def available(self) -> int:
        """Points that can be spent."""
        return sum(lot.available for lot in self.lots.values())

    @property
    def held(self) -> int:
        """Points set aside for a redemption that is not decided."""
        return sum(lot.held for lot in self.lots.values())

    @property
    def balances(self) -> tuple[int, int, int]:
        """Pending, available and held points, counted in one pass."""
        pending = available = held = 0
        for lot in self.lots.values():
            pending += lot.pending
            available += lot.available
            held += lot.held
        return pending, available, held

    def move(
        self, src: str, dst: str, points: int, *, lot: Lot | None = None, hold: Hold | None = None
    ) -> None:
        """Move points between two buckets; nothing happens for zero.

        Raises:
            LedgerError: the source does not hold that many.
        """
        if points == 0:
            return
        if points < 0:
            raise LedgerError(f"{points} points cannot move from {src} to {dst}")
        if src == "debt":
            self.debt += points
        elif src != "issued":
            self._shift(lot, src, -points)
        if dst == "debt":
            self.debt -= points
        if lot is not None:
            # To a lot, points that repay a debt or go to another lot are gone like any that were
            # taken back.
            self._shift(lot, "reversed" if dst in _OUTSIDE else dst, points)
        lot_id, hold_id = lot.id if lot else None, hold.id if hold else None
        self.moves.append(Move(src, dst, points, lot_id, hold_id))

    def mature(self, lot: Lot) -> None:
        """Let the pending points of a lot be available."""
        self.move("pending", "available", lot.pending, lot=lot)
        self.credit(lot)

    def credit(self, lot: Lot, hold: Hold | None = None) -> None:
        """Let freshly available points of a lot repay debt first."""
        if self.debt:
            repaid = min(self.debt, lot.available)
            self.move("available", "debt", repaid, lot=lot, hold=hold)

    def spendable(self) -> list[Lot]:
        """Return lots with available points in the order in which they are spent."""
        return sorted((lot for lot in self.lots.values() if lot.available), key=_spend_order)

    def allot(self, points: int) -> tuple[tuple[str, int], ...]:
        """Return which lots pay for a redemption, soonest expiry first.

        Raises:
            InsufficientPoints: there are not that many.
        """
        if points > self.available:
            raise InsufficientPoints(f"{points} points were asked for, {self.available} are there")
        shares, need = [], points
        for lot in self.spendable():
            share = min(need, lot.available)
            need -= share
            if share:
                shares.append((lot.id, share))
        return tuple(shares)

    def release(self, hold: Hold, *, kept: int, state: str, at: datetime) -> None:
        """Resolve a hold: ``kept`` points are redeemed, the rest goes back to its own lots.

        What goes back keeps its expiry, and expires at once if that has passed.
        """
        for lot_id, share in hold.shares:
            lot = self.lots[lot_id]
            redeemed = min(kept, share)
            kept -= redeemed
            self.move("held", "redeemed", redeemed, lot=lot, hold=hold)
            self.move("held", "available", share - redeemed, lot=lot, hold=hold)
            self.credit(lot, hold)
            self.expire(lot, at=at, hold=hold)
        hold.state = state
        self.touched.add(hold.id)

    def expire(self, lot: Lot, *, at: datetime, hold: Hold | None = None) -> None:
        """Take the available points of a lot whose time is over."""
        if lot.expires_at is not None and lot.expires_at <= at:
            self.move("available", "expired", lot.available, lot=lot, hold=hold)

    def take_moves(self) -> tuple[Move, ...]:
        """Return what moved since the last call."""
        taken, self.moves = tuple(self.moves), []
        return taken

    def _shift(self, lot: Lot | None, bucket: str, points: int) -> None:
        if lot is None or bucket not in _LOT_BUCKETS:
            raise LedgerError(f"points in {bucket} belong to a lot")
        left = getattr(lot, bucket) + points
        if left < 0:
            raise InsufficientPoints(f"lot {lot.id} lacks {-left} points in {bucket}")
        setattr(lot, bucket, left)
        self.touched.add(lot.id)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that time alone brings about, with the key that makes it happen once."""

    at: datetime
    kind: Literal["mature", "release", "expire"]
    target_id: str

    @property
    def key(self) -> str:
        """A natural idempotency key."""
        return due_key(self.kind, self.target_id)


def due_key(kind: Literal["mature", "release", "expire"], target_id: str) -> str:
    """Return the key under which the ledger writes down what time brings about."""
    return f"due:{kind}:{target_id}"


def settle(book: Book, now: datetime) -> Iterator[Due]:
    """Do what time brought about up to ``now``, in order of time; yield each after it is done.

    Maturity, then holds that time out, then expiry, so that the result does not depend on how
    often somebody looks.
    """
    for due in sorted(_due(book, now), key=_time_order):
        if due.kind == "release":
            hold = book.holds[due.target_id]
            book.release(hold, kept=0, state="expired", at=due.at)
        elif due.kind == "mature":
            book.mature(book.lots[due.target_id])
        else:
            book.expire(book.lots[due.target_id], at=due.at)
        if book.moves:
            yield due


def _due(book: Book, now: datetime) -> Iterator[Due]:
    for lot in book.lots.values():
        if lot.pending and lot.matures_at <= now:
            yield Due(lot.matures_at, "mature", lot.id)
        if lot.expires_at is not None and lot.expires_at <= now:
            yield Due(lot.expires_at, "expire", lot.id)
    for hold in book.holds.values():
        if hold.state == "open" and hold.expires_at <= now:
            yield Due(hold.expires_at, "release", hold.id)


def _time_order(due: Due) -> tuple[datetime, int, str]:
    return due.at, ("mature", "release", "expire").index(due.kind), due.target_id


def _spend_order(lot: Lot) -> tuple[bool, datetime, datetime, str]:
    never = lot.expires_at is None
    return never, lot.expires_at or lot.matures_at, lot.matures_at, lot.id
