"""Reads what counts for a person from a store, and keeps what no other table does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ...model import OrderEvent
from ...storage import Connection, DeedRow, OrderFact, Store
from ...storage.subject_merges import same_person
from .facts import Deed, Facts, Good, Span, goods_of, purchases

if TYPE_CHECKING:
    from ...storage import ParticipationRow
    from ..rules import Program
    from .settings import Achievement

# Before everything that an event can tell.
_NOTHING_TOLD = datetime(1970, 1, 1, tzinfo=UTC)


class FactBook:
    """The facts of one programme's members. Goods are kept only where an achievement asks."""

    def __init__(self, store: Store, program: Program) -> None:
        self._store, self._program = store, program

    def keep(self, connection: Connection, event: OrderEvent, who: str) -> None:
        """Keep what an order is about. The person is locked."""
        if event.order.paid_at is None or not _ask_for_goods(self._program.achievements):
            return
        self._store.achievements.keep_goods(
            connection,
            event.shop_id,
            event.order.id,
            [_row(good) for good in goods_of(event.order)],
            subject_id=who,
            told_at=event.occurred_at,
        )

    def read(
        self,
        connection: Connection,
        who: str,
        achievements: Iterable[Achievement],
        *,
        keeping: bool,
    ) -> Facts:
        """Return what counts for a person. With ``keeping``, goods are kept that only events tell.

        That is so where an achievement asks for goods that none asked for before.
        """
        wanted, people = tuple(achievements), same_person(connection, who)
        orders = [o for each in people for o in self._store.orders.of_subject(connection, each)]
        goods: dict[str, tuple[Good, ...]] = {}
        if _ask_for_goods(wanted):
            known = self._store.achievements.goods(connection, who)
            goods = {order: tuple(Good(*row) for row in kept) for order, kept in known.items()}
            missing = [order for order in orders if order.order_id not in goods]
            if missing:
                goods |= self._told(connection, people, missing, who if keeping else "")
        deeds = self._store.achievements.deeds(connection, who)
        deeds += self._referrals(connection, who, wanted)
        choices = self._store.achievements.choices(connection, self._program.id, who)
        return Facts(
            purchases=purchases(orders, goods),
            deeds=tuple(Deed(each.kind, each.reference, each.at) for each in deeds),
            spans=spans_of(choices),
        )

    def _referrals(
        self, connection: Connection, who: str, wanted: Sequence[Achievement]
    ) -> tuple[DeedRow, ...]:
        if not any(each.kind == "referrals" for each in wanted):
            return ()
        return self._store.achievements.referrals(connection, self._program.id, who)

    def _told(
        self, connection: Connection, people: Sequence[str], missing: list[OrderFact], keeper: str
    ) -> dict[str, tuple[Good, ...]]:
        """Return goods of orders as their events told them last, and keep them for next time."""
        wanted = {order.order_id for order in missing}
        newest: dict[str, OrderEvent] = {}
        for who in people:
            for event in self._store.people.events(connection, who):
                if not isinstance(event, OrderEvent) or event.order.id not in wanted:
                    continue
                known = newest.get(event.order.id)
                if known is None or known.occurred_at <= event.occurred_at:
                    newest[event.order.id] = event
        goods = {name: goods_of(event.order) for name, event in newest.items()}
        if keeper:
            shop_id = self._shop_of(connection, keeper)
            for name in sorted(wanted):
                told = newest.get(name)
                self._store.achievements.keep_goods(
                    connection,
                    shop_id,
                    name,
                    [_row(good) for good in goods.get(name, ())],
                    subject_id=keeper,
                    told_at=told.occurred_at if told else _NOTHING_TOLD,
                )
        return goods

    def _shop_of(self, connection: Connection, who: str) -> str:
        return self._store.achievements.shop_of(connection, who)


def spans_of(choices: Iterable[ParticipationRow]) -> dict[str, tuple[Span, ...]]:
    """Return when somebody took part in what, from their choices in order."""
    found: dict[str, list[Span]] = {}
    rows = sorted((c for c in choices if c.kind == "achievement"), key=lambda row: row.at)
    for row in rows:
        spans = found.setdefault(row.name, [])
        is_in = bool(spans) and spans[-1].left_at is None
        if row.act == "joined" and not is_in:
            spans.append(Span(row.at))
        elif row.act == "left" and is_in:
            spans[-1] = Span(spans[-1].joined_at, row.at)
    return {name: tuple(spans) for name, spans in found.items()}


def _ask_for_goods(achievements: Iterable[Achievement]) -> bool:
    return any(each.names_goods for each in achievements)


def _row(good: Good) -> tuple[str, str, tuple[str, ...], str]:
    return good.sku, good.product, good.categories, good.brand
