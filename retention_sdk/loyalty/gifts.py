"""Rewards that cost their person nothing: planned with what they are given for, posted like others.

The points of such a reward are granted and set aside in one commit, so that the books add up. Who
plans one only writes a row; it is given in a commit of its own, since a platform may be asked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..storage import Connection, DueRow
    from .journal import Cause
    from .ledger import PointsLedger
    from .rules import Program

GIFT = "reward_gift"
"""The kind of the row that gives a reward, or takes it back."""

GIFT_GONE = "what it was given for counts no more"
_BACK = "back"


def gift_row(
    program_id: str, key: str, subject_id: str, at: datetime, *, is_back: bool = False
) -> DueRow:
    """Return the row that gives what ``key`` stands for to somebody, or takes it back."""
    from ..storage import DueRow

    words = (program_id, key, *([_BACK] if is_back else []))
    return DueRow(GIFT, " ".join(words), subject_id, at)


def read_gift_row(row: DueRow) -> tuple[str, str, bool]:
    """Return the programme and the key of a row, and whether it takes back."""
    program_id, key, *rest = row.key.split(" ")
    return program_id, key, rest == [_BACK]


def gives_rewards(program: Program) -> bool:
    """Whether anything in a programme brings a reward for nothing."""
    levels = (level for each in program.achievements for level in each.levels)
    return any(level.reward for level in levels) or any(
        rank_rewards(program, rank.key) for rank in (program.tiers.ranks if program.tiers else ())
    )


def rank_rewards(program: Program, key: str) -> tuple[str, ...]:
    """Return the rewards that a rank brings: those of its benefits that are in the catalogue."""
    ranks = program.tiers.ranks if program.tiers else ()
    known = {reward.id for reward in program.rewards}
    return tuple(
        dict.fromkeys(b for rank in ranks if rank.key == key for b in rank.benefits if b in known)
    )


def grant_gift(
    ledger: PointsLedger,
    connection: Connection,
    subject_id: str,
    points: int,
    *,
    key: str,
    cause: Cause,
    now: datetime,
) -> None:
    """Grant the points that a reward costs; call it in the commit that sets them aside."""
    from .crediting import LotLife

    part: dict[str, Any] = {"source": "reward", "points": points}
    ledger.grants.grant(
        connection,
        subject_id=subject_id,
        points=points,
        cause=cause,
        key=_grant_key(key),
        occurred_at=now,
        now=now,
        reason="",
        breakdown={"parts": [part]},
        # They are spent in the commit that grants them; what comes back lapses.
        life=LotLife(matures_after_days=0, expires_after_days=1),
    )


def revoke_gift(ledger: PointsLedger, connection: Connection, key: str, *, now: datetime) -> None:
    """Take the points of a reward that was given back, by the programme's clawback.

    Nothing happens to what somebody paid for. Give points of a reward that is void back before;
    those of one that was used are owed, where the programme takes back debt.
    """
    from ..storage.ledger import txn_by_key

    granted = _grant_key(key)
    if txn_by_key(connection, ledger.program.id, granted):
        ledger.grants.revoke(connection, granted, key=_back_key(key), occurred_at=now, now=now)


def is_revoked(connection: Connection, program_id: str, key: str) -> bool:
    """Whether the points of a reward that was given were taken back."""
    from ..storage.ledger import txn_by_key

    return txn_by_key(connection, program_id, _back_key(key)) is not None


def _grant_key(key: str) -> str:
    # Not to be mistaken for a key that a caller made up.
    return f"gift {key}"


def _back_key(key: str) -> str:
    return f"gift {key} {_BACK}"
