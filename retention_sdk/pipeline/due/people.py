"""Who somebody is now: their subject, and what the events of the shop told of them last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...context import customer_of
from ...errors import LedgerError
from ...model import Customer, CustomerCreated, CustomersMerged, CustomerUpdated, DerivedEvent

if TYPE_CHECKING:
    from ...storage import Connection, Store

_ACCOUNT = (CustomerCreated, CustomerUpdated, CustomersMerged)


def known_subject(store: Store, connection: Connection, shop_id: str, who: Customer | str) -> str:
    """Return the subject that a customer, or a subject of before a merge, is now.

    Raises:
        LedgerError: the shop knows nobody by any of what leads to the customer.
    """
    from ...storage.subject_merges import survivor_of

    if isinstance(who, str):
        return survivor_of(connection, who)
    found = store.people_of(connection, shop_id, store.references_of_customer(who))
    if not found:
        raise LedgerError("this customer is not known; tell of the account or an order first")
    return survivor_of(connection, found[0])


def newest_customer(store: Store, connection: Connection, subject_id: str) -> Customer | None:
    """Return a customer as last told, with the birthday that was told last.

    Their answers to questions of consent are left out: the store has those that count. Orders
    often tell no birthday; an account that tells none has none any more. None for the erased, and
    for who left neither account nor address.
    """
    if store.subjects.is_erased(connection, subject_id):
        return None
    people = store.subjects.person(connection, subject_id)
    events = [each for who in people for each in store.people.events(connection, who)]
    newest: Customer | None = None
    for event in sorted(events, key=lambda each: each.occurred_at, reverse=True):
        customer = customer_of(event)
        if customer is None or isinstance(event, DerivedEvent):
            continue
        newest = newest or customer
        if customer.birthday or isinstance(event, _ACCOUNT):
            newest = newest.model_copy(update={"birthday": customer.birthday})
            break
    if newest is None or not (newest.id or newest.email):
        return None
    return newest.model_copy(update={"consents": ()})
