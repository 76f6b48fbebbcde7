"""``[[loyalty.partners]]``: with whom points are exchanged, at which rate, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from ...model import Settings
from ...model.base import Line

PartnerId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
"""A name of a partner: 1-60 small letters, digits and hyphens. It is stored with exchanges."""

_Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class ExchangeTerms(Settings):
    """A rate of the contract in one direction: ``give`` of the one become ``get`` of the other.

    What is given is a whole number of ``step``, at least ``minimum``; what is got is rounded down,
    in the favour of whoever hands it out. ``daily_max`` and ``monthly_max`` limit what one member
    gives in a day and a month on the programme's calendar.
    """

    give: _Count
    get: _Count
    minimum: _Count = 1
    step: _Count = 1
    daily_max: _Count | None = None
    monthly_max: _Count | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.minimum * self.get < self.give:
            raise ValueError(f"{self.minimum} given would get nothing; raise minimum")
        for name in ("daily_max", "monthly_max"):
            most = getattr(self, name)
            if most is not None and most < self.minimum:
                raise ValueError(f"{name} is below minimum: nobody could exchange anything")
        return self


class Partner(Settings):
    """Somebody whose points, called ``unit``, can be had for ours, or ours for theirs.

    ``out`` is the direction to the partner, ``into`` the one to us; either may be missing. Points
    on their way to a partner are set aside for ``hold_hours``; if the partner has not confirmed
    by then they come back.
    """

    id: PartnerId
    unit: Annotated[Line, Field(min_length=1)] = "points"
    out: ExchangeTerms | None = None
    into: ExchangeTerms | None = None
    hold_hours: Annotated[int, Field(ge=1, le=24 * 60)] = 72

    @model_validator(mode="after")
    def _never_gains(self) -> Self:
        out, into = self.out, self.into
        if out is None and into is None:
            raise ValueError("exchanges nothing: give out, into or both")
        if out and into and out.get * into.get > out.give * into.give:
            raise ValueError("points sent to and fro would grow: out and into do not fit together")
        return self


def _with_own_names(partners: Sequence[Partner]) -> tuple[Partner, ...]:
    names = [partner.id for partner in partners]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two partners have the same id: {', '.join(twice)}")
    return tuple(partners)


Partners = Annotated[tuple[Partner, ...], Field(max_length=100), AfterValidator(_with_own_names)]
"""The partners of a programme, at most 100."""
