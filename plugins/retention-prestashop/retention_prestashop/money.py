"""Amounts: exact in minor units, tax included. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def spread(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion, exactly: what remains goes to the largest remainders.

    Of equal remainders the first wins. Without any weight, all goes to the first part.
    """
    whole = sum(weights)
    if not whole:
        return [total_minor, *(0 for _ in weights[1:])]
    parts = [total_minor * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: -(total_minor * weights[place] % whole)
    )
    for place in by_remainder[: total_minor - sum(parts)]:
        parts[place] += 1
    return parts
