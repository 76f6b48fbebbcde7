"""Leaderboards of those who chose to be seen: settings, names that tell nothing, places.

What needs a database loads on first use.
"""

from typing import TYPE_CHECKING

from ...lazily import name_by_name
from .display_names import check_name, make_names
from .likeness import likeness
from .ranking import LeaderboardView, Place, rank
from .settings import Leaderboard, Leaderboards

if TYPE_CHECKING:
    from .book import LeaderboardBook

__all__ = [
    "Leaderboard",
    "LeaderboardBook",
    "LeaderboardView",
    "Leaderboards",
    "Place",
    "check_name",
    "likeness",
    "make_names",
    "rank",
]

__getattr__ = name_by_name(__name__, {"LeaderboardBook": ".book"})
