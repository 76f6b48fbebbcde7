"""Points that cannot be lost, invented or spent twice.

The rules load at once, because the configuration reads them; what needs a database loads on first
use.
"""

from typing import TYPE_CHECKING

from ..lazily import name_by_name
from .rates import Rate
from .rules import Earning, EarningPart, Program, earn, order_points, refunded_ratio

if TYPE_CHECKING:
    from .crediting import LotLife
    from .explain import Explanation, HistoryEntry
    from .grants import PointsGrants
    from .hand import Hand
    from .holds import PointsHolds
    from .journal import Cause
    from .ledger import PointsLedger
    from .orders import order_reference
    from .posted import Posted
    from .reviews import PointsReviews, Review
    from .verify import Finding, Verification

__all__ = [
    "Cause",
    "Earning",
    "EarningPart",
    "Explanation",
    "Finding",
    "Hand",
    "HistoryEntry",
    "LotLife",
    "PointsGrants",
    "PointsHolds",
    "PointsLedger",
    "PointsReviews",
    "Posted",
    "Program",
    "Rate",
    "Review",
    "Verification",
    "earn",
    "order_points",
    "order_reference",
    "refunded_ratio",
]

_HOMES = {
    "Cause": ".journal",
    "Explanation": ".explain",
    "Finding": ".verify",
    "Hand": ".hand",
    "HistoryEntry": ".explain",
    "LotLife": ".crediting",
    "PointsGrants": ".grants",
    "PointsHolds": ".holds",
    "PointsLedger": ".ledger",
    "PointsReviews": ".reviews",
    "Posted": ".posted",
    "Review": ".reviews",
    "Verification": ".verify",
    "order_reference": ".orders",
}
__getattr__ = name_by_name(__name__, _HOMES)
