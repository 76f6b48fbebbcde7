"""Events that follow from others survive JSON, keep their limits, and hide what is secret."""

from datetime import UTC, date, datetime
from typing import get_args

import pytest
from pydantic import ValidationError

from retention_sdk.model import (
    AchievementEarned,
    ChallengeEnded,
    CustomerLapsed,
    DerivedEvent,
    Event,
    LoyaltyEvent,
    PointsEarned,
    ReferralRewarded,
    RewardIssued,
    TierAtRisk,
    TierChanged,
    TimeEvent,
    read_event,
)
from retention_sdk.model.events import Anniversary, Birthday, PointsExpiring, PointsMatured
from retention_sdk.testing import a_customer

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
CASES = {
    PointsEarned: {"points": 12, "balance": 40, "pending": 12, "kind": "order"},
    TierChanged: {
        "tier": "gold",
        "tier_before": "",
        "tier_until": date(2027, 1, 31),
        "is_up": True,
    },
    TierAtRisk: {
        "tier": "gold",
        "falls_to": "silver",
        "on": date(2027, 1, 31),
        "measure": "spend",
        "missing": 1250,
        "currency": "EUR",
    },
    RewardIssued: {
        "reward": "five-off",
        "kind": "coupon",
        "points": 500,
        "code": "SOAP-7KQ2",
        "ends_at": NOON,
    },
    AchievementEarned: {"achievement": "ten-orders", "points": 50},
    ChallengeEnded: {"achievement": "advent", "level": "bronze", "next_level": "silver"},
    ReferralRewarded: {"points": 100, "role": "referrer"},
    CustomerLapsed: {"last_order_at": NOON, "days": 90},
    PointsMatured: {"points": 3},
    PointsExpiring: {"points": 3, "expires_at": NOON, "days": 7},
    Birthday: {},
    Anniversary: {"first_order_at": NOON, "years": 1},
}


def an_event(kind, /, **changes):
    common = {"id": "e", "shop_id": "shop", "occurred_at": NOON, "customer": a_customer()}
    return kind(**common | CASES[kind] | changes)


@pytest.mark.parametrize("kind", CASES, ids=lambda kind: kind.__name__)
def test_what_follows_survives_json(kind):
    event = an_event(kind)

    assert event == read_event(event.model_dump_json())


def test_every_event_that_follows_is_among_these_cases():
    known = {each for each in get_args(get_args(Event)[0]) if issubclass(each, DerivedEvent)}

    assert set(CASES) == known
    assert {each for each in known if issubclass(each, TimeEvent)} == {
        each for each in known if not issubclass(each, LoyaltyEvent)
    }


def test_a_rank_without_end_is_one():
    event = an_event(TierChanged, tier="", tier_until=None, is_up=False)

    assert event == read_event(event.model_dump_json())
    assert event.tier_until is None


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (PointsEarned, "points", 0),
        (PointsEarned, "balance", -1),
        (PointsEarned, "kind", "two words"),
        (TierAtRisk, "missing", 0),
        (TierAtRisk, "measure", "luck"),
        (TierAtRisk, "currency", "euro"),
        (ReferralRewarded, "role", "stranger"),
        (CustomerLapsed, "days", 0),
        (RewardIssued, "ends_at", datetime(2027, 1, 1)),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_what_cannot_be_is_refused(kind, field, value):
    with pytest.raises(ValidationError):
        an_event(kind, **{field: value})


def test_a_code_that_is_money_does_not_show():
    shown = repr(an_event(RewardIssued))

    assert "SOAP-7KQ2" not in shown
    assert "five-off" in shown
