"""What is promised with a reward, fixed at the moment it is redeemed. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ...errors import UnsupportedFeature
from ...loyalty.rewards import (
    AccountCredit,
    AmountCoupon,
    FreeProduct,
    FreeShipping,
    PercentCoupon,
    StoreCredit,
)
from ...model import DiscountCode, Money

if TYPE_CHECKING:
    from ...loyalty.rewards import Reward
    from ...storage import RewardIssue

# Checked when a code is built, and replaced by the one that was drawn.
_PLACE = "CODE"
_OF_THE_STORE = {"code", "platform_id"}


def ends_at(reward: Reward, now: datetime, *, time_zone: str) -> datetime | None:
    """Return when the last day of a reward is over where the programme is; None for never."""
    if reward.valid_days is None:
        return None
    zone = ZoneInfo(time_zone)
    after = now.astimezone(zone).date() + timedelta(days=reward.valid_days + 1)
    return datetime.combine(after, time(), tzinfo=zone).astimezone(UTC)


def write_terms(
    reward: Reward,
    *,
    currency: str,
    starts_at: datetime,
    ends_at: datetime | None,
    title: str,
    is_quiet: bool = False,
) -> str:
    """Return canonical JSON of what was promised: the reward, and what its code is worth.

    It names nobody. A later change of the catalogue does not reach it.
    """
    terms: dict[str, Any] = {"reward": reward.model_dump(mode="json"), "currency": currency}
    if is_quiet:
        terms["is_quiet"] = True
    if isinstance(reward, AccountCredit):
        worth = reward.worth_in(currency)
        terms["credit"] = worth.model_dump(mode="json") if worth else None
    elif reward.on_platform:
        # Platforms keep seconds or less; a second try must ask for the same.
        code = DiscountCode(
            code=_PLACE,
            title=title,
            starts_at=starts_at.replace(microsecond=0),
            ends_at=ends_at,
            minimum=reward.minimum_in(currency),
            **_worth(reward, currency),
        )
        terms["code"] = code.model_dump(mode="json", exclude=_OF_THE_STORE)
    return json.dumps(terms, sort_keys=True, separators=(",", ":"))


def read_code(issue: RewardIssue, text: str) -> DiscountCode:
    """Return the code that was promised, with the characters that were drawn for it.

    Raises:
        UnsupportedFeature: it is credit of an account, which has no code that could be void.
    """
    terms = read_terms(issue)
    if "credit" in terms:
        message = "credit that was given cannot be taken back from here; do it there"
        raise UnsupportedFeature(message, adapter=issue.platform)
    return DiscountCode.model_validate_json(json.dumps({**terms["code"], "code": text}))


def read_credit(issue: RewardIssue) -> Money:
    """Return how much was promised to an account."""
    return Money.model_validate(read_terms(issue)["credit"])


def read_terms(issue: RewardIssue) -> dict[str, Any]:
    """Return what was promised."""
    terms: dict[str, Any] = json.loads(issue.terms)
    return terms


def _worth(reward: Reward, currency: str) -> dict[str, Any]:
    match reward:
        case AmountCoupon():
            return {"amount": reward.worth_in(currency)}
        case StoreCredit():
            return {"balance": reward.worth_in(currency)}
        case PercentCoupon():
            return {"percent": reward.percent}
        case FreeShipping():
            return {"is_free_shipping": True}
        case FreeProduct():
            return {"free_product": reward.product}
        case _:
            raise TypeError(f"a reward of kind {reward.kind!r} is no code of a platform")
