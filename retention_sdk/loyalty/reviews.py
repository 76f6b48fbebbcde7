"""Refunds that somebody looks at before points are taken back.

With ``clawback = "manual_review"`` a refund moves nothing: it is recorded with what it would take.
Until it is decided the points stay where they are, and may be spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from ..errors import LedgerError
from ..storage import Connection, Store
from ..storage import ledger as rows
from .chain import fingerprint
from .crediting import Taking, holder_of, lots_in, take_back
from .hand import Hand
from .journal import Cause, Journal, read_body
from .posted import Posted, find_posted, read_posted
from .rules import Program

Decision = Literal["debt", "clamp", "only_pending", "waive"]


@dataclass(frozen=True, slots=True)
class Review:
    """A refund that waits for a decision. ``due`` points were to be taken back when it came."""

    txn_id: str
    subject_id: str
    cause_type: str
    cause_id: str
    ratio: Fraction
    due: int
    recorded_at: datetime


class PointsReviews:
    """Lists refunds that wait for somebody, and carries out what was decided."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self._program = program

    def waiting(self, connection: Connection) -> tuple[Review, ...]:
        """Return what is not decided, oldest first."""
        found = rows.txns_of_kind(connection, self._program.id, "clawback")
        decided = {txn.idem_key for txn in found if txn.cause_type == "decision"}
        reviews = (_read(connection, txn) for txn in found if _decision_key(txn.id) not in decided)
        return tuple(review for review in reviews if review)

    def decide(
        self,
        connection: Connection,
        txn_id: str,
        decision: Decision,
        *,
        hand: Hand,
        now: datetime,
    ) -> Posted:
        """Take back what the refund asks for in one of the ways of a programme, or waive it.

        A larger refund of the same order that was decided before leaves nothing to take.

        Raises:
            IdempotencyConflict: it was decided in another way.
            LedgerError: nothing waits under that name.
        """
        key = _decision_key(txn_id)
        mark = fingerprint({"kind": "review", "txn": txn_id, "decision": decision})
        if stored := find_posted(connection, self._program.id, key, mark):
            return stored
        txn = rows.txn_by_id(connection, txn_id)
        review = _read(connection, txn) if txn else None
        if txn is None or review is None:
            raise LedgerError(f"no refund waits for a decision under {txn_id!r}")
        source = read_body(txn.body)["review"]["source"]
        owner = holder_of(connection, self._program.id, source) or review.subject_id
        journal = Journal(self._store, connection, self._program, owner, now=now)
        lots = lots_in(journal, connection, source)
        cause = Cause("decision", txn_id)
        taking = Taking(review.ratio, cause, key, mark, now, source=source, hand=hand)
        posted = take_back(journal, lots, taking, policy=decision)
        journal.flush()
        return read_posted(posted, is_new=True)


def _decision_key(txn_id: str) -> str:
    return f"review:{txn_id}"


def _read(connection: Connection, txn: rows.Txn) -> Review | None:
    body = read_body(txn.body)
    if "review" not in body:
        return None
    return Review(
        txn_id=txn.id,
        subject_id=rows.owner_of(connection, txn.account_id),
        cause_type=txn.cause_type,
        cause_id=txn.cause_id,
        ratio=Fraction(body["ratio"]),
        due=body["review"]["due"],
        recorded_at=txn.recorded_at,
    )
