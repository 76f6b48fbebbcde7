"""Challenges that end: who took part is told of once, in the commit that notes the end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...model import ChallengeEnded
from ..due.people import newest_customer

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...storage import Connection, LeasedRow, Store

_INSTANT = timedelta(microseconds=1)


def closed_events(
    store: Store,
    connection: Connection,
    ledger: PointsLedger,
    row: LeasedRow,
    who: str,
    *,
    shop_id: str,
) -> Iterator[ChallengeEnded]:
    """Yield the end of a challenge for somebody whose row is due; nothing for any other end.

    What they hold at that moment counts. Two customers who became one are told of once.
    """
    from ...loyalty.achievements import AchievementBook
    from ...loyalty.achievements.progress import ends_at
    from ...loyalty.achievements.ticks import closes_at

    program, at = ledger.program, row.due_at
    name = row.key.split(" ")[1]
    achievement = next((each for each in program.achievements if each.id == name), None)
    if achievement is None or closes_at(achievement, ZoneInfo(program.time_zone)) != at:
        return
    book = AchievementBook(store, ledger)
    held = {h.step.level for h in book.held(connection, who) if h.name[0] == achievement.id}
    facts = book.facts(connection, who)
    takes_part = ends_at(achievement, facts, at - _INSTANT, time_zone=program.time_zone) == at
    customer = newest_customer(store, connection, who)
    if customer is None or not (held or takes_part):
        return
    levels = [level.key for level in achievement.levels]
    named = (program.id, who, achievement.id, at.isoformat())
    yield ChallengeEnded(
        id=f"challenge:{sha256(' '.join(named).encode()).hexdigest()[:32]}",
        shop_id=shop_id,
        occurred_at=at,
        customer=customer,
        program=program.id,
        achievement=achievement.id,
        level=next((key for key in reversed(levels) if key in held), ""),
        next_level=next((key for key in levels if key not in held), ""),
    )
