"""What somebody may have now, and every reason against the rest. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from retention_sdk.loyalty.rewards import Reward, Standing, available
from retention_sdk.model import History

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLENTY = 10**6


def reward(**changes):
    fields = {"id": "r", "kind": "percent", "percent": 10, "points": 100, "names": {"en": "R"}}
    return TypeAdapter(Reward).validate_python({**fields, **changes})


def amount(**changes):
    fields = {"id": "r", "kind": "amount", "points": 100, "names": {"en": "R"}}
    return TypeAdapter(Reward).validate_python({**fields, "worth_minor": {"EUR": 500}, **changes})


def offer(made, zone="Europe/Berlin", **standing):
    who = Standing(**{"now": NOW, "points": PLENTY, "currency": "EUR", **standing})
    (found,) = available([made], who, time_zone=zone)
    return found


def refusals(made, zone="Europe/Berlin", **standing):
    return [refusal.code for refusal in offer(made, zone, **standing).refusals]


def local(year, month, day, hour=0, minute=0):
    return datetime(year, month, day, hour, minute).isoformat()  # noqa: DTZ001 - wall clocks


def history(*, orders=1, first=None, last=None):
    return History(orders_count=orders, first_order_at=first, last_order_at=last)


def test_somebody_with_the_points_may_have_it():
    found = offer(reward())

    assert (True, True, 0, 100) == (
        found.is_available, found.is_in_reach, found.missing, found.spendable,
    )  # fmt: skip


def test_missing_points_are_told_and_shown_as_progress():
    found = offer(reward(), points=88)

    assert ["12 points are missing"] == [each.reason for each in found.refusals]
    assert (False, True, 12, 88) == (
        found.is_available, found.is_in_reach, found.missing, found.spendable,
    )  # fmt: skip


def test_all_reasons_are_told_at_once():
    made = reward(countries=["AT"], tiers=["gold"], stock=0)

    assert ["country", "tier", "sold_out", "points"] == refusals(made, points=1, country="DE")


# Time: a window is in the programme's zone ---------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-1, ["not_yet"]), (0, []), (59, []), (60, ["over"])]
)
def test_window_begins_and_ends_on_local_clocks(minutes, expected):
    """From 12:00 until just before 13:00 in Berlin: 11:00 to 12:00 UTC in winter."""
    made = reward(starts=local(2026, 11, 20, 12), ends=local(2026, 11, 20, 13))
    start = datetime(2026, 11, 20, 11, tzinfo=UTC)

    assert expected == refusals(made, now=start + timedelta(minutes=minutes))


def test_window_that_begins_in_an_hour_the_clocks_skip_begins_when_they_jump():
    """29 March 2026 in Berlin has no 02:30; clocks jump at 01:00 UTC."""
    made, jump = reward(starts=local(2026, 3, 29, 2, 30)), datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert [["not_yet"], []] == [refusals(made, now=jump - timedelta(seconds=1)), refusals(made, now=jump)]  # fmt: skip


# Market --------------------------------------------------------------------------------------


def test_currency_country_and_language_each_refuse():
    assert ["currency"] == refusals(reward(currencies=["CHF"]))
    assert ["country"] == refusals(reward(countries=["AT"]), country="DE")
    assert ["locale"] == refusals(reward(locales=["fa"]), locale="de")
    assert [] == refusals(reward(currencies=["EUR", "CHF"], countries=["AT"]), country="AT")


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [("de", []), ("de-AT", []), ("de_CH", []), ("DE", []), ("den", ["locale"]), ("", ["locale"])],
)
def test_a_language_is_read_by_all_who_narrow_it(spoken, expected):
    assert expected == refusals(reward(locales=["de"]), locale=spoken)


def test_unknown_country_is_no_country_of_the_list():
    assert ["country"] == refusals(reward(countries=["DE"]), country="")


def test_amounts_and_minimums_are_never_converted():
    assert ["currency"] == refusals(amount(), currency="USD")
    assert ["currency"] == refusals(reward(minimum_minor={"EUR": 5000}), currency="USD")
    assert [] == refusals(reward(), currency="USD")


def test_what_cannot_be_made_here_is_not_offered():
    assert ["platform"] == refusals(reward(), makes=frozenset({"gift"}))
    assert [] == refusals(reward(), makes=frozenset({"percent"}))


# Person --------------------------------------------------------------------------------------


def test_a_rank_that_is_not_named_is_refused():
    made = reward(tiers=["silver", "gold"])

    assert [[], [], ["tier"], ["tier"]] == [
        refusals(made, tier=tier) for tier in ("silver", "gold", "bronze", "")
    ]


@pytest.mark.parametrize(
    ("segment", "orders", "expected"),
    [
        ({"orders_from": 2}, 1, ["segment"]),
        ({"orders_from": 2}, 2, []),
        ({"orders_to": 0}, 0, []),
        ({"orders_to": 0}, 1, ["segment"]),
    ],
)
def test_segment_by_number_of_orders(segment, orders, expected):
    assert expected == refusals(reward(segment=segment), history=history(orders=orders))


@pytest.mark.parametrize(
    ("segment", "days", "expected"),
    [
        ({"quiet_days_from": 90}, 89, ["segment"]),
        ({"quiet_days_from": 90}, 90, []),
        ({"quiet_days_to": 90}, 90, []),
        ({"quiet_days_to": 90}, 91, ["segment"]),
        ({"member_days_from": 365}, 364, ["segment"]),
        ({"member_days_from": 365}, 365, []),
    ],
)
def test_segment_by_days(segment, days, expected):
    then = NOW - timedelta(days=days)

    assert expected == refusals(reward(segment=segment), history=history(first=then, last=then))


def test_who_never_ordered_is_neither_quiet_nor_a_member():
    for segment in ({"quiet_days_from": 0}, {"quiet_days_to": 10}, {"member_days_from": 0}):
        assert ["segment"] == refusals(reward(segment=segment), history=history(orders=0))


# Numbers -------------------------------------------------------------------------------------


def test_stock_counts_those_of_all_customers():
    made = reward(stock=3)

    assert (1, []) == (offer(made, gone={"r": 2}).left, refusals(made, gone={"r": 2}))
    assert (0, ["sold_out"]) == (offer(made, gone={"r": 3}).left, refusals(made, gone={"r": 3}))
    assert None is offer(reward(), gone={"r": 10**6}).left


@pytest.mark.parametrize(
    ("per", "last_before"),
    [
        ("day", datetime(2026, 11, 19, 22, 59, 59, tzinfo=UTC)),
        ("month", datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)),
        ("year", datetime(2025, 12, 31, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_limit_is_of_the_calendar_of_the_programme(per, last_before):
    """Berlin is one hour ahead of UTC in winter, also on the last day of October."""
    made = reward(per_customer=1, per=per)

    assert [] == refusals(made, taken={"r": [last_before]})
    assert ["limit"] == refusals(made, taken={"r": [last_before + timedelta(seconds=1)]})


def test_limit_for_ever_and_limits_of_other_rewards():
    taken = {"r": [NOW - timedelta(days=9999)], "other": [NOW]}

    assert ["limit"] == refusals(reward(per_customer=1), taken=taken)
    assert [] == refusals(reward(per_customer=2), taken=taken)


@given(
    points=st.integers(0, 300),
    gone=st.integers(0, 5),
    stock=st.none() | st.integers(0, 5),
    limit=st.none() | st.integers(1, 3),
    taken=st.integers(0, 3),
)
def test_available_is_exactly_enough_points_stock_and_limit(points, gone, stock, limit, taken):
    made = reward(stock=stock, per_customer=limit)
    found = offer(made, points=points, gone={"r": gone}, taken={"r": [NOW] * taken})

    has_stock = stock is None or gone < stock
    has_room = limit is None or taken < limit
    assert (points >= 100 and has_stock and has_room) == found.is_available
    assert found.missing == 100 - found.spendable >= 0
    assert found.is_in_reach == (has_stock and has_room)


def test_catalogue_keeps_its_order():
    rewards = [reward(id=name) for name in ("c", "a", "b")]

    found = available(rewards, Standing(now=NOW, points=0))
    assert ["c", "a", "b"] == [each.reward.id for each in found]
