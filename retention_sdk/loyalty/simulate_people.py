"""Whose order it is, told apart as ``storage.subjects`` does: accounts, then e-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Order
from .simulate_flows import FlowSums
from .simulate_person import Person


class People:
    """Customers in the order in which they came. An order without one is somebody of its own."""

    def __init__(self, sums: FlowSums) -> None:
        self._sums = sums
        self._all: list[Person] = []
        self._known: dict[str, Person] = {}
        self._has_account: set[str] = set()

    def __iter__(self) -> Iterator[Person]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, order: Order) -> Person:
        """Return who bought something.

        An account takes over the guest with its e-mail address, once. A second account with the
        same address is somebody else.
        """
        customer = order.customer
        account = f"id:{customer.id}" if customer and customer.id else ""
        email = f"email:{customer.email.casefold()}" if customer and customer.email else ""
        person = self._known.get(account) if account else None
        if person is None and email:
            person = self._known.get(email)
            if person and account and person.name in self._has_account:
                person = None
        if person is None:
            person = Person(f"{len(self._all):09d}", self._sums)
            self._all.append(person)
        for reference in filter(None, (account, email)):
            self._known.setdefault(reference, person)
        if account:
            self._has_account.add(person.name)
        return person
