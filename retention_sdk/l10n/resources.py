"""Find and read what lies in ``locales/``: CLDR extract and compiled catalogues."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

CATALOGUE_FILE = "messages.json"
_NOT_LOCALES = frozenset({"supplemental", "currencies", "SOURCES"})


@cache
def locales_root() -> Path:
    """Return the folder of all locales: inside the package in a wheel, beside it in a checkout.

    Raises:
        ConfigError: neither is there, so the installation is damaged.
    """
    package = Path(__file__).resolve().parents[1]
    for candidate in (package / "locales", package.parent / "locales"):
        if (candidate / "cldr" / "supplemental.json").is_file():
            return candidate
    raise ConfigError(
        "no CLDR data found", file=str(package / "locales"), hint="reinstall retention-sdk"
    )


@cache
def available_locales() -> tuple[str, ...]:
    """Return the BCP 47 tags that have a catalogue, sorted."""
    return tuple(sorted(path.parent.name for path in locales_root().glob(f"*/{CATALOGUE_FILE}")))


@cache
def supplemental() -> Mapping[str, Any]:
    """Return CLDR's tables that belong to no single locale. Do not change what is inside."""
    return MappingProxyType(_read(locales_root() / "cldr" / "supplemental.json"))


@cache
def cldr_locales() -> frozenset[str]:
    """Return the tags that have formatting data."""
    folder = locales_root() / "cldr"
    return frozenset(path.stem for path in folder.glob("*.json")) - _NOT_LOCALES


@cache
def cldr_locale(tag: str) -> Mapping[str, Any]:
    """Return one locale's extract; ``tag`` must be one of ``cldr_locales()``."""
    return MappingProxyType(_read(locales_root() / "cldr" / f"{tag}.json"))


@cache
def cldr_words(tag: str) -> Mapping[str, Any]:
    """Return one locale's words around numbers: compact, units, relative time."""
    return MappingProxyType(_read(locales_root() / "cldr" / "words" / f"{tag}.json"))


@cache
def cldr_calendars(tag: str) -> Mapping[str, Any]:
    """Return one locale's names and patterns for calendars other than the Gregorian one."""
    return MappingProxyType(_read(locales_root() / "cldr" / "calendars" / f"{tag}.json"))


@cache
def tender_table() -> Mapping[str, list[list[str]]]:
    """Return per region the code, first and, if it has ended, last day of each legal tender."""
    table: dict[str, list[list[str]]] = _read(locales_root() / "cldr" / "currencies.json")["tender"]
    return MappingProxyType(table)


@cache
def umm_al_qura_table() -> Mapping[str, Any]:
    """Return the lengths of the months that Saudi Arabia has published."""
    return MappingProxyType(_read(locales_root() / "cldr" / "umm-al-qura" / "months.json"))


@cache
def compiled_catalogue(tag: str) -> Mapping[str, Any]:
    """Return one compiled catalogue; ``tag`` must be one of ``available_locales()``."""
    return MappingProxyType(_read(locales_root() / tag / CATALOGUE_FILE))


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
