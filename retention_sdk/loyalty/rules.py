"""What an order is worth in points: a pure function of the order and the programme."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from ..model import Award, Money, Order, Record, Settings
from ..model.base import Identifier, Line
from ..model.money import CurrencyCode
from ..model.shop import TimeZone
from .achievements.settings import Achievements
from .earning.settings import EarningRules
from .leaderboards.settings import Leaderboards, require_measures
from .names import Names
from .partners.settings import Partners
from .point_value import PointValue
from .rates import Rate
from .referrals.settings import ReferralRule
from .rewards.catalogue import Rewards, require_ranks
from .tiers.ladder import TierLadder


def _is_unset(value: object) -> bool:
    return not value


class Program(Settings):
    """How a shop rewards. A currency without a rate earns nothing; nothing is converted.

    Points count on the goods that were paid, after discounts: never on gift cards, and not on
    shipping unless ``counts_shipping``. With ``tax="excluded"`` the share of tax in the whole
    order is taken off. Points become spendable ``matures_after_days`` after the payment (give the
    length of the return window) and expire ``expires_after_days`` after that, never if None.

    ``clawback`` says what happens when points of a refunded order were already spent: a *debt*
    that later points repay first, *clamp* at zero, take back *only_pending* points, or nothing
    until somebody decides (*manual_review*). ``point_value`` is for reports; ``names`` is what
    customers call the programme, by language.
    ``rewards`` are what these points buy; their codes are made on ``rewards_platform``, that of
    ``[codes] coupons`` if it is empty.
    ``referral`` is what friends who bring friends get, ``partners`` are those points are exchanged
    with. ``rules`` add to what the rates give, or change it; see ``earning.settings``.
    """

    id: Identifier = "points"
    unit: Line = "points"
    time_zone: TimeZone = "UTC"
    rates: Annotated[dict[CurrencyCode, Rate], Field(min_length=1)]
    tax: Literal["included", "excluded"] = "included"
    counts_shipping: bool = False
    matures_after_days: Annotated[int, Field(ge=0, le=3650)] = 0
    expires_after_days: Annotated[int | None, Field(ge=1, le=36_500)] = None
    clawback: Literal["debt", "clamp", "only_pending", "manual_review"] = "debt"
    # Left out when empty: a programme without rules stays the version it always was.
    rules: Annotated[EarningRules, Field(exclude_if=_is_unset)] = ()
    # Moves no point, so it is no part of the rules that a transaction names.
    point_value: Annotated[PointValue | None, Field(exclude=True)] = None
    names: Annotated[Names | None, Field(exclude=True)] = None
    # Left out where there are none, so that the rules of older programmes keep their version.
    tiers: Annotated[TierLadder | None, Field(exclude_if=lambda ladder: ladder is None)] = None
    achievements: Annotated[Achievements, Field(exclude_if=_is_unset)] = ()
    leaderboards: Annotated[Leaderboards, Field(exclude=True)] = ()
    # What a reward cost stands in its own record; the catalogue itself moves no point.
    rewards: Annotated[Rewards, Field(exclude=True)] = ()
    rewards_platform: Annotated[Line, Field(exclude=True)] = ""
    referral: Annotated[ReferralRule | None, Field(exclude_if=lambda rule: rule is None)] = None
    partners: Annotated[Partners, Field(exclude_if=_is_unset)] = ()

    @model_validator(mode="after")
    def _rewards_referrals(self) -> Self:
        rule = self.referral
        if rule is None:
            return self
        if not (rule.referrer_points or rule.friend_points or rule.friend_reward) and not any(
            each.kind == "referral" for each in self.rules
        ):
            raise ValueError("referral rewards nobody: give referrer_points or friend_points")
        if rule.friend_reward and rule.friend_reward not in {each.id for each in self.rewards}:
            raise ValueError(f"referral.friend_reward: no reward is called {rule.friend_reward!r}")
        return self

    @model_validator(mode="after")
    def _has_what_its_leaderboards_measure(self) -> Self:
        counted = [each.id for each in self.achievements if each.kind != "spend"]
        require_measures(self.leaderboards, counted)
        return self

    @model_validator(mode="after")
    def _has_the_rewards_of_its_levels(self) -> Self:
        known = {each.id for each in self.rewards}
        for number, achievement in enumerate(self.achievements):
            for height, level in enumerate(achievement.levels):
                if level.reward and level.reward not in known:
                    where = f"achievements.{number}.levels.{height}.reward"
                    raise ValueError(f"{where}: no reward is called {level.reward!r}")
        return self

    @model_validator(mode="after")
    def _has_the_ranks_of_its_rewards(self) -> Self:
        require_ranks(self.rewards, [rank.key for rank in self.tiers.ranks] if self.tiers else ())
        return self


class EarningPart(Record):
    """Points of one origin. ``plugin`` is empty for the programme's own rules.

    What a rule gave names it in ``rule`` and carries all it was computed from: ``goods_minor`` is
    what its goods cost, ``rate`` and ``factor`` (a fraction, of ``multipliers``) what they earn;
    ``units`` how many pieces at ``points_each``; ``number`` which order of the person it was.
    """

    source: Literal["order", "award", "rule"]
    points: Annotated[int, Field(ge=0)]
    reason: Line = ""
    plugin: Line = ""
    rule: Annotated[str, Field(exclude_if=_is_unset)] = ""
    goods_minor: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    rate: Annotated[Rate | None, Field(exclude_if=_is_unset)] = None
    factor: Annotated[str, Field(exclude_if=_is_unset)] = ""
    multipliers: Annotated[tuple[str, ...], Field(exclude_if=_is_unset)] = ()
    units: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    points_each: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    number: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0


class Earning(Record):
    """What was awarded, with all that it was computed from.

    The programme's own points are ``basis_minor * net_share * rate``, rounded down once; see
    ``order_points``. ``refusal`` says why an order earns nothing by the rules. With rules of
    earning, ``goods_minor`` is what all goods cost that share the basis, and ``cap`` names the
    rule that left less than the ``uncapped`` points.
    """

    points: Annotated[int, Field(ge=0)]
    parts: tuple[EarningPart, ...]
    currency: CurrencyCode
    total_minor: int
    shipping_minor: int
    gift_card_minor: int
    tax_minor: int
    basis_minor: Annotated[int, Field(ge=0)]
    rate: Rate | None = None
    refusal: Line = ""
    goods_minor: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    cap: Annotated[str, Field(exclude_if=_is_unset)] = ""
    uncapped: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.points != sum(part.points for part in self.parts):
            raise ValueError("the parts do not add up to the points")
        return self


def earn(order: Order, program: Program, *, awards: Sequence[Award] = ()) -> Earning:
    """Compute what an order earns. Pure; ``awards`` are what plugins add on top.

    Rules of earning are applied as to the first order of somebody who has no points; see
    ``earning.EarningPlan`` for those who have.

    >>> program = Program(rates={"EUR": Rate(points=1, per_minor=100)})
    >>> earn(order, program).points  # an order of 38.90 EUR, 4.90 EUR of it shipping
    34
    """
    if program.rules or (program.tiers and program.tiers.factors):
        from .earning.plan import EarningPlan

        return EarningPlan(program).earn(order, awards=awards)
    return earn_at_rate(order, program, awards=awards)


def earn_at_rate(order: Order, program: Program, *, awards: Sequence[Award] = ()) -> Earning:
    """Compute what an order earns by the rates of a programme alone."""
    counted = count(order, program)
    points = order_points(
        counted.basis, tax_minor=counted.tax, total_minor=counted.total, rate=counted.rate
    )
    own = (EarningPart(source="order", points=points),) if counted.rate else ()
    return add_up(order, counted, own, awards)


class Counted(NamedTuple):
    """What counts of an order, in minor units."""

    total: int
    shipping: int
    gift_cards: int
    tax: int
    basis: int
    rate: Rate | None


def count(order: Order, program: Program) -> Counted:
    """Return what of an order counts by the programme's policy."""
    shipping = 0 if program.counts_shipping else _minor(order.shipping)
    gift_cards = sum([line.total.minor for line in order.lines if line.is_gift_card])
    total = order.total.minor
    return Counted(
        total=total,
        shipping=shipping,
        gift_cards=gift_cards,
        tax=_minor(order.tax) if program.tax == "excluded" else 0,
        basis=max(0, total - shipping - gift_cards),
        rate=program.rates.get(order.currency),
    )


def add_up(
    order: Order,
    counted: Counted,
    own: tuple[EarningPart, ...],
    awards: Sequence[Award],
    **more: Any,
) -> Earning:
    """Return the earning that some parts and awards make."""
    added = tuple(
        EarningPart(source="award", points=each.points, reason=each.reason, plugin=each.plugin)
        for each in awards
    )
    parts = own + added
    return Earning(
        points=sum([part.points for part in parts]),
        parts=parts,
        currency=order.currency,
        total_minor=counted.total,
        shipping_minor=counted.shipping,
        gift_card_minor=counted.gift_cards,
        tax_minor=counted.tax,
        basis_minor=counted.basis,
        rate=counted.rate,
        refusal="" if counted.rate else f"no rate for {order.currency}",
        **more,
    )


def order_points(basis_minor: int, *, tax_minor: int, total_minor: int, rate: Rate | None) -> int:
    """Return whole points for an amount: exact fractions, rounded down once, at the end.

    ``tax_minor`` out of ``total_minor`` is the share that does not count.
    """
    if rate is None or total_minor <= 0:
        return 0
    exact = basis_minor * max(0, total_minor - tax_minor) * rate.points
    return exact // (total_minor * rate.per_minor)


def refunded_ratio(order: Order) -> Fraction:
    """Return the part of an order that went back so far, from 0 to 1; 1 when it was cancelled."""
    if order.is_fully_refunded:
        return Fraction(1)
    if order.refunded is None or order.total.minor == 0:
        return Fraction(0)
    return Fraction(order.refunded.minor, order.total.minor)


def _minor(amount: Money | None) -> int:
    return amount.minor if amount else 0
