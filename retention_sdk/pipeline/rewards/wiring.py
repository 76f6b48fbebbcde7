"""Wires the desk of rewards to a shop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ...adapter import Capability, ShopAdapter
from .book import RewardBook
from .redeem import RewardDesk
from .standing import Standings

if TYPE_CHECKING:
    from ...config import Config
    from ...loyalty import PointsLedger, Program
    from ...storage import Store
    from ..incoming.intake import Intake

_IN_STORE = ("gift", "donation", "invitation", "access", "partner")
_CODES = Capability.CREATE_CODE | Capability.VOID_CODE
_BY_CAPABILITY = {
    "amount": _CODES,
    "percent": _CODES,
    "free_shipping": _CODES | Capability.FREE_SHIPPING_CODE,
    "free_product": _CODES | Capability.FREE_PRODUCT_CODE,
    "store_credit": _CODES | Capability.GIFT_CARD_CODE,
    "account_credit": Capability.STORE_CREDIT,
}


def open_rewards(
    config: Config,
    *,
    store: Store,
    ledgers: Iterable[PointsLedger],
    adapter: Callable[[str], ShopAdapter],
    clock: Callable[[], datetime],
    intake: Intake | None = None,
) -> RewardDesk:
    """Return the desk of a shop. Kinds that its platform cannot make are offered to nobody."""
    shop, platform = config.shop, config.codes.coupons

    def makes(program: Program) -> frozenset[str]:
        return kinds_on(program.rewards_platform or platform, adapter)

    book = RewardBook(
        store=store,
        shop_id=shop.id,
        language=shop.language,
        ledgers={ledger.program.id: ledger for ledger in ledgers},
        standings=Standings(store=store, shop=shop, makes=makes),
        prefix=config.codes.coupon_prefix,
    )
    return RewardDesk(
        store=store, book=book, adapter=adapter, platform=platform, clock=clock, intake=intake
    )


def kinds_on(platform: str, adapter: Callable[[str], ShopAdapter]) -> frozenset[str]:
    """Return the kinds of rewards that can be issued: those of the store, and of a platform.

    Raises:
        PluginError: the platform's adapter is not installed.
        ConfigError: its table in ``retention.toml`` is wrong.
    """
    if not platform:
        return frozenset(_IN_STORE)
    able = adapter(platform).capabilities
    made = (kind for kind, needed in _BY_CAPABILITY.items() if needed in able)
    return frozenset((*_IN_STORE, *made))
