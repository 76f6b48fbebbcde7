"""Rules of earning: data in a programme, evaluated by pure functions.

``settings`` says what a rule is, ``plan`` what an order earns by it, ``occasions`` what is given
for other things than orders, ``words`` how it is explained. Names are imported on first use: the
configuration reads the settings only.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .occasions import Occasion
    from .plan import EarningPlan, Standing, preview
    from .settings import EarningRule

__all__ = ["EarningPlan", "EarningRule", "Occasion", "Standing", "preview"]

_HOMES = {
    "EarningPlan": ".plan",
    "EarningRule": ".settings",
    "Occasion": ".occasions",
    "Standing": ".plan",
    "preview": ".plan",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name], __name__), name)
