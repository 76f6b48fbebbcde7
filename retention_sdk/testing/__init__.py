"""What plugin authors need to prove their plugin: a conformance kit, builders and fakes.

Names are imported on first use: the pytest plugin in here is loaded in every test run of every
project that has the SDK installed, and must cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .bogus import BogusSettings, BogusShop, bogus_order
    from .builders import (
        NOON,
        a_brand,
        a_candidate,
        a_code,
        a_consent,
        a_context,
        a_customer,
        a_decision,
        a_line,
        a_paid_event,
        a_shop,
        an_address,
        an_order,
        money,
    )
    from .checks import assert_light_import, assert_plugin_conforms
    from .conformance import AdapterConformance, kit_failures
    from .fakes import FrozenClock, MemoryChannel, failing
    from .kit import Case
    from .scaffold import write_adapter_package

_HOMES = {
    "bogus": "BogusSettings BogusShop bogus_order",
    "builders": "NOON a_brand a_candidate a_code a_consent a_context a_customer a_decision a_line "
    "a_paid_event a_shop an_address an_order money",
    "checks": "assert_light_import assert_plugin_conforms",
    "conformance": "AdapterConformance kit_failures",
    "fakes": "FrozenClock MemoryChannel failing",
    "kit": "Case",
    "scaffold": "write_adapter_package",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "NOON",
    "AdapterConformance",
    "BogusSettings",
    "BogusShop",
    "Case",
    "FrozenClock",
    "MemoryChannel",
    "a_brand",
    "a_candidate",
    "a_code",
    "a_consent",
    "a_context",
    "a_customer",
    "a_decision",
    "a_line",
    "a_paid_event",
    "a_shop",
    "an_address",
    "an_order",
    "assert_light_import",
    "assert_plugin_conforms",
    "bogus_order",
    "failing",
    "kit_failures",
    "money",
    "write_adapter_package",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
