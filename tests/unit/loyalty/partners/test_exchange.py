"""Exchanges in the ledger: each once, never gaining, and a statement that adds up."""

from datetime import timedelta

import pytest

from retention_sdk.errors import IdempotencyConflict, InsufficientPoints, LedgerError, StorageError
from retention_sdk.loyalty.partners import PointsPartners, read_message, statement, statement_csv

DAY = timedelta(days=1)
MILES = {
    "id": "miles",
    "unit": "miles",
    "out": {"give": 100, "get": 40, "minimum": 100, "step": 100, "daily_max": 500},
    "into": {"give": 50, "get": 100, "minimum": 5, "monthly_max": 100},
    "hold_hours": 48,
}


class Counter:
    """Ada, with 1,000 points, and a partner."""

    def __init__(self, desk, **changes):
        self.desk, self.connection, self.now = desk, desk.connection, desk.now
        desk.use(partners=[MILES], time_zone="Europe/Berlin", **changes)
        desk.earn(100_000, order="1")
        self.partners = PointsPartners(desk.store, desk.ledger)
        self.ada = desk.subjects["ada"]

    def send(self, points=300, name="a", who=None):
        who = who or self.ada
        return self.partners.send(
            self.connection, who, "miles", points, reference=name, now=self.now
        )

    def confirm(self, name="a", theirs="T1"):
        return self.partners.confirm(
            self.connection, "miles", name, partner_reference=theirs, now=self.now
        )

    def refuse(self, name="a"):
        return self.partners.refuse(
            self.connection, "miles", name, reason="no such member", now=self.now
        )

    def receive(self, units=50, name="R1"):
        return self.partners.receive(
            self.connection, self.ada, "miles", units, reference=name, now=self.now
        )

    def back(self, direction, name):
        return self.partners.take_back(
            self.connection, "miles", direction, name, reason="cancelled", now=self.now
        )

    def state(self):
        found = self.desk.balance(now=self.now)
        return found.balance, found.pending, found.debt

    def statement(self, start=-1, end=99):
        return statement(
            self.desk.store,
            self.connection,
            self.desk.ledger.program,
            "miles",
            start=self.desk.now + start * DAY,
            end=self.desk.now + end * DAY,
        )


@pytest.fixture
def counter(desk):
    return Counter(desk)


def test_points_sent_are_set_aside_and_redeemed_once_when_the_partner_confirms(counter):
    first = counter.send()
    assert (300, 120, "asked") == (first.exchange.points, first.exchange.units, first.state)
    assert first == counter.send()
    assert (700, 0, 0) == counter.state()

    done = counter.confirm()
    assert done == counter.confirm(theirs="another word")
    assert ("confirmed", "T1") == (done.state, done.steps[-1].partner_reference)
    counter.now += 99 * DAY
    assert (700, 0, 0) == counter.state()
    with pytest.raises(LedgerError, match="returned instead"):
        counter.refuse()


def test_points_come_back_when_the_partner_refuses_or_says_nothing(counter):
    counter.send(name="a")
    counter.send(200, name="b")
    refused = counter.refuse("a")
    assert refused == counter.refuse("a")
    assert (800, 0, 0) == counter.state()

    counter.now += 2 * DAY
    assert (1000, 0, 0) == counter.state()
    with pytest.raises(LedgerError, match="expired"):
        counter.confirm("b")
    assert [1, 0] == [
        counter.partners.sweep(counter.connection, "miles", now=counter.now) for _ in range(2)
    ]
    with pytest.raises(LedgerError, match="was refused"):
        counter.confirm("b")
    assert (0, 0) == (counter.statement().points_sent, counter.statement().units_due)


def test_points_received_are_given_once_for_the_partners_own_name_of_it(counter):
    first = counter.receive()

    assert (100, 50, "confirmed") == (first.exchange.points, first.exchange.units, first.state)
    assert first == counter.receive()
    assert (1100, 0, 0) == counter.state()
    with pytest.raises(IdempotencyConflict):
        counter.receive(60)


def test_the_same_name_for_something_else_is_a_conflict(counter):
    counter.send()

    with pytest.raises(IdempotencyConflict):
        counter.send(400)
    with pytest.raises(IdempotencyConflict):
        counter.send(300, who=counter.desk.subjects["bob"])


def test_limits_are_counted_on_the_programmes_calendar_and_not_for_what_was_refused(counter):
    counter.send(300, name="a")
    counter.refuse("a")
    counter.send(400, name="b")
    with pytest.raises(LedgerError, match="100 more can be exchanged this day"):
        counter.send(200, name="c")
    counter.now += timedelta(hours=11)  # 23 o'clock in UTC is midnight in Berlin
    counter.send(200, name="c")

    counter.receive(100)
    with pytest.raises(LedgerError, match="0 more can be exchanged this month"):
        counter.receive(5, "R2")
    counter.now += 31 * DAY
    counter.receive(5, "R2")


def test_nobody_sends_what_they_do_not_have(counter):
    with pytest.raises(InsufficientPoints):
        counter.send(100, who=counter.desk.subjects["bob"])
    with pytest.raises(LedgerError, match="there is no partner 'moon'; there are: miles"):
        counter.partners.partner("moon")
    with pytest.raises(LedgerError, match="no exchange 'z'"):
        counter.confirm("z")


def test_what_was_confirmed_can_be_undone_on_both_sides(counter):
    counter.send()
    counter.confirm()
    counter.receive()
    for direction, name in (("out", "a"), ("in", "R1")):
        once = counter.back(direction, name)
        assert ("returned", once) == (once.state, counter.back(direction, name))

    assert (1000, 0, 0) == counter.state()
    found = counter.statement()
    assert (0, 0, 0, 4, ()) == (
        found.points_sent,
        found.points_received,
        found.units_due,
        len(found.lines),
        found.differences,
    )
    with pytest.raises(LedgerError, match="was returned"):
        counter.confirm()


@pytest.mark.parametrize(
    ("policy", "left", "differences"), [("debt", (0, 0, 100), 0), ("clamp", (0, 0, 0), 1)]
)
def test_received_points_that_were_spent_are_owed_or_shown_as_a_difference(
    desk, policy, left, differences
):
    counter = Counter(desk, clawback=policy)
    counter.receive()
    desk.spend(1100)
    counter.back("in", "R1")

    assert left == counter.state()
    assert differences == len(counter.statement().differences)
    assert desk.verify().is_clean


def test_a_statement_adds_up_with_the_ledger_for_each_period(counter):
    counter.send()
    counter.confirm()
    counter.now += 5 * DAY
    counter.receive(60)
    counter.send(200, name="open")
    first, second, both = (counter.statement(*days) for days in ((0, 1), (1, 9), (0, 9)))

    # 300 points became 120 miles; 60 miles became 120 points; what is open counts for nothing.
    assert [(300, 0, 120), (0, 120, -60), (300, 120, 60)] == [
        (each.points_sent, each.points_received, each.units_due) for each in (first, second, both)
    ]
    assert () == both.differences
    balance, pending, _ = counter.state()
    assert 1000 - both.points_sent + both.points_received == balance + pending + 200
    *_, total = statement_csv(both).splitlines()
    assert "total,,,,,-180,60,-180," == total


def test_an_exchange_is_explained_in_a_sentence(counter):
    counter.send()
    sent, received = counter.confirm(), counter.receive()

    assert (
        "300 points for 120 miles at miles: 100 points give 40 miles, rounded down; "
        "asked on 2026-03-01, confirmed on 2026-03-01 as T1."
    ) == counter.partners.explain(sent)
    assert counter.partners.explain(received).startswith(
        "50 miles for 100 points at miles: 50 miles give 100 points, rounded down;"
    )


def test_messages_do_what_they_say_and_again_nothing(counter):
    counter.send()
    bodies = (
        b'{"kind": "confirm", "partner": "miles", "reference": "a", "partner_reference": "T9"}',
        b'{"kind": "receive", "partner": "miles", "reference": "R9", "units": 50, "member": "7"}',
        b'{"kind": "return", "partner": "miles", "reference": "a", "reason": "lost"}',
    )
    for body in (*bodies, *bodies[1:]):
        message = read_message(body)
        counter.partners.apply(counter.connection, message, subject_id=counter.ada, now=counter.now)

    assert (1100, 0, 0) == counter.state()


def test_exchanges_follow_members_who_became_one_person(counter):
    desk = counter.desk
    counter.send()
    bob = desk.subjects["bob"]
    desk.store.consents.merge(desk.connection, bob, counter.ada, at=desk.now, now=desk.now)
    desk.ledger.merge(desk.connection, bob, counter.ada, now=desk.now)
    counter.confirm()
    desk.subjects["ada"] = bob

    assert (700, 0, 0) == counter.state()
    with pytest.raises(LedgerError, match="200 more"):
        counter.send(300, name="b", who=bob)
    assert () == counter.statement().differences


def test_going_to_and_fro_many_times_never_gains(counter):
    held = [1000]
    for number in range(6):
        counter.now += 31 * DAY
        spendable = min(500, counter.state()[0] // 100 * 100)
        sent = counter.send(spendable, name=f"out{number}")
        counter.confirm(f"out{number}")
        counter.receive(min(100, sent.exchange.units), f"in{number}")
        held.append(counter.state()[0])

    assert sorted(held, reverse=True) == held
    assert () == counter.statement(end=400).differences
    assert counter.desk.verify().is_clean


@pytest.mark.parametrize("table", ["partner_exchange", "partner_step"])
def test_no_database_lets_exchanges_be_rewritten(store, make_program, make_paid, table, now):
    from tests.unit.loyalty.conftest import Desk

    with store.begin() as connection:
        Counter(Desk(store, connection, make_program, make_paid)).send()

    with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM {table}")
