"""Decisions per second, beside scanning the table and beside a general rule engine.

Run with `make bench`. Time of the processor on one core, so that other programs do not count;
medians of five rounds. There is no Python library that answers whether a message may be sent; the
peer is a general engine of rules written in Rust (GoRules Zen, `zen-engine`) that finds the rows of
the table that fit one country, and nothing else: no records of people, no hours, no reasons.
"""

from __future__ import annotations

import gc
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from retention_sdk import Brand, Candidate, Context, Customer, Money, Order, Sender, Shop
from retention_sdk.consent import RuleSet, decide, load_rules
from retention_sdk.consent.memo import Memo
from retention_sdk.model import (
    Address,
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Decision,
    LocaleChoice,
    OptInLevel,
    OrderLine,
    Purpose,
)

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
ROUNDS = 5
HOMES = (
    ("DE", ""), ("FR", ""), ("PL", ""), ("GR", ""), ("GB", ""), ("US", "California"), ("US", "TX"),
    ("US", ""), ("CA", "ON"), ("CA", "Québec"), ("JP", ""), ("KR", ""), ("ZA", ""), ("IR", ""),
    ("AM", ""), ("BR", ""), ("AU", "NSW"), ("UA", ""),
)  # fmt: skip
KINDS = {
    "service e-mail": ("email", ConsentChannel.EMAIL, {ContentKind.ORDER_SUMMARY}, False),
    "marketing e-mail": ("email", ConsentChannel.EMAIL, {ContentKind.REVIEW_REQUEST}, True),
    "text message": ("sms", ConsentChannel.SMS, {ContentKind.COUPON}, True),
    "insert for all": ("card", ConsentChannel.PARCEL_INSERT, {ContentKind.COUPON}, False),
    "insert for one": ("card", ConsentChannel.PARCEL_INSERT, {ContentKind.THANKS}, True),
}
Question = tuple[Candidate, Context]


def answers() -> tuple[tuple[Consent, ...], ...]:
    """Return what people have on record: nothing, yeses, noes, signals, and several at once."""
    at = NOW - timedelta(days=90)
    granted, denied = ConsentState.GRANTED, ConsentState.DENIED
    yes = Consent(
        channel=ConsentChannel.EMAIL,
        state=granted,
        recorded_at=at,
        opt_in_level=OptInLevel.CONFIRMED,
        source="checkout form",
        evidence_ref="form-7",
    )
    profiling = yes.model_copy(
        update={"channel": ConsentChannel.PARCEL_INSERT, "purpose": Purpose.PROFILING}
    )
    no = Consent(channel=ConsentChannel.ANY, state=denied, recorded_at=at - timedelta(days=400))
    signal = Consent(
        channel=ConsentChannel.ANY,
        state=denied,
        purpose=Purpose.SALE_OR_SHARING,
        act=ConsentAct.SIGNAL,
        recorded_at=at,
    )
    return ((), (yes,), (no,), (yes, profiling), (signal,), (no, yes, profiling))


def context_of(number: int, home: tuple[str, str], consents: tuple[Consent, ...]) -> Context:
    """Return a person of a place with an order paid yesterday."""
    country, region = home
    address = Address(country=country, region=region)
    customer = Customer(
        id=str(number), email="buyer@example.org", birth_year=1980, consents=consents
    )
    price = Money(minor=2500, currency="EUR")
    order = Order(
        id=str(number),
        number=str(number),
        placed_at=NOW - timedelta(days=1),
        paid_at=NOW - timedelta(days=1),
        currency="EUR",
        total=price,
        lines=(OrderLine(id="1", title="Tea", quantity=1, unit_price=price, total=price),),
        customer=customer,
        shipping_address=address,
        billing_address=address,
    )
    return Context(
        event_id=f"bench:{number}:paid",
        event_type="order_paid",
        subject_id=f"s-{number}",
        now=NOW + timedelta(seconds=number),
        shop=Shop(id="bench", name="Bench", country="DE", currency="EUR"),
        brand=Brand(name="Bench", sender=Sender(name="Mira Sand")),
        locale=LocaleChoice(tag="en", reason="bench"),
        order=order,
        customer=customer,
    )


def questions(kind: str, *, count: int) -> list[Question]:
    """Return questions about one kind of candidate and people from all over the world."""
    surface, channel, content, is_personalised = KINDS[kind]
    candidate = Candidate.model_validate(
        {
            "id": kind.replace(" ", "-"),
            "surface": surface,
            "channel": channel,
            "template": "bench",
            "content": frozenset(content),
            "is_personalised": is_personalised,
        }
    )
    people = itertools.islice(itertools.cycle(itertools.product(HOMES, answers())), count)
    return [(candidate, context_of(n, *person)) for n, person in enumerate(people)]


def digest(count: int) -> bytes:
    """Return the bytes of some decisions of each kind, to compare processes by."""
    rules = load_rules()
    asked = (question for kind in KINDS for question in questions(kind, count=count))
    return b"\n".join(
        decide(candidate, context, rules=rules).model_dump_json().encode()
        for candidate, context in asked
    )


def per_second(work: Callable[[Question], object], asked: Sequence[Question]) -> float:
    """Return the median of several rounds, in questions per second of processor time."""
    rates = []
    gc.collect()
    gc.freeze()  # thousands of questions lie ready here, which no shop holds in memory
    for _ in range(ROUNDS):
        began = time.process_time()
        for question in asked:
            work(question)
        rates.append(len(asked) / (time.process_time() - began))
    return statistics.median(rates)


def scanning(rules: RuleSet) -> Callable[[Question], Decision]:
    """Return a decision that goes through the table each time, and remembers nothing."""

    def work(question: Question) -> Decision:
        rules.__dict__["memo"] = Memo(rules)
        return decide(*question, rules=rules)

    return work


def peer(rules: RuleSet) -> Callable[[Question], object] | None:
    """Return a search for the rules that apply with GoRules Zen; None if it is not installed.

    The same table as one of its decision tables, which collects every row that fits.
    """
    try:
        import zen
    except ImportError:
        return None
    columns = ("message_class", "insert_type", "channel", "region")
    table = [
        {
            "_id": rule.rule_id,
            "message_class": json.dumps(rule.message_class),
            "insert_type": json.dumps(rule.insert_type),
            "channel": "" if rule.channel == "any" else json.dumps(rule.channel),
            "region": json.dumps(rule.region),
            "rule_id": json.dumps(rule.rule_id),
        }
        for rule in rules.rules
    ]
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "field": name, "name": name} for name in columns],
        "outputs": [{"id": "rule_id", "field": "rule_id", "name": "rule_id"}],
        "rules": table,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b}
        for a, b in (("in", "table"), ("table", "out"))
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))

    def work(question: Question) -> object:
        candidate, context = question
        order = context.order
        country = order.shipping_address.country if order and order.shipping_address else "*"
        facts = {
            "message_class": candidate.message_class.value,
            "insert_type": candidate.insert_type,
            "channel": candidate.channel.value,
            "region": country,
        }
        return decision.evaluate(facts)

    return work


def rows() -> Iterator[tuple[str, float]]:
    """Measure and yield one line after the other."""
    rules = load_rules()
    everything = []
    for kind in KINDS:
        asked = questions(kind, count=3000)
        everything += asked[:600]
        yield f"decide: {kind}", per_second(lambda question: decide(*question, rules=rules), asked)
    mixed = [
        question for group in zip(*[iter(everything)] * 600, strict=True) for question in group
    ]
    yield (
        "decide: all of them, mixed",
        per_second(lambda question: decide(*question, rules=rules), mixed),
    )
    yield "decide, scanning the table each time", per_second(scanning(load_rules()), mixed[::30])
    found = peer(rules)
    if found is not None:
        yield "Zen, finding rules of one country only", per_second(found, mixed[::30])


if __name__ == "__main__":
    for label, rate in rows():
        print(f"{label:40s} {rate:>10,.0f} / s {1e6 / rate:>9.1f} µs")
