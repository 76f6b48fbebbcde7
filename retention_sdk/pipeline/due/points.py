"""What time does to points: they mature, and before they expire somebody is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...loyalty.notices import MATURES, day_of, next_step, notice_days_at
from ...model import Customer, PointsExpiring, PointsMatured, ShopEvent
from .people import newest_customer

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...storage import Connection, LeasedRow, Store
    from ...storage.ledger import Lot


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsTime:
    """Writes down what time did to points. No balance waits for it."""

    store: Store
    shop_id: str
    ledgers: tuple[PointsLedger, ...]

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Bring an account up to the moment of a row; return events, and when it is due again."""
        from ...storage import ledger as rows

        lot = next(iter(rows.lots_by_id(connection, [row.key])), None)
        owner = rows.owner_of(connection, lot.account_id) if lot else ""
        ledger = self._ledger_of(connection, lot, owner) if lot else None
        if lot is None or ledger is None:
            return iter(()), None  # points of a programme that is not run any more
        at, zone = row.due_at, ledger.program.time_zone
        ledger.advance(connection, owner, now=at)
        if row.kind == MATURES:
            return self._matured(connection, ledger, lot, owner), None
        if lot.expires_at is None:
            return iter(()), None
        again = next_step(lot.expires_at, zone, after=at)
        return self._expiring(connection, ledger, lot, (owner, at)), again

    def _ledger_of(self, connection: Connection, lot: Lot, owner: str) -> PointsLedger | None:
        """Return the ledger that an account is in, None if it is not run any more."""
        from ...storage import ledger as rows

        for ledger in self.ledgers:
            account = rows.find_account(connection, ledger.program.id, owner)
            if account and account.id == lot.account_id:
                return ledger
        return None

    def _matured(
        self, connection: Connection, ledger: PointsLedger, lot: Lot, owner: str
    ) -> Iterator[ShopEvent]:
        points = _points_matured(connection, ledger.program.id, lot.id)
        customer = newest_customer(self.store, connection, owner) if points else None
        if customer:
            yield PointsMatured(
                id=f"time:matured:{lot.id}",
                shop_id=self.shop_id,
                occurred_at=lot.matures_at,
                customer=customer,
                points=points,
            )

    def _expiring(
        self, connection: Connection, ledger: PointsLedger, lot: Lot, when: tuple[str, datetime]
    ) -> Iterator[ShopEvent]:
        """Tell once of all points that expire on a day; of nothing where nothing is left."""
        from ...storage import ledger as rows

        (owner, at), zone, account_id = when, ledger.program.time_zone, lot.account_id
        end = lot.expires_at or at
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


def _points_matured(connection: Connection, program_id: str, lot_id: str) -> int:
    """Return how many points of a lot matured, whoever wrote it down; 0 if none did."""
    from ...loyalty.book import due_key
    from ...storage import ledger as rows

    done = rows.txn_by_key(connection, program_id, due_key("mature", lot_id))
    return int(json.loads(done.body)["points"]) if done else 0
