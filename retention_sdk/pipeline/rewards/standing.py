"""How somebody stands before the catalogue of rewards: points, rank, market, and what they had."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from ...loyalty.rewards import IssueState, Standing
from ..due.people import newest_customer

if TYPE_CHECKING:
    from ...loyalty import PointsLedger, Program
    from ...loyalty.rewards import Reward
    from ...model import Shop
    from ...storage import Connection, Store


@dataclass(frozen=True, slots=True)
class Market:
    """Where somebody buys, as far as the caller knows; the rest is looked up.

    Without a currency, the shop's; without a country or a locale, what the person's newest event
    told, else the shop's own.
    """

    currency: str = ""
    country: str = ""
    locale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """Reads how people stand. ``makes`` tells the kinds of rewards that can be issued here."""

    store: Store
    shop: Shop
    makes: Callable[[Program], frozenset[str]]

    def market(self, connection: Connection, subject_id: str, asked: Market) -> Market:
        """Return the market with what was not said filled in."""
        shop = self.shop
        if asked.country and asked.locale:
            return replace(asked, currency=asked.currency or shop.currency)
        customer = newest_customer(self.store, connection, subject_id)
        address = customer.address if customer else None
        country = address.country if address else None
        language = customer.language if customer else None
        return Market(
            currency=asked.currency or shop.currency,
            country=asked.country or country or shop.country,
            locale=asked.locale or language or shop.language,
        )

    def read(
        self,
        connection: Connection,
        ledger: PointsLedger,
        rewards: Iterable[Reward],
        subject_id: str,
        *,
        points: int,
        market: Market,
        now: datetime,
    ) -> Standing:
        """Return how somebody stands who can spend ``points`` now."""
        counted, log, program = tuple(rewards), self.store.rewards, ledger.program
        issues = log.of_person(connection, subject_id, program_id=program.id)
        taken: dict[str, list[datetime]] = {}
        for issue in issues:
            if IssueState(issue.state).is_gone:
                taken.setdefault(issue.reward_id, []).append(issue.made_at)
        return Standing(
            now=now,
            points=points,
            currency=market.currency,
            country=market.country,
            locale=market.locale,
            tier=self._tier(connection, ledger, subject_id, now),
            history=self.store.orders.history(connection, subject_id),
            taken=taken,
            gone={
                reward.id: log.gone(connection, program.id, reward.id)
                for reward in counted
                if reward.stock is not None
            },
            makes=self.makes(program),
        )

    def _tier(
        self, connection: Connection, ledger: PointsLedger, subject_id: str, now: datetime
    ) -> str:
        ladder = ledger.program.tiers
        if ladder is None:
            return ""
        from ...loyalty.tiers import TierBook

        book = TierBook(self.store, ledger.program, ladder)
        return book.look(connection, subject_id, now=now).tier
