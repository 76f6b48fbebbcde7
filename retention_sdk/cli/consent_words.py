"""What the commands about consent have in common: places, days, names of channels."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..app import Retention
from ..consent import Basis, Rule, RuleSet, load_rules
from ..consent.places import Place, zones_of
from .choices import refuse
from .output import DEFAULT_CONFIG

Channel = Literal["email", "sms", "whatsapp", "push", "phone", "post", "parcel_insert"]
Country = Annotated[str, typer.Option(help="ISO 3166: DE; EU is the baseline of its members.")]
Region = Annotated[str, typer.Option(help="A state or province, ISO 3166-2: US-CA.")]

NOT_ADVICE = "An engineering summary, not legal advice."


def rules_of(config: Path) -> RuleSet:
    """Return the rules of the shop; the shipped ones where there is no shop.

    Raises:
        ConfigError: the settings that were named are not there, or are wrong.
    """
    return rules_and_seat(config)[0]


def rules_and_seat(config: Path) -> tuple[RuleSet, str]:
    """Return the rules of the shop, and its country; where there is no shop, that is empty."""
    if config == DEFAULT_CONFIG and not config.exists():
        return load_rules(), ""
    with Retention.from_file(config) as shop:
        return shop.rules, shop.config.shop.country


def read_place(country: str, region: str) -> tuple[str, str]:
    """Return country and subdivision as ISO 3166 spells them; ``CA`` of the US is ``US-CA``.

    Raises:
        BadParameter: there is no such country.
    """
    country, region = country.strip().upper(), region.strip().upper()
    if region and "-" in region:
        country = country or region.partition("-")[0]
    elif region:
        region = f"{country}-{region}"
    if region and region.partition("-")[0] != (country or None):
        refuse("--region", f"{region} does not lie in {country or 'any country'}; write US-CA")
    if country not in {"", "EU"} and not zones_of([Place(country)]):
        refuse("--country", f"there is no country {country}; write ISO 3166, such as DE or GB")
    return country, region


def read_day(text: str, *, option: str) -> date:
    """Return a day; today (UTC) for an empty text.

    Raises:
        BadParameter: it is no day.
    """
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(option, "is not a day; write it as 2026-01-31")


def signature_of(rule: Rule, rules: RuleSet) -> str:
    """Return who signed a rule as it stands, and when; empty where nobody did."""
    sign_off = rules.sign_offs.get(rule.rule_id)
    return f"{sign_off.by}, {sign_off.on}" if sign_off and rules.is_signed(rule) else ""


def in_words(basis: Basis) -> str:
    """Return what a basis is called in print."""
    return {"none": "nothing"}.get(basis, basis.replace("_", "-").replace("soft-", "soft "))
