"""How a rank will end: when somebody is warned, to what they would fall, and what keeps it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retention_sdk.loyalty.tiers import Qualifying, TierLadder, evaluate
from retention_sdk.loyalty.tiers.risk import next_turn, risk_of, warning_at
from tests.unit.loyalty.tiers.test_properties import JOINED, LADDERS, LISTS, MOMENTS, ZONES

RANKS = [
    {"key": "silver", "from_minor": {"EUR": 200_00}},
    {"key": "gold", "from_minor": {"EUR": 600_00}},
]
MARCH = datetime(2026, 3, 10, 9, tzinfo=UTC)


def ladder(**changes):
    return TierLadder.model_validate({"ranks": RANKS, **changes})


def at(*day):
    return datetime(*day, 12, tzinfo=UTC)


def test_what_rolls_out_of_the_year_must_be_made_good():
    bought = [Qualifying(MARCH, 250_00, "EUR"), Qualifying(at(2026, 6, 1), 400_00, "EUR")]
    risk = risk_of(ladder(), bought, at(2027, 2, 10))

    # On 10 March 2027 the first order is out of the last 365 days: 400 of 600 euros are left.
    assert ("gold", "silver", date(2027, 3, 9)) == (risk.tier, risk.falls_to, risk.until)
    assert ("spend", 200_00, "EUR") == (risk.measure, risk.missing, risk.currency)


def test_in_a_calendar_the_running_period_counts():
    bought = [Qualifying(MARCH, 650_00, "EUR"), Qualifying(at(2027, 5, 1), 230_00, "EUR")]
    risk = risk_of(ladder(period="year"), bought, at(2027, 12, 1))

    # Gold holds to the end of 2027; of the 600 euros for another year 370 are missing.
    assert ("gold", "silver", date(2027, 12, 31), 370_00) == (
        risk.tier,
        risk.falls_to,
        risk.until,
        risk.missing,
    )


def test_after_a_last_rank_there_is_none():
    points = TierLadder.model_validate(
        {"qualify": "points", "ranks": [{"key": "green", "from_count": 50}]}
    )
    risk = risk_of(points, [Qualifying(MARCH, 60)], at(2027, 3, 1))

    assert ("", "points", 50, "") == (risk.falls_to, risk.measure, risk.missing, risk.currency)


@pytest.mark.parametrize("changes", [{"downgrade": "never"}, {"ranks": [RANKS[0]]}])
def test_what_does_not_end_is_at_no_risk(changes):
    bought = [Qualifying(MARCH, 700_00, "EUR")] if "downgrade" in changes else []

    assert risk_of(ladder(**changes), bought, at(2027, 3, 1)) is None


def test_a_rank_is_looked_at_in_the_morning_of_the_warning_and_when_its_last_day_is_over():
    until, zone = date(2027, 3, 28), "Europe/Berlin"  # the clocks jump that night
    warned = next_turn(until, zone, days=30, after=MARCH)
    over = next_turn(until, zone, days=30, after=warned)

    assert datetime(2027, 2, 26, 8, tzinfo=UTC) == warned == warning_at(until, zone, days=30)
    assert datetime(2027, 3, 28, 22, tzinfo=UTC) == over
    assert next_turn(until, zone, days=30, after=over) is None
    assert over == next_turn(until, zone, days=0, after=MARCH)
    assert next_turn(None, zone, days=30, after=MARCH) is None


def height(rules, tier):
    return [rank.key for rank in rules.ranks].index(tier) if tier else -1


def a_day_later(until, zone):
    """Return noon of the day after a local day."""
    return datetime.combine(until, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC) + timedelta(
        hours=36
    )


@given(LADDERS, LISTS, MOMENTS, st.sampled_from(ZONES))
def test_nothing_more_loses_the_rank_and_what_is_missing_keeps_it(rules, facts, now, zone):
    assume(rules.period != "rolling" or rules.rolling_days > 1)
    risk = risk_of(rules, facts, now, time_zone=zone, joined_at=JOINED)
    held = evaluate(rules, facts, now, time_zone=zone, joined_at=JOINED)
    if risk is None:
        assert held.until is None
        return
    own = datetime.combine(
        risk.until - timedelta(days=rules.grace_days), datetime.min.time(), ZoneInfo(zone)
    ).astimezone(UTC) + timedelta(hours=12)
    bought = max(own, now)
    assume(bought <= a_day_later(risk.until, zone) - timedelta(hours=36))

    def after(*, more):
        extra = [Qualifying(bought, more, risk.currency)] if more else []
        known = [each for each in facts if each.at <= now]
        later = a_day_later(risk.until, zone)
        tier = evaluate(rules, [*known, *extra], later, time_zone=zone, joined_at=JOINED).tier
        return height(rules, tier)

    assert (held.tier, held.until) == (risk.tier, risk.until)
    assert height(rules, risk.falls_to) == after(more=0)
    assert height(rules, risk.tier) > after(more=risk.missing - 1)
    assert height(rules, risk.tier) <= after(more=risk.missing)
