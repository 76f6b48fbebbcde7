"""Ranks worked out by hand: what each policy gives on which day."""

from datetime import UTC, date, datetime

import pytest

from retention_sdk.loyalty.tiers import Qualifying, TierLadder, TierStanding, evaluate

RANKS = [
    {"key": "silver", "from_minor": {"EUR": 100_00}},
    {"key": "gold", "from_minor": {"EUR": 300_00}},
    {"key": "platinum", "from_minor": {"EUR": 900_00}},
]


def a_ladder(**changes):
    return TierLadder.model_validate({"ranks": RANKS, **changes})


def noon(day):
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)


def spent(*pairs, currency="EUR"):
    return [Qualifying(noon(day), euros * 100, currency) for day, euros in pairs]


def tier_on(ladder, facts, day, **kw):
    decision = evaluate(ladder, facts, noon(day), **kw)
    return decision.tier, decision.until and decision.until.isoformat()


BOUGHT = spent(("2025-03-10", 250), ("2025-11-20", 60), ("2026-02-01", 100))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2025-03-09", ("", None)),
        ("2025-03-10", ("silver", "2026-03-09")),
        ("2025-11-20", ("gold", "2026-03-09")),  # 310 while the 250 of 10 March count
        ("2026-02-01", ("gold", "2026-03-09")),
        ("2026-03-09", ("gold", "2026-03-09")),
        ("2026-03-10", ("silver", "2027-01-31")),  # 60 + 100, and 100 alone suffices
        ("2027-01-31", ("silver", "2027-01-31")),
        ("2027-02-01", ("", None)),
    ],
)
def test_rolling_days_by_balance(day, expected):
    assert expected == tier_on(a_ladder(), BOUGHT, day)


def test_grace_days_are_added_to_the_end():
    ladder = a_ladder(grace_days=30)

    assert ("gold", "2026-04-08") == tier_on(ladder, BOUGHT, "2026-03-10")
    assert ("gold", "2026-04-08") == tier_on(ladder, BOUGHT, "2026-04-08")
    assert ("silver", "2027-03-02") == tier_on(ladder, BOUGHT, "2026-04-09")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("by_balance", ["platinum", "", ""]),
        ("one_down", ["platinum", "gold", "silver"]),
        ("never", ["platinum", "platinum", "platinum"]),
    ],
)
def test_after_rolling_days_each_policy_goes_its_way(policy, expected):
    facts = spent(("2025-01-01", 900))
    ladder = a_ladder(downgrade=policy)
    days = ("2025-12-31", "2026-01-01", "2027-01-01")

    assert expected == [tier_on(ladder, facts, day)[0] for day in days]


def test_who_falls_one_rank_at_a_time_has_none_at_last():
    facts = spent(("2025-01-01", 900))
    ladder = a_ladder(downgrade="one_down")

    assert ("gold", "2026-12-31") == tier_on(ladder, facts, "2026-01-01")
    assert ("silver", "2027-12-31") == tier_on(ladder, facts, "2027-12-31")
    assert ("", None) == tier_on(ladder, facts, "2028-01-01")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("by_balance", ["platinum", "platinum", "", ""]),
        ("one_down", ["platinum", "platinum", "gold", "silver"]),
        ("never", ["platinum", "platinum", "platinum", "platinum"]),
    ],
)
def test_a_rank_of_a_calendar_year_holds_through_the_next_one(policy, expected):
    facts = spent(("2025-06-15", 900))
    ladder = a_ladder(period="year", downgrade=policy)
    days = ("2025-06-15", "2026-12-31", "2027-01-01", "2028-01-01")

    assert expected == [tier_on(ladder, facts, day)[0] for day in days]


def test_amounts_of_two_calendar_years_are_not_added():
    facts = spent(("2025-12-31", 60), ("2026-01-01", 60))

    assert ("", None) == tier_on(a_ladder(period="year"), facts, "2026-01-01")


@pytest.mark.parametrize(
    ("period", "until"),
    [("year", "2027-12-31"), ("quarter", "2026-09-30"), ("month", "2026-06-30")],
)
def test_calendar_periods_end_where_the_calendar_says(period, until):
    facts = spent(("2026-05-31", 100))

    assert ("silver", until) == tier_on(a_ladder(period=period), facts, "2026-05-31")


@pytest.mark.parametrize(
    ("bought", "until"),
    [("2026-08-14", "2027-08-14"), ("2026-08-15", "2028-08-14")],
)
def test_years_by_anniversary_begin_on_the_day_of_joining(bought, until):
    found = tier_on(
        a_ladder(period="anniversary"), spent((bought, 100)), bought, joined_at=noon("2024-08-15")
    )

    assert ("silver", until) == found


@pytest.mark.parametrize(
    ("bought", "until"),
    [
        ("2024-02-29", "2026-02-27"),
        ("2025-02-27", "2026-02-27"),
        ("2025-02-28", "2027-02-27"),
        ("2027-02-28", "2029-02-27"),
        ("2028-02-28", "2029-02-27"),  # the leap year begins on the 29th
        ("2028-02-29", "2030-02-27"),
    ],
)
def test_who_joined_on_29_february_begins_on_the_28th_in_other_years(bought, until):
    found = tier_on(
        a_ladder(period="anniversary"), spent((bought, 100)), bought, joined_at=noon("2024-02-29")
    )

    assert ("silver", until) == found


def test_currencies_are_never_added_up_and_the_best_counts():
    ranks = [
        {"key": "silver", "from_minor": {"EUR": 100_00, "JPY": 15_000}},
        {"key": "gold", "from_minor": {"EUR": 300_00, "JPY": 45_000}},
    ]
    ladder = TierLadder.model_validate({"ranks": ranks})
    facts = [
        *spent(("2026-01-01", 99)),
        Qualifying(noon("2026-01-02"), 44_999, "JPY"),
        Qualifying(noon("2026-01-03"), 10**9, "USD"),
    ]
    decision = evaluate(ladder, facts, noon("2026-01-04"))

    assert "silver" == decision.tier
    assert ("gold", "JPY", 1) == (
        decision.progress.tier,
        decision.progress.currency,
        decision.progress.missing,
    )


def test_points_and_orders_are_counted_without_a_currency():
    ranks = [{"key": "regular", "from_count": 3}, {"key": "friend", "from_count": 10}]
    ladder = TierLadder.model_validate({"qualify": "orders", "ranks": ranks})
    decision = evaluate(ladder, [Qualifying(noon("2026-01-01"), 1)] * 4, noon("2026-01-02"))

    assert "regular" == decision.tier
    assert ("friend", "orders", 4, 10, 6) == (
        decision.progress.tier,
        decision.progress.counts,
        decision.progress.reached,
        decision.progress.needed,
        decision.progress.missing,
    )


def test_a_rank_of_everybody_needs_nothing_and_never_ends():
    ranks = [{"key": "member", "from_minor": {"EUR": 0}}, *RANKS]
    decision = evaluate(a_ladder(ranks=ranks), [], noon("2026-01-01"))

    assert ("member", None, "kept") == (decision.tier, decision.until, decision.reason)
    assert not decision.has_risen
    assert 100_00 == decision.progress.missing


def test_the_highest_rank_has_no_progress():
    assert evaluate(a_ladder(), spent(("2026-01-01", 900)), noon("2026-01-02")).progress is None


def standing(tier, until=None, ladder=None):
    return TierStanding(
        tier=tier,
        since=noon("2025-01-01"),
        until=until and date.fromisoformat(until),
        ladder=(ladder or a_ladder()).version,
    )


@pytest.mark.parametrize(
    ("current", "euros", "day", "expected"),
    [
        (None, 50, "2026-01-10", ("", "none")),
        (None, 100, "2026-01-10", ("silver", "reached")),
        (standing("silver", "2026-12-31"), 300, "2026-01-10", ("gold", "reached")),
        (standing("silver", "2026-12-31"), 200, "2026-01-10", ("silver", "kept")),
        (standing("gold", "2026-12-31"), 200, "2026-01-10", ("silver", "refunded")),
        (standing("gold", "2026-01-09"), 200, "2026-01-10", ("silver", "period_ended")),
        (standing("gold", "2026-01-10"), 200, "2026-01-10", ("silver", "refunded")),
        (standing("diamond", None, a_ladder(grace_days=1)), 200, "2026-01-10", ("silver", "ladder_changed")),
    ],
)  # fmt: skip
def test_a_decision_tells_why(current, euros, day, expected):
    decision = evaluate(a_ladder(), spent(("2026-01-05", euros)), noon(day), current)

    assert expected == (decision.tier, decision.reason)


def test_a_kept_rank_keeps_the_day_it_was_reached():
    facts = spent(("2026-01-05", 100))
    kept = evaluate(a_ladder(), facts, noon("2026-01-10"), standing("silver", "2026-12-31"))
    risen = evaluate(a_ladder(), facts, noon("2026-01-10"), standing("", None))

    assert (noon("2025-01-01"), noon("2026-01-10")) == (kept.since, risen.since)


def test_factors_and_benefits_do_not_make_another_ladder():
    plain = a_ladder()
    told = a_ladder(ranks=[{**rank, "benefits": ["tea"], "points_factor": "1.5"} for rank in RANKS])

    assert plain.version == told.version
    assert plain.version != a_ladder(grace_days=1).version


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ranks": []}, "at least 1"),
        ({"ranks": [{"key": "a"}]}, "take from_minor"),
        ({"ranks": [{"key": "a", "from_count": 1}]}, "take from_minor"),
        ({"qualify": "orders"}, "take from_count"),
        ({"ranks": [RANKS[0], RANKS[0]]}, "same key"),
        ({"ranks": [RANKS[0], {**RANKS[0], "key": "b"}]}, "must take more than 'silver'"),
        ({"ranks": [RANKS[1], RANKS[0]]}, "must take more than 'gold'"),
        ({"ranks": [RANKS[0], {"key": "b", "from_minor": {"USD": 99999}}]}, "other currencies"),
        ({"ranks": [{"key": "a", "from_minor": {"EUR": 0, "USD": 1}}]}, "free in one currency"),
        ({"ranks": [{"key": "a", "from_minor": {"EUR": -1}}]}, "greater than or equal to 0"),
        ({"rolling_days": 0}, "greater than or equal to 1"),
        ({"grace_days": -1}, "greater than or equal to 0"),
        ({"downgrade": "sideways"}, "one_down"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        a_ladder(**changes)
