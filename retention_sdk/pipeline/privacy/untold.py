"""Answers that a platform could not be told: it may write to these people against their will."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ...consent.answers import find_answer
from ...model import ConsentChannel, ConsentState, Purpose, Record
from ...model.base import Instant
from ..due.people import newest_customer
from .telling import TELLING

if TYPE_CHECKING:
    from ...storage import Connection, Store
    from ...storage.due import LeftRow


class Untold(Record):
    """Somebody who answered at ``answered_at``, what holds now, and which platform does not know.

    ``why`` names platforms and channels; ``customer`` is empty for guests.
    """

    answered_at: Instant
    customer: Annotated[str, Field(repr=False)] = ""
    email: Annotated[str, Field(repr=False)] = ""
    email_answer: ConsentState
    sms_answer: ConsentState
    why: str


def list_untold(
    store: Store, connection: Connection, shop_id: str, *, at: datetime
) -> tuple[tuple[LeftRow, Untold], ...]:
    """Return what is left for the shop, earliest first, each with its row, to settle it."""
    rows = store.due.left(connection, shop_id, TELLING)
    return tuple((row, _untold(store, connection, row, at)) for row in rows)


def _untold(store: Store, connection: Connection, row: LeftRow, at: datetime) -> Untold:
    customer = newest_customer(store, connection, row.subject_id)
    current = store.consents.current(connection, row.subject_id)

    def holds(channel: ConsentChannel) -> ConsentState:
        return find_answer(current, channel, Purpose.MARKETING, at=at)

    return Untold(
        answered_at=row.due_at,
        customer=(customer and customer.id) or "",
        email=customer.email if customer else "",
        email_answer=holds(ConsentChannel.EMAIL),
        sms_answer=holds(ConsentChannel.SMS),
        why=row.error,
    )
