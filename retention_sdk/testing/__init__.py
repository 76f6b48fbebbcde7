"""What plugin authors need to prove their plugin: a conformance kit, builders and fakes.

Names are imported on first use: the pytest plugin in here is loaded in every test run of every
project that has the SDK installed, and must cost nothing.
"""

from typing import TYPE_CHECKING

from ..lazily import name_by_name

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
    from .checks import assert_evidence, assert_light_import, assert_plugin_conforms
    from .conformance import AdapterConformance, kit_failures
    from .fakes import FrozenClock, MemoryChannel, failing
    from .kit import Case
    from .scaffold import write_adapter_package

_HOMES = {
    "bogus": "BogusSettings BogusShop bogus_order",
    "builders": "NOON a_brand a_candidate a_code a_consent a_context a_customer a_decision a_line "
    "a_paid_event a_shop an_address an_order money",
    "checks": "assert_evidence assert_light_import assert_plugin_conforms",
    "conformance": "AdapterConformance kit_failures",
    "fakes": "FrozenClock MemoryChannel failing",
    "kit": "Case",
    "scaffold": "write_adapter_package",
}

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
    "assert_evidence",
    "assert_light_import",
    "assert_plugin_conforms",
    "bogus_order",
    "failing",
    "kit_failures",
    "money",
    "write_adapter_package",
]
__getattr__ = name_by_name(
    __name__, {name: f".{home}" for home, names in _HOMES.items() for name in names.split()}
)
