"""Shares, their differences with intervals, and how many customers an experiment needs. Pure.

Wilson (1927) for a share, Newcombe (1998) method 10 for the difference of two: both keep their
level with few customers and with shares near nought, where the textbook's formula does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, both counts."""

    count: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.total:
            raise ValueError("a share is a count out of a total, none of them below nought")

    @property
    def ratio(self) -> float:
        """The share from 0 to 1; 0 of none."""
        return self.count / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """From ``low`` to ``high``, both ratios."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One share less another, as a ratio, with the interval that holds the truth."""

    ratio: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many customers each group needs."""

    treated: int
    held_out: int


def wilson(share: Share, *, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's score interval; with nobody asked it is everything, 0 to 1.

    Wilson, "Probable inference, the law of succession, and statistical inference",
    J. Am. Stat. Assoc. 22 (1927), without continuity correction.
    """
    if not share.total:
        return Interval(0.0, 1.0)
    n, p, z = share.total, share.ratio, _quantile(0.5 + confidence / 2)
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At the ends the bound is exact; rounding must not move it.
    low = 0.0 if share.count == 0 else (centre - half) / scale
    high = 1.0 if share.count == n else (centre + half) / scale
    return Interval(low, high)


def newcombe(one: Share, other: Share, *, confidence: float = CONFIDENCE) -> Difference:
    """Return ``one`` less ``other`` with the hybrid score interval.

    Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17 (1998), method 10.
    """
    first, second = (wilson(share, confidence=confidence) for share in (one, other))
    ratio = one.ratio - other.ratio
    below = math.hypot(one.ratio - first.low, second.high - other.ratio)
    above = math.hypot(first.high - one.ratio, other.ratio - second.low)
    if not one.total or not other.total:
        return Difference(ratio, Interval(-1.0, 1.0))
    return Difference(ratio, Interval(ratio - below, ratio + above))


def sizes_needed(
    base: float,
    lift: float,
    *,
    holdout: float,
    confidence: float = CONFIDENCE,
    power: float = POWER,
) -> Sizes:
    """Return how many customers it takes to see a lift of this size with this power.

    ``base`` is the share that comes back without cards, ``lift`` what cards shall add to it, both
    ratios; ``holdout`` is the share of customers held out. Looks at the end, once.

    Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions" (2003), section 4.2,
    unequal groups, without continuity correction.

    Raises:
        ValueError: a ratio is impossible, or there is no difference to see.
    """
    if not 0 < base < 1 or not 0 < base + lift < 1 or lift == 0:
        raise ValueError("base and base + lift lie between 0 and 1, and differ")
    if not 0 < holdout < 1 or not 0 < confidence < 1 or not 0 < power < 1:
        raise ValueError("holdout, confidence and power lie between 0 and 1")
    times = (1 - holdout) / holdout  # customers with cards for each one without
    with_cards = base + lift
    mean = (base + times * with_cards) / (1 + times)
    spread = _quantile(0.5 + confidence / 2) * math.sqrt((times + 1) * mean * (1 - mean))
    spread += _quantile(power) * math.sqrt(
        times * base * (1 - base) + with_cards * (1 - with_cards)
    )
    held_out = math.ceil(spread**2 / (times * lift**2))
    return Sizes(treated=math.ceil(held_out * times), held_out=held_out)


def _quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)
