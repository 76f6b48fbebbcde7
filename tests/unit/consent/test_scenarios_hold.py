"""No basis, no hours and no expiry of a rule can change without a scenario that notices.

Takes half a minute on a busy machine, so it runs under ``RETENTION_SOAK=1`` only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from retention_sdk.consent import Basis, Rule, RuleSet, decide

from .scenarios.reader import Case, build_candidate, build_context, read_cases

CASES = [case for case in read_cases() if not case.is_signed_off]


@pytest.mark.skipif(not os.environ.get("RETENTION_SOAK"), reason="takes long; make soak")
def test_a_changed_rule_changes_the_answer_of_some_scenario(rules):
    unnoticed = [
        (rule.rule_id, change)
        for rule in rules.rules
        if rule.message_class != "privacy_right" and not _is_outweighed(rule)
        for change in _changes(rule)
        if not _is_noticed(rule, change, rules)
    ]

    assert [] == unnoticed


def _is_outweighed(rule: Rule) -> bool:
    """Whether something stricter always stands beside it: doubt, a register, the federal rule."""
    is_of_a_state = rule.region.startswith("US-")
    return rule.confidence == "low" or bool(rule.registry_check) or is_of_a_state


def _changes(rule: Rule) -> Iterator[dict[str, object]]:
    yield from ({"basis_code": basis} for basis in Basis if basis is not rule.basis_code)
    yield from (
        {column: None}
        for column in ("quiet_hours", "opt_in_months", "soft_opt_in_months", "inquiry_months")
        if getattr(rule, column)
    )


def _is_noticed(rule: Rule, change: dict[str, object], rules: RuleSet) -> bool:
    changed = tuple(
        each.model_copy(update=change) if each is rule else each for each in rules.rules
    )
    mutant = RuleSet(rules=changed, version=rules.version)
    cases = (case for case in CASES if rule.rule_id in case.rule_ids)
    return any(_answer(case, mutant) != _answer(case, rules) for case in cases)


def _answer(case: Case, rules: RuleSet) -> tuple[object, ...]:
    decision = decide(build_candidate(case), build_context(case), rules=rules)
    return (decision.allowed, decision.basis, decision.earliest_send_at)
