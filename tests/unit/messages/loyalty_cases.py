"""One piece of news for each e-mail of the loyalty programme."""

from __future__ import annotations

from datetime import date

from retention_sdk.model import LoyaltyState, Money
from retention_sdk.model.context import TierProgress
from retention_sdk.model.news import News

DAY = date(2026, 12, 31)
TODAY = date(2026, 11, 20)

# template: the event that brings it, and what the event tells.
NEWS = {
    "points_expiring": ("points_expiring", News(points=120, on=DAY)),
    "points_matured": ("points_matured", News(points=120)),
    "anniversary": ("anniversary", News(years=3, on=TODAY)),
    "tier_up": ("tier_changed", News(name="Gold", kind="gold", on=DAY, is_up=True)),
    "tier_down": ("tier_changed", News(name="Silver", kind="silver", on=DAY)),
    "tier_lost": ("tier_changed", News()),
    "tier_at_risk": (
        "tier_at_risk",
        News(
            name="Gold", name_next="Silver", on=DAY, measure="spend", missing=5000, currency="EUR"
        ),
    ),
    "reward": (
        "reward_issued",
        News(
            points=500,
            name="5 € off",
            kind="amount",
            code="GRX7-PL4M",
            on=DAY,
            minimum=Money(minor=2500, currency="EUR"),
        ),
    ),
    "present": ("reward_issued", News(name="Tea tin", kind="gift")),
    "referral_rewarded": ("referral_rewarded", News(points=200, kind="referrer")),
    "referral_welcomed": ("referral_rewarded", News(points=100, kind="friend")),
    "achievement": ("achievement_earned", News(points=50, name="Ten orders")),
    "winback": ("customer_lapsed", News(silent_days=180, on=date(2026, 5, 24))),
}
LOYALTY = LoyaltyState(
    balance=1240,
    tier="silver",
    tier_name="Silver",
    tier_progress=TierProgress(
        tier="gold", counts="points", reached=1240, needed=1500, name="Gold"
    ),
)
