"""What an owner may believe to be in force and is not: signatures, replacements, idle rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from .places import Place
from .rule import Rule
from .settings import SignOff

if TYPE_CHECKING:
    from .rules import RuleSet

# Columns in which an own rule can ask for something, whatever its basis is.
_DEMANDS = (
    "quiet_hours",
    "frequency_cap",
    "registry_check",
    "mandatory_content",
    "evidence",
    "consent_age",
    "opt_in_proof",
    "opt_in_months",
    "soft_opt_in_months",
)


def find_doubts(rules: RuleSet) -> Iterator[str]:
    """Yield a sentence, without its full stop, for each rule or signature that does nothing."""
    known = {rule.rule_id: rule for rule in (*rules.rules, *rules.added)}
    for sign_off in rules.sign_offs.values():
        yield from _stale(sign_off, known)
    for rule in rules.added:
        if not rule.replaces:
            yield from _idle(rule, rules)
        elif not rules.is_signed(rule):
            yield (
                f"{rule.rule_id} would replace {rule.replaces}, but nobody signed it off: both "
                "apply, the stricter counts"
            )


def _stale(sign_off: SignOff, known: Mapping[str, Rule]) -> Iterator[str]:
    rule = known.get(sign_off.rule_id)
    if rule is None:
        yield f"{sign_off.rule_id} is signed off, but there is no such rule"
    elif rule.version != sign_off.version:
        yield (
            f"{rule.rule_id} changed since it was signed off (version {sign_off.version}, now "
            f"{rule.version}): the signature does not count until it is read again"
        )


def _idle(rule: Rule, rules: RuleSet) -> Iterator[str]:
    """A rule that asks for less than the law of its place changes nothing: tell how it would."""
    country, _, state = rule.region.partition("-")
    is_wide = rule.channel == "any" or country in {"*", "EU"}
    is_low = rule.confidence == "low" and not rules.is_signed(rule)
    if is_wide or is_low or any(getattr(rule, column) for column in _DEMANDS):
        return
    wanted = (rule.message_class, rule.channel, rule.insert_type)
    day = rule.in_force_from or date.max
    regions = ([rule.region] if state else [], Place(country).national)
    found = (rules.find(each, wanted, day=day) for each in regions)
    for old in found:
        if old and old.basis_code.strictness >= rule.basis_code.strictness:
            way = "" if state else "; to stand for that rule, it has to name it in replaces"
            yield (
                f"{rule.rule_id} asks for nothing that {old.rule_id} does not ask for, so it "
                f"changes nothing{way}"
            )
            return
