"""What holds in every situation: nothing loosens, nothing comes back, nothing depends on chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from retention_sdk.consent import RuleSet, decide
from retention_sdk.consent.memo import Memo
from retention_sdk.model import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    ContentKind,
    OptInLevel,
    Purpose,
)

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
REGIONS = ["DE", "FR", "PL", "GR", "GB", "US", "CA", "IR", "AM", "JP", "KR", "ZA", "VN", "UA", "XX"]
PHONES = ["", "+49 30 123456", "+1 212 555 2671", "+1 555 000 0000", "+98 912 345 6789", "no"]
moments = st.integers(-900, 30).map(lambda days: NOW + timedelta(days=days))
consents = st.builds(
    Consent,
    channel=st.sampled_from(ConsentChannel),
    state=st.sampled_from(ConsentState),
    purpose=st.sampled_from(Purpose),
    act=st.sampled_from(ConsentAct),
    recorded_at=st.none() | moments,
    expires_at=st.none() | moments,
    confirmed_at=st.none() | moments,
    opt_in_level=st.sampled_from(OptInLevel),
    evidence_ref=st.sampled_from(["", "form-7"]),
)
situations = st.fixed_dictionaries(
    {
        "country": st.sampled_from(REGIONS),
        "seat": st.sampled_from(REGIONS),
        "consents": st.lists(consents, max_size=4).map(tuple),
        "is_paid": st.booleans(),
        "is_gift": st.booleans(),
        "phone": st.sampled_from(PHONES),
        "birth_year": st.none() | st.integers(1890, 2030),
    }
)
kinds = st.fixed_dictionaries(
    {
        "channel": st.sampled_from([c for c in ConsentChannel if c is not ConsentChannel.ANY]),
        "content": st.frozensets(st.sampled_from(ContentKind), min_size=1, max_size=3),
        "is_personalised": st.booleans(),
    }
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@relaxed
@given(case=st.tuples(situations, kinds))
def test_taking_a_yes_away_never_allows(rules, make_context, make_candidate, case):
    situation, kind = case
    candidate = make_candidate("some", **kind)
    before = decide(candidate, make_context(**situation), rules=rules)
    granted = [c for c in situation["consents"] if c.state is ConsentState.GRANTED]
    assume(granted)

    for gone in granted:
        rest = tuple(c for c in situation["consents"] if c is not gone)
        after = decide(candidate, make_context(**{**situation, "consents": rest}), rules=rules)
        assert before.allowed or not after.allowed


@relaxed
@given(case=st.tuples(situations, kinds, consents))
def test_a_no_more_on_record_never_allows(rules, make_context, make_candidate, case):
    situation, kind, no = case
    candidate = make_candidate("some", **kind)
    no = no.model_copy(update={"state": ConsentState.DENIED})
    before = decide(candidate, make_context(**situation), rules=rules)
    more = {**situation, "consents": (*situation["consents"], no)}

    assert before.allowed or not decide(candidate, make_context(**more), rules=rules).allowed


@relaxed
@given(case=st.tuples(situations, kinds, st.sampled_from(REGIONS)))
def test_another_place_never_loosens(rules, make_context, make_candidate, case):
    """A number in the new place's country tells less there: the state may be known now."""
    situation, kind, billing = case
    assume(not (situation["phone"].startswith("+1") and billing in {"US", "CA"}))
    candidate = make_candidate("some", **kind)
    one = decide(candidate, make_context(**situation), rules=rules)
    two = decide(candidate, make_context(**situation, billing=billing), rules=rules)

    assert one.allowed or not two.allowed
    assert {*one.must_include} <= {*two.must_include}
    if two.allowed and one.earliest_send_at:
        assert two.earliest_send_at is not None
        assert one.earliest_send_at <= two.earliest_send_at


@relaxed
@given(case=st.tuples(consents, st.sampled_from(REGIONS), kinds, st.integers(1, 4000)))
def test_a_later_moment_never_brings_an_expired_yes_back(rules, make_context, make_candidate, case):
    """Nothing else could allow it: no sale, and no other answer."""
    yes, country, kind, days = case
    yes = yes.model_copy(update={"state": ConsentState.GRANTED, "recorded_at": NOW})
    candidate = make_candidate("some", **kind)

    def decision(now):
        context = make_context(country, consents=(yes,), now=now, is_paid=False)
        return decide(candidate, context, rules=rules)

    first, later = decision(NOW + timedelta(days=30)), decision(NOW + timedelta(days=30 + days))
    assume(first.rule_ids == later.rule_ids)
    assert first.allowed or not later.allowed


@relaxed
@given(cases=st.lists(st.tuples(situations, kinds), min_size=2, max_size=6))
def test_what_was_asked_before_changes_nothing(rules, make_context, make_candidate, cases):
    """A memo that is empty, full or shared gives the same bytes."""
    fresh, shared = rules.model_copy(), rules.model_copy()
    asked = [(make_candidate("some", **kind), make_context(**place)) for place, kind in cases]
    answers = [decide(*question, rules=shared).model_dump_json() for question in reversed(asked)]

    for question, answer in zip(asked, reversed(answers), strict=True):
        fresh.__dict__["memo"] = Memo(fresh)
        assert answer == decide(*question, rules=fresh).model_dump_json()
        assert answer == decide(*question, rules=rules).model_dump_json()


def test_a_copy_of_a_rule_set_does_not_inherit_what_another_worked_out(
    rules, make_context, make_candidate
):
    candidate, context = make_candidate("marketing"), make_context("DE")
    decide(candidate, context, rules=rules)
    none = rules.model_copy(update={"rules": (), "version": "none"})

    assert none.memo.owner is not none
    assert "none" == decide(candidate, context, rules=none).rules_version
    assert none.memo.owner is none


def test_the_memo_is_no_part_of_the_value(rules):
    one, two = RuleSet.parse(rules.dump()), RuleSet.parse(rules.dump())
    one.memo.homes["x"] = "y"

    assert one == two
    assert one.dump() == two.dump()
    assert "memo" not in one.model_dump()
