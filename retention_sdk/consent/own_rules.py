"""The rules of one shop: shipped ones, those of plugins, its own file, and its signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from ..errors import ConfigError, PluginError
from .places import Place, known_subdivisions, zones_of
from .rule import Rule
from .rules import RuleSet
from .rules_csv import read_rules, shipped_rules
from .settings import SignOff

# Twenty times the shipped table: no shop has more rules of its own.
_BYTES_MAX = 3_000_000
_BASELINES = frozenset({"*", "EU"})
_OTHER_NAMES = {"UK": "GB", "EL": "GR", "UAE": "AE"}


class RulesOffer(Protocol):
    """What a plugin registered: a callable that returns rules."""

    @property
    def name(self) -> str:
        """What it is registered as."""

    @property
    def owner(self) -> str:
        """The plugin."""

    def load(self) -> Callable[..., object]:
        """Import the callable."""


def gather_rules(
    *,
    own_file: Path | None = None,
    offers: Iterable[RulesOffer] = (),
    sign_offs: Iterable[SignOff] = (),
) -> RuleSet:
    """Return all rules that apply in a shop. A rule that cannot be read stops everything.

    A missing rule would allow what it forbids, so none is skipped.

    Raises:
        ConfigError: the own file or a signature is wrong; the message names line and column.
        PluginError: what a plugin registered is no list of rules.
    """
    brought = [rule for offer in offers for rule in _ask(offer)]
    own = read_own_rules(own_file) if own_file else ()
    try:
        return RuleSet.of(shipped_rules(), (*brought, *own), sign_offs)
    except ConfigError as error:
        if error.file or own_file is None:
            raise
        text = str(error).removeprefix(f"{error.key}: ")
        raise ConfigError(text, file=own_file.name, key=error.key) from None


def read_own_rules(file: Path) -> tuple[Rule, ...]:
    """Return the rules of a file with the columns of the shipped table.

    Raises:
        ConfigError: it cannot be read, a row is wrong, or is about a place that there is not.
    """
    try:
        if file.stat().st_size > _BYTES_MAX:
            message = f"is larger than {_BYTES_MAX // 1_000_000} MB"
            raise ConfigError(message, file=str(file), key="consent.rules")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ConfigError(reason, file=str(file), key="consent.rules") from None
    except UnicodeDecodeError:
        raise ConfigError("is not UTF-8", file=str(file), key="consent.rules") from None
    rules = read_rules(text, file=file.name)
    for rule in rules:
        _check_region(rule, file.name)
    return rules


def _check_region(rule: Rule, file: str) -> None:
    """A rule for a place nobody lives in would never apply, and nobody would notice."""
    country, _, state = rule.region.partition("-")
    key = f"{rule.rule_id}.region"
    if rule.region not in _BASELINES and not zones_of([Place(country)]):
        meant = _OTHER_NAMES.get(country)
        hint = f"write {meant}" if meant else "write ISO 3166: DE, US-CA"
        raise ConfigError(f"there is no country {country}", file=file, key=key, hint=hint)
    known = known_subdivisions(country)
    if state and known and rule.region not in known:
        hint = "write ISO 3166-2: US-CA"
        raise ConfigError(f"there is no state {rule.region}", file=file, key=key, hint=hint)


def _ask(offer: RulesOffer) -> Iterator[Rule]:
    who = f"{offer.owner}: consent rules {offer.name!r}"
    try:
        answer = offer.load()()
        rules = tuple(answer) if isinstance(answer, Iterable) else (answer,)
    except PluginError:
        raise
    except Exception as error:
        raise PluginError(f"{who} failed: {type(error).__name__}") from error
    for rule in rules:
        if not isinstance(rule, Rule):
            raise PluginError(f"{who}: what it returned is no list of Rule")
        yield rule
