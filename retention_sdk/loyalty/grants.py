"""Points that no order earned: for a birthday, a review, a friend who came along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from ..errors import LedgerError
from ..storage import Connection, Store
from ..storage import ledger as rows
from .chain import canonical, fingerprint, lot_facts
from .crediting import LotLife, Taking, credit, holder_of, lots_in, take_back
from .journal import Cause, Entry, Journal
from .posted import Posted, find_posted, read_posted
from .rules import Program


class PointsGrants:
    """Gives points for other things than orders, and takes them back when the reason is gone."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self._program = program

    def grant(
        self,
        connection: Connection,
        *,
        subject_id: str,
        points: int,
        cause: Cause,
        key: str,
        occurred_at: datetime,
        now: datetime,
        reason: str,
        breakdown: Mapping[str, Any],
        life: LotLife | None = None,
    ) -> Posted:
        """Credit points, in a lot with maturity and expiry; see ``PointsLedger.grant``."""
        request = {
            "kind": "grant",
            "subject": subject_id,
            "points": points,
            "cause": [cause.type, cause.id],
            "at": occurred_at.isoformat(),
        }
        mark = fingerprint(request)
        if stored := find_posted(connection, self._program.id, key, mark):
            return stored
        _require_sense(points, breakdown)
        journal = Journal(self._store, connection, self._program, subject_id, now=now)
        lot = credit(
            journal,
            points,
            source=_source(key),
            breakdown=canonical(breakdown),
            dates=(life or LotLife()).dates(self._program, occurred_at),
        )
        entry = Entry(
            kind="earn",
            key=key,
            fingerprint=mark,
            cause=cause,
            occurred_at=occurred_at,
            body={
                "points": points,
                "breakdown": dict(breakdown),
                "lot": lot_facts(lot) if lot else None,
            },
            note=[reason] if reason else None,
        )
        txn = journal.append(entry)
        journal.flush()
        return read_posted(txn, is_new=True)

    def revoke(
        self,
        connection: Connection,
        grant_key: str,
        *,
        key: str,
        occurred_at: datetime,
        now: datetime,
        ratio: Fraction = Fraction(1),
    ) -> Posted:
        """Take back what a grant gave, or ``ratio`` of it so far, by the programme's clawback.

        Raises:
            LedgerError: nothing was granted under ``grant_key``, or the ratio is not in 0..1.
        """
        if not 0 <= ratio <= 1:
            raise LedgerError(f"{ratio} of a grant cannot be taken back; give a part of 1")
        mark = fingerprint({"kind": "revoke", "grant": grant_key, "ratio": str(ratio)})
        if stored := find_posted(connection, self._program.id, key, mark):
            return stored
        granted = rows.txn_by_key(connection, self._program.id, grant_key)
        source = _source(grant_key)
        owner = holder_of(connection, self._program.id, source)
        if granted is None or owner is None:
            raise LedgerError(f"nothing was granted under {grant_key!r}")
        journal = Journal(self._store, connection, self._program, owner, now=now)
        lots = lots_in(journal, connection, source)
        cause = Cause(granted.cause_type, granted.cause_id)
        taking = Taking(ratio, cause, key, mark, occurred_at, source=source)
        txn = take_back(journal, lots, taking, policy=self._program.clawback)
        journal.flush()
        return read_posted(txn, is_new=True)


def _source(key: str) -> str:
    # References of orders are identifiers without white space, so none is called like this.
    return f"grant {key}"


def _require_sense(points: int, breakdown: Mapping[str, Any]) -> None:
    if points < 1:
        raise LedgerError(f"{points} points cannot be granted; give one at least, or none at all")
    parts = breakdown.get("parts", ())
    if parts and points != sum(part["points"] for part in parts):
        raise LedgerError(f"the parts of the breakdown do not add up to {points} points")
