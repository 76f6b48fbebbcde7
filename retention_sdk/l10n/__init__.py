"""Everything a customer reads, in the customer's own language, digits, calendar and script."""

from .bidi import is_balanced, isolate, isolate_ltr, strip_isolates
from .catalogue import locales_in_state
from .localizer import Localizer, localizer
from .negotiate import LocaleMatch, negotiate
from .registry import REGISTRY, MessageSpec, Param
from .resources import available_locales
from .salutations import Salutation
from .segments import SmsLength, sms_length, sms_text

__all__ = [
    "REGISTRY",
    "LocaleMatch",
    "Localizer",
    "MessageSpec",
    "Param",
    "Salutation",
    "SmsLength",
    "available_locales",
    "is_balanced",
    "isolate",
    "isolate_ltr",
    "locales_in_state",
    "localizer",
    "negotiate",
    "sms_length",
    "sms_text",
    "strip_isolates",
]
