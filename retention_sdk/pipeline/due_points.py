"""What time does to points: they mature, and before they expire somebody is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..loyalty.notices import MATURES, day_of, next_step, notice_days_at
from ..model import Customer, PointsExpiring, PointsMatured, ShopEvent
from .due_people import newest_customer

if TYPE_CHECKING:
    from ..loyalty import PointsLedger
    from ..storage import Connection, LeasedRow, Store
    from ..storage.ledger import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsTime:
    """Writes down what time did to points. No balance waits for it."""

    store: Store
    shop_id: str
    ledger: PointsLedger

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Bring an account up to the moment of a row; return events, and when it is due again."""
        from ..storage import ledger as rows

        program, at = self.ledger.program, row.due_at
        lot = next(iter(rows.lots_by_id(connection, [row.key])), None)
        owner = rows.owner_of(connection, lot.account_id) if lot else ""
        account = rows.find_account(connection, program.id, owner)
        if lot is None or account is None or account.id != lot.account_id:
            return iter(()), None  # points of a programme that is not run any more
        self.ledger.advance(connection, owner, now=at)
        if row.kind == MATURES:
            return self._matured(connection, lot, owner), None
        if lot.expires_at is None:
            return iter(()), None
        again = next_step(lot.expires_at, program.time_zone, after=at)
        return self._expiring(connection, account.id, lot.expires_at, (owner, at)), again

    def _matured(self, connection: Connection, lot: Lot, owner: str) -> Iterator[ShopEvent]:
        points = self._points_matured(connection, lot.id)
        customer = newest_customer(self.store, connection, owner) if points else None
        if customer:
            yield PointsMatured(
                id=f"time:matured:{lot.id}",
                shop_id=self.shop_id,
                occurred_at=lot.matures_at,
                customer=customer,
                points=points,
            )

    def _points_matured(self, connection: Connection, lot_id: str) -> int:
        """Return how many points of a lot matured, whoever wrote it down; 0 if none did."""
        from ..storage import ledger as rows

        program_id, cause = self.ledger.program.id, ("time", lot_id)
        bodies = rows.bodies_by_cause(connection, program_id, kind="mature", cause=cause)
        return sum(int(json.loads(body)["points"]) for body in bodies)

    def _expiring(
        self, connection: Connection, account_id: str, end: datetime, when: tuple[str, datetime]
    ) -> Iterator[ShopEvent]:
        """Tell once of all points that expire on a day; of nothing where nothing is left."""
        from ..storage import ledger as rows

        (owner, at), zone = when, self.ledger.program.time_zone
        days, last_day = notice_days_at(at, end, zone), day_of(end, zone)
        same_day = [
            (each.expires_at, each.available + each.pending)
            for each in rows.live_lots(connection, account_id)
            if days and each.expires_at and day_of(each.expires_at, zone) == last_day
        ]
        left = [(expires_at, points) for expires_at, points in same_day if points]
        customer: Customer | None = None
        if left:
            customer = newest_customer(self.store, connection, owner)
        if customer:
            yield PointsExpiring(
                id=f"time:expiring:{account_id}:{last_day}:{days}",
                shop_id=self.shop_id,
                occurred_at=at,
                customer=customer,
                points=sum(points for _, points in left),
                expires_at=min(expires_at for expires_at, _ in left),
                days=days,
            )
