"""Each scenario is answered as its row says, and the tables cover every rule."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import cycle, islice

import pytest

from retention_sdk.consent import Basis, decide
from retention_sdk.consent.sign_off import make_sign_off
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Context,
    Decision,
    MessageClass,
)

from .scenarios.reader import NOW, Case, build_candidate, build_context, read_cases

CASES = read_cases()
FIELDS = {
    "missing": "missing",
    "include": "must_include",
    "keep": "evidence",
    "reason": "reasons",
}
# One country for each way a law differs: consent only, proof, expiry, hours, register, no row.
OTHERS = "PL DE FR US-TX CA-QC GB JP KR IN AU ZA TR IR AM UA".split()


@pytest.fixture(scope="module")
def rules_of(rules):
    """Return the rules of a case: as shipped, or with a signature under every doubtful one."""
    doubtful = [rule.rule_id for rule in rules.rules if rule.confidence == "low"]
    day = NOW.date()
    signed = rules.plus(
        (), [make_sign_off(each, rules=rules, by="A. Lawyer", on=day) for each in doubtful]
    )
    return lambda case: signed if case.is_signed_off else rules


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_scenario(rules_of, case):
    decision = decide(build_candidate(case), build_context(case), rules=rules_of(case))

    assert (case.is_allowed, case.basis) == (decision.allowed, decision.basis), decision.reasons
    assert case.rule_ids == set(decision.rule_ids)
    if case.is_allowed:
        assert (case.earliest or case.now) == (decision.earliest_send_at or case.now)
    assert () == tuple(_unsaid(case, decision))


def test_what_every_rule_wants_said_or_kept_is_told(rules_of):
    for case in CASES:
        decision = decide(build_candidate(case), build_context(case), rules=rules_of(case))
        told = "\n".join((*decision.must_include, *decision.evidence))
        for rule in rules_of(case).rules:
            if rule.rule_id not in case.rule_ids:
                continue
            for words in (rule.mandatory_content, rule.evidence, rule.registry_check):
                assert words[:400] in told, (case.id, rule.rule_id)


def test_an_objection_to_everything_ends_marketing_and_only_that(rules_of):
    """GDPR art. 21(3), and its like everywhere."""
    for case in CASES:
        candidate, context = build_candidate(case), build_context(case)
        objected = _with_answers(context, (*_answers(context), _objection(case.now)))
        after = decide(candidate, objected, rules=rules_of(case))

        if candidate.message_class is MessageClass.MARKETING:
            assert not after.allowed, case.id
        else:
            assert case.is_allowed is after.allowed, case.id


def test_taking_a_yes_out_of_the_record_never_allows(rules_of):
    for case in CASES:
        candidate, context = build_candidate(case), build_context(case)
        for taken in _answers(context):
            if taken.state is not ConsentState.GRANTED:
                continue
            kept = [each for each in _answers(context) if each is not taken]
            after = decide(candidate, _with_answers(context, kept), rules=rules_of(case))

            assert case.is_allowed or not after.allowed, case.id
            assert not (after.allowed and case.basis == "opt_in"), case.id


def test_a_home_in_another_country_never_loosens(rules_of):
    """Where somebody may live in two countries, both laws hold."""
    others = cycle(OTHERS)
    for case in CASES:
        candidate, context = build_candidate(case), build_context(case)
        is_marketing = candidate.message_class is MessageClass.MARKETING
        if case.where.startswith("nowhere") or not (is_marketing or context.order):
            continue  # there what changes is what we know, not the law
        before = decide(candidate, context, rules=rules_of(case))
        for other in islice(others, 2):
            after = decide(candidate, build_context(case, also=other), rules=rules_of(case))

            assert before.allowed or not after.allowed, case.id
            assert Basis(before.basis).strictness <= Basis(after.basis).strictness, case.id
            assert {*before.rule_ids} <= {*after.rule_ids}, case.id
            assert {*before.must_include} <= {*after.must_include}, case.id
            assert not after.allowed or _earliest(before) <= _earliest(after), case.id


def test_there_are_enough_cases_and_each_has_a_name_of_its_own():
    counts = Counter(case.id for case in CASES)

    assert [] == [name for name, count in counts.items() if count > 1]
    assert len(CASES) >= 330
    assert {"statute", "page", "derived"} == {case.mark for case in CASES}
    assert [] == [case.id for case in CASES if not case.why.endswith(".")]


def test_every_rule_about_messages_decides_some_case(rules):
    ruled = {rule.rule_id for rule in rules.rules if rule.message_class != "privacy_right"}

    assert set() == ruled - {rule_id for case in CASES for rule_id in case.rule_ids}


def test_every_channel_insert_class_and_basis_is_asked_for():
    candidates = [build_candidate(case) for case in CASES]
    channels = {*ConsentChannel} - {ConsentChannel.ANY}

    assert channels == {candidate.channel for candidate in candidates}
    assert {"own_generic", "own_personalised", "third_party", ""} == {
        candidate.insert_type for candidate in candidates
    }
    assert {*MessageClass} == {candidate.message_class for candidate in candidates}
    assert {basis.value for basis in Basis} == {case.basis for case in CASES}


def test_every_region_has_a_yes_and_a_no_or_a_later(rules):
    answers: dict[str, set[str]] = {}
    region_of = {rule.rule_id: rule.region for rule in rules.rules}
    for case in CASES:
        for rule_id in case.rule_ids:
            answers.setdefault(region_of[rule_id], set()).add(case.answer.partition(" ")[0])
    regions = {rule.region for rule in rules.rules if rule.message_class != "privacy_right"}

    assert regions == {*answers}
    assert {} == {
        region: found
        for region, found in answers.items()
        if "allowed" not in found or not found & {"denied", "from"}
    }


def test_every_rule_with_quiet_hours_is_tried_inside_and_outside_of_them(rules):
    tried: dict[str, set[str]] = {}
    for case in CASES:
        for rule_id in case.rule_ids:
            tried.setdefault(rule_id, set()).add(case.answer.partition(" ")[0])
    quiet = [rule.rule_id for rule in rules.rules if rule.quiet_hours]

    assert [] == [rule_id for rule_id in quiet if "allowed" not in tried[rule_id]]
    assert [] == [rule_id for rule_id in quiet if "from" not in tried[rule_id]]


def test_a_case_of_the_law_rests_on_what_was_read_and_on_nothing_stricter(rules):
    """``page`` and ``statute`` are about the law: the engine's own caution is ``derived``."""
    rule_of = {rule.rule_id: rule for rule in rules.rules}
    for case in CASES:
        applying = [rule_of[rule_id] for rule_id in case.rule_ids]
        sources = {rule.source_read for rule in applying}
        strictest = max((rule.basis_code for rule in applying), key=lambda b: b.strictness)
        if case.mark == "page":
            assert {"page"} == sources, case.id
        if case.mark == "statute":
            assert "derived" not in sources, case.id
        if case.mark != "derived":
            assert strictest.value == case.basis, case.id


def _unsaid(case: Case, decision: Decision):
    for clause in filter(None, case.says.split("; ")):
        field, words = clause.split(": ", 1)
        if not any(words in text for text in getattr(decision, FIELDS[field])):
            yield clause, getattr(decision, FIELDS[field])


def _answers(context: Context) -> tuple[Consent, ...]:
    assert context.customer is not None
    return context.customer.consents


def _with_answers(context: Context, consents) -> Context:
    assert context.customer is not None
    customer = context.customer.model_copy(update={"consents": tuple(consents)})
    order = context.order and context.order.model_copy(update={"customer": customer})
    return context.model_copy(update={"customer": customer, "order": order})


def _objection(now: datetime) -> Consent:
    return Consent(channel=ConsentChannel.ANY, state=ConsentState.DENIED, recorded_at=now)


def _earliest(decision: Decision) -> datetime:
    return decision.earliest_send_at or decision.decided_at
