"""Everything a customer reads, in the customer's own language, digits, calendar and script."""

from .bidi import is_balanced, isolate, isolate_ltr, strip_isolates
from .localizer import Localizer, localizer
from .negotiate import LocaleMatch, negotiate
from .registry import REGISTRY, MessageSpec, Param
from .resources import available_locales
from .salutations import Salutation

__all__ = [
    "REGISTRY",
    "LocaleMatch",
    "Localizer",
    "MessageSpec",
    "Param",
    "Salutation",
    "available_locales",
    "is_balanced",
    "isolate",
    "isolate_ltr",
    "localizer",
    "negotiate",
    "strip_isolates",
]
