"""Nonsense in the records gives the strict answer and a reason, and never an exception."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.consent import decide, explain
from retention_sdk.model import (
    Address,
    Candidate,
    Consent,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Context,
    Customer,
    Decision,
    OptInLevel,
    Order,
    Purpose,
)

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
NAIVE = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - that is what is tested
YES = Consent(
    channel=ConsentChannel.ANY,
    state=ConsentState.GRANTED,
    recorded_at=NOW - timedelta(days=30),
    opt_in_level=OptInLevel.CONFIRMED,
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)

nonsense = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 99_999),
    st.floats(),
    st.text(max_size=6),
    st.just(NAIVE),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-12))])),
    st.binary(max_size=4),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
    st.sampled_from([*ConsentChannel, *ConsentState, *Purpose]),
    st.just(object()),
)


def built(model, **known):
    """Build a record that nothing checked: any field may hold anything, or be missing."""
    fields = {name: nonsense for name in model.model_fields if name not in known}
    return st.fixed_dictionaries(known, optional=fields).map(
        lambda values: model.model_construct(**values)
    )


consents = st.lists(built(Consent) | st.just(YES) | nonsense, max_size=3).map(tuple) | nonsense
addresses = built(Address) | st.builds(Address, country=st.sampled_from(["DE", "US", "XX"]))
customers = built(Customer, consents=consents, address=addresses | nonsense) | nonsense
orders = built(Order, customer=customers, shipping_address=addresses | nonsense) | nonsense
candidates = (
    built(
        Candidate,
        channel=st.sampled_from(ConsentChannel) | nonsense,
        content=st.frozensets(st.sampled_from(ContentKind), max_size=3) | nonsense,
    )
    | nonsense
)


@relaxed
@given(
    case=st.tuples(
        candidates, built(Context, customer=customers, order=orders), st.lists(nonsense, max_size=2)
    )
)
def test_no_nonsense_raises_and_every_answer_is_a_decision(rules, case):
    candidate, context, vetoes = case
    decision = decide(candidate, context, rules=rules, vetoes=vetoes)

    assert decision == Decision.model_validate_json(decision.model_dump_json())
    assert decision.reasons
    assert not (vetoes and decision.allowed)
    assert explain(decision)


@relaxed
@given(case=st.tuples(customers, orders, st.sampled_from(["marketing", "insert", "insert_advert"])))
def test_nonsense_about_a_person_never_makes_a_yes_of_a_no(
    rules, make_context, make_candidate, case
):
    """In Armenia nothing but an opt-in allows advertising, and nobody gave one."""
    customer, order, kind = case
    context = make_context("AM").model_copy(update={"customer": customer, "order": order})
    decision = decide(make_candidate(kind), context, rules=rules)
    people = [customer, getattr(order, "customer", None)]
    said = [getattr(person, "consents", None) for person in people]
    has_yes = any(isinstance(each, tuple) and YES in each for each in said)

    assert kind == "insert_advert" or has_yes or not decision.allowed


@pytest.mark.parametrize("kind", ["transactional", "marketing", "insert", "insert_plain"])
@pytest.mark.parametrize(
    "case",
    [
        (NAIVE, "the moment of the decision has no time zone"),
        (None, "nobody said which moment the decision is for"),
        ("2026-11-18", "nobody said which moment the decision is for"),
    ],
)
def test_a_moment_nobody_knows_is_a_no(rules, make_context, make_candidate, kind, case):
    now, reason = case
    context = make_context("US", consents=(YES,)).model_copy(update={"now": now})
    decision = decide(make_candidate(kind), context, rules=rules)

    assert not decision.allowed
    assert (reason,) == decision.reasons
    assert "opt_in" == decision.basis
    assert ("*",) == decision.jurisdictions


def test_another_zone_is_the_same_moment(rules, make_context, make_candidate):
    east = NOW.astimezone(timezone(timedelta(hours=14)))
    contexts = [
        make_context("ZA", consents=(YES,)).model_copy(update={"now": n}) for n in (NOW, east)
    ]
    one, two = (decide(make_candidate("marketing"), c, rules=rules) for c in contexts)

    assert one.model_dump_json() == two.model_dump_json()


@pytest.mark.parametrize("country", ["", "Germany", "de", "D", "DEU", "D1", "**"])
def test_what_is_no_country_is_the_fallback(rules, make_context, make_candidate, country):
    context = make_context("DE", consents=(YES,))
    address = Address.model_construct(country=country, region="", phone="")
    order = context.order.model_copy(update={"shipping_address": address})
    context = context.model_copy(update={"order": order})
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert "*" == decision.jurisdictions[0]
    assert not decision.allowed
    assert "there are quiet hours, and the recipient's clock is not known" in decision.reasons


def test_nothing_but_a_shop_is_known(rules, make_context, make_candidate):
    context = make_context("US").model_copy(update={"customer": None, "order": None})

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed
    assert not decide(make_candidate("transactional"), context, rules=rules).allowed
    assert decide(make_candidate("insert_plain"), context, rules=rules).allowed


@pytest.mark.parametrize("field", ["recorded_at", "expires_at", "confirmed_at"])
def test_a_time_without_a_zone_on_a_yes_is_no_yes(rules, make_context, make_candidate, field):
    yes = YES.model_copy(update={field: NAIVE})
    context = make_context("DE", consents=(yes,), is_paid=False)

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed


def test_a_time_without_a_zone_on_a_no_is_still_a_no(rules, make_context, make_candidate):
    no = Consent.model_construct(
        **{**YES.__dict__, "state": ConsentState.DENIED, "recorded_at": NAIVE}
    )
    newer = YES.model_copy(update={"evidence_ref": "form-7", "channel": ConsentChannel.EMAIL})
    context = make_context("US", consents=(no, newer))

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed


@pytest.mark.parametrize("content", [frozenset(), None, frozenset({"hidden"})])
def test_content_nobody_declared_is_a_no(rules, make_context, make_candidate, content):
    candidate = make_candidate("transactional").model_copy(update={"content": content})
    decision = decide(candidate, make_context("DE"), rules=rules)

    assert not decision.allowed
    assert decision.reasons[0].startswith("the records make no sense")


def test_the_words_of_an_error_are_not_quoted(rules, make_context, make_candidate):
    customer = Customer.model_construct(consents=("ada@example.org",), birth_year=None)
    context = make_context("DE").model_copy(update={"customer": customer})
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert ("the records make no sense (AttributeError)",) == decision.reasons
    assert "ada" not in decision.model_dump_json()


def test_sound_records_are_never_taken_for_nonsense(rules, make_context, make_candidate):
    for country in ("DE", "US", "XX", None):
        for channel in ConsentChannel:
            candidate = make_candidate("marketing", channel=channel)
            context = make_context(country, seat="DE", consents=(YES,), phone="+1 555 000 0000")
            decision = decide(candidate, context, rules=rules)
            assert not any("make no sense" in reason for reason in decision.reasons)


def test_two_processes_give_the_same_bytes():
    """Whatever the seed of hashes, and whatever was asked before."""
    code = (
        "import runpy, hashlib; d = runpy.run_path('tests/benchmarks/consent.py');"
        "print(hashlib.sha256(d['digest'](300)).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
        ).stdout
        for seed in ("0", "1", "4711")
    }

    assert 1 == len(answers)
