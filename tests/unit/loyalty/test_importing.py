"""History in bulk leaves exactly what the same orders leave one by one: the same rows."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from retention_sdk.loyalty import PointsLedger
from retention_sdk.loyalty.importing import ImportReport, PastOrder, import_history
from retention_sdk.model import Award, Money, OrderPaid, OrderRefunded

# Where only the verdict counts, as in the mutation run, nobody needs the smallest example.
PHASES = [Phase.generate] if os.environ.get("RETENTION_NO_SHRINK") else list(Phase)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TABLES = ("program", "rule_version", "account", "lot", "hold", "txn", "posting", "due")
PROGRAMS = {
    "plain": {},
    "matures and expires": {"matures_after_days": 14, "expires_after_days": 30},
    "clamps": {"clawback": "clamp"},
    "reviews": {"clawback": "manual_review"},
    "asks the books": {
        "rules": [
            {"id": "third", "kind": "milestone", "points": 500, "orders": [3]},
            {"id": "daily", "kind": "cap", "points": 60, "per": "day"},
        ]
    },
}


def counted_bytes():
    """Return a source of bytes that gives two stores the same ones."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


@pytest.fixture
def make_store(open_empty):
    """Return a function that opens a store; all of them draw the same bytes."""
    return lambda: open_empty(random_bytes=counted_bytes())


@pytest.fixture
def stores(make_store):
    return make_store(), make_store()


@pytest.fixture
def refunded(make_order):
    def make(minor=3890, *, order_id="1", part="1"):
        total = Money(minor=minor, currency="EUR")
        back = Money(minor=int(minor * float(part)), currency="EUR")
        order = make_order(minor, order_id=order_id, total=total, refunded=back)
        return OrderRefunded(id=f"r{order_id}:{part}", shop_id="shop", occurred_at=NOW, order=order)

    return make


def people(store, connection, names="abcd"):
    find = store.subjects.subject_for
    return {each: find(connection, "shop", f"id:{each}", now=NOW) for each in names}


def dump(connection):
    return {
        table: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {table}").all()))
        for table in TABLES
    }


def one_by_one(ledger, connection, orders, now):
    for each in orders:
        if isinstance(each.event, OrderPaid):
            ledger.earn(
                connection,
                each.event,
                subject_id=each.subject_id,
                now=now,
                key=each.key,
                awards=each.awards,
            )
        else:
            ledger.claw_back(
                connection, each.event, subject_id=each.subject_id, now=now, key=each.key
            )


class _UndoError(Exception):
    pass


def both(stores, program, make_orders, *, now=NOW, first=None):
    """Fill one store one by one and another in bulk; return what each held, and the report.

    Both are as empty afterwards as they were before.
    """
    found, report = [], ImportReport()
    for store, is_bulk in zip(stores, (False, True), strict=True):
        ledger = PointsLedger(store, program)
        with suppress(_UndoError), store.begin() as connection:
            who = people(store, connection)
            if first:
                first(ledger, connection, who)
            orders = make_orders(who)
            if is_bulk:
                report = ledger.import_orders(connection, orders, now=now)
            else:
                one_by_one(ledger, connection, orders, now)
            assert () == ledger.verify(connection).findings
            found.append(dump(connection))
            raise _UndoError
    return found[0], found[1], report


@pytest.mark.parametrize("name", PROGRAMS)
def test_in_bulk_leaves_the_rows_of_one_by_one(name, stores, make_program, make_paid, refunded):
    """Refunds in parts, before the payment, to somebody else, and of an order nobody placed."""

    def orders(who):
        a, b, c, store_credit = who.values()
        return [
            PastOrder(make_paid(3890, order_id="1"), a),
            PastOrder(make_paid(9900, order_id="2"), b),
            PastOrder(refunded(3890, order_id="1", part="0.5"), a),
            PastOrder(refunded(7000, order_id="3", part="0.25"), c),
            PastOrder(make_paid(7000, order_id="3"), c),
            PastOrder(make_paid(5000, order_id="4", currency="USD"), a),
            PastOrder(refunded(3890, order_id="1"), a),
            PastOrder(make_paid(2000, order_id="5"), a),
            PastOrder(refunded(2000, order_id="5", part="0.25"), store_credit),
            PastOrder(refunded(100, order_id="unheard-of"), b),
            PastOrder(make_paid(1234, order_id="6", at=NOW - timedelta(days=20)), a),
            PastOrder(make_paid(1234, order_id="7", at=NOW - timedelta(days=90)), a),
            PastOrder(make_paid(4321, order_id="8"), a),
        ]

    single, bulk, report = both(stores, make_program(**PROGRAMS[name]), orders)

    assert single == bulk
    assert (13, 0, ()) == (report.posted, report.known, report.conflicts)
    assert 13 <= len(bulk["txn"])
    assert 3 == len(bulk["account"])


def test_each_order_is_weighed_by_those_right_before_it(stores, make_program, make_paid):
    """Two orders of a day share its cap, though neither is written when the other is weighed."""

    def orders(who):
        return [PastOrder(make_paid(3890, order_id=number), who["a"]) for number in "123"]

    single, bulk, report = both(stores, make_program(**PROGRAMS["asks the books"]), orders)

    assert single == bulk
    assert 60 == report.earned


def test_what_it_earned_and_took_back_is_reported(desk, make_paid, refunded):
    ada = desk.subjects["ada"]

    report = desk.ledger.import_orders(
        desk.connection,
        [
            PastOrder(make_paid(3890, order_id="1"), ada),
            PastOrder(refunded(3890, order_id="1", part="0.5"), ada),
            PastOrder(refunded(5000, order_id="2"), ada),
            PastOrder(make_paid(5000, order_id="2"), ada),
        ],
        now=NOW,
    )

    assert ImportReport(posted=4, earned=38 + 50, taken_back=19 + 50) == report
    assert 19 == desk.balance().balance


def test_open_holds_debt_and_what_is_due_are_as_one_by_one(
    stores, make_program, make_paid, refunded
):
    later = NOW + timedelta(days=40)

    def first(ledger, connection, who):
        for number, owner in enumerate(who.values()):
            event = make_paid(10_000, order_id=f"old{number}")
            ledger.earn(connection, event, subject_id=owner, now=NOW)
        place = ledger.holds.place
        place(connection, who["a"], 60, key="h1", now=NOW, expires_at=later + timedelta(1))
        place(connection, who["b"], 70, key="h2", now=NOW, expires_at=NOW + timedelta(1))

    def orders(who):
        return [
            PastOrder(refunded(10_000, order_id="old0"), who["a"]),
            PastOrder(make_paid(2500, order_id="n1", at=later), who["a"]),
            PastOrder(make_paid(2500, order_id="n2", at=later), who["b"]),
            PastOrder(make_paid(2500, order_id="n3", at=later), who["c"]),
        ]

    program = make_program(expires_after_days=30)
    single, bulk, _ = both(stores, program, orders, now=later, first=first)

    assert single == bulk
    kinds = {row[4] for row in bulk["txn"]}
    assert {"earn", "hold", "clawback", "release", "expire"} == kinds


def test_a_refund_finds_points_that_went_to_another_account(
    stores, make_program, make_paid, refunded
):
    def first(ledger, connection, who):
        event = make_paid(10_000, order_id="old")
        ledger.earn(connection, event, subject_id=who["a"], now=NOW)
        ledger.merge(connection, who["b"], who["a"], now=NOW)

    def orders(who):
        return [PastOrder(refunded(10_000, order_id="old", part="0.5"), who["a"])]

    single, bulk, report = both(stores, make_program(), orders, first=first)

    assert single == bulk
    assert 50 == report.taken_back


def test_repeating_an_import_changes_nothing(make_store, make_program, make_paid, refunded):
    store = make_store()
    ledger = PointsLedger(store, make_program())
    with store.begin() as connection:
        who = people(store, connection)
        orders = [PastOrder(make_paid(order_id=f"{n}"), who["abc"[n % 3]]) for n in range(7)]
        orders.append(PastOrder(refunded(order_id="3"), who["a"]))
        ledger.import_orders(connection, orders, now=NOW)
        before = dump(connection)

        again = ledger.import_orders(connection, orders, now=NOW + timedelta(days=1))

        assert ImportReport(known=8) == again
        assert before == dump(connection)


def test_what_was_posted_alone_is_known_and_the_rest_is_new(desk, make_paid):
    """Also where an order stands twice in one import."""
    desk.earn(order="1")
    ada = desk.subjects["ada"]
    orders = [PastOrder(make_paid(order_id=each), ada) for each in ("1", "2", "2", "3")]

    report = desk.ledger.import_orders(desk.connection, orders, now=NOW)

    assert (2, 2) == (report.posted, report.known)
    assert 3 * 38 == desk.balance().balance
    assert not desk.earn(order="3").is_new


def test_a_conflict_is_told_and_the_others_are_posted(desk, make_paid):
    desk.earn(3890, order="1")
    ada, bob = desk.subjects["ada"], desk.subjects["bob"]

    report = desk.ledger.import_orders(
        desk.connection,
        [
            PastOrder(make_paid(5000, order_id="2"), ada),
            PastOrder(make_paid(9999, order_id="1"), ada),
            PastOrder(make_paid(5000, order_id="2"), bob),
            PastOrder(make_paid(6000, order_id="3"), bob),
        ],
        now=NOW,
    )

    assert [("e1", "earn:shop:1"), ("e2", "earn:shop:2")] == [
        (each.event_id, each.key) for each in report.conflicts
    ]
    assert (38 + 50, 60) == (desk.balance().balance, desk.balance("bob").balance)
    assert desk.verify().is_clean


def test_awards_count_and_their_words_are_sealed(desk, make_paid):
    award = Award(points=7, reason="Zenobia is a friend of the house", plugin="friends")
    order = PastOrder(make_paid(1000, order_id="1"), desk.subjects["ada"], awards=(award,))

    report = desk.ledger.import_orders(desk.connection, [order], now=NOW)

    assert 17 == report.earned
    assert "Zenobia" in str(desk.ledger.explain(desk.connection, desk.history()[0].txn_id))
    assert "Zenobia" not in str(dump(desk.connection))


def test_before_each_new_order_facts_may_be_recorded(desk, make_paid):
    desk.earn(order="1")
    ada, told = desk.subjects["ada"], []
    orders = [PastOrder(make_paid(order_id=each), ada) for each in ("1", "2", "3")]

    desk.ledger.import_orders(desk.connection, orders, now=NOW, before=told.append)

    assert orders[1:] == told


def test_an_import_that_stops_goes_on_when_it_is_repeated(make_store, make_program, make_paid):
    store = make_store()
    ledger = PointsLedger(store, make_program())
    with store.begin() as connection:
        who = people(store, connection)
    orders = [PastOrder(make_paid(order_id=f"{n}"), who["abc"[n % 3]]) for n in range(10)]

    def stop(report):
        raise KeyboardInterrupt(report.posted)

    with pytest.raises(KeyboardInterrupt, match="4"):
        import_history(store, ledger, iter(orders), now=NOW, chunk=4, on_chunk=stop)
    done = list[ImportReport]()
    report = import_history(store, ledger, orders, now=NOW, chunk=4, on_chunk=done.append)

    assert [(0, 4), (4, 0), (2, 0)] == [(each.posted, each.known) for each in done]
    assert (6, 4, 6 * 38) == (report.posted, report.known, report.earned)
    with store.reading() as connection:
        assert 10 == ledger.verify(connection).txns_count


STEP = st.tuples(
    st.sampled_from(["paid", "refund"]),
    st.sampled_from("abc"),
    st.integers(1, 6),
    st.sampled_from(["0", "0.3", "0.5", "1"]),
    st.integers(0, 50),
)


@settings(
    max_examples=15,
    phases=PHASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, max_size=25), name=st.sampled_from(sorted(PROGRAMS)))
def test_any_history_in_bulk_is_the_history_one_by_one(
    *, steps, name, stores, make_program, make_paid, refunded
):
    """In any order, of anybody, conflicts left out: those raise where orders are posted alone."""

    def orders(who):
        made = {}
        for kind, whose, number, part, days in steps:
            number_of = f"{number}"
            if kind == "paid":
                at = NOW - timedelta(days=days)
                made.setdefault(
                    number_of, PastOrder(make_paid(order_id=number_of, at=at), who[whose])
                )
            else:
                refund = refunded(order_id=number_of, part=part)
                made.setdefault(f"{number}:{part}", PastOrder(refund, who[whose]))
        return list(made.values())

    single, bulk, _ = both(stores, make_program(**PROGRAMS[name]), orders)

    assert single == bulk
