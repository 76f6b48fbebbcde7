"""One object that knows how a locale writes: numbers, money, dates, lists, texts, names."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

from ..errors import ConfigError, MessageError
from .calendars import CALENDARS, Calendar
from .catalogue import (
    catalogue_of,
    chain_of,
    check_arguments,
    contexts_of,
    find_nodes,
    say,
    spec_of,
)
from .currencies import cash_fraction, currency_fraction
from .dates import DateFormatter, DateStyle, local_day, local_moment
from .lists import join_list
from .numbers import Digits, NumberFormatter
from .resources import (
    available_locales,
    cldr_locale,
    cldr_locales,
    supplemental,
)
from .salutations import Relation, Salutation, build_salutation
from .tags import Tag, maximize, parents, parse
from .times import TimeFormatter, TimeStyle
from .words import TimeUnit, Unit, Width, WordFormatter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from fractions import Fraction

    from ..model import Customer, Formality, Money
    from .po import State

Direction = Literal["ltr", "rtl"]
Addressee = Literal["", "f", "m"]

_CACHE_SIZE = 256


@lru_cache(maxsize=_CACHE_SIZE)
def localizer(
    tag: str,
    *,
    digits: Digits = "auto",
    calendar: Calendar = "auto",
    strict: State | None = None,
) -> Localizer:
    """Return the localizer for a BCP 47 tag; the same object for the same wishes.

    A region brings its own formats to its language's texts: ``de-AT`` reads ``locales/de``.
    ``digits`` and ``calendar`` go before what the tag (``-u-nu-``, ``-u-ca-``) or the region says.
    ``strict`` makes it refuse to say what has not come that far: no ``drafted`` text leaves a
    shop that wants ``native_reviewed`` ones. ``en-XA`` and ``ar-XB`` are for testing layouts.

    Raises:
        MessageError: no catalogue serves the tag; use ``negotiate`` first.
        ConfigError: there is no such calendar.
    """
    if calendar != "auto" and calendar not in CALENDARS:
        raise ConfigError(
            "no such calendar", key=calendar, hint=f"there are: {', '.join(CALENDARS)}"
        )
    parsed = parse(tag)
    chain = chain_of(parsed) if parsed else ()
    if parsed is None or not chain:
        choices = ", ".join(available_locales())
        raise MessageError(f"no catalogue for {tag!r}: choose one of {choices}")
    profile = catalogue_of(chain[0])["profile"]
    return build_localizer(parsed, chain, profile, digits, strict, calendar=calendar)


def build_localizer(
    tag: Tag,
    chain: tuple[str, ...],
    profile: Mapping[str, Any],
    digits: Digits = "auto",
    strict: State | None = None,
    *,
    calendar: Calendar = "auto",
) -> Localizer:
    """Return a localizer that speaks with the profile of a ``locale.toml``, shipped or not."""
    cldr_tag = _cldr_tag_of(tag)
    if digits == "auto":
        digits = _asked_digits(tag) or profile["digits"]
    numbers = NumberFormatter(cldr_tag, digits)
    wanted = _calendar_of(tag) if calendar == "auto" else calendar
    return Localizer(tag, chain, profile, cldr_tag, numbers, strict, wanted)


@dataclass(frozen=True, repr=False, eq=False)
class Localizer:
    """Says and writes everything for one locale. Immutable; get one from ``localizer``.

    .. versionadded:: 0.1.0
    """

    _parsed: Tag
    _chain: tuple[str, ...]
    _profile: Mapping[str, Any]
    _cldr_tag: str
    _numbers: NumberFormatter
    _strict: State | None = None
    calendar: Calendar = "gregorian"
    """The calendar dates are written in: the one wished for, or the one the region expects."""

    def __repr__(self) -> str:
        return f"Localizer({self.tag!r})"

    @property
    def tag(self) -> str:
        """The locale that was asked for, in canonical form."""
        return str(self._parsed)

    @property
    def language(self) -> str:
        """ISO 639 code."""
        return self._parsed.language

    @property
    def script(self) -> str:
        """ISO 15924 code of the catalogue's script."""
        return cast("str", self._profile["script"])

    @property
    def direction(self) -> Direction:
        """Where a line of this language begins."""
        return "rtl" if self._parsed.is_rtl else "ltr"

    @property
    def default_formality(self) -> Formality:
        """How a shop in this language speaks unless its brand says otherwise."""
        return cast("Formality", self._profile["default_formality"])

    def number(self, value: int | Decimal) -> str:
        """Return a plain number with the locale's separators and digits."""
        return self._numbers.decimal(value)

    def percent(self, ratio: Decimal | Fraction, *, fraction_max: int = 0) -> str:
        """Return a ratio as a percentage: 1/4 is 25 %."""
        return self._numbers.percent(ratio, fraction_max=fraction_max)

    def money(self, money: Money, *, display: Literal["auto", "code"] = "auto") -> str:
        """Return an amount as a price tag shows it; never rounded.

        Whole amounts take the currency's cash digits (``AMD 1,500``). ``auto`` uses the unit
        people count in (toman for Iranian rial); ``code`` the ISO code and unit.
        """
        unit = self._profile["money"].get(money.currency)
        if display == "auto" and unit and maximize(self._parsed).region in unit["regions"]:
            amount = Decimal(money.minor) / unit["minor"]
            number = self._numbers.decimal(amount, fraction_max=_visible_decimals(amount))
            return cast("str", unit["pattern"]).replace("{0}", number)
        return self._numbers.currency(
            money.amount,
            money.currency,
            fraction_digits=_price_decimals(money),
            width="code" if display == "code" else "standard",
        )

    def date(
        self, value: datetime | date, style: DateStyle = "long", *, time_zone: str = "UTC"
    ) -> str:
        """Return a day in the region's calendar; a moment is first taken to the time zone.

        Raises:
            ValueError: the datetime is naive.
        """
        return self._dates.format(local_day(value, time_zone), style)

    def time(self, moment: datetime, style: TimeStyle = "short", *, time_zone: str = "UTC") -> str:
        """Return what clocks show at a moment in a time zone: 15:30, 3:30 PM.

        Raises:
            ValueError: the datetime is naive.
        """
        return self._times.format(local_moment(moment, time_zone).time(), style)

    def date_time(
        self,
        moment: datetime,
        style: DateStyle = "long",
        time_style: TimeStyle = "short",
        *,
        time_zone: str = "UTC",
    ) -> str:
        """Return day and time in one phrase: November 21, 2026 at 3:30 PM.

        Raises:
            ValueError: the datetime is naive.
        """
        day = self.date(moment, style, time_zone=time_zone)
        return self._times.join(day, self.time(moment, time_style, time_zone=time_zone), style)

    def compact(self, value: int | Decimal, *, width: Width = "short") -> str:
        """Return a large number as people say it: 12K, or 12 thousand in ``long``."""
        return self._words.compact(value, width)

    def unit(self, value: int | Decimal, unit: Unit, *, width: Width = "long") -> str:
        """Return a quantity with its unit in the right plural: 3 days, 1.5 kilograms."""
        return self._words.unit(value, unit, width)

    def relative(
        self, count: int, unit: TimeUnit, *, numeric: Literal["auto", "always"] = "auto"
    ) -> str:
        """Return a distance from now, negative in the past: in 3 days, tomorrow, last week.

        ``always`` never takes a word for a number: in 1 day.
        """
        return self._words.relative(count, unit, named=numeric == "auto")

    def list(self, items: Sequence[str]) -> str:
        """Join items as the language does: ``a, b and c``."""
        return join_list(items, cldr_locale(self._cldr_tag)["list"], self.language)

    def message(
        self,
        key: str,
        *,
        formality: Formality = "neutral",
        addressee: Addressee = "",
        **arguments: object,
    ) -> str:
        """Say a registered message, every argument isolated from its surroundings.

        ``addressee`` is a gender the customer told the shop, never a guess. A variant that the
        language does not distinguish falls back to the base text.

        Raises:
            MessageError: unknown key, missing or surplus argument, one of the wrong type, or a
                text below the state a strict localizer wants.
        """
        spec = spec_of(key)
        check_arguments(spec, arguments)
        nodes = find_nodes(self._chain, contexts_of(key, formality, addressee), strict=self._strict)
        return say(nodes, spec, arguments, self)

    def can_say(self, key: str, *, formality: Formality = "neutral") -> bool:
        """Tell whether there is such a text, as far along as a strict localizer wants.

        A text that is not required may be missing while it is translated.

        Raises:
            MessageError: unknown key.
        """
        spec_of(key)
        try:
            find_nodes(self._chain, contexts_of(key, formality, ""), strict=self._strict)
        except MessageError:
            return False
        return True

    def salutation(
        self,
        customer: Customer | None,
        *,
        formality: Formality,
        relation: Relation = "first",
        addressee: Addressee = "",
    ) -> Salutation:
        """Return how to begin a text to somebody, with as much of the name as is polite.

        ``addressee`` is a gender the customer told the shop, never a guess; it brings a title.
        """
        return build_salutation(
            customer,
            language=self.language,
            profile=self._profile,
            formality=formality,
            relation=relation,
            addressee=addressee,
        )

    @cached_property
    def _dates(self) -> DateFormatter:
        patterns = self._profile["calendar"].get(self.calendar, {})
        return DateFormatter(
            self._cldr_tag, self.calendar, patterns=patterns, digits=self._numbers.digits
        )

    @cached_property
    def _times(self) -> TimeFormatter:
        return TimeFormatter(self._cldr_tag, digits=self._numbers.digits)

    @cached_property
    def _words(self) -> WordFormatter:
        return WordFormatter(self._cldr_tag, self._numbers)


def _cldr_tag_of(tag: Tag) -> str:
    for name in parents(tag):
        if name in cldr_locales():
            return name
    raise MessageError(f"no formats for {tag}: add it to locales/cldr/extract.py and run that")


def _asked_digits(tag: Tag) -> Digits | None:
    """Return the wish that a tag carries: its own digits by any name, or 0-9."""
    if not tag.digits:
        return None
    return "latn" if tag.digits == "latn" else "native"


def _calendar_of(tag: Tag) -> Calendar:
    """Return the calendar a tag asks for; one we cannot write falls back to the Gregorian."""
    wanted = tag.calendar or _expected_calendar(tag)
    return cast("Calendar", wanted) if wanted in CALENDARS else "gregorian"


def _expected_calendar(tag: Tag) -> str:
    """Return what CLDR says of the region, if the language is at home in such a region.

    An English letter to Tehran keeps the Gregorian calendar.
    """
    preferred = supplemental()["calendars"]
    here, home = maximize(tag).region, maximize(Tag(tag.language)).region
    calendar: str = preferred.get(here, "gregorian")
    return calendar if preferred.get(home) == calendar else "gregorian"


def _price_decimals(money: Money) -> int:
    """Return the fewest decimals that are customary and lose nothing."""
    needed = _visible_decimals(money.amount)
    if not needed:
        return cash_fraction(money.currency)
    return max(needed, currency_fraction(money.currency))


def _visible_decimals(amount: Decimal) -> int:
    fraction = format(amount, "f").partition(".")[2]
    return len(fraction.rstrip("0"))
