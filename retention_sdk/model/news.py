"""What an event that no order brought about tells a customer: figures, days and names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from .base import Line, PersonalLine, Record
from .money import CurrencyCode, Money


def _is_unset(value: Any) -> bool:
    return not value


class News(Record):
    """The facts of an event about points, ranks, rewards and time, ready to be put into words.

    What an event does not tell is empty. ``on`` is a day in the shop's time zone: the last day of
    points, of a rank or of a reward, or the day of an anniversary. ``name`` is what a rank, a
    reward or an achievement is called in the customer's language, empty where nobody named it;
    ``name_next`` the rank that would come after. ``kind`` is the key of a rank, the kind of a
    reward, or the role in a recommendation. ``missing`` keeps a rank: points, orders, or minor
    units of ``currency``, by ``measure``. ``silent_days`` are those without an order. ``program``
    is the one that it is about, ``program_name`` what it is called if there are several.
    """

    points: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    on: Annotated[date | None, Field(exclude_if=_is_unset)] = None
    years: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    silent_days: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    name: Annotated[Line, Field(exclude_if=_is_unset)] = ""
    name_next: Annotated[Line, Field(exclude_if=_is_unset)] = ""
    kind: Annotated[Line, Field(exclude_if=_is_unset)] = ""
    is_up: Annotated[bool, Field(exclude_if=_is_unset)] = False
    measure: Annotated[Literal["", "spend", "points", "orders"], Field(exclude_if=_is_unset)] = ""
    missing: Annotated[int, Field(ge=0, exclude_if=_is_unset)] = 0
    currency: Annotated[CurrencyCode | Literal[""], Field(exclude_if=_is_unset)] = ""
    code: Annotated[PersonalLine, Field(exclude_if=_is_unset)] = ""
    minimum: Annotated[Money | None, Field(exclude_if=_is_unset)] = None
    program: Annotated[Line, Field(exclude_if=_is_unset)] = ""
    program_name: Annotated[Line, Field(exclude_if=_is_unset)] = ""
