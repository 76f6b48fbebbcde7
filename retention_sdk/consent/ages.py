"""How old somebody is, as far as the shop knows: too young to say yes, or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from ..model import Context

# The oldest person whose age is proved died at 122 (Jeanne Calment, 1997).
_OLDEST_YEARS = 122
# Nobody's calendar is further behind UTC: a birthday has come everywhere half a day later.
_LATEST_CALENDAR = timedelta(hours=12)
_GUARDIAN = "guardian"


class Age(NamedTuple):
    """What a record says of somebody's age. ``years`` is None where it cannot be true."""

    years: int | None


def youngest(context: Context) -> Age | None:
    """Return the lowest age that the records of the buyer allow; None where they say nothing.

    A record that cannot be true counts as the youngest. With a year and no day of birth somebody
    counts as born on its last day.
    """
    order = context.order
    people = (context.customer, order.customer if order else None)
    births = {(p.birth_year, p.birthday) for p in people if p and p.birth_year is not None}
    if not births:
        return None
    today, this_year = (context.now - _LATEST_CALENDAR).date(), context.now.year
    ages = [_age(year, birthday, today, this_year) for year, birthday in births if year]
    return min(ages, key=lambda age: -1 if age.years is None else age.years, default=Age(None))


def is_by_guardian(source: str, evidence_ref: str) -> bool:
    """Whether an answer was given by who is responsible for a child, with a stored proof.

    Such an answer is recorded with a ``source`` that begins with ``guardian``.
    """
    return source.casefold().startswith(_GUARDIAN) and bool(evidence_ref)


def _age(year: int, birthday: str, today: date, this_year: int) -> Age:
    had_birthday = today.isoformat()[5:] >= (birthday or "12-31")
    years = today.year - year - (0 if had_birthday else 1)
    if year > this_year or years > _OLDEST_YEARS:
        return Age(None)
    return Age(max(years, 0))
