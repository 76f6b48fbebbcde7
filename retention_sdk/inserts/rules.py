"""When a card is chosen: conditions as data, ours and the shop's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ..model import Settings
from ..model.base import CountryCode, Line
from .facts import Facts
from .offers import Amount

Template = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Days = Annotated[int, Field(ge=0, le=3650)]
Nth = Annotated[int, Field(ge=1, le=100_000)]
OWN_PRIORITY = 75
"""A shop's own rule comes after an apology, a last box and a new tier, and before all else."""


class When(Settings):
    """What has to be true; all that is given, and nothing always is.

    ``order`` lists which of the customer's orders (1 is the first), ``every`` each nth of them.
    ``birthday_days`` and ``anniversary_days`` reach that far to both sides of the day;
    ``away_days`` counts since the last order, ``late_days`` since the day it was promised to
    leave. Lists are met by any of their entries; amounts by orders in their own currency.
    ``has_permission`` asks for a recorded yes to advertising, which is more than no objection.
    """

    is_first: bool | None = None
    is_repeat: bool | None = None
    order: tuple[Nth, ...] = ()
    every: Nth | None = None
    is_new_tier: bool | None = None
    tiers: tuple[Line, ...] = ()
    birthday_days: Days | None = None
    anniversary_days: Days | None = None
    away_days: Days | None = None
    late_days: Days | None = None
    products: tuple[Line, ...] = ()
    skus: tuple[Line, ...] = ()
    categories: tuple[Line, ...] = ()
    countries: tuple[CountryCode, ...] = ()
    total_min: Amount | None = None
    total_max: Amount | None = None
    tags: tuple[Line, ...] = ()
    sales_channels: tuple[Line, ...] = ()
    subscription: tuple[Literal["first", "renewal", "last"], ...] = ()
    has_permission: bool | None = None


class Rule(Settings):
    """Choose ``template`` when all of ``when`` is true. Rules of higher priority come first."""

    template: Template
    when: When = When()
    priority: Annotated[int, Field(ge=0, le=1000)] = OWN_PRIORITY


def builtin_rules(
    *, birthday_days: int, anniversary_days: int, away_days: int, late_days: int
) -> tuple[Rule, ...]:
    """Return the rules every shop starts with.

    Families that need words or an offer of the shop are left out by choosing as long as there are
    none, so these rules may stand for all shops.
    """
    birthday = When(birthday_days=birthday_days, has_permission=True)
    anniversary = When(anniversary_days=anniversary_days, has_permission=True)
    return (
        Rule(template="apology_late", when=When(late_days=late_days), priority=90),
        Rule(template="exit_survey", when=When(subscription=("last",)), priority=85),
        Rule(template="vip_tier_up", when=When(is_new_tier=True), priority=80),
        Rule(template="birthday", when=birthday, priority=70),
        Rule(template="anniversary", when=anniversary, priority=60),
        Rule(template="winback_gift", when=When(away_days=away_days), priority=50),
        Rule(template="first_order_welcome", when=When(is_first=True), priority=40),
        Rule(template="care_guide", priority=35),
        Rule(template="repeat_customer", when=When(is_repeat=True), priority=30),
        Rule(template="thank_you", priority=10),
    )


def why_met(rule: Rule, facts: Facts) -> str | None:
    """Say why a rule is met, or return None where it is not."""
    reasons = []
    for name, check in _CHECKS.items():
        wanted = getattr(rule.when, name)
        if wanted is None or wanted == ():
            continue
        reason = check(wanted, facts)
        if reason is None:
            return None
        reasons.append(reason)
    return ", ".join(reasons) or _ALWAYS.get(rule.template, "it is for every order")


_ALWAYS = {"thank_you": "any order deserves thanks", "care_guide": "there is a guide to a product"}


def _flag(name: str, yes: str, no: str) -> Callable[[bool, Facts], str | None]:
    def check(wanted: bool, facts: Facts) -> str | None:
        return (yes if wanted else no) if getattr(facts, name) is wanted else None

    return check


def _within(name: str, what: str) -> Callable[[int, Facts], str | None]:
    def check(wanted: int, facts: Facts) -> str | None:
        days = getattr(facts, name)
        return what if days is not None and days <= wanted else None

    return check


def _since(name: str, what: str) -> Callable[[int, Facts], str | None]:
    def check(wanted: int, facts: Facts) -> str | None:
        days = getattr(facts, name)
        return what.format(days=days) if days is not None and days >= max(wanted, 1) else None

    return check


def _any_of(name: str, what: str) -> Callable[[tuple[str, ...], Facts], str | None]:
    def check(wanted: tuple[str, ...], facts: Facts) -> str | None:
        have: frozenset[str] = getattr(facts, name)
        met = [entry for entry in wanted if entry.casefold() in have]
        return f"{what} {', '.join(met)}" if met else None

    return check


def _order(wanted: tuple[int, ...], facts: Facts) -> str | None:
    return f"it is order number {facts.nth}" if facts.nth in wanted else None


def _every(wanted: int, facts: Facts) -> str | None:
    is_met = facts.nth % wanted == 0
    return f"it is order number {facts.nth}, a multiple of {wanted}" if is_met else None


def _total_min(wanted: Any, facts: Facts) -> str | None:
    total = facts.total
    is_met = total is not None and total.currency == wanted.currency and wanted <= total
    return f"the order is worth {wanted} or more" if is_met else None


def _total_max(wanted: Any, facts: Facts) -> str | None:
    total = facts.total
    is_met = total is not None and total.currency == wanted.currency and total <= wanted
    return f"the order is worth {wanted} or less" if is_met else None


_CHECKS: Mapping[str, Callable[[Any, Facts], str | None]] = {
    "is_first": _flag("is_first", "it is the first order of this account", "it is not the first"),
    "is_repeat": _flag("is_repeat", "the customer has ordered before", "nothing came before it"),
    "order": _order,
    "every": _every,
    "is_new_tier": _flag("is_new_tier", "the customer reached a tier", "the tier is as before"),
    "tiers": _any_of("tiers", "the customer's tier is"),
    "birthday_days": _within("birthday_days", "it is about the customer's birthday"),
    "anniversary_days": _within("anniversary_days", "it is about the day of the first order"),
    "away_days": _since("away_days", "the last order was {days} days before this one"),
    "late_days": _since("late_days", "it leaves {days} days later than promised"),
    "products": _any_of("products", "the parcel holds product"),
    "skus": _any_of("skus", "the parcel holds"),
    "categories": _any_of("categories", "the parcel holds something of"),
    "countries": _any_of("countries", "it goes to"),
    "total_min": _total_min,
    "total_max": _total_max,
    "tags": _any_of("tags", "the customer or the order is tagged"),
    "sales_channels": _any_of("sales_channels", "it was sold over"),
    "subscription": _any_of("subscription", "the parcel of the subscription is the"),
    "has_permission": _flag("has_permission", "the person said yes", "nobody said yes"),
}


def conditions() -> Iterator[str]:
    """Yield the name of every condition that can be written, for documentation and checks."""
    yield from _CHECKS
