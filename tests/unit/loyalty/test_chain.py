"""Text that is written out is the canonical text of the same facts, whatever they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.loyalty import Program, Rate
from retention_sdk.loyalty.chain import (
    canonical,
    fingerprint,
    lot_facts,
    lot_text,
    members,
    txn_hash,
)
from retention_sdk.loyalty.orders import earn_request
from retention_sdk.loyalty.rules import earn
from retention_sdk.loyalty.weighed import weigh_at_rate, written
from retention_sdk.model import Award, Money, Order, OrderLine, OrderPaid
from retention_sdk.storage.ledger import Lot, Move, Txn
from retention_sdk.storage.tables import to_microseconds

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
# Whatever a database may hold, somebody else's forgeries included.
words = st.text(max_size=12)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=9)
moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(START.__add__)
points = st.integers(0, 10**15)
minors = st.integers(-(10**17), 10**17)
moves = st.builds(Move, words, words, points, st.none() | words, st.none() | words)
txns = st.builds(
    Txn,
    **dict.fromkeys(
        ["id", "program_id", "account_id", "kind", "idem_key", "fingerprint", "cause_type"], words
    ),
    **dict.fromkeys(["cause_id", "policy_version", "actor", "body", "prev_hash"], words),
    sequence=points,
    occurred_at=moments,
    recorded_at=moments,
    sealed_note=st.none() | st.binary(max_size=9),
    hash=words,
    moves=st.lists(moves, max_size=4).map(tuple),
)


@given(txns)
def test_the_hash_is_over_all_of_a_transaction(txn):
    facts = {
        "id": txn.id,
        "program": txn.program_id,
        "account": txn.account_id,
        "sequence": txn.sequence,
        "kind": txn.kind,
        "key": txn.idem_key,
        "fingerprint": txn.fingerprint,
        "cause": [txn.cause_type, txn.cause_id],
        "policy": txn.policy_version,
        "occurred_at": to_microseconds(txn.occurred_at),
        "recorded_at": to_microseconds(txn.recorded_at),
        "actor": txn.actor,
        "body": txn.body,
        "note": sha256(txn.sealed_note).hexdigest() if txn.sealed_note is not None else "",
        "previous": txn.prev_hash,
        "postings": [[m.src, m.dst, m.points, m.lot_id, m.hold_id] for m in txn.moves],
    }

    assert sha256(canonical(facts).encode()).hexdigest() == txn_hash(txn)


@given(st.builds(Lot, words, words, points, moments, st.none() | moments, words, words, words))
def test_a_lot_is_written_as_its_facts(lot):
    assert canonical(lot_facts(lot)) == lot_text(lot)


@given(st.dictionaries(words, st.none() | points | words | st.lists(points, max_size=3)))
def test_members_make_the_text_of_the_whole(facts):
    assert canonical(facts) == members({name: canonical(value) for name, value in facts.items()})


@st.composite
def orders(draw):
    currency = draw(st.sampled_from(["EUR", "USD", "JPY"]))

    def money(values=minors):
        return Money(minor=draw(values), currency=currency)

    positive = st.integers(0, 10**12)
    lines = [
        OrderLine(
            id=f"{number}",
            title="Tea",
            quantity=1,
            unit_price=price,
            total=price,
            is_gift_card=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 3)))
        for price in [money(positive)]
    ]
    return Order(
        id=draw(names),
        number="1",
        placed_at=START,
        currency=currency,
        total=money(positive),
        shipping=money(positive) if draw(st.booleans()) else None,
        tax=money(positive) if draw(st.booleans()) else None,
        lines=tuple(lines),
    )


@given(orders(), names, moments)
def test_the_mark_of_an_order_is_of_what_the_shop_told(order, who, at):
    event = OrderPaid(id="e", shop_id="shop", occurred_at=at, order=order)
    told = {
        "kind": "earn",
        "subject": who,
        "order": f"shop:{order.id}",
        "at": at.isoformat(),
        "currency": order.currency,
        "total": order.total.minor,
        "shipping": order.shipping.minor if order.shipping else None,
        "tax": order.tax.minor if order.tax else None,
        "gift_cards": [line.total.minor for line in order.lines if line.is_gift_card],
    }

    assert fingerprint(told) == earn_request(event, who).mark


@given(orders(), st.integers(1, 10**6), st.integers(1, 10**12), st.booleans(), st.booleans())
def test_what_rates_earn_is_written_as_the_record_of_it(order, each, per, taxed, ships):
    program = Program(
        rates={"EUR": Rate(points=each, per_minor=per), "JPY": Rate(points=1, per_minor=1)},
        tax="excluded" if taxed else "included",
        counts_shipping=ships,
    )

    assert written(earn(order, program)) == weigh_at_rate(order, program)


@given(orders())
def test_words_of_awards_are_kept_apart(order):
    program = Program(rates={"EUR": Rate(points=1, per_minor=100)})
    award = Award(points=7, reason="Zenobia is a friend", plugin="friends")

    found = written(earn(order, program, awards=[award]))

    assert ("Zenobia is a friend",) == found.reasons
    assert "Zenobia" not in found.breakdown
    assert '"source":"award"' in found.breakdown
