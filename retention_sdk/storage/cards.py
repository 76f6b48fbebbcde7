"""The ledger of cards: which parcel gets which, and how far each copy came."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from ..errors import StorageError
from .card_records import CardChoice, CardPlace, CardRecord, CardState, CardStep
from .ids import insert_into
from .subjects import SubjectVault
from .tables import card, card_copy, card_step

_PAGE = 500


class CardLedger:
    """Append-only: every copy and every step stays. What a card says is sealed for its customer.

    A card is known by its parcel: whoever assigns a second one to a fulfilment gets the first.
    """

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    # Assigning -------------------------------------------------------------------------------

    def assign(
        self,
        connection: Connection,
        place: CardPlace,
        choice: CardChoice,
        payload: bytes,
        *,
        order_number: str,
        subject_id: str,
        now: datetime,
    ) -> CardRecord:
        """Record which card a parcel gets; a parcel that has one keeps it, and it is returned.

        Raises:
            StorageError: another parcel has a card of this number.
            SubjectErased: nothing more may be kept of this person.
        """
        values = {
            "card_id": place.card_id,
            "shop_id": place.shop_id,
            "order_id": place.order_id,
            "fulfilment_id": place.fulfilment_id,
            "event_id": place.event_id,
            "subject_id": subject_id,
            "number_index": self._index(connection, place.shop_id, order_number),
            "created_at": now,
        }
        query = insert_into(connection, card).on_conflict_do_nothing()
        if connection.execute(query, values).rowcount == 1:
            self._add_copy(
                connection, place.card_id, choice, payload, subject_id=subject_id, now=now
            )
        found = self.of_fulfilment(connection, place.shop_id, place.order_id, place.fulfilment_id)
        if found is None:
            raise StorageError(f"card {place.card_id} belongs to another parcel")
        return found

    def replace(
        self,
        connection: Connection,
        record: CardRecord,
        choice: CardChoice,
        payload: bytes,
        *,
        is_changed: bool,
        reason: str,
        now: datetime,
    ) -> CardRecord:
        """Give up the newest copy for another one under the same card number.

        ``is_changed`` counts the version up: a customer would see the difference. Another copy
        of the same words may follow a packed one, and opens its parcel again.

        Raises:
            StorageError: the parcel is closed, and the card would change.
        """
        if record.state is CardState.PACKED and is_changed:
            raise StorageError(f"card {record.card_id} is packed; it cannot be replaced")
        self.advance(connection, record, CardState.REPRINTED, reason=reason, now=now)
        self._add_copy(
            connection,
            record.card_id,
            choice,
            payload,
            subject_id=record.subject_id,
            now=now,
            copy=record.copy + 1,
            version=record.version + is_changed,
            reprint_of=record.copy,
            reason=reason,
        )
        return self._require(connection, record.card_id)

    def advance(
        self,
        connection: Connection,
        record: CardRecord,
        state: CardState,
        *,
        reason: str = "",
        job_id: str = "",
        now: datetime,
    ) -> bool:
        """Take the newest copy one step on; return False where no step leads there any more.

        The same step twice is one, so it can be taken again after a crash.
        """
        last = self._last_step(connection, record.card_id, record.copy)
        if last is None or not CardState(last.state).may_become(state):
            return False
        values = {
            "card_id": record.card_id,
            "copy": record.copy,
            "position": last.position + 1,
            "state": state.value,
            "reason": reason,
            "job_id": job_id,
            "at": now,
        }
        query = insert_into(connection, card_step).on_conflict_do_nothing()
        return connection.execute(query, values).rowcount == 1

    # Reading ---------------------------------------------------------------------------------

    def get(self, connection: Connection, card_id: int) -> CardRecord | None:
        """Return a card in its newest copy, None if there is none of that number."""
        return _first(connection, _newest().where(card.c.card_id == card_id))

    def at_copy(self, connection: Connection, card_id: int, copy: int) -> CardRecord | None:
        """Return a card in one of its copies, None if there is none of that number."""
        return _first(connection, _select(copy).where(card.c.card_id == card_id))

    def of_fulfilment(
        self, connection: Connection, shop_id: str, order_id: str, fulfilment_id: str
    ) -> CardRecord | None:
        """Return the card of a parcel."""
        where = and_(
            card.c.shop_id == shop_id,
            card.c.order_id == order_id,
            card.c.fulfilment_id == fulfilment_id,
        )
        return _first(connection, _newest().where(where))

    def of_order(
        self, connection: Connection, shop_id: str, order_id: str
    ) -> tuple[CardRecord, ...]:
        """Return the cards of an order, earliest first."""
        return _all(
            connection, _newest().where(card.c.shop_id == shop_id, card.c.order_id == order_id)
        )

    def of_number(
        self, connection: Connection, shop_id: str, number: str
    ) -> tuple[CardRecord, ...]:
        """Return the cards of an order number, as a person types it or a scanner reads it."""
        index = self._index(connection, shop_id, number)
        return _all(connection, _newest().where(card.c.number_index == index))

    def of_event(self, connection: Connection, event_id: str) -> tuple[CardRecord, ...]:
        """Return the cards that an event had made."""
        return _all(connection, _newest().where(card.c.event_id == event_id))

    def of_subject(self, connection: Connection, subject_id: str) -> tuple[CardRecord, ...]:
        """Return the cards of a person."""
        return _all(connection, _newest().where(card.c.subject_id == subject_id))

    def waiting(self, connection: Connection, shop_id: str) -> Iterator[CardRecord]:
        """Yield the cards that no printer has yet, oldest first, a page at a time."""
        after: tuple[datetime, int] | None = None
        while True:
            query = _newest().where(
                card.c.shop_id == shop_id,
                card_step.c.state.in_([CardState.ASSIGNED, CardState.RENDERED]),
            )
            if after:
                later = card.c.created_at > after[0]
                same = and_(card.c.created_at == after[0], card.c.card_id > after[1])
                query = query.where(later | same)
            rows = connection.execute(query.limit(_PAGE)).all()
            yield from map(_record, rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].created_at, rows[-1].card_id

    def history(self, connection: Connection, card_id: int) -> tuple[CardStep, ...]:
        """Return every step of every copy, in order."""
        table = card_step.c
        query = (
            select(table.copy, table.state, table.at, table.reason, table.job_id)
            .where(table.card_id == card_id)
            .order_by(table.copy, table.position)
        )
        return tuple(
            CardStep(row.copy, CardState(row.state), row.at, row.reason, row.job_id)
            for row in connection.execute(query)
        )

    def payload(self, connection: Connection, record: CardRecord) -> bytes:
        """Return what the newest copy of a card says.

        Raises:
            SubjectErased: it was for somebody who is forgotten.
        """
        purpose = _purpose(record.card_id, record.copy)
        return self._subjects.open(connection, record.subject_id, record.sealed, purpose=purpose)

    def _require(self, connection: Connection, card_id: int) -> CardRecord:
        found = self.get(connection, card_id)
        if found is None:
            raise StorageError(f"there is no card {card_id}")
        return found

    def _index(self, connection: Connection, shop_id: str, number: str) -> bytes:
        return self._subjects.index(connection, shop_id, f"number:{plain_number(number) or '-'}")

    def _last_step(self, connection: Connection, card_id: int, copy: int) -> Any:
        table = card_step.c
        query = (
            select(table.state, table.position)
            .where(table.card_id == card_id, table.copy == copy)
            .order_by(table.position.desc())
            .limit(1)
        )
        return connection.execute(query).one_or_none()

    def _add_copy(
        self,
        connection: Connection,
        card_id: int,
        choice: CardChoice,
        payload: bytes,
        *,
        subject_id: str,
        now: datetime,
        copy: int = 1,
        version: int = 1,
        reprint_of: int | None = None,
        reason: str = "",
    ) -> None:
        purpose = _purpose(card_id, copy)
        values = {
            "card_id": card_id,
            "copy": copy,
            "version": version,
            "reprint_of": reprint_of,
            "template": choice.template,
            "variant": choice.variant,
            "arm": choice.arm,
            "is_holdout": choice.is_holdout,
            "locale": choice.locale,
            "formality": choice.formality,
            "sealed": self._subjects.seal(connection, subject_id, payload, purpose=purpose),
            "made_at": now,
        }
        connection.execute(insert_into(connection, card_copy), values)
        step = {
            "card_id": card_id,
            "copy": copy,
            "position": 1,
            "state": CardState.ASSIGNED.value,
            "reason": reason,
            "at": now,
        }
        connection.execute(insert_into(connection, card_step), step)


def plain_number(text: str) -> str:
    """Return an order number without what scanners and people add to it.

    Spaces, signs that do not show and a leading ``#`` fall away; digits of any script are the
    same, and so are both cases of a letter.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = (
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in folded
        if not char.isspace() and unicodedata.category(char) not in {"Cf", "Cc"}
    )
    return "".join(kept).lstrip("#")


def _newest() -> Select[Any]:
    """Select cards with their newest copy and its last step, oldest card first."""
    return _select(None)


def _select(copy: int | None) -> Select[Any]:
    """Select cards in one copy, the newest one for None."""
    copies = select(func.max(card_copy.c.copy)).where(card_copy.c.card_id == card.c.card_id)
    other = card_step.alias()
    steps = select(func.max(other.c.position)).where(
        other.c.card_id == card_copy.c.card_id, other.c.copy == card_copy.c.copy
    )
    is_copy = and_(
        card_copy.c.card_id == card.c.card_id,
        card_copy.c.copy == (copy or copies.correlate(card).scalar_subquery()),
    )
    is_step = and_(
        card_step.c.card_id == card_copy.c.card_id,
        card_step.c.copy == card_copy.c.copy,
        card_step.c.position == steps.correlate(card_copy).scalar_subquery(),
    )
    facts = [column for column in card_copy.c if column.name != "card_id"]
    state = [card_step.c.state, card_step.c.at, card_step.c.reason, card_step.c.job_id]
    return (
        select(*card.c, *facts, *state)
        .join(card_copy, is_copy)
        .join(card_step, is_step)
        .order_by(card.c.created_at, card.c.card_id)
    )


def _first(connection: Connection, query: Select[Any]) -> CardRecord | None:
    row = connection.execute(query.limit(1)).one_or_none()
    return _record(row) if row else None


def _all(connection: Connection, query: Select[Any]) -> tuple[CardRecord, ...]:
    return tuple(map(_record, connection.execute(query).all()))


def _record(row: Any) -> CardRecord:
    return CardRecord(
        place=CardPlace(
            card_id=row.card_id,
            shop_id=row.shop_id,
            order_id=row.order_id,
            fulfilment_id=row.fulfilment_id,
            event_id=row.event_id,
        ),
        choice=CardChoice(
            template=row.template,
            locale=row.locale,
            formality=row.formality,
            variant=row.variant,
            arm=row.arm,
            is_holdout=row.is_holdout,
        ),
        subject_id=row.subject_id,
        copy=row.copy,
        version=row.version,
        reprint_of=row.reprint_of,
        state=CardState(row.state),
        state_at=row.at,
        made_at=row.made_at,
        reason=row.reason,
        job_id=row.job_id,
        sealed=row.sealed,
    )


def _purpose(card_id: int, copy: int) -> str:
    return f"card:{card_id}:{copy}"
