"""Inbox, stages, decisions, deliveries, consents, orders: each thing once, and resumable."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import StorageError, SubjectErased
from retention_sdk.model import (
    Artifact,
    Consent,
    ConsentChannel,
    ConsentState,
    Decision,
    Delivery,
    History,
    MessageClass,
    Money,
    OptInLevel,
    Receipt,
    ReceiptState,
)
from retention_sdk.storage import DeliveryState, open_store

# Inbox ---------------------------------------------------------------------------------------


def test_an_event_is_received_once_however_often_it_is_told(store, make_paid, now):
    one, two = make_paid("1"), make_paid("2")
    with store.begin() as connection:
        assert (one.id,) == store.inbox.receive(connection, [one, one], now=now)
    with store.begin() as connection:
        assert (two.id,) == store.inbox.receive(connection, [one, two], now=now)
        assert () == store.inbox.receive(connection, [two, one], now=now)


def test_a_pending_event_is_found_after_a_restart(store_url, key, make_paid, now):
    events = [make_paid("2"), make_paid("1")]
    with open_store(store_url, key=key) as store, store.begin() as connection:
        store.inbox.receive(connection, events, now=now)

    with open_store(store_url, key=key) as store, store.begin() as connection:
        found = store.inbox.pending(connection)
        assert events == [each.event for each in found]
        assert {now} == {each.received_at for each in found}

        store.inbox.mark(connection, events[0].id, "done")
        assert [events[1]] == [each.event for each in store.inbox.pending(connection)]


def test_pending_events_come_in_order_of_arrival_up_to_the_limit(store, make_paid, now):
    names = ["9", "5", "7", "1"]
    with store.begin() as connection:
        for name in names:
            store.inbox.receive(connection, [make_paid(name)], now=now)

        found = store.inbox.pending(connection, limit=3)
        assert names[:3] == [each.event.order.id for each in found]


def test_an_event_that_never_arrived_is_nothing_and_cannot_be_marked(store):
    with store.begin() as connection:
        assert store.inbox.get(connection, "nowhere") is None
        assert store.inbox.raw_body(connection, "nowhere") is None
        with pytest.raises(StorageError, match="not in the inbox"):
            store.inbox.mark(connection, "nowhere", "done")


def test_the_raw_body_is_kept_for_its_retention_and_no_longer(store, make_paid, now):
    event = make_paid(raw=b'{"as": "received"}')
    keep = timedelta(days=7)
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=now, raw_retention=keep)

        assert 0 == store.inbox.purge_raw(connection, now=now + keep - timedelta(seconds=1))
        assert event.raw == store.inbox.raw_body(connection, event.id)
        assert 1 == store.inbox.purge_raw(connection, now=now + keep)
        assert store.inbox.raw_body(connection, event.id) is None
        assert event.order == store.inbox.get(connection, event.id).event.order


def test_zero_retention_keeps_no_raw_body(store, make_paid, now):
    event = make_paid(raw=b"body")
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=now, raw_retention=timedelta(0))

        assert store.inbox.raw_body(connection, event.id) is None


def test_events_of_the_erased_are_unreadable_and_not_pending(store, make_paid, now):
    event = make_paid()
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=now)
        owner = store.subjects.for_event(connection, event)
        store.subjects.erase(connection, owner, now=now)

        assert () == store.inbox.pending(connection)
        with pytest.raises(SubjectErased):
            store.inbox.get(connection, event.id)


# Stages --------------------------------------------------------------------------------------


def test_the_first_result_of_a_stage_is_its_result(store, make_paid, now):
    event = make_paid()
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=now)
        owner = store.subjects.for_event(connection, event)

        def record(stage: str, payload: bytes, minutes: int) -> bytes:
            at = now + timedelta(minutes=minutes)
            return store.stages.record(
                connection, event.id, stage, payload, subject_id=owner, now=at
            )

        assert store.stages.get(connection, event.id, "context") is None
        assert b"one" == record("context", b"one", 1)
        assert b"one" == record("context", b"two", 2)
        assert b"card" == record("compose", b"card", 3)
        assert ("context", "compose") == store.stages.reached(connection, event.id)
        assert b"one" == store.stages.get(connection, event.id, "context")


# Decisions -----------------------------------------------------------------------------------


def test_a_decision_is_stored_once_and_read_back_whole(store, now):
    decision = Decision(
        decision_id="d1",
        event_id="e1",
        candidate_id="card-thanks",
        allowed=False,
        message_class=MessageClass.MARKETING,
        channel=ConsentChannel.PARCEL_INSERT,
        jurisdictions=("DE", "EU"),
        basis="opt_in",
        rule_ids=("de-1",),
        rules_version="2026.1",
        reasons=("no consent on record",),
        decided_at=now,
    )
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)

        assert store.decisions.record(connection, decision, subject_id=owner)
        assert not store.decisions.record(connection, decision, subject_id=owner)
        assert (decision,) == store.decisions.of_event(connection, "e1")
        assert () == store.decisions.of_event(connection, "e2")


# Deliveries ----------------------------------------------------------------------------------


@pytest.fixture
def delivery() -> Delivery:
    artifact = Artifact(name="card.pdf", media_type="application/pdf", data=b"%PDF")
    return Delivery(
        id="e1:card",
        event_id="e1",
        decision_id="d1",
        surface="card",
        channel="folder",
        artifacts=(artifact,),
    )


def receipt_at(now, state=ReceiptState.ACCEPTED) -> Receipt:
    return Receipt(delivery_id="e1:card", channel="folder", state=state, at=now, location="out/")


def test_a_repeated_delivery_finds_the_state_it_has_reached(store, delivery, now):
    with store.begin() as connection:
        log = store.deliveries
        owner = store.subjects.for_shop(connection, "shop", now=now)

        def reserve():
            return log.reserve(connection, delivery, subject_id=owner, now=now)

        assert (DeliveryState.PLANNED, 0, None) == _facts(reserve())
        assert log.start(connection, delivery.id, now=now)
        assert (DeliveryState.SUBMITTING, 1, None) == _facts(reserve())
        receipt = receipt_at(now)
        assert receipt == log.finish(connection, receipt).receipt
        assert (DeliveryState.ACCEPTED, 1, receipt) == _facts(reserve())
        assert not log.start(connection, delivery.id, now=now, may_repeat=True)
        assert [delivery.id] == [each.id for each in log.of_event(connection, "e1")]


def _facts(stored):
    return stored.state, stored.attempts, stored.receipt


def test_a_delivery_that_was_cut_off_is_repeated_only_when_asked(store, delivery, now):
    """A crash between submitting and the answer: nobody knows whether it went out."""
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        store.deliveries.reserve(connection, delivery, subject_id=owner, now=now)
        store.deliveries.start(connection, delivery.id, now=now)

        assert not store.deliveries.start(connection, delivery.id, now=now)
        assert store.deliveries.start(connection, delivery.id, now=now, may_repeat=True)
        assert 2 == store.deliveries.get(connection, delivery.id).attempts


@pytest.mark.parametrize(
    ("retryable", "state"), [(True, DeliveryState.FAILED), (False, DeliveryState.REJECTED)]
)
def test_a_failure_may_be_retried_only_if_it_says_so(store, delivery, now, retryable, state):
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        store.deliveries.reserve(connection, delivery, subject_id=owner, now=now)
        store.deliveries.start(connection, delivery.id, now=now)
        store.deliveries.fail(connection, delivery.id, retryable=retryable, now=now)

        assert state is store.deliveries.get(connection, delivery.id).state
        assert retryable is store.deliveries.start(connection, delivery.id, now=now)


def test_the_first_receipt_counts(store, delivery, now):
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        store.deliveries.reserve(connection, delivery, subject_id=owner, now=now)
        store.deliveries.start(connection, delivery.id, now=now)
        store.deliveries.finish(connection, receipt_at(now))
        stored = store.deliveries.finish(connection, receipt_at(now, ReceiptState.REJECTED))

        assert DeliveryState.ACCEPTED is stored.state


def test_a_receipt_for_nothing_planned_is_refused(store, now):
    with store.begin() as connection, pytest.raises(StorageError, match="never planned"):
        store.deliveries.finish(connection, receipt_at(now))


# Consents ------------------------------------------------------------------------------------


def answer(state, *, channel=ConsentChannel.EMAIL, at=None) -> Consent:
    return Consent(
        channel=channel,
        state=state,
        recorded_at=at,
        source="checkout",
        opt_in_level=OptInLevel.SINGLE,
        evidence_ref="form-7",
    )


def test_the_newest_answer_per_channel_is_current_and_all_are_history(store, now):
    yes = answer(ConsentState.GRANTED, at=now)
    no = answer(ConsentState.DENIED, at=now + timedelta(days=1))
    sms = answer(ConsentState.GRANTED, channel=ConsentChannel.SMS)
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        log = store.consents
        assert 2 == log.record(connection, owner, [yes, sms], event_id="e1", now=now)
        later = now + timedelta(days=2)
        assert 1 == log.record(connection, owner, [no], event_id="e2", now=later)

        assert (no, sms) == log.current(connection, owner)
        assert 3 == len(log.history(connection, owner))


def test_news_that_arrive_late_do_not_overrule_a_later_answer(store, now):
    no = answer(ConsentState.DENIED, at=now)
    older_yes = answer(ConsentState.GRANTED, at=now - timedelta(days=1))
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        store.consents.record(connection, owner, [no], event_id="e1", now=now)
        later = now + timedelta(hours=1)
        store.consents.record(connection, owner, [older_yes], event_id="e2", now=later)

        assert (no,) == store.consents.current(connection, owner)


def test_silence_and_repetition_are_not_recorded(store, now):
    yes = answer(ConsentState.GRANTED, at=now)
    silence = answer(ConsentState.UNKNOWN, at=now + timedelta(days=1))
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        log = store.consents
        assert 1 == log.record(connection, owner, [yes], event_id="e1", now=now)

        assert 0 == log.record(connection, owner, [yes, silence], event_id="e2", now=now)
        assert (yes,) == log.current(connection, owner)


def test_without_times_a_no_counts_from_its_arrival_and_a_yes_proves_nothing(store, now):
    yes, no = answer(ConsentState.GRANTED), answer(ConsentState.DENIED)
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        log = store.consents
        news = [
            log.record(connection, owner, [each], event_id=f"e{minute}", now=now)
            for minute, each in enumerate((yes, no, yes, no))
        ]

        assert [1, 1, 0, 0] == news
        assert (no.model_copy(update={"recorded_at": now}),) == log.current(connection, owner)
        assert (yes, no) == log.history(connection, owner)


# Orders --------------------------------------------------------------------------------------


def test_history_counts_paid_orders_but_not_this_one(store, make_order, now):
    early = now - timedelta(days=30)
    orders = [
        make_order("1", placed_at=early, paid_at=early),
        make_order("2", paid_at=None),
        make_order("3", cancelled_at=now),
        make_order("4"),
    ]
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        for order in orders:
            store.orders.record(connection, order, shop_id="shop", subject_id=owner)

        def history(**options):
            return store.orders.history(connection, owner, **options)

        alone = History(orders_count=1, first_order_at=early, last_order_at=early)
        assert alone == history(excluding="4")
        assert 2 == history().orders_count
        latest = orders[-1].placed_at
        assert (early, latest) == (history().first_order_at, history().last_order_at)
        assert History() == history(before=early)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(3)))
def test_an_order_ends_in_the_same_state_whatever_order_the_news_arrive_in(order):
    from datetime import UTC, datetime

    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with open_store("sqlite://", key=bytes(32)) as store, store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=moment)
        states = [
            {"paid_at": None},
            {"paid_at": moment},
            {"paid_at": moment, "refunded": Money(minor=500, currency="EUR")},
        ]
        for index in order:
            fact = _order(moment, **states[index])
            store.orders.record(connection, fact, shop_id="shop", subject_id=owner)
        row = connection.exec_driver_sql("SELECT paid_at, refunded_minor FROM order_fact").one()

    assert (1772323200000000, 500) == tuple(row)  # 2026-03-01T00:00:00Z in microseconds


def _order(moment, **changes):
    from retention_sdk.model import Order, OrderLine

    price = Money(minor=1000, currency="EUR")
    line = OrderLine(id="l", title="Cup", quantity=1, unit_price=price, total=price)
    return Order(
        id="1",
        number="1",
        placed_at=moment,
        currency="EUR",
        total=price,
        lines=(line,),
        **changes,
    )
