"""A signature under one rule, as lines for ``retention.toml``."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from difflib import get_close_matches

from ..errors import ConfigError
from .rule import Rule
from .rules import RuleSet
from .settings import SignOff

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def make_sign_off(rule_id: str, *, rules: RuleSet, by: str, on: date, note: str = "") -> SignOff:
    """Return a signature for the rule as it stands.

    Raises:
        ConfigError: there is no such rule, or this version of it is signed already.
    """
    rule = find_rule(rule_id, rules)
    if rules.is_signed(rule):
        signed = rules.sign_offs[rule_id]
        raise ConfigError(f"is signed off already, by {signed.by} on {signed.on}", key=rule_id)
    return SignOff(rule_id=rule_id, by=by, on=on, version=rule.version, note=note)


def find_rule(rule_id: str, rules: RuleSet) -> Rule:
    """Return a rule by its id.

    Raises:
        ConfigError: there is none; the message proposes one that is spelt alike.
    """
    known = {rule.rule_id: rule for rule in (*rules.rules, *rules.added)}
    if rule_id not in known:
        near = get_close_matches(rule_id, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "`retention consent rules` lists them"
        raise ConfigError("there is no such rule", key=rule_id, hint=hint)
    return known[rule_id]


def write_sign_off(sign_off: SignOff) -> str:
    """Return the lines that say so in ``retention.toml``."""
    lines = [
        "[[consent.sign_offs]]",
        f"rule_id = {_quote(sign_off.rule_id)}",
        f"by = {_quote(sign_off.by)}",
        f"on = {sign_off.on.isoformat()}",
        f'version = "{sign_off.version}"',
    ]
    if sign_off.note:
        lines.append(f"note = {_quote(sign_off.note)}")
    return "\n".join(lines) + "\n"


def add_sign_off(text: str, sign_off: SignOff) -> str:
    """Return the settings with one more signature at their end; nothing else changes.

    An older signature for the same rule has to be taken out by hand: it is part of the record.

    Raises:
        ConfigError: the settings would not be read as before, with this signature added.
    """
    before = tomllib.loads(text)
    already = before.get("consent", {}).get("sign_offs", [])
    if any(each.get("rule_id") == sign_off.rule_id for each in already):
        raise ConfigError(
            "an older signature for this rule is there; take it out first",
            key=f"consent.sign_offs {sign_off.rule_id}",
        )
    made = text.rstrip("\n") + "\n\n" + write_sign_off(sign_off)
    expected = {**before, "consent": {**before.get("consent", {})}}
    expected["consent"]["sign_offs"] = [*already, _as_table(sign_off)]
    try:
        is_right = tomllib.loads(made) == expected
    except tomllib.TOMLDecodeError:
        is_right = False
    if not is_right:
        hint = "add the lines by hand"
        raise ConfigError("cannot be written at the end", key="consent.sign_offs", hint=hint)
    return made


def _as_table(sign_off: SignOff) -> dict[str, object]:
    return sign_off.model_dump(exclude_defaults=True)


def _quote(text: str) -> str:
    """Return a basic string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'
