"""Whose law applies: where the people are, and what clocks they live by."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from ..model import Address, ConsentChannel, Context

# European Union (TEU art. 52), and Iceland, Liechtenstein and Norway, where directive 2002/58 and
# the GDPR apply through the EEA agreement.
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EU_EEA = frozenset(f"{_EU} IS LI NO".split())
FALLBACK = "*"
_COUNTRY = re.compile("[A-Z]{2}")
# A number reaches people where it was given out, whatever address they ordered to.
_BY_NUMBER = frozenset({ConsentChannel.SMS, ConsentChannel.WHATSAPP, ConsentChannel.PHONE})

Home = tuple[str, str]
"""A country and what the platform calls the state or province, as in an address."""


class Place(NamedTuple):
    """One jurisdiction of a person or shop.

    ``country`` is ISO 3166-1; ``subdivisions`` are the ISO 3166-2 codes whose rules come on top.
    ``state`` is the one state that it certainly is, whether it has rules or not; it tells the time.
    """

    country: str
    subdivisions: tuple[str, ...] = ()
    state: str = ""

    @property
    def national(self) -> tuple[str, ...]:
        """Regions to look for the national rule in, most special first."""
        baseline = ("EU",) if self.country in _EU_EEA else ()
        return (self.country, *baseline, FALLBACK)

    @property
    def codes(self) -> tuple[str, ...]:
        """What the place is called in a decision."""
        return (*self.subdivisions, self.country)

    @property
    def everything(self) -> tuple[str, ...]:
        """All regions this place lies in."""
        return (*self.subdivisions, *self.national)


def homes_of(context: Context) -> tuple[Home, ...]:
    """Return where the recipient may live: by delivery, by invoice, by account.

    The language says nothing about it, nor does an address without a country.
    """
    order, customer = context.order, context.customer
    ordering = order.customer if order else None
    addresses = (
        order.shipping_address if order else None,
        order.billing_address if order else None,
        customer.address if customer else None,
        ordering.address if ordering else None,
    )
    return tuple([(each.country, each.region) for each in addresses if each and each.country])


def find_places(homes: Sequence[Home], *, subdivisions_of: Subdivisions) -> tuple[Place, ...]:
    """Return the jurisdictions of these homes; without any there is the fallback place.

    ``subdivisions_of`` names the states of a country that have rules; a state that cannot be
    recognised counts as all of them. What is no country is the fallback place.
    """
    places = (_place(country, region, subdivisions_of) for country, region in homes)
    return tuple(dict.fromkeys(places)) or (Place(FALLBACK),)


def is_reached_by_number(channel: ConsentChannel) -> bool:
    """Whether the law of the telephone number's country counts too."""
    return channel in _BY_NUMBER


def numbers_of(context: Context) -> tuple[str, ...]:
    """Return the telephone numbers of the person, else those beside the addresses."""
    order, customer = context.order, context.customer
    people = (customer, order.customer if order else None)
    own = [person.phone for person in people if person and person.phone]
    return tuple(dict.fromkeys(own or [each.phone for each in _addresses(context) if each.phone]))


def number_places(
    numbers: Sequence[str], homes: Sequence[Home], *, ruled: frozenset[str]
) -> tuple[str, ...]:
    """Return the countries that the telephone numbers add to the homes.

    A number of a country where the person lives tells nothing new. One that could belong to
    several countries, as many of +1, counts for each of them in ``ruled``, the countries with
    rules of their own. What is no number may be anybody's: the fallback place.
    """
    from ..l10n.phones import countries_of_phone

    lived_in = dict.fromkeys(country for country, _ in homes)
    found: dict[str, None] = {}
    for number in numbers:
        countries = countries_of_phone(number, country=next(iter(lived_in), None))
        if len(countries) != 1:
            countries = tuple(each for each in countries if each in ruled) or (FALLBACK,)
        found.update(dict.fromkeys(each for each in countries if each not in lived_in))
    return tuple(found)


def zones_of(places: Sequence[Place]) -> tuple[str, ...]:
    """Return every IANA zone of these places; empty if one of them is not known."""
    countries, states = _zones("zones.csv", "country"), _zones("subdivision_zones.csv", "code")
    found: set[str] = set()
    for place in places:
        zones = states.get(place.state) or countries.get(place.country)
        if not zones:
            return ()
        found.update(zones)
    return tuple(sorted(found))


def known_subdivisions(country: str) -> frozenset[str]:
    """Return the states or provinces of a country, ISO 3166-2; empty where no table has them."""
    return frozenset(code for (home, _), code in _subdivision_names().items() if home == country)


def ruled_countries(regions: Iterable[str]) -> frozenset[str]:
    """Return the countries in which one of these regions' rules holds."""
    countries = {region.partition("-")[0] for region in regions}
    return frozenset(countries | (_EU_EEA if "EU" in countries else frozenset()))


Subdivisions = Callable[[str], Sequence[str]]
"""Gives the codes of the states of a country that have rules."""


def _addresses(context: Context) -> Iterator[Address]:
    order, customer = context.order, context.customer
    candidates = (
        order and order.shipping_address,
        order and order.billing_address,
        customer and customer.address,
    )
    yield from (address for address in candidates if address)


def _place(country: str, region: str, subdivisions_of: Subdivisions) -> Place:
    if not _is_country(country):
        return Place(FALLBACK)
    ruled = tuple(subdivisions_of(country))
    name = region.casefold().strip(" .")
    spelt = {name.upper(), f"{country}-{name.upper()}"}
    code = _subdivision_names().get((country, name)) or next(iter(spelt & {*ruled}), None)
    return Place(country, ruled if code is None else tuple({code} & {*ruled}), code or "")


def _is_country(text: str) -> bool:
    return _COUNTRY.fullmatch(text) is not None


@cache
def _zones(name: str, column: str) -> Mapping[str, tuple[str, ...]]:
    rows = _read(name)
    return MappingProxyType({row[column]: tuple(row["zones"].split()) for row in rows})


@cache
def _subdivision_names() -> Mapping[tuple[str, str], str]:
    """Map what people write to the code: ``California``, ``CA`` and ``US-CA`` are one state."""
    table: dict[tuple[str, str], str] = {}
    for row in _read("subdivisions.csv"):
        code = row["code"]
        country, short = code.split("-")
        for name in (row["name"], short, code):
            table[country, name.casefold()] = code
    return MappingProxyType(table)


def _read(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
