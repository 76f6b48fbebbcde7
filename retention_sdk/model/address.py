"""Where a parcel goes, as the platform gave it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import CountryCode, Line, PersonalLine, Record


class Address(Record):
    """A postal address. No field is required: platforms differ, and so do countries."""

    name: PersonalLine = ""
    company: PersonalLine = ""
    street: Annotated[tuple[Line, ...], Field(max_length=6, repr=False)] = ()
    city: PersonalLine = ""
    region: PersonalLine = ""
    postcode: PersonalLine = ""
    country: CountryCode | None = None
    phone: PersonalLine = ""
