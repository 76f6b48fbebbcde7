"""``retention consent show``: one rule with all its words, to be read before it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from ..consent import Rule, RuleSet
from ..consent.rules_at import counts_as
from ..consent.sign_off import find_rule
from .consent_words import NOT_ADVICE, in_words, read_day, rules_of, signature_of
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

_LABELS = {
    "in_force_note": "in force from",
    "quiet_hours_note": "allowed hours",
    "quiet_days_note": "closed days",
}
# What is read from the words of another column, or said above.
_LEFT_OUT = frozenset({"quiet_hours", "cap", "in_force_from", "basis_code"})


def command(
    rule_id: Annotated[str, typer.Argument(help="As `retention consent rules` lists it.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Show every column of one rule: what a signature binds to."""
    rules = rules_of(config)
    rule = find_rule(rule_id, rules)
    answer = {**rule.model_dump(mode="json"), "version": rule.version}
    emit(answer, as_json=json, human=lambda: _show(rule, rules))


def _show(rule: Rule, rules: RuleSet) -> None:
    out = console()
    out.print(table(("column", "what it says"), _rows(rule, rules)))
    out.print(Text(NOT_ADVICE, "dim"))


def _rows(rule: Rule, rules: RuleSet) -> Iterator[tuple[str, str]]:
    yield "version", rule.version
    yield "signed by", signature_of(rule, rules) or "nobody"
    yield "asks for", in_words(rule.basis_code)
    effect = counts_as(rule, rules, day=rule.in_force_from or read_day("", option=""))
    yield "counts as", in_words(effect)
    for name in Rule.model_fields:
        value = getattr(rule, name)
        if name not in _LEFT_OUT and value not in {"", None}:
            yield _LABELS.get(name, name).replace("_", " "), str(value)
