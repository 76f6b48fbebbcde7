"""What cards bring, on three levels that are never mixed.

Redemption: the card's coupon was used. Scan then order: whoever scanned ordered again within a
window; such people might have come back anyway. Lift: customers with cards against customers held
out by chance, as they were dealt, whatever was printed or scanned; only this one tells a cause.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ...model import Record
from ...model.base import Instant
from .attribution_statistics import CONFIDENCE, Share, newcombe, wilson

if TYPE_CHECKING:
    from ...storage import Store

Ratio = Annotated[float, Field(ge=-1, le=1)]
Count = Annotated[int, Field(ge=0)]

Verdict = Literal[
    "more came back", "fewer came back", "no difference that matters", "not enough data",
    "too early to tell",
]  # fmt: skip


class Rate(Record):
    """How many of how many, with the interval that holds the true share 95 times in 100."""

    count: Count
    total: Count
    low: Ratio
    high: Ratio

    @property
    def ratio(self) -> float:
        """The share from 0 to 1."""
        return self.count / self.total if self.total else 0.0


class CardRow(Record):
    """Counts of cards of one template and arm; see ``storage.card_report.CardCounts``."""

    template: str
    arm: str
    assigned: Count
    printed: Count
    packed: Count
    voided: Count
    coupons: Count
    redeemed: Rate
    scanned: Rate
    ordered: Rate


class CardsReport(Record):
    """Redemption, and scan then order.

    ``redeemed`` is of the coupons, ``scanned`` of the cards given out, ``ordered`` of the scanned.
    """

    since: Instant
    until: Instant
    window_days: int
    rows: tuple[CardRow, ...]


class LiftReport(Record):
    """Repeat purchase with cards and without. No figure in it is about one person.

    ``difference``, ``low`` and ``high`` are ratios: 0.012 is 1.2 points.
    """

    since: Instant
    until: Instant
    window_days: int
    treated: Rate
    held_out: Rate
    difference: Ratio
    low: Ratio
    high: Ratio
    verdict: Verdict

    @property
    def sentence(self) -> str:
        """The result as it may be told."""
        points = f"difference {_points(self.difference)} points"
        interval = f"{100 * CONFIDENCE:.0f} % interval {_points(self.low)} to {_points(self.high)}"
        return f"{points}, {interval}; {self.verdict}"


def report_cards(
    store: Store, *, shop_id: str, since: datetime, until: datetime, window_days: int
) -> CardsReport:
    """Count what became of the cards of a period."""
    from ...storage.card_report import CardPeriod, count_cards

    window = timedelta(days=window_days)
    period = CardPeriod(shop_id=shop_id, since=since, until=until, window=window)
    with store.reading() as connection:
        counted = count_cards(connection, period)
    rows = tuple(
        CardRow(
            template=each.template,
            arm=each.arm,
            assigned=each.assigned,
            printed=each.printed,
            packed=each.packed,
            voided=each.voided,
            coupons=each.coupons,
            redeemed=_rate(each.redeemed, each.coupons),
            scanned=_rate(each.scanned, each.assigned),
            ordered=_rate(each.ordered, each.scanned),
        )
        for each in counted
    )
    return CardsReport(since=since, until=until, window_days=window_days, rows=rows)


def measure_lift(
    store: Store,
    *,
    shop_id: str,
    since: datetime,
    now: datetime,
    window_days: int,
    matters: float = 0.02,
    planned: int | None = None,
) -> LiftReport:
    """Compare repeat purchase of customers with cards and of those held out.

    Counted are customers whose window is over: first card from ``since`` until ``window_days``
    before ``now``. ``matters`` is the smallest difference, as a ratio, worth acting on.
    ``planned`` is how many customers the experiment was planned for; before they are there it is
    too early, because who looks often enough will see a difference that is none.
    """
    from ...storage.card_report import CardPeriod, count_returns

    window = timedelta(days=window_days)
    until = max(since, now - window)
    period = CardPeriod(shop_id=shop_id, since=since, until=until, window=window)
    with store.reading() as connection:
        treated, held_out = count_returns(connection, period)
    one = Share(treated.returned, treated.customers)
    other = Share(held_out.returned, held_out.customers)
    difference = newcombe(one, other)
    low, high = difference.interval.low, difference.interval.high
    is_early = planned is not None and one.total + other.total < planned
    return LiftReport(
        since=since,
        until=until,
        window_days=window_days,
        treated=_rate(one.count, one.total),
        held_out=_rate(other.count, other.total),
        difference=difference.ratio,
        low=max(-1.0, low),
        high=min(1.0, high),
        verdict="too early to tell" if is_early else judge(low, high, matters=matters),
    )


def judge(low: float, high: float, *, matters: float) -> Verdict:
    """Say what an interval of a difference allows to say, and no more."""
    if low > 0:
        return "more came back"
    if high < 0:
        return "fewer came back"
    if -matters < low and high < matters:
        return "no difference that matters"
    return "not enough data"


def _rate(count: int, total: int) -> Rate:
    interval = wilson(Share(count, total))
    return Rate(count=count, total=total, low=interval.low, high=interval.high)


def _points(ratio: float) -> str:
    """Return hundredths with one digit and a minus sign that is one; nought has no sign."""
    text = f"{100 * ratio:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", "\N{MINUS SIGN}")
