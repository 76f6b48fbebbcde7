"""Telephone numbers: read as customers type them, kept in E.164, shown from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .bidi import isolate_ltr

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A telephone number that can be dialled. It shows neither in a repr nor in an error.

    ``e164`` is what a provider wants (``+982112345678``), without the extension. ``country`` is
    empty for numbers of no country, such as +800. ``is_valid`` means that the numbering plan
    knows such a number, not that somebody answers it; ``is_mobile`` that it may get an SMS.

    .. versionadded:: 0.1.0
    """

    e164: str
    international: str
    national: str
    country: str
    extension: str
    is_valid: bool
    is_mobile: bool

    def __repr__(self) -> str:
        return f"Phone(country={self.country!r}, is_valid={self.is_valid})"

    @property
    def display(self) -> str:
        """The international form for people, isolated: it keeps its order in Arabic text."""
        return isolate_ltr(self.international)

    def display_in(self, country: str | None) -> str:
        """The national form for who is in the same country, the international one for others."""
        is_home = bool(country) and country == self.country
        return isolate_ltr(self.national) if is_home else self.display


def read_phone(text: str, *, country: str | None = None) -> Phone | None:
    """Return the telephone number in a text, or None where there is none.

    Digits may be Persian, Arabic or any other. ``country`` (ISO 3166) is where a number without
    +49 or the like was typed; without it such a number is None.
    """
    number = _parse(text, country)
    return None if number is None else _phone(number)


def to_e164(text: str, country: str | None) -> str:
    """Return a number as a provider wants it, empty for what is none: what two spellings share."""
    found = read_phone(text, country=country)
    return found.e164 if found else ""


def countries_of_phone(text: str, *, country: str | None = None) -> tuple[str, ...]:
    """Return the countries (ISO 3166) whose number it may be; none for what is no number.

    That is one country where the numbering plan tells. Where it does not, as for a number of
    +1 that no plan knows, it is every country that shares the calling code.
    """
    number = _parse(text, country)
    if number is None:
        return ()
    from phonenumbers import region_code_for_number, region_codes_for_country_code

    region = region_code_for_number(number)
    found = (region,) if region else region_codes_for_country_code(number.country_code or 0)
    return tuple(each for each in found if each.isalpha())


def _parse(text: str, country: str | None) -> PhoneNumber | None:
    # The metadata costs 20 ms, which a shop that never writes an SMS need not pay.
    import phonenumbers

    try:
        return phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None


def _phone(number: PhoneNumber) -> Phone:
    from phonenumbers import (
        PhoneNumberFormat,
        PhoneNumberType,
        format_number,
        is_valid_number,
        number_type,
        region_code_for_number,
    )

    region = region_code_for_number(number)
    mobile = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return Phone(
        e164=format_number(number, PhoneNumberFormat.E164),
        international=format_number(number, PhoneNumberFormat.INTERNATIONAL),
        national=format_number(number, PhoneNumberFormat.NATIONAL),
        country=region if region and region.isalpha() else "",
        extension=number.extension or "",
        is_valid=is_valid_number(number),
        is_mobile=number_type(number) in mobile,
    )
