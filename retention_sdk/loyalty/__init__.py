"""Points that cannot be lost, invented or spent twice."""

from .explain import Explanation, HistoryEntry
from .holds import PointsHolds
from .ledger import PointsLedger, order_reference
from .posted import Posted
from .rules import Earning, EarningPart, Program, Rate, earn, order_points, refunded_ratio
from .verify import Finding, Verification

__all__ = [
    "Earning",
    "EarningPart",
    "Explanation",
    "Finding",
    "HistoryEntry",
    "PointsHolds",
    "PointsLedger",
    "Posted",
    "Program",
    "Rate",
    "Verification",
    "earn",
    "order_points",
    "order_reference",
    "refunded_ratio",
]
