"""From facts to levels and progress: kinds, periods, repetition, and every edge of the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from retention_sdk.loyalty.achievements import (
    Achievement,
    Deed,
    Facts,
    Good,
    Purchase,
    Span,
    completions,
    progress,
)
from retention_sdk.loyalty.achievements.progress import ends_at
from retention_sdk.loyalty.achievements.spans import Calendar

_ADAPTER = TypeAdapter(Achievement)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def rule(kind="orders", levels=(1,), **changes):
    made = [
        {"key": f"l{n}", "target": n} if isinstance(n, int) else {"key": f"l{i}", "target_minor": n}
        for i, n in enumerate(levels)
    ]
    return _ADAPTER.validate_python({"id": "it", "kind": kind, "levels": made, **changes})


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def bought(*moments, minor=1000, currency="EUR", goods=()):
    return Facts(
        purchases=tuple(
            Purchase(order_id=str(i), at=m, currency=currency, net_minor=minor, goods=goods)
            for i, m in enumerate(moments)
        )
    )


def days(*numbers):
    return [NOON + timedelta(days=number) for number in numbers]


def reached(achievement, facts, now=NOON + timedelta(days=4000), zone="UTC"):
    return [
        (each.level, each.occurrence)
        for each in completions(achievement, facts, now, time_zone=zone)
    ]


def test_levels_are_reached_one_after_the_other():
    achievement = rule(levels=(1, 3))

    assert [("l1", "")] == reached(achievement, bought(*days(0, 1)))
    assert [("l1", ""), ("l3", "")] == reached(achievement, bought(*days(0, 1, 2)))


def test_a_completion_has_the_moment_of_the_fact_that_reached_it():
    (first,) = completions(rule(levels=(2,)), bought(*days(5, 0, 9)), NOON + timedelta(days=99))

    assert days(5) == [first.at]


def test_what_comes_later_than_now_does_not_count_yet():
    assert [] == reached(rule(), bought(*days(1)), now=NOON)


def test_spend_is_never_added_across_currencies():
    achievement = rule("spend", levels=({"EUR": 2000, "IRR": 9000},))
    both = Facts(
        purchases=(
            Purchase(order_id="1", at=NOON, currency="EUR", net_minor=1900),
            Purchase(order_id="2", at=NOON, currency="IRR", net_minor=8000),
            Purchase(order_id="3", at=NOON, currency="USD", net_minor=99999),
        )
    )
    seen = progress(achievement, both, NOON)

    assert [] == reached(achievement, both)
    assert (1900, 2000, 100, "EUR") == (seen.count, seen.target, seen.missing, seen.currency)


def test_an_order_below_the_least_amount_or_in_another_currency_is_none():
    achievement = rule(from_minor={"EUR": 1000})

    assert [] == reached(achievement, bought(NOON, minor=999))
    assert [("l1", "")] == reached(achievement, bought(NOON, minor=1000))
    assert [] == reached(achievement, bought(NOON, currency="USD"))


TEAS = (
    Good(sku="g1", product="green", categories=("tea", "asia"), brand="Hill"),
    Good(sku="b1", product="black", categories=("tea",), brand="Dale"),
    Good(sku="c1", product="cup", categories=("china",), brand="Hill"),
)


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"of": "products"}, 3),
        ({"of": "brands"}, 2),
        ({"of": "categories"}, 3),
        ({"of": "products", "categories": ["tea"]}, 2),
        ({"of": "skus", "brands": ["Hill"]}, 2),
        ({"of": "products", "skus": ["nothing"]}, 0),
    ],
)
def test_variety_counts_different_things_once(changes, count):
    facts = bought(*days(0, 1), goods=TEAS)

    assert count == progress(rule("variety", (9,), **changes), facts, NOON + timedelta(9)).count


def test_a_collection_tells_what_it_lacks_and_is_complete_without_a_target():
    achievement = _ADAPTER.validate_python(
        {
            "id": "it",
            "kind": "collection",
            "products": ["green", "black", "white"],
            "levels": [{"key": "half", "target": 2}, {"key": "all"}],
        }
    )
    seen = progress(achievement, bought(NOON, goods=TEAS), NOON)

    assert (2, 3, ("white",)) == (seen.count, seen.target, seen.lacking)
    assert ("half", "all", 1) == (seen.level, seen.next_level, seen.missing)


def test_orders_may_be_those_with_some_goods():
    achievement = rule(categories=["tea"])

    assert [("l1", "")] == reached(achievement, bought(NOON, goods=TEAS))
    assert [] == reached(achievement, bought(NOON, goods=TEAS[2:]))


@pytest.mark.parametrize("kind", ["reviews", "surveys", "follows", "referrals"])
def test_deeds_count_by_kind(kind):
    singular = kind.removesuffix("s")
    facts = Facts(deeds=(Deed(singular, "1", NOON), Deed(singular, "2", NOON)))

    assert [("l2", "")] == reached(rule(kind, (2,)), facts)
    assert [] == reached(rule("visits", (1,)), facts)


def test_visits_count_days_in_the_zone_and_only_days_of_the_campaign():
    """One in the evening and one after midnight in Tehran are two days there, one in UTC."""
    facts = Facts(deeds=(Deed("visit", "a", at("2026-03-02T20:40")), Deed("visit", "b", NOON)))
    achievement = rule("visits", (2,), days=[date(2026, 3, 2), date(2026, 3, 3)])

    assert [] == reached(achievement, facts)
    assert [("l2", "")] == reached(achievement, facts, zone="Asia/Tehran")
    assert [] == reached(rule("visits", (2,), days=[date(2026, 3, 2)]), facts, zone="Asia/Tehran")


# Periods ------------------------------------------------------------------------------------------


def test_each_period_gives_a_level_once_and_is_named_after_itself():
    achievement = rule(levels=(2,), period="quarter", repeats="each_period")
    facts = bought(
        at("2026-01-01T00:00"),
        at("2026-03-31T23:59"),
        at("2026-04-01T00:00"),
        at("2026-06-30T12:00"),
    )

    assert [("l2", "2026-Q1"), ("l2", "2026-Q2")] == reached(achievement, facts)


def test_a_level_that_is_reached_once_needs_one_period_for_it():
    achievement = rule(levels=(2,), period="month")

    assert [] == reached(achievement, bought(at("2026-01-31T12:00"), at("2026-02-01T12:00")))
    assert [("l2", "")] == reached(
        achievement,
        bought(*(at(f"2026-{month:02}-{day:02}T12:00") for month in (2, 5) for day in (1, 2))),
    )


def test_what_begins_anew_is_numbered_and_uses_nothing_twice():
    achievement = rule(levels=(2,), repeats="on_completion")
    facts = bought(*days(0, 1, 2, 3, 4))
    seen = progress(achievement, facts, NOON + timedelta(days=9))

    assert [("l2", "1"), ("l2", "2")] == reached(achievement, facts)
    assert (1, 2, 1, False, 2) == (seen.count, seen.target, seen.missing, seen.is_done, seen.times)


def test_one_large_order_can_complete_an_amount_several_times():
    achievement = rule("spend", ({"EUR": 1000},), repeats="on_completion")
    facts = bought(NOON, minor=3500)

    assert [("l0", "1"), ("l0", "2"), ("l0", "3")] == reached(achievement, facts)
    assert 500 == progress(achievement, facts, NOON).count


@pytest.mark.parametrize(("gap", "expected"), [(6, [("l2", "")]), (7, [])])
def test_rolling_days_count_with_today(gap, expected):
    achievement = rule(levels=(2,), period="rolling", rolling_days=7)

    assert expected == reached(achievement, bought(*days(0, gap)))


def test_a_rolling_count_that_begins_anew_uses_nothing_twice():
    achievement = rule(levels=(2,), period="rolling", rolling_days=7, repeats="on_completion")

    assert [("l2", "1"), ("l2", "2")] == reached(achievement, bought(*days(0, 1, 2, 3, 4)))


def test_a_rolling_count_ends_when_its_first_day_falls_out():
    achievement = rule(levels=(3,), period="rolling", rolling_days=7)
    seen = progress(achievement, bought(*days(0, 3)), NOON + timedelta(days=5))

    assert (2, at("2026-03-09T00:00")) == (seen.count, seen.until)
    assert 1 == progress(achievement, bought(*days(0, 3)), NOON + timedelta(days=7)).count


def test_a_challenge_counts_from_its_start_until_just_before_its_end():
    achievement = rule(levels=(3,), starts="2026-03-01T00:00", ends="2026-03-02T00:00")
    inside = [at("2026-03-01T00:00"), at("2026-03-01T23:59:59.999999")]
    facts = bought(at("2026-02-28T23:59:59"), *inside, at("2026-03-02T00:00"))

    assert 2 == progress(achievement, facts, NOON).count
    assert (True, False) == tuple(
        progress(achievement, facts, moment).is_open for moment in (inside[1], NOON)
    )


def test_a_day_that_clocks_shorten_ends_at_its_local_midnight():
    """On 29 March 2026 Berlin has 23 hours: the challenge ends at 22:00 UTC, not 23:00."""
    achievement = rule(levels=(1,), starts="2026-03-29T00:00", ends="2026-03-30T00:00")
    early, late = at("2026-03-29T21:59:59"), at("2026-03-29T22:00")

    assert [("l1", "")] == reached(achievement, bought(early), zone="Europe/Berlin")
    assert [] == reached(achievement, bought(late), zone="Europe/Berlin")


def test_a_period_in_a_zone_without_its_midnight_begins_at_the_jump():
    """In Beirut clocks jumped from midnight to one on 28 March 2021, the first day of a week."""
    achievement = rule(levels=(1,), period="week", repeats="each_period")
    moment = at("2021-03-27T21:30")

    assert [("l1", "2021-W12")] == reached(achievement, bought(moment), zone="Asia/Beirut")
    assert [("l1", "2021-W13")] == reached(
        achievement, bought(at("2021-03-28T21:00")), zone="Asia/Beirut"
    )


# Streaks ------------------------------------------------------------------------------------------


def months(*names):
    return bought(*(at(f"{name}-15T12:00") for name in names))


def test_a_streak_needs_one_month_after_the_other_across_new_year():
    achievement = rule("streak", (3,))

    assert [("l3", "")] == reached(achievement, months("2025-11", "2025-12", "2026-01"))
    assert [] == reached(achievement, months("2025-11", "2025-12", "2026-02"))


def test_a_streak_goes_on_until_the_end_of_the_month_after():
    facts = months("2026-01", "2026-02")
    seen = [
        progress(rule("streak", (3,)), facts, at(t))
        for t in ("2026-02-28T23:59", "2026-03-31T23:59", "2026-04-01T00:00")
    ]

    assert [2, 2, 0] == [each.count for each in seen]
    assert [at("2026-04-01T00:00")] * 2 == [each.until for each in seen[:2]]


def test_streaks_of_days_that_a_month_lacks_are_counted_by_month():
    facts = bought(at("2028-01-31T12:00"), at("2028-02-29T23:59"), at("2028-03-31T00:00"))

    assert [("l3", "")] == reached(rule("streak", (3,)), facts)


def test_a_streak_by_quarter_week_and_year():
    quarters = months("2025-12", "2026-01", "2026-06")
    weeks = bought(at("2026-12-30T12:00"), at("2027-01-04T12:00"))  # 2026-W53 and 2027-W01

    assert [("l3", "")] == reached(rule("streak", (3,), each="quarter"), quarters)
    assert [("l2", "")] == reached(rule("streak", (2,), each="week"), weeks)
    assert [("l2", "")] == reached(rule("streak", (2,), each="year"), quarters)


def test_a_streak_that_begins_anew_counts_on():
    achievement = rule("streak", (2,), repeats="on_completion")
    facts = months("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
    seen = progress(achievement, facts, at("2026-05-31T12:00"))

    assert [("l2", "1"), ("l2", "2")] == reached(achievement, facts)
    assert 1 == seen.count


def test_the_month_of_an_order_is_that_of_the_programmes_clocks():
    """Half past eleven at night in UTC on the last of January is February in Berlin."""
    facts = bought(at("2025-12-31T12:00"), at("2026-01-31T23:30"))

    assert [("l2", "")] == reached(rule("streak", (2,)), facts)
    assert [] == reached(rule("streak", (2,)), facts, zone="Europe/Berlin")


# Taking part --------------------------------------------------------------------------------------


def test_only_what_is_done_while_one_takes_part_counts():
    spans = {"it": (Span(days(1)[0], days(3)[0]), Span(days(5)[0]))}
    facts = Facts(purchases=bought(*days(0, 1, 3, 4, 5)).purchases, spans=spans)
    seen = progress(rule(levels=(9,), join="opt_in"), facts, NOON + timedelta(days=9))

    assert (2, True) == (seen.count, seen.has_joined)


def test_a_challenge_may_count_what_was_done_before_joining():
    spans = {"it": (Span(days(3)[0], days(4)[0]),)}
    facts = Facts(purchases=bought(*days(0, 1, 4)).purchases, spans=spans)
    achievement = rule(levels=(9,), join="opt_in", counts_from="start")

    assert 2 == progress(achievement, facts, NOON + timedelta(days=9)).count
    assert 0 == progress(achievement, bought(*days(0)), NOON + timedelta(days=9)).count


# When it ends -------------------------------------------------------------------------------------


def test_what_has_begun_ends_with_its_period_and_what_has_not_does_not():
    achievement = rule(levels=(2,), period="month")

    assert at("2026-04-01T00:00") == ends_at(achievement, bought(NOON), NOON)
    assert None is ends_at(achievement, Facts(), NOON)
    assert None is ends_at(rule(levels=(2,)), bought(NOON), NOON)
    assert None is ends_at(achievement, bought(*days(0, 1)), NOON + timedelta(days=1))


def test_a_year_that_leaps_ends_with_its_last_day():
    achievement = rule(levels=(2,), period="year")

    assert at("2029-01-01T00:00") == ends_at(
        achievement, bought(at("2028-02-29T12:00")), at("2028-02-29T12:00")
    )


# Settings -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": "spend", "levels": [{"target": 3}]}, "target_minor"),
        ({"kind": "orders", "levels": [{"target_minor": {"EUR": 3}}]}, "takes a target"),
        ({"kind": "orders", "levels": [{}]}, "takes a target"),
        ({"kind": "orders", "levels": [{"target": 3}, {"key": "b", "target": 3}]}, "more than"),
        ({"kind": "orders", "levels": [{"target": 3}, {"target": 4}]}, "same key"),
        ({"kind": "orders", "repeats": "each_period"}, "period of the calendar"),
        (
            {
                "kind": "orders",
                "repeats": "on_completion",
                "levels": [{"target": 1}, {"key": "b", "target": 4}],
            },
            "one level",
        ),
        ({"kind": "collection", "levels": [{}]}, "one set"),
        ({"kind": "collection", "skus": ["a"], "brands": ["b"], "levels": [{}]}, "one set"),
        ({"kind": "collection", "skus": ["a"], "levels": [{"target": 2}]}, "more pieces"),
        ({"kind": "collection", "skus": ["a", "a"], "levels": [{}]}, "twice"),
        ({"kind": "streak", "period": "month"}, "each"),
        ({"kind": "orders", "starts": "2026-01-02", "ends": "2026-01-01"}, "ends before"),
    ],
)
def test_settings_that_mean_nothing_are_refused(values, message):
    with pytest.raises(ValidationError, match=message):
        _ADAPTER.validate_python({"id": "it", "levels": [{"target": 1}], **values})


# Always -------------------------------------------------------------------------------------------

MOMENTS = st.lists(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    max_size=30,
)
RULES = st.sampled_from(
    [
        rule(levels=(1, 3, 6)),
        rule(levels=(2,), period="month", repeats="each_period"),
        rule(levels=(2, 4), period="year"),
        rule(levels=(2,), repeats="on_completion"),
        rule(levels=(2,), period="week", repeats="on_completion"),
        rule(levels=(2, 3), period="rolling", rolling_days=40),
        rule(levels=(2,), period="rolling", rolling_days=40, repeats="on_completion"),
        rule("streak", (2, 3)),
        rule("streak", (2,), repeats="on_completion", each="quarter"),
        rule("spend", ({"EUR": 1500}, {"EUR": 4000})),
    ]
)
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Tehran", "America/St_Johns", "Asia/Beirut"])


@given(RULES, MOMENTS, ZONES, st.randoms())
def test_the_order_in_which_facts_are_told_means_nothing(achievement, moments, zone, chance):
    facts = bought(*moments)
    mixed = list(facts.purchases)
    chance.shuffle(mixed)
    now = datetime(2029, 1, 1, tzinfo=UTC)

    assert completions(achievement, facts, now, time_zone=zone) == completions(
        achievement, Facts(purchases=tuple(mixed)), now, time_zone=zone
    )


@given(RULES, MOMENTS, ZONES)
def test_one_fact_less_never_gives_more_levels(achievement, moments, zone):
    now = datetime(2029, 1, 1, tzinfo=UTC)
    all_of = {
        (c.level, c.occurrence)
        for c in completions(achievement, bought(*moments), now, time_zone=zone)
    }
    less = {
        (c.level, c.occurrence)
        for c in completions(achievement, bought(*moments[1:]), now, time_zone=zone)
    }

    assert less <= all_of


@given(RULES, MOMENTS, ZONES)
def test_progress_and_completions_never_contradict_each_other(achievement, moments, zone):
    now = datetime(2027, 6, 15, 12, tzinfo=UTC)
    facts = bought(*moments)
    seen = progress(achievement, facts, now, time_zone=zone)
    found = completions(achievement, facts, now, time_zone=zone)

    assert len(found) == seen.times
    assert len({(each.level, each.occurrence) for each in found}) == len(found)
    assert seen.missing == (0 if seen.is_done else max(0, seen.target - seen.count))
    assert all(each.at <= now for each in found)
    assert seen.until is None or seen.until > now or not seen.is_open


@given(
    st.sampled_from(["week", "month", "quarter", "year"]),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_every_day_lies_in_the_period_it_is_counted_in(kind, day):
    calendar = Calendar(kind)
    index = calendar.index_of(day)

    assert calendar.first_day(index) <= day < calendar.first_day(index + 1)
    assert calendar.label(index) != calendar.label(index + 1)
