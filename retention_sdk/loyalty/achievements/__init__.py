"""Achievements and challenges: settings, and pure functions from facts to levels and progress.

What needs a database loads on first use.
"""

from typing import TYPE_CHECKING

from ...lazily import name_by_name
from .evaluate import Completion, completions
from .facts import Deed, Facts, Good, Purchase, Span, goods_of, purchases
from .progress import Progress, progress
from .settings import Achievement, Achievements, Level

if TYPE_CHECKING:
    from .book import AchievementBook

__all__ = [
    "Achievement",
    "AchievementBook",
    "Achievements",
    "Completion",
    "Deed",
    "Facts",
    "Good",
    "Level",
    "Progress",
    "Purchase",
    "Span",
    "completions",
    "goods_of",
    "progress",
    "purchases",
]

__getattr__ = name_by_name(__name__, {"AchievementBook": ".book"})
