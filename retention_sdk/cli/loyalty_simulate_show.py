"""What ``retention loyalty simulate`` shows to people: months, ranks, rewards, cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from ..model import Money
from .loyalty_liability import show_report
from .loyalty_people import number_table
from .output import console, counted

if TYPE_CHECKING:
    from fractions import Fraction

    from ..loyalty.simulate import Assumptions, Simulation

_BAR_MAX = 40
_EIGHTHS = " ▏▎▍▌▋▊▉"
_NOTHING = "–"
_OF_ORDERS = (("review", "survey"), "orders")


def show(made: Simulation) -> None:
    """Print one simulation."""
    out, unit = console(), made.program.unit
    _head(made)
    show_report(made.report, made.program.point_value)
    months = [(f"{line.first_day:%Y-%m}", line.closing) for line in made.report.lines]
    _chart(f"Owed at the end of each month, in {unit}", months, "cyan")
    _chart(f"Where {unit} came from", list(made.sources.items()), "green")
    if made.tiers:
        ranks = [(key or "none", number) for key, number in made.tiers.items()]
        _chart("Customers by rank at the end", ranks, "magenta", whole=made.customers)
    if made.rewards:
        out.print(Text("\nRewards", "bold"))
        rows = [
            (use.reward, f"{use.count:,}", f"{use.points:,}", _cost_of(use.cost, use.unpriced))
            for use in made.rewards
        ]
        out.print(number_table(("", "times", unit, "cost"), rows, numbers=(1, 2, 3)))
    out.print()
    for label, text in _summary(made):
        out.print(Text.assemble((f"{label} ", "bold"), text))


def show_both(one: Simulation, other: Simulation) -> None:
    """Print two simulations of the same orders side by side."""
    out = console()
    _head(one)
    rows = [
        (label, *cells) for label, *cells in _beside(_figures(one), _figures(other)) if any(cells)
    ]
    heads = ("", "proposed", "against", "difference")
    out.print(number_table(heads, rows, numbers=(1, 2, 3)))
    for made, name, colour in ((one, "proposed", "cyan"), (other, "against", "yellow")):
        months = [(f"{line.first_day:%Y-%m}", line.closing) for line in made.report.lines]
        most = max(line.closing for each in (one, other) for line in each.report.lines)
        _chart(f"Owed at the end of each month, {name}", months, colour, most=most)


def _head(made: Simulation) -> None:
    out, lines = console(), made.report.lines
    spent = ", ".join(_money(made.paid)) or "nothing"
    out.print(
        f"{counted(made.orders, 'order')} of {counted(made.customers, 'customer')}, "
        f"{lines[0].first_day} to {lines[-1].last_day}; {spent} paid.",
    )
    out.print(f"Assumed: {_assumed(made.assumed)}.\n")


def _assumed(assumed: Assumptions) -> str:
    told = []
    if assumed.redeem_from:
        who = f"{_per_cent(assumed.redeem)} of" if assumed.redeem else "everybody of"
        told.append(f"{who} those who order with {assumed.redeem_from:,} redeem")
    elif assumed.redeem:
        told.append(f"{_per_cent(assumed.redeem)} of those who can redeem with an order do")
    else:
        told.append("nobody redeems")
    if assumed.referral:
        told.append(f"{_per_cent(assumed.referral)} of new customers are friends of others")
    told += [
        f"a {kind} of {_per_cent(share)} of {whose}"
        for kinds, whose in ((("signup", "newsletter", "follow"), "customers"), _OF_ORDERS)
        for kind in kinds
        if (share := getattr(assumed, kind))
    ]
    return "; ".join(told)


def _chart(
    title: str,
    bars: Sequence[tuple[str, int]],
    colour: str,
    *,
    whole: int = 0,
    most: int = 0,
) -> None:
    """Print horizontal bars on one scale, in eighths of a character."""
    if not bars:
        return
    out, most = console(), max(1, most, *(value for _, value in bars))
    width = max(len(name) for name, _ in bars)
    out.print(Text(f"\n{title}", "bold"))
    for name, value in bars:
        share = f"  {_per_cent(value / whole)}" if whole else ""
        bar = _bar(max(0, value), most)
        out.print(Text.assemble(f"{name:<{width}}  ", (bar, colour), f" {value:,}{share}"))


def _bar(value: int, most: int) -> str:
    full, part = divmod(round(value * _BAR_MAX * 8 / most), 8)
    return "█" * full + (_EIGHTHS[part] if part else "")


def _summary(made: Simulation) -> Iterable[tuple[str, str]]:
    program, last = made.program, made.report.lines[-1]
    value, total = program.point_value, made.total
    issued, back = total("issued"), total("reversed")
    yield "Points:", f"{issued:,} issued, {back:,} taken back, so {issued - back:,} stayed."
    shares = f"{_per_cent(made.redemption)} redeemed, {_per_cent(made.breakage)} expired"
    yield "Of these:", f"{shares}, the rest is owed."
    if made.rewards:
        cost = _cost_of(made.cost, sum(use.unpriced for use in made.rewards))
        yield "Cost:", f"{cost}{_of_sales(made)}."
    if made.referrals:
        yield "Friends:", f"{made.referrals:,} referrals rewarded."
    owed = f"{last.closing:,} {program.unit}"
    worth = value.worth(last.closing) if value else None
    yield "Owed:", f"{owed}, worth {_amount(worth.minor, worth.currency)}." if worth else f"{owed}."


def _of_sales(made: Simulation) -> str:
    shares = [
        f"{_per_cent(minor / made.paid[currency], digits=2)} of what was paid in {currency}"
        for currency, minor in made.cost.items()
        if made.paid.get(currency)
    ]
    return f", {', '.join(shares)}" if shares else ""


def _figures(made: Simulation) -> dict[str, int | Fraction | str]:
    figures: dict[str, int | Fraction | str] = {
        "issued": made.total("issued"),
        "redeemed": made.total("redeemed"),
        "expired": made.total("expired"),
        "taken back": made.total("reversed"),
        "owed at the end": made.report.lines[-1].closing,
        "redeemed of what stayed": made.redemption,
        "expired of what stayed": made.breakage,
        "redemptions": made.redemptions,
        "referrals rewarded": made.referrals,
    }
    for currency, minor in made.cost.items():
        figures[f"cost of rewards, {currency}"] = _amount(minor, currency)
    for key, number in made.tiers.items():
        figures[f"rank {key}" if key else "no rank"] = number
    return figures


def _beside(
    one: Mapping[str, int | Fraction | str], other: Mapping[str, int | Fraction | str]
) -> Iterable[tuple[str, str, str, str]]:
    for label in dict.fromkeys((*one, *other)):
        first, second = one.get(label, 0), other.get(label, 0)
        difference = ""
        if isinstance(first, int) and isinstance(second, int):
            difference = f"{first - second:+,}" if first != second else "="
        yield label, _cell(first), _cell(second), difference


def _cell(value: int | Fraction | str) -> str:
    if isinstance(value, int):
        return f"{value:,}" if value else _NOTHING
    return value if isinstance(value, str) else _per_cent(value)


def _cost_of(cost: Mapping[str, int], unpriced: int) -> str:
    parts = list(_money(cost))
    if unpriced:
        parts.append(f"{unpriced:,} of unknown cost")
    return " + ".join(parts) or _NOTHING


def _money(amounts: Mapping[str, int]) -> Iterable[str]:
    return (_amount(minor, currency) for currency, minor in amounts.items())


def _amount(minor: int, currency: str) -> str:
    """Return an amount with thousands set apart: 1,842,882.50 EUR."""
    number, _, code = str(Money(minor=minor, currency=currency)).partition(" ")
    whole, dot, cents = number.partition(".")
    return f"{int(whole):,}{dot}{cents} {code}"


def _per_cent(share: float | Fraction, *, digits: int = 1) -> str:
    return f"{float(share) * 100:.{digits}f} %"
