"""Rows that wait for their moment: one worker each, and a fence against those that come late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.storage import DueRow
from retention_sdk.storage.due import ATTEMPTS_MAX

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = timedelta(minutes=5)
KINDS = ("notice", "birthday")


@pytest.fixture
def connection(store):
    with store.begin() as opened:
        yield opened


@pytest.fixture
def plan(store, connection):
    """Return a function that plans a row for somebody, due some days from now."""

    def plan(key="k", *, kind="notice", who="ada", days=0):
        subject_id = store.subjects.subject_for(connection, "shop", f"id:{who}", now=NOW)
        row = DueRow(kind, key, subject_id, NOW + timedelta(days=days))
        store.due.plan(connection, [row])
        return row

    return plan


@pytest.fixture
def take(store, connection):
    """Return a function that leases the next row at a time on the wall."""

    def take(clock=NOW, *, until=NOW, kinds=KINDS, shop="shop"):
        return store.due.take(connection, shop, until=until, kinds=kinds, clock=clock, lease=LEASE)

    return take


def test_a_row_is_planned_once_and_taken_by_one_worker(store, connection, plan, take):
    plan()
    plan()

    assert "k" == take().key
    assert take() is None
    assert {"leased": 1} == store.due.count(connection, "shop")


def test_the_earliest_comes_first_and_nothing_before_its_time(plan, take):
    plan("late", days=2)
    plan("early", days=1)

    assert take() is None
    assert "early" == take(until=NOW + timedelta(days=3)).key


def test_other_shops_and_kinds_are_left_alone(plan, take):
    plan()

    assert take(shop="other") is None
    assert take(kinds=("birthday",)) is None


def test_the_rows_of_one_person_are_worked_on_one_after_the_other(store, connection, plan, take):
    plan("first")
    plan("second")
    plan("third", who="bob")
    held = take()

    assert ("first", "third", None) == (held.key, take().key, take())
    assert store.due.finish(connection, held)
    assert take() is not None


def test_after_the_lease_another_takes_the_row_and_the_first_cannot_finish_it(
    store, connection, plan, take
):
    plan()
    first = take()
    assert take(NOW + LEASE - timedelta(seconds=1)) is None
    second = take(NOW + LEASE)

    assert (first.fence + 1, "k") == (second.fence, second.key)
    assert not store.due.finish(connection, first)
    assert not store.due.postpone(connection, first, error="late", clock=NOW)
    assert store.due.finish(connection, second)
    assert not store.due.finish(connection, second)
    assert {"done": 1} == store.due.count(connection, "shop")


def test_a_row_that_fails_waits_longer_each_time_and_then_for_the_shop(
    store, connection, plan, take
):
    plan()
    clock = NOW
    for attempt in range(ATTEMPTS_MAX):
        row = take(clock)
        assert attempt + 1 == row.attempts
        assert store.due.postpone(connection, row, error="no luck", clock=clock)
        assert take(clock) is None
        clock += timedelta(hours=6)

    assert take(clock) is None
    assert {"failed": 1} == store.due.count(connection, "shop")
    assert 1 == store.due.retry_failed(connection, "shop")
    assert 1 == take(clock).attempts


def test_a_row_can_be_due_again_and_starts_afresh(store, connection, plan, take):
    plan()
    again = NOW + timedelta(days=365)
    assert store.due.finish(connection, take(), next_at=again)

    assert again == store.due.planned(connection, "notice", "k")
    assert take() is None
    assert 1 == take(until=again).attempts


def test_a_row_that_is_due_already_is_not_moved_away(store, connection, plan):
    row = plan()
    later = DueRow(row.kind, row.key, row.subject_id, NOW + timedelta(days=365))
    store.due.move(connection, later, now=NOW)
    assert row.due_at == store.due.planned(connection, "notice", "k")

    store.due.move(connection, later, now=NOW - timedelta(seconds=1))
    assert later.due_at == store.due.planned(connection, "notice", "k")


def test_rows_of_the_erased_are_forgotten(store, connection, plan):
    row = plan(kind="birthday")
    plan(kind="birthday", key="bobs", who="bob")
    store.subjects.erase(connection, row.subject_id, now=NOW)

    assert 1 == store.due.forget_erased(connection, "shop", kinds=KINDS)
    assert {"waiting": 1} == store.due.count(connection, "shop")
