"""``[[loyalty.rules]]``: what earns points besides the rate of the programme."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, NaiveDatetime, StringConstraints, model_validator

from ...model import Settings
from ...model.base import Line
from ...model.money import CurrencyCode
from ..rates import Rate

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
"""A name of a rule: 1-60 small letters, digits and hyphens. It is stored with what was earned."""

Points = Annotated[int, Field(ge=1, le=1_000_000)]
OrderNumber = Annotated[int, Field(ge=1, le=100_000)]
Minor = Annotated[int, Field(ge=1, le=10**12)]
Names = tuple[Annotated[Line, Field(min_length=1)], ...]


class _Rule(Settings):
    """What all rules have: a name, and a time from ``starts`` until just before ``ends``.

    Both are wall-clock times in the programme's time zone; a day alone is its midnight. A time
    that the clocks skip counts as the moment they jump, one that comes twice as the first.
    """

    id: RuleId
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.starts and self.ends and self.starts >= self.ends:
            raise ValueError("ends before it starts")
        return self


class _OrderRule(_Rule):
    """A rule about orders, from an amount of counting goods on if ``from_minor`` says so.

    A currency that is missing in a ``from_minor`` never reaches the amount: nothing is converted.
    """

    from_minor: dict[CurrencyCode, Minor] = Field(default_factory=dict)


class _GoodsRule(_OrderRule):
    """A rule about some goods: those with one of the SKUs, products, categories or brands."""

    skus: Names = ()
    products: Names = ()
    categories: Names = ()
    # Left out when empty: a programme without it stays the version it was.
    brands: Annotated[Names, Field(exclude_if=lambda names: not names)] = ()

    @property
    def names_goods(self) -> bool:
        """Whether the rule is about some goods only."""
        return bool(self.skus or self.products or self.categories or self.brands)


class _NamedGoodsRule(_GoodsRule):
    @model_validator(mode="after")
    def _names_some(self) -> Self:
        if not self.names_goods:
            raise ValueError("names no goods: give skus, products, categories or brands")
        return self


class RateRule(_NamedGoodsRule):
    """Some goods earn at other rates instead of the programme's, one for each currency.

    Where two such rules name the same goods, the higher ``priority`` counts, then the name that
    comes first in the alphabet. In a currency without a rate the programme's own rate counts.
    """

    kind: Literal["rate"]
    rates: Annotated[dict[CurrencyCode, Rate], Field(min_length=1)]
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0


class UnitsRule(_NamedGoodsRule):
    """Every paid piece of some goods brings ``points`` more. Free pieces bring none."""

    kind: Literal["units"]
    points: Points


class ExcludedRule(_NamedGoodsRule):
    """Some goods earn nothing, whatever other rules say: books with fixed prices, medicines."""

    kind: Literal["excluded"]


class MilestoneRule(_OrderRule):
    """Some orders of a person bring ``points`` more: ``orders = [1]`` is the first one.

    ``every = 10`` is the tenth, the twentieth and so on. An order on which nothing counts is no
    milestone, and each milestone is given once, however orders are cancelled in between.
    """

    kind: Literal["milestone"]
    points: Points
    orders: tuple[OrderNumber, ...] = ()
    every: Annotated[int | None, Field(ge=2, le=100_000)] = None

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if bool(self.orders) == (self.every is not None):
            raise ValueError("give either orders or every")
        return self


class MultiplierRule(_GoodsRule):
    """Points for money times ``factor``, for some goods or for all.

    It multiplies what the amount earns, never points per piece, milestones or awards. Of the
    multipliers of one ``group`` only the largest counts; those of different groups multiply.
    """

    kind: Literal["multiplier"]
    factor: Annotated[Decimal, Field(gt=1, le=100, decimal_places=2, max_digits=5)]
    group: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,60}$")] = ""


class CapRule(_Rule):
    """At most ``points`` by the rules, for an order or for a person in a local day, month or year.

    What a person got in the period counts, less what was taken back, whatever it was given for.
    Awards of plugins are added after it and never cut.
    """

    kind: Literal["cap"]
    points: Annotated[int, Field(ge=0, le=10**9)]
    per: Literal["order", "day", "month", "year"]


class OccasionRule(_Rule):
    """Points for something else than an order.

    A sign-up and a newsletter count once for a person, the newsletter only with a consent that was
    granted; a birthday, and the anniversary of the first order, once in a calendar year. Every
    honest review counts alike: what it says is not asked (16 CFR 465.4, Directive 2005/29/EC).
    ``yearly_max`` is how often in a year.
    """

    kind: Literal[
        "signup",
        "newsletter",
        "review",
        "survey",
        "follow",
        "birthday",
        "anniversary",
        "referral",
    ]
    points: Points
    yearly_max: Annotated[int | None, Field(ge=1, le=10_000)] = None


EarningRule = Annotated[
    RateRule | UnitsRule | ExcludedRule | MilestoneRule | MultiplierRule | CapRule | OccasionRule,
    Field(discriminator="kind"),
]
"""Any rule of earning, told apart by ``kind``."""


def _with_own_names(rules: Sequence[EarningRule]) -> tuple[EarningRule, ...]:
    names = [rule.id for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two rules have the same id: {', '.join(twice)}")
    return tuple(rules)


EarningRules = Annotated[
    tuple[EarningRule, ...], Field(max_length=500), AfterValidator(_with_own_names)
]
"""The rules of a programme, at most 500. Their order means nothing."""
