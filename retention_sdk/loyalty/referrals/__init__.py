"""Friends who bring friends: who is who, what speaks against a reward, and when it is due.

The settings load at once, because the configuration reads them. ``identity``, ``signals`` and
``states`` are pure; ``ReferralBook`` keeps what they decide in a store, and gives the points.
"""

from typing import TYPE_CHECKING

from ...lazily import homes_of, name_by_name
from .settings import ReferralRule

if TYPE_CHECKING:
    from .book import REFERRAL, ReferralBook
    from .codes import new_code, read_code
    from .identity import Identity, email_key, household_key, identity_of, is_disposable
    from .signals import Assessment, Circumstances, Signal, assess
    from .states import (
        Referral,
        State,
        approve,
        claim,
        claw,
        give_back,
        judge,
        order,
        reject,
        reward,
    )

__all__ = [
    "REFERRAL",
    "Assessment",
    "Circumstances",
    "Identity",
    "Referral",
    "ReferralBook",
    "ReferralRule",
    "Signal",
    "State",
    "approve",
    "assess",
    "claim",
    "claw",
    "email_key",
    "give_back",
    "household_key",
    "identity_of",
    "is_disposable",
    "judge",
    "new_code",
    "order",
    "read_code",
    "reject",
    "reward",
]

_STATES = (
    *("Referral", "State", "approve", "claim", "claw", "give_back"),
    *("judge", "order", "reject", "reward"),
)
_HOMES = homes_of(
    {
        ".book": ("REFERRAL", "ReferralBook"),
        ".codes": ("new_code", "read_code"),
        ".identity": (*("Identity", "email_key", "household_key", "identity_of", "is_disposable"),),
        ".signals": ("Assessment", "Circumstances", "Signal", "assess"),
        ".states": _STATES,
    }
)
__getattr__ = name_by_name(__name__, _HOMES)
