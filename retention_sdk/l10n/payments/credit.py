"""Which law rules what has to be said when credit is offered. Not legal advice."""

from __future__ import annotations

_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
_EU_RULE = "Directive (EU) 2023/2225, art. 7-8, applied from 20 November 2026"
_RULES = {
    "GB": "Consumer Credit Act 1974; FCA rules on deferred payment credit from July 2026",
    "US": "Truth in Lending Act, Regulation Z (12 CFR 1026)",
}


def credit_citation(country: str) -> str:
    """Return the rule to look into before credit is shown to somebody in a country."""
    if country in _EU:
        return _EU_RULE
    return _RULES.get(country, f"the consumer credit law of {country or 'the country'}")
