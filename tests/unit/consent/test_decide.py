"""How a decision is made, whatever the law says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.consent import Basis, Rule, decide, explain, first_allowed
from retention_sdk.model import Block, Consent, ConsentChannel, ConsentState, ContentKind

REGIONS = ["DE", "FR", "PL", "GR", "GB", "US", "CA", "IR", "AM", "JP", "KR", "ZA", "VN", "UA", "XX"]
KINDS = ["transactional", "marketing", "insert", "insert_plain", "insert_advert"]
KINDS += ["insert_third_party"]
CHANNELS = list(ConsentChannel)
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)

consents = st.builds(
    Consent,
    channel=st.sampled_from(CHANNELS),
    state=st.sampled_from(ConsentState),
    recorded_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
situations = st.fixed_dictionaries(
    {
        "country": st.sampled_from(REGIONS),
        "seat": st.sampled_from(REGIONS),
        "consents": st.lists(consents, max_size=3).map(tuple),
        "is_paid": st.booleans(),
        "is_gift": st.booleans(),
    }
)
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@relaxed
@given(situation=situations, kind=st.sampled_from(KINDS))
def test_the_same_arguments_give_the_same_decision(
    rules, make_context, make_candidate, situation, kind
):
    first = decide(make_candidate(kind), make_context(**situation), rules=rules)
    second = decide(make_candidate(kind), make_context(**situation), rules=rules)

    assert first == second
    assert first.model_dump_json() == second.model_dump_json()


@relaxed
@given(case=st.tuples(situations, st.sampled_from(KINDS), st.sampled_from(CHANNELS)))
def test_an_objection_never_allows_more(rules, make_context, make_candidate, case):
    situation, kind, channel = case
    before = decide(make_candidate(kind), make_context(**situation), rules=rules)
    no = Consent(channel=channel, state=ConsentState.DENIED, recorded_at=NOW)
    situation = {**situation, "consents": (*situation["consents"], no)}
    after = decide(make_candidate(kind), make_context(**situation), rules=rules)

    assert before.allowed or not after.allowed


@relaxed
@given(situation=situations, kind=st.sampled_from(KINDS))
def test_without_a_recorded_yes_opt_in_is_a_no(
    rules, make_context, make_candidate, situation, kind
):
    silent = tuple(c for c in situation["consents"] if c.state is not ConsentState.GRANTED)
    context = make_context(**{**situation, "consents": silent})
    decision = decide(make_candidate(kind), context, rules=rules)

    assert decision.basis != "opt_in" or not decision.allowed


@relaxed
@given(
    case=st.tuples(
        situations,
        st.sampled_from(KINDS),
        st.lists(st.text(max_size=20), min_size=1, max_size=2),
    )
)
def test_a_veto_always_wins(rules, make_context, make_candidate, case):
    situation, kind, vetoes = case
    context = make_context(**situation)
    decision = decide(make_candidate(kind), context, rules=rules, vetoes=vetoes)

    assert not decision.allowed
    assert len(vetoes) == len(decision.vetoes)
    assert all(decision.vetoes)


@relaxed
@given(case=st.tuples(situations, st.sampled_from([*KINDS, "sms"]), st.sampled_from(REGIONS)))
def test_another_jurisdiction_never_loosens(rules, make_context, make_candidate, case):
    situation, kind, billing = case
    candidate = (
        make_candidate("marketing", channel=ConsentChannel.SMS)
        if kind == "sms"
        else make_candidate(kind)
    )
    one = decide(candidate, make_context(**situation), rules=rules)
    two = decide(candidate, make_context(**situation, billing=billing), rules=rules)

    assert one.allowed or not two.allowed
    assert Basis(one.basis).strictness <= Basis(two.basis).strictness
    assert {*one.must_include} <= {*two.must_include}
    if two.allowed and one.earliest_send_at:
        assert two.earliest_send_at >= one.earliest_send_at


@relaxed
@given(case=st.tuples(situations, st.sampled_from(KINDS), st.sampled_from(Basis)))
def test_an_added_rule_never_loosens(rules, make_context, make_candidate, case):
    situation, kind, basis = case
    added = Rule(
        rule_id="shop.de.any",
        jurisdiction="Germany",
        region="DE",
        message_class="marketing",
        channel="any",
        basis_code=basis,
        basis=basis,
        citation="house rule",
        source_read="page",
        confidence="high",
    )
    context = make_context(**situation)
    before = decide(make_candidate(kind), context, rules=rules)
    after = decide(make_candidate(kind), context, rules=rules.plus([added]))

    assert before.allowed or not after.allowed
    assert before.rules_version != after.rules_version


def test_points_make_marketing_of_a_thank_you(rules, make_context, make_candidate):
    content = frozenset({ContentKind.THANKS, ContentKind.POINTS_BALANCE})
    decision = decide(make_candidate("points", content=content), make_context("PL"), rules=rules)

    assert "marketing" == decision.message_class
    assert "points_balance" in decision.reasons[0]
    assert not decision.allowed


def test_a_block_cannot_smuggle_in_what_was_not_declared(rules, make_context, make_candidate):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    candidate = make_candidate("transactional", blocks=(coupon,))
    decision = decide(candidate, make_context("DE"), rules=rules)

    assert not decision.allowed
    assert "coupon" in decision.reasons[0]


def test_an_unpaid_order_is_no_sale(rules, make_context, make_candidate):
    context = make_context("DE", is_paid=False)
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert not decision.allowed
    wish = "a recorded opt-in for marketing over email, or a paid order"
    assert (wish,) == decision.missing


def test_implied_consent_ends_two_years_after_the_purchase(rules, make_context, make_candidate):
    """CASL s. 10(10)(a)."""

    def answer(paid_at):
        context = make_context("CA", region="ON", paid_at=paid_at)
        return decide(make_candidate("marketing"), context, rules=rules).allowed

    assert answer(datetime(2024, 11, 18, 11, 1, tzinfo=UTC))
    assert not answer(datetime(2024, 11, 18, 11, 0, tzinfo=UTC))


@pytest.mark.parametrize("recorded_at", [None, NOW - timedelta(days=740)])
def test_a_korean_yes_without_date_or_older_than_two_years_is_none(
    rules, make_context, make_candidate, recorded_at
):
    """Network Act art. 50(8): the yes is reconfirmed every two years."""
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, recorded_at=recorded_at)
    context = make_context("KR", consents=(yes,), is_paid=False)

    assert not decide(make_candidate("marketing"), context, rules=rules).allowed


def test_a_yes_of_tomorrow_is_no_yes_today(rules, make_context, make_candidate):
    tomorrow = NOW + timedelta(days=1)
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, recorded_at=tomorrow)

    assert not decide(
        make_candidate("marketing"), make_context("AM", consents=(yes,)), rules=rules
    ).allowed
    assert decide(
        make_candidate("marketing"),
        make_context("AM", consents=(yes,), now=tomorrow),
        rules=rules,
    ).allowed


def test_the_evidence_names_the_recorded_yes(rules, make_context, make_candidate):
    yes = Consent(
        channel=ConsentChannel.EMAIL,
        state=ConsentState.GRANTED,
        recorded_at=datetime(2026, 1, 5, tzinfo=UTC),
        source="checkout form",
        evidence_ref="form-7",
    )
    decision = decide(make_candidate("marketing"), make_context("AM", consents=(yes,)), rules=rules)

    assert (
        "opt-in for email, recorded 2026-01-05 by checkout form, level unknown, proof form-7"
        == decision.evidence[0]
    )


def test_no_advertising_lies_in_a_gift(rules, make_context, make_candidate):
    context = make_context("US", region="NY", is_gift=True)

    assert not decide(make_candidate("insert"), context, rules=rules).allowed
    assert not decide(make_candidate("insert_advert"), context, rules=rules).allowed
    assert decide(make_candidate("insert_plain"), context, rules=rules).allowed


def test_a_service_mail_needs_something_it_is_about(rules, make_context, make_candidate):
    context = make_context("DE", has_order=False)
    decision = decide(make_candidate("transactional"), context, rules=rules)

    assert not decision.allowed
    assert ("an order",) == decision.missing


def test_without_any_country_the_fallback_counts_and_the_hour_is_unknown(
    rules, make_context, make_candidate
):
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, recorded_at=NOW)
    context = make_context(None, seat="US", consents=(yes,))
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert ("*", "US") == decision.jurisdictions
    assert not decision.allowed
    assert ("the recipient's country",) == decision.missing


def test_quiet_hours_postpone_and_do_not_deny(rules, make_context, make_candidate):
    """South Africa, Saturday 13:00 SAST: nothing more until Monday at eight."""
    saturday = datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, recorded_at=NOW)
    context = make_context("ZA", consents=(yes,), now=saturday)
    decision = decide(make_candidate("marketing"), context, rules=rules)

    assert decision.allowed
    assert datetime(2026, 11, 23, 6, 0, tzinfo=UTC) == decision.earliest_send_at
    assert "It may go from 2026-11-23 06:00 UTC on." in explain(decision)


def test_quiet_hours_do_not_hold_back_service_mail(rules, make_context, make_candidate):
    night = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    decision = decide(make_candidate("transactional"), make_context("ZA", now=night), rules=rules)

    assert decision.allowed
    assert decision.earliest_send_at is None


def test_a_rule_before_its_day_does_not_count(rules, make_context, make_candidate):
    """India's DPDP consent rule begins in 2027; until then the fallback says the same."""
    candidate = make_candidate("marketing")
    today = decide(candidate, make_context("IN"), rules=rules)
    later = decide(candidate, make_context("IN", now=datetime(2027, 6, 1, tzinfo=UTC)), rules=rules)

    assert ("*.mark.any",) == today.rule_ids
    assert ("in.mark.email",) == later.rule_ids


def test_the_first_allowed_candidate_is_taken_and_all_answers_are_kept(
    rules, make_context, make_candidate
):
    candidates = [make_candidate("insert"), make_candidate("insert_plain")]
    context = make_context("AM")
    choice = first_allowed(candidates, lambda c: decide(c, context, rules=rules))

    assert candidates[1] == choice.candidate
    assert [False, True] == [decision.allowed for decision in choice.decisions]
    assert choice.decisions[-1] == choice.decision


def test_when_all_answers_are_no_nothing_is_chosen(rules, make_context, make_candidate):
    context = make_context("AM")
    choice = first_allowed([make_candidate("insert")], lambda c: decide(c, context, rules=rules))

    assert choice.candidate is None
    assert choice.decision is None
    assert 1 == len(choice.decisions)


def test_a_decision_reads_as_sentences(rules, make_context, make_candidate):
    decision = decide(make_candidate("marketing"), make_context("AM"), rules=rules)
    text = explain(decision)

    assert text.startswith(
        "Must not leave: marketing, a marketing e-mail under the law of AM, "
        "which asks for an opt-in. Why: marketing, because of review_request"
    )
    assert "It would take a recorded opt-in for marketing over email." in text
    assert "Law HO-49-N" in text
    assert text.endswith("An engineering summary, not legal advice.")


def test_decision_ids_follow_from_event_and_candidate(rules, make_context, make_candidate):
    context = make_context("DE")
    one = decide(make_candidate("insert"), context, rules=rules)
    two = decide(make_candidate("insert"), context, rules=rules, vetoes=["out of cards"])
    other = decide(make_candidate("marketing"), context, rules=rules)

    assert one.decision_id == two.decision_id
    assert one.decision_id != other.decision_id


def test_long_words_of_others_do_not_stop_a_decision(rules, make_context, make_candidate):
    yes = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, source="s" * 500)
    context = make_context("AM", consents=(yes,))
    order = context.order.model_copy(update={"number": "9" * 500})
    context = context.model_copy(update={"order": order})
    decision = decide(make_candidate("marketing"), context, rules=rules, vetoes=["v" * 9000])

    assert all(len(text) <= 500 for text in (*decision.reasons, *decision.evidence))
