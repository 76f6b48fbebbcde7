"""Whose law applies: where the people are, and what clocks they live by."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

from ..model import Address, Context

# European Union (TEU art. 52), and Iceland, Liechtenstein and Norway, where directive 2002/58 and
# the GDPR apply through the EEA agreement.
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EU_EEA = frozenset(f"{_EU} IS LI NO".split())
FALLBACK = "*"


class Place(NamedTuple):
    """One jurisdiction of a person or shop.

    ``country`` is ISO 3166-1; ``subdivisions`` are the ISO 3166-2 codes whose rules come on top.
    """

    country: str
    subdivisions: tuple[str, ...] = ()

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


def recipient_places(
    context: Context, *, subdivisions_of: Callable[[str], Sequence[str]]
) -> list[Place]:
    """Return where the recipient may live: by delivery, by invoice, by account.

    The language says nothing about it. ``subdivisions_of`` names the states of a country that have
    rules; a state that cannot be recognised counts as all of them. Without any country there is
    the fallback place.
    """
    places: list[Place] = []
    for address in _addresses(context):
        if address.country:
            place = Place(address.country, _subdivisions(address, subdivisions_of))
            if place not in places:
                places.append(place)
    return places or [Place(FALLBACK)]


def zones_of(places: Sequence[Place]) -> tuple[str, ...]:
    """Return every IANA zone of these countries; empty if one of them is not known."""
    table = _zones()
    found: set[str] = set()
    for place in places:
        zones = table.get(place.country)
        if not zones:
            return ()
        found.update(zones)
    return tuple(sorted(found))


def _addresses(context: Context) -> Iterator[Address]:
    order, customer = context.order, context.customer
    candidates = (
        order and order.shipping_address,
        order and order.billing_address,
        customer and customer.address,
        order and order.customer and order.customer.address,
    )
    yield from (address for address in candidates if address)


def _subdivisions(
    address: Address, subdivisions_of: Callable[[str], Sequence[str]]
) -> tuple[str, ...]:
    """``California``, ``CA`` and ``US-CA`` are one state; an unknown one is every state."""
    country = address.country or ""
    ruled = tuple(subdivisions_of(country))
    name = address.region.casefold().strip(" .")
    spelt = {name.upper(), f"{country}-{name.upper()}"}
    code = _subdivision_names().get((country, name)) or next(iter(spelt & {*ruled}), None)
    return ruled if code is None else tuple({code} & {*ruled})


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    rows = _read("zones.csv")
    return MappingProxyType({row["country"]: tuple(row["zones"].split()) for row in rows})


@cache
def _subdivision_names() -> Mapping[tuple[str, str], str]:
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
