"""A stored breakdown in plain English, for logs and support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...model import Money


def has_rules(breakdown: Mapping[str, Any]) -> bool:
    """Return whether rules of earning made a breakdown, not the rate alone."""
    return "goods_minor" in breakdown or any("rule" in part for part in breakdown["parts"])


def explain(breakdown: Mapping[str, Any], unit: str) -> str:
    """Return sentences that tell how points came about: every amount, every rule, every cut.

    Awards of plugins are left out: their reasons are sealed apart.
    """
    return " ".join(_sentences(breakdown, unit))


def _sentences(breakdown: Mapping[str, Any], unit: str) -> Iterator[str]:
    if refusal := breakdown.get("refusal"):
        yield f"Nothing was earned by the rules: {refusal}."
        return
    if "basis_minor" in breakdown:
        yield _basis(breakdown)
    parts = [part for part in breakdown["parts"] if part["source"] != "award"]
    for part in parts:
        yield _part(part, breakdown, unit)
    if any("goods_minor" in part for part in parts):
        yield "What money earned was rounded down once, over all of it."
    if cap := breakdown.get("cap"):
        points = sum(part["points"] for part in parts)
        yield f"The cap {cap!r} left {points} of {breakdown['uncapped']} {unit}."


def _basis(breakdown: Mapping[str, Any]) -> str:
    currency = breakdown["currency"]
    names = {
        "shipping_minor": "shipping",
        "gift_card_minor": "gift cards",
        "tax_minor": "tax (in proportion)",
    }
    less = [
        f"{_money(breakdown[key], currency)} {what}"
        for key, what in names.items()
        if breakdown[key]
    ]
    without = f", without {' and '.join(less)}" if less else ""
    paid = _money(breakdown["total_minor"], currency)
    return f"Of {paid} paid, {_money(breakdown['basis_minor'], currency)} count{without}."


def _part(part: Mapping[str, Any], breakdown: Mapping[str, Any], unit: str) -> str:
    points, by = part["points"], f" by the rule {part['rule']!r}" if part.get("rule") else ""
    if "goods_minor" in part:
        currency, rate = breakdown["currency"], part["rate"]
        goods = _money(part["goods_minor"], currency)
        per = _money(rate["per_minor"], currency)
        names = ", ".join(part.get("multipliers", ()))
        times = f", times {part['factor']} ({names})" if part.get("factor") else ""
        return f"{points} {unit} for goods of {goods} at {rate['points']} per {per}{times}{by}."
    if "units" in part:
        each = f"{part['units']} × {part['points_each']}"
        return f"{points} {unit} for pieces, {each},{by}."
    if "number" in part:
        return f"{points} {unit} because it was order number {part['number']},{by}."
    return f"{points} {unit}{by}."


def _money(minor: int, currency: str) -> Money:
    return Money(minor=minor, currency=currency)
