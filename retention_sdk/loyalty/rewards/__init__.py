"""Rewards: a catalogue as data, and a pure function from how somebody stands to what they may have.

What talks to a platform is ``pipeline.rewards.redeem``.
"""

from .available import Refusal, RefusalCode, RewardOffer, Standing, available
from .catalogue import (
    Access,
    AccountCredit,
    AmountCoupon,
    Donation,
    FreeProduct,
    FreeShipping,
    Invitation,
    ParcelGift,
    PartnerReward,
    PercentCoupon,
    Reward,
    Rewards,
    Segment,
    StoreCredit,
)
from .states import IssueState

__all__ = [
    "Access",
    "AccountCredit",
    "AmountCoupon",
    "Donation",
    "FreeProduct",
    "FreeShipping",
    "Invitation",
    "IssueState",
    "ParcelGift",
    "PartnerReward",
    "PercentCoupon",
    "Refusal",
    "RefusalCode",
    "Reward",
    "RewardOffer",
    "Rewards",
    "Segment",
    "Standing",
    "StoreCredit",
    "available",
]
