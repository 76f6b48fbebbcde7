"""Friends who bring friends: who is who, what speaks against a reward, and when it is due. Pure.

Nothing here is stored or posted yet: callers keep the referral and grant the points.
"""

from .codes import new_code, read_code
from .identity import Identity, email_key, household_key, identity_of, is_disposable
from .signals import Assessment, Circumstances, ReferralRule, Signal, assess
from .states import Referral, State, approve, claim, give_back, judge, order, reject, reward

__all__ = [
    "Assessment",
    "Circumstances",
    "Identity",
    "Referral",
    "ReferralRule",
    "Signal",
    "State",
    "approve",
    "assess",
    "claim",
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
