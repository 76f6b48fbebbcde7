"""Which rewards people of a simulation take, and what those cost the shop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ..model import Money, Order
from .rewards import FreeProduct, FreeShipping, PercentCoupon, Standing, available
from .simulate_assumed import Assumptions

if TYPE_CHECKING:
    from .rewards.catalogue import Reward
    from .rules import Program
    from .simulate_person import Person

POINTS = "points"
_HALF = 50


@dataclass(slots=True)
class RewardUse:
    """How often one reward was had, for how many points, and what that cost.

    ``reward`` is "points" where no catalogue says what points buy. ``cost`` is in minor units by
    currency; ``unpriced`` counts those whose cost nobody knows.
    """

    reward: str
    count: int = 0
    points: int = 0
    unpriced: int = 0
    cost: Counter[str] = field(default_factory=Counter)


class RewardTally:
    """Redeems as it is assumed to happen: the dearest reward that somebody may have."""

    def __init__(self, program: Program, assumed: Assumptions) -> None:
        self._program, self._assumed = program, assumed
        self._by_id = {reward.id: reward for reward in program.rewards}
        self._least = min((reward.points for reward in program.rewards), default=0)
        self._asks_rank = any(reward.tiers for reward in program.rewards)
        self._used: dict[str, RewardUse] = {}

    def redeem(self, person: Person, order: Order, now: datetime) -> None:
        """Let somebody redeem before an order, if that is assumed and they have enough."""
        least = self._assumed.redeem_from
        held = person.book.available
        if held < (least or self._least or 1) or not self._wants(order):
            return
        if least:
            self._take(POINTS, person, held - held % least, now, self._worth(held - held % least))
        elif reward := self._dearest(person, order, now):
            person.taken.setdefault(reward.id, []).append(now)
            self._take(reward.id, person, reward.points, now, self._cost(reward, order))

    def give(self, reward_id: str, order: Order) -> None:
        """Count a reward that somebody gets without points."""
        if reward := self._by_id.get(reward_id):
            self._note(reward_id, 0, self._cost(reward, order))

    def uses(self) -> tuple[RewardUse, ...]:
        """Return what was used, in the order of the catalogue."""
        names = (*self._by_id, POINTS)
        return tuple(self._used[name] for name in names if name in self._used)

    def _wants(self, order: Order) -> bool:
        is_default = self._assumed.redeem_from and not self._assumed.redeem
        return bool(is_default) or self._assumed.happens("redeem", order.id)

    def _dearest(self, person: Person, order: Order, now: datetime) -> Reward | None:
        program, home = self._program, order.shipping_address or order.billing_address
        who = Standing(
            now=now,
            points=person.book.available,
            currency=order.currency,
            country=(home.country or "") if home else "",
            locale=order.language or "",
            tier=person.tier(program, now) if self._asks_rank else "",
            history=person.history(),
            taken=person.taken,
            gone={name: use.count for name, use in self._used.items()},
        )
        offers = available(program.rewards, who, time_zone=program.time_zone)
        fitting = [o.reward for o in offers if o.is_available and _is_enough(o.reward, order)]
        return max(fitting, key=lambda reward: reward.points, default=None)

    def _take(
        self, name: str, person: Person, points: int, now: datetime, cost: Money | None
    ) -> None:
        person.spend(points, now)
        self._note(name, points, cost)

    def _note(self, name: str, points: int, cost: Money | None) -> None:
        use = self._used.setdefault(name, RewardUse(name))
        use.count += 1
        use.points += points
        if cost is None:
            use.unpriced += 1
        else:
            use.cost[cost.currency] += cost.minor

    def _cost(self, reward: Reward, order: Order) -> Money | None:
        """Return what a reward costs with an order; without a price, what its points are worth."""
        if worth := reward.worth_in(order.currency):
            return worth
        if isinstance(reward, PercentCoupon):
            minor = (_goods(order) * reward.percent + _HALF) // 100
            return Money(minor=minor, currency=order.currency)
        if isinstance(reward, FreeShipping) and order.shipping:
            return order.shipping
        if isinstance(reward, FreeProduct):
            prices = [o.unit_price for o in order.lines if o.product_id == reward.product]
            return prices[0] if prices else self._worth(reward.points)
        return self._worth(reward.points)

    def _worth(self, points: int) -> Money | None:
        value = self._program.point_value
        return value.worth(points) if value else None


def _goods(order: Order) -> int:
    return order.total.minor - (order.shipping.minor if order.shipping else 0)


def _is_enough(reward: Reward, order: Order) -> bool:
    minimum = reward.minimum_in(order.currency)
    return minimum is None or _goods(order) >= minimum.minor
