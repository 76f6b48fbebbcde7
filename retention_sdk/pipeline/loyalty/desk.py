"""What a shop does about points beside its orders: for people who did something for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from ...errors import LedgerError
from ...loyalty.gifts import GIFT, gives_rewards
from ...model import Customer, Engagement
from ...model.events import EngagementKind
from ..incoming.intake import Intake
from ..outcome import Outcome
from .referring import ReferralDesk, books_of
from .referring_gift import FriendGift

if TYPE_CHECKING:
    from ...adapter import ShopAdapter
    from ...config import Config
    from ...loyalty import PointsLedger
    from ..rewards.parcel_gifts import ParcelGifts
    from ..rewards.redeem import Retried, RewardDesk
    from .achieving_desk import AchievementDesk
    from .member import MemberDesk
    from .partnering import PartnerDesk


@dataclass(frozen=True, kw_only=True)
class LoyaltyDesk:
    """The loyalty programme of one shop: ``shop.loyalty``.

    ``ledgers`` are the currencies of points by the name of their programme, that of ``[loyalty]``
    first.
    """

    shop_id: str
    intake: Intake
    ledgers: Mapping[str, PointsLedger]
    clock: Callable[[], datetime]
    config: Config
    adapter: Callable[[str], ShopAdapter]

    def award(
        self,
        customer: Customer,
        kind: EngagementKind,
        reference: str,
        *,
        occurred_at: datetime | None = None,
    ) -> Outcome:
        """Give what the rules say for a review, a survey or a follow; tell it as often as you like.

        ``reference`` is what makes it one: the number of the review or survey, the network that
        is followed. For example::

            shop.loyalty.award(customer, "review", "reviews.example:8817")

        Raises:
            LedgerError: the customer has neither an account nor an e-mail address.
        """
        event = Engagement(
            id=f"engagement:{self.shop_id}:{kind}:{self._who(customer)}:{reference}",
            shop_id=self.shop_id,
            occurred_at=occurred_at or self.clock(),
            customer=customer,
            kind=kind,
            reference=reference,
        )
        return self.intake.ingest([event])[0]

    @cached_property
    def referrals(self) -> ReferralDesk | None:
        """Friends who bring friends; None where no programme has a table ``referral``."""
        store = self.intake.store
        books = books_of(store, tuple(self.ledgers.values()))
        if not books:
            return None
        gifts = {
            book.program_id: FriendGift(
                store=store,
                program=book.program_id,
                reward=book.rule.friend_reward,
                rewards=lambda: self.rewards,
            )
            for book in books
            if book.rule.friend_reward
        }
        return ReferralDesk(
            store=store,
            shop_id=self.shop_id,
            books={book.program_id: book for book in books},
            clock=self.clock,
            gifts=gifts,
        )

    @cached_property
    def partners(self) -> PartnerDesk | None:
        """Points for points of partners; None where no programme has any."""
        ledgers = {name: each for name, each in self.ledgers.items() if each.program.partners}
        if not ledgers:
            return None
        from .partnering import PartnerDesk

        store = self.intake.store
        return PartnerDesk(store=store, shop_id=self.shop_id, ledgers=ledgers, clock=self.clock)

    @cached_property
    def rewards(self) -> RewardDesk:
        """What points buy: offers, redemptions, and taking them back."""
        from ..rewards.wiring import open_rewards

        return open_rewards(
            self.config,
            store=self.intake.store,
            ledgers=self.ledgers.values(),
            adapter=self.adapter,
            clock=self.clock,
            intake=self.intake,
        )

    @cached_property
    def parcel_gifts(self) -> ParcelGifts | None:
        """What lies in parcels; None where no programme has rewards."""
        if not any(ledger.program.rewards for ledger in self.ledgers.values()):
            return None
        from ..rewards.parcel_gifts import ParcelGifts

        return ParcelGifts(self.rewards.book)

    def settle(self) -> None:
        """Give the rewards that levels and ranks brought, take back what was undone; each once.

        Events do this themselves, and ``retention run-due`` does what a crash left of it.
        """
        if not self._gives_rewards:
            return
        store, now = self.intake.store, self.clock()
        with store.reading() as connection:
            if not store.due.is_due(connection, self.shop_id, GIFT, until=now):
                return
        from ..due.run import open_gifts

        open_gifts(self.intake, self.rewards).run(now=now)

    @cached_property
    def _gives_rewards(self) -> bool:
        return any(gives_rewards(ledger.program) for ledger in self.ledgers.values())

    def refresh(self) -> int:
        """Plan a look at every member after a programme was changed; return how many.

        ``run_due`` looks: achievements, boards and ranks become what the rules of now give, and
        nobody is told. After a crash it goes on where it stopped.
        """
        from ..due.refresh import RefreshTime
        from ..due.tiers import read_tiers

        store, ledgers = self.intake.store, self.ledgers
        ranks = read_tiers(self.config, store, ledgers.values())
        looks = RefreshTime(store=store, shop_id=self.shop_id, ledgers=ledgers, ranks=ranks)
        return looks.plan(now=self.clock())

    def go_on(self) -> Retried:
        """Go on with all rewards that a crash or a platform left open."""
        self.settle()
        return self.rewards.retry_open()

    @cached_property
    def achievements(self) -> AchievementDesk:
        """Achievements, challenges and leaderboards: progress, joining, names, places."""
        from .achieving_desk import AchievementDesk

        return AchievementDesk(
            shop_id=self.shop_id,
            shop_name=self.config.shop.name,
            intake=self.intake,
            ledgers=self.ledgers,
            clock=self.clock,
        )

    @cached_property
    def members(self) -> MemberDesk:
        """What members may see, in their own language: for storefronts."""
        from .member import MemberDesk

        return MemberDesk(desk=self, config=self.config)

    def _who(self, customer: Customer) -> str:
        """Return what stands for a customer in the name of an event, and tells nobody who it is."""
        name = f"id:{customer.id}" if customer.id else ""
        name = name or (f"email:{customer.email.casefold()}" if customer.email else "")
        if not name:
            raise LedgerError("nobody can have points who has no account and no e-mail address")
        store = self.intake.store
        with store.reading() as connection:
            return store.subjects.index(connection, self.shop_id, name).hex()[:24]


def open_loyalty(
    config: Config,
    intake: Intake,
    ledgers: Mapping[str, PointsLedger],
    *,
    clock: Callable[[], datetime],
    adapter: Callable[[str], ShopAdapter],
) -> LoyaltyDesk | None:
    """Return the desk of a shop; None without a programme."""
    if not ledgers:
        return None
    return LoyaltyDesk(
        shop_id=config.shop.id,
        intake=intake,
        ledgers=ledgers,
        clock=clock,
        config=config,
        adapter=adapter,
    )
