"""Questions about many cards at once: which of these numbers exist."""

from __future__ import annotations

from sqlalchemy import Connection, select

from .tables import card


def cards_among(connection: Connection, numbers: range) -> tuple[int, ...]:
    """Return the card numbers within a range of step 1 that were given out, newest first."""
    query = (
        select(card.c.card_id)
        .where(card.c.card_id.between(numbers.start, numbers.stop - 1))
        .order_by(card.c.created_at.desc(), card.c.card_id)
    )
    return tuple(connection.execute(query).scalars())
