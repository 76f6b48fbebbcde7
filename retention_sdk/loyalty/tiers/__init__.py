"""Ranks of customers: a ladder of settings, and a pure function from what was bought to a rank.

What needs a database loads on first use.
"""

from typing import TYPE_CHECKING

from .evaluate import TierDecision, TierStanding, evaluate
from .facts import Qualifying, qualifying_orders
from .ladder import Rank, TierLadder

if TYPE_CHECKING:
    from .book import TierBook

__all__ = [
    "Qualifying",
    "Rank",
    "TierBook",
    "TierDecision",
    "TierLadder",
    "TierStanding",
    "evaluate",
    "qualifying_orders",
]


def __getattr__(name: str) -> object:
    if name != "TierBook":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .book import TierBook

    return TierBook
