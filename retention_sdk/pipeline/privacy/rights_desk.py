"""Wires what answers people's requests to one shop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from ...adapter import ShopAdapter
from ...config import Config
from ...consent.rights import keeping_rule
from ..cards.press_room import PressRoom
from ..rewards.wiring import open_rewards
from .dossier import Dossiers
from .erasure import REASON, Eraser
from .erasure_codes import CodesOfErased
from .request_book import RequestBook
from .rights import Rights

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...storage import Connection


def open_rights(
    room: PressRoom,
    config: Config,
    *,
    ledgers: tuple[PointsLedger, ...],
    adapter: Callable[[str], ShopAdapter],
) -> Rights:
    """Return the desk of a shop. ``adapter`` makes those of platforms, when somebody is erased."""
    keeping = keeping_rule(room.snapshots.shop.country, years=config.consent.keep_order_years)

    def count_points(connection: Connection, subject_id: str) -> int:
        return sum(len(ledger.history(connection, subject_id)) for ledger in ledgers)

    eraser = Eraser(
        store=room.store,
        shop_id=room.shop_id,
        channel=room.channel,
        platforms={name: partial(adapter, name) for name in config.platforms},
        clock=room.clock,
        count_points=count_points,
        keeping=(keeping.years, keeping.citation),
        codes=CodesOfErased(
            desk=open_rewards(
                config, store=room.store, ledgers=ledgers, adapter=adapter, clock=room.clock
            ),
            coupons=room.coupons,
            reason=REASON,
        ),
    )
    return Rights(
        room=room,
        eraser=eraser,
        dossiers=Dossiers(store=room.store, ledgers=ledgers),
        book=RequestBook(store=room.store, shop=room.snapshots.shop, clock=room.clock),
        keeping=keeping,
        clock=room.clock,
    )
