"""Opening + issued − redeemed − expired − reversed = closing, for any period: L14."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty.liability import Calendar, add_up, month_days, read_liability
from retention_sdk.storage.ledger import reporting
from retention_sdk.storage.ledger.reporting import Flow

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BUCKETS = ("issued", "pending", "available", "held", "redeemed", "expired", "reversed", "debt")


def report(desk, *months, now=NOW):
    days = month_days(*(date.fromisoformat(day) for day in months))
    program = reporting.stored_programs(desk.connection)[0]
    return read_liability(desk.connection, program, days, now=now).lines


def flows_of(line):
    return line.opening, line.issued, line.redeemed, line.expired, line.reversed, line.closing


def test_a_month_tells_what_came_and_went_and_where_the_rest_is(desk):
    """34 points for an order and 100 for another, half refunded; 60 spent, 20 set aside."""
    desk.earn(3400, order="1")
    desk.earn(10000, order="2")
    desk.refund("1/2", order="2")
    desk.spend(60)
    desk.hold(20, key="still open")

    (line,) = report(desk, "2026-03-01", "2026-03-31")

    assert (0, 134, 60, 0, 50, 24) == flows_of(line)
    assert (0, 4, 20, 0) == (line.pending, line.available, line.held, line.owed)
    assert {None: 24} == line.expiring


def test_what_customers_owe_is_taken_off(desk):
    desk.earn(10000)
    desk.spend(100)
    desk.refund(1)

    (line,) = report(desk, "2026-03-01", "2026-03-31")

    assert (0, 100, 100, 0, 100, -100) == flows_of(line)
    assert (100, {}) == (line.owed, line.expiring)


def test_points_expire_in_the_month_in_which_they_do_even_if_nobody_looked(desk):
    desk.use(expires_after_days=40)
    desk.earn(10000)
    before = report(desk, "2026-03-01", "2026-05-31", now=NOW + 90 * DAY)

    march, april, may = before

    assert [(0, 100, 0, 0, 0, 100), (100, 0, 0, 100, 0, 0)] == [flows_of(march), flows_of(april)]
    assert (0, 0, 0, 0, 0, 0) == flows_of(may)
    assert [{2026: 100}, {}, {}] == [line.expiring for line in before]
    desk.ledger.advance(desk.connection, desk.subjects["ada"], now=NOW + 90 * DAY)
    assert before == report(desk, "2026-03-01", "2026-05-31", now=NOW + 90 * DAY)


def test_a_month_that_is_over_stays_as_it_was_when_news_come_late(desk):
    """A payment of February that is told in March is booked in March."""
    desk.earn(3400, order="1", at=NOW - 5 * DAY, now=NOW - 5 * DAY)
    february = report(desk, "2026-02-01", "2026-02-28")
    desk.earn(9900, order="2", at=NOW - 4 * DAY, now=NOW)

    assert february == report(desk, "2026-02-01", "2026-02-28")
    assert 99 == report(desk, "2026-03-01", "2026-03-31")[0].issued


def test_points_that_change_hands_are_neither_issued_nor_gone(desk):
    desk.earn(10000)
    giver, taker = desk.subjects["ada"], desk.subjects["bob"]
    desk.ledger.transfer(desk.connection, giver, 30, to=taker, key="gift", now=NOW)
    desk.spend(20)
    desk.ledger.merge(desk.connection, taker, giver, now=NOW + DAY)

    (line,) = report(desk, "2026-03-01", "2026-03-31", now=NOW + DAY)

    assert (0, 100, 20, 0, 0, 80) == flows_of(line)


def test_months_begin_at_midnight_of_the_programme(desk):
    """23:30 in London on 31 March is 1 April in Berlin: both are told as they are there."""
    desk.use(time_zone="Europe/Berlin")
    moment = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    desk.earn(10000, at=moment, now=moment)

    march, april = report(desk, "2026-03-01", "2026-04-30", now=moment)

    assert (0, 100) == (march.issued, april.issued)


def test_a_balance_that_no_posting_made_is_not_reported(desk):
    desk.earn(10000)
    desk.connection.exec_driver_sql("UPDATE account SET available = available + 1")

    with pytest.raises(LedgerError, match="retention loyalty verify"):
        report(desk, "2026-03-01", "2026-03-31")


def test_a_bucket_that_does_not_exist_does_not_add_up():
    calendar = Calendar("UTC", (date(2026, 3, 1), date(2026, 4, 1)))

    with pytest.raises(LedgerError, match="do not add up"):
        list(add_up([Flow(1, "issued", "pocket", None, 5)], calendar))


def test_months_are_cut_where_they_begin():
    days = month_days(date(2026, 11, 15), date(2027, 1, 31))

    assert ("2026-11-15", "2026-12-01", "2027-01-01", "2027-02-01") == tuple(map(str, days))


@pytest.mark.parametrize("last", [date(2026, 2, 28), date(2047, 1, 1)])
def test_a_report_ends_after_it_begins_and_within_twenty_years(last):
    with pytest.raises(LedgerError):
        month_days(date(2026, 3, 1), last)


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 5),
            st.sampled_from(BUCKETS),
            st.sampled_from(BUCKETS),
            st.none() | st.integers(0, 2),
            st.integers(1, 10**12),
        ).filter(lambda row: row[1] != row[2]),
        max_size=40,
    ),
    cut=st.integers(1, 3),
)
def test_any_flows_add_up_and_any_split_tells_the_same(rows, cut):
    days = tuple(date(2026, month, 1) for month in range(1, 6))
    calendar = Calendar("UTC", days, (2026, 2027, 2028))
    fine = list(add_up((Flow(*row) for row in rows), calendar))
    joined = days[:cut] + days[cut + 1 :]
    merged = [Flow(row[0] - (row[0] > cut), *row[1:]) for row in rows]
    coarse = list(add_up(merged, Calendar("UTC", joined, calendar.years)))

    assert all(before.closing == after.opening for before, after in pairwise(fine))
    both = fine[cut - 1], fine[cut]
    assert both[0].opening == coarse[cut - 1].opening
    assert both[1].closing == coarse[cut - 1].closing
    for name in ("issued", "redeemed", "expired", "reversed"):
        assert sum(getattr(each, name) for each in both) == getattr(coarse[cut - 1], name)
    assert both[1].expiring == coarse[cut - 1].expiring
