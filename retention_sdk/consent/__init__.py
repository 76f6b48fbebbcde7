"""May this leave? Rules as data, and one pure function that applies them.

An engineering summary, not legal advice.
"""

from .choose import Choice, first_allowed
from .decide import decide
from .explain import explain
from .quiet import QuietHours, Window
from .rules import Basis, Rule, RuleSet, load_rules, read_rules

__all__ = [
    "Basis",
    "Choice",
    "QuietHours",
    "Rule",
    "RuleSet",
    "Window",
    "decide",
    "explain",
    "first_allowed",
    "load_rules",
    "read_rules",
]
