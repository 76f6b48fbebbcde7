"""``retention consent rules``: what applies somewhere, on what ground, and how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from textwrap import fill
from typing import Annotated, Any, Literal, NamedTuple

import typer
from rich.console import Console
from rich.text import Text

from ..consent import Basis, Rule, RuleSet
from ..consent.rules_at import counts_as, rules_at
from .consent_words import (
    NOT_ADVICE,
    Channel,
    Country,
    Region,
    in_words,
    read_day,
    read_place,
    rules_of,
    signature_of,
)
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, counted, emit

_TRUST = {"high": "green", "medium": "yellow", "low": "red"}
_READ = {
    "page": "a page that states it was read",
    "statute-known": "the statute is known, its text was not opened for this",
    "derived": "derived from the law that is cited",
}
_TABLE_NAMES = {"post": "postal_mail"}
_HEADINGS = ("asks for", "counts as", "signed by")
_WIDTH = len("soft opt-in") + 2
_INDENT = "  "
# As long as the longest id of the table: a longer title stands in a line of its own.
_TITLE_MAX = 38


class _Row(NamedTuple):
    rule: Rule
    counts_as: Basis
    signed_by: str


def command(
    country: Country = "",
    region: Region = "",
    channel: Annotated[Channel | None, typer.Option(help="What would carry it.")] = None,
    message_class: Annotated[
        Literal["transactional", "marketing", "privacy_right"] | None,
        typer.Option("--class", help="What it would be."),
    ] = None,
    on: Annotated[str, typer.Option(help="The day they hold, 2026-01-31; today without.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """List consent rules with citation, source, confidence and signature.

    With a country: those that hold for somebody who lives there, on that day. Without: all of
    them. A rule of low confidence counts as the fallback until it is signed off.
    """
    rules, day = rules_of(config), read_day(on, option="--on")
    country, region = read_place(country, region)
    name = _TABLE_NAMES.get(channel or "", channel or "")
    if country:
        found = rules_at(rules, country, subdivision=region, channel=name, day=day)
    else:
        everything = sorted((*rules.rules, *rules.added), key=_place)
        found = tuple(rule for rule in everything if not name or rule.channel in {name, "any"})
    kept = (rule for rule in found if message_class in {None, rule.message_class})
    rows = [_row(rule, rules, day) for rule in kept]
    answer = {
        "version": rules.version,
        "note": NOT_ADVICE,
        "warnings": rules.warnings(),
        "rules": list(map(_as_json, rows)),
    }
    emit(answer, as_json=json, human=lambda: _show(rows, rules))


def _row(rule: Rule, rules: RuleSet, day: date) -> _Row:
    return _Row(rule, counts_as(rule, rules, day=day), signature_of(rule, rules))


def _as_json(row: _Row) -> dict[str, Any]:
    told = {"counts_as": row.counts_as.value, "signed_by": row.signed_by or None}
    return {**row.rule.model_dump(mode="json"), "version": row.rule.version, **told}


def _place(rule: Rule) -> tuple[str, str]:
    return (rule.region, rule.message_class)


def _show(rows: Sequence[_Row], rules: RuleSet) -> None:
    out = console()
    names = [len(row.rule.rule_id) for row in rows]
    titles = [length for row in rows if (length := len(_title(row))) <= _TITLE_MAX]
    width = max([*names, *titles], default=0) + 2
    for title, group in groupby(rows, key=_title):
        _show_head(title, out, width)
        for row in group:
            _show_row(row, out, width)
    doubtful = sum(row.counts_as is not row.rule.basis_code for row in rows)
    for warning in rules.warnings():
        out.print(Text(fill(f"Warning: {warning}.", out.width - 1), "yellow"))
    out.print(Text(fill(_footer(len(rows), doubtful, rules), out.width - 1), "dim"))


def _show_head(title: str, out: Console, width: int) -> None:
    heads = "".join(f"{heading:<{_WIDTH}}" for heading in _HEADINGS).rstrip()
    if len(title) > width - 2:
        out.print(Text(title, "bold"))
        title = ""
    out.print(Text(f"{title:<{width}}{heads}", "bold"))


def _title(row: _Row) -> str:
    return f"{row.rule.jurisdiction}, {row.rule.message_class.replace('_', ' ')}"


def _show_row(row: _Row, out: Console, width: int) -> None:
    rule = row.rule
    is_raised = row.counts_as is not rule.basis_code
    line = Text.assemble(
        (f"{rule.rule_id:<{width}}", "cyan"),
        f"{in_words(rule.basis_code):<{_WIDTH}}",
        (f"{in_words(row.counts_as):<{_WIDTH}}", "red" if is_raised else ""),
        row.signed_by or "–",
    )
    out.print(line)
    for detail in _details(rule):
        for words in _coloured(detail).wrap(out, out.width - len(_INDENT) - 1):
            words.rstrip()
            out.print(Text(_INDENT) + words)
    out.print()


def _details(rule: Rule) -> Iterator[str]:
    limits = "; ".join(_limits(rule))
    if limits:
        yield limits
    yield rule.citation
    source = f": {rule.source}" if rule.source else ""
    yield f"{rule.confidence} confidence; {_READ[rule.source_read]}{source}"


def _coloured(detail: str) -> Text:
    text = Text(detail)
    for trust, colour in _TRUST.items():
        text.highlight_regex(rf"^{trust} confidence;", colour)
    return text


def _limits(rule: Rule) -> Iterator[str]:
    """Yield the numbers of a rule; its conditions in words are in the JSON."""
    if rule.opt_in_proof:
        yield "an opt-in has to be confirmed"
    if rule.opt_in_months:
        yield f"an opt-in lasts {rule.opt_in_months} months"
    if rule.soft_opt_in_months:
        yield f"a sale counts for {rule.soft_opt_in_months} months"
    if rule.quiet_hours_note:
        closed = f", not {rule.quiet_days_note}" if rule.quiet_days_note else ""
        yield f"only {rule.quiet_hours_note}{closed}"
    if rule.frequency_cap:
        yield f"at most {rule.frequency_cap}"
    if rule.consent_age:
        yield f"own consent from age {rule.consent_age}"
    if rule.in_force_note:
        yield f"in force from {rule.in_force_note}"
    if rule.effective_until:
        yield f"until {rule.effective_until}"


def _footer(count: int, doubtful: int, rules: RuleSet) -> str:
    lines = [
        f"{counted(count, 'rule')} of {len(rules.rules) + len(rules.added)}, table {rules.version}."
    ]
    if doubtful:
        lines.append(
            "Of low confidence, so counted as the stricter fallback until somebody signs: "
            f"{doubtful} (retention consent sign RULE --by NAME)."
        )
    return " ".join([*lines, NOT_ADVICE])
