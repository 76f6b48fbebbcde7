"""What an amount is worth at a partner, and whether it may be exchanged. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...errors import LedgerError
from .settings import ExchangeTerms, Partner

Direction = Literal["out", "in"]
"""``out``: our points for the partner's; ``in``: the partner's for ours."""


@dataclass(frozen=True, slots=True)
class Quote:
    """``given`` of the one become ``got`` of the other."""

    direction: Direction
    given: int
    got: int


def terms_of(partner: Partner, direction: Direction) -> ExchangeTerms:
    """Return the rate of a direction.

    Raises:
        LedgerError: the contract has none.
    """
    terms = partner.out if direction == "out" else partner.into
    if terms is None:
        where = "out" if direction == "out" else "into"
        raise LedgerError(f"partner {partner.id!r} exchanges nothing in this direction ({where})")
    return terms


def quote(
    partner: Partner,
    direction: Direction,
    amount: int,
    *,
    today: int = 0,
    this_month: int = 0,
) -> Quote:
    """Return what an amount becomes, rounded down.

    ``today`` and ``this_month`` are what the member gave already.

    Raises:
        LedgerError: the contract does not allow it; the message says why.
    """
    terms = terms_of(partner, direction)
    if amount < terms.minimum:
        raise LedgerError(f"at least {terms.minimum} are exchanged at once, not {amount}")
    if amount % terms.step:
        raise LedgerError(f"a multiple of {terms.step} is exchanged, not {amount}")
    for most, before, period in (
        (terms.daily_max, today, "day"),
        (terms.monthly_max, this_month, "month"),
    ):
        if most is not None and before + amount > most:
            left = max(0, most - before)
            raise LedgerError(f"{left} more can be exchanged this {period}, not {amount}")
    return Quote(direction, amount, amount * terms.get // terms.give)
