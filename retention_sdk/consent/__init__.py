"""May this leave? Rules as data, and one pure function that applies them.

An engineering summary, not legal advice.
"""

from .choose import Choice, first_allowed
from .decide import decide
from .explain import explain
from .own_rules import gather_rules, read_own_rules
from .quiet import QuietHours, Window
from .rule import Basis, Cap, Rule
from .rules import RuleSet
from .rules_csv import load_rules, read_rules
from .settings import ConsentConfig, SignOff

__all__ = [
    "Basis",
    "Cap",
    "Choice",
    "ConsentConfig",
    "QuietHours",
    "Rule",
    "RuleSet",
    "SignOff",
    "Window",
    "decide",
    "explain",
    "first_allowed",
    "gather_rules",
    "load_rules",
    "read_own_rules",
    "read_rules",
]
