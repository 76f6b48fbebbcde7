"""Which rules hold at one place on one day, for people who want to read them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .places import FALLBACK, Place
from .rule import Basis, Rule
from .rules import RuleSet

_CHANNELS = ("email", "sms", "whatsapp", "push", "phone", "postal_mail")
_KINDS_OF_INSERT = ("own_generic", "own_personalised", "third_party")
_WANTED = (
    *((name, channel, "") for name in ("transactional", "marketing") for channel in _CHANNELS),
    ("transactional", "parcel_insert", "own_generic"),
    *(("marketing", "parcel_insert", kind) for kind in _KINDS_OF_INSERT),
    ("privacy_right", "any", ""),
)
# The longest code of ISO 3166-2 after the country; a longer one is our name for a group of states.
_SUBDIVISION_LENGTH_MAX = 3


def rules_at(
    rules: RuleSet,
    country: str,
    *,
    subdivision: str = "",
    channel: str = "",
    day: date,
) -> tuple[Rule, ...]:
    """Return the rules of a country (ISO 3166-1), as ``decide`` finds them; its own come first.

    ``subdivision`` is ISO 3166-2; without one, the rules of all states are there. Rules of a group
    of states are always there. ``channel`` is a name of the table; empty for all of them.
    """
    place = Place(country, tuple(_subdivisions(rules, country, subdivision)))
    found: dict[str, Rule] = {}
    for wanted in _WANTED:
        if channel not in {"", wanted[1]}:
            continue
        national = rules.find(place.national, wanted, day=day)
        local = (rules.find((region,), wanted, day=day) for region in place.subdivisions)
        added = rules.find_added(place.everything, wanted, day=day)
        for rule in (national, *local, *added):
            if rule is not None:
                found.setdefault(rule.rule_id, rule)
    order = (country, *place.subdivisions, *place.national)
    return tuple(sorted(found.values(), key=lambda rule: order.index(rule.region)))


def counts_as(rule: Rule, rules: RuleSet, *, day: date) -> Basis:
    """Return what a rule asks for in effect: one of low confidence, not less than the fallback."""
    if rule.confidence != "low" or rules.is_signed(rule):
        return rule.basis_code
    wanted = (rule.message_class, rule.channel, rule.insert_type)
    fallback = rules.find((FALLBACK,), wanted, day=day)
    floor = fallback.basis_code if fallback else Basis.OPT_IN
    return max(rule.basis_code, floor, key=lambda basis: basis.strictness)


def _subdivisions(rules: RuleSet, country: str, asked: str) -> Iterator[str]:
    for region in sorted({rule.region for rule in (*rules.rules, *rules.added)}):
        place, _, code = region.partition("-")
        is_group = len(code) > _SUBDIVISION_LENGTH_MAX
        if place == country and code and (is_group or asked in {"", region}):
            yield region
