"""What the states that an order went through prove. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from retention_sdk.model import FulfilmentStatus

from .directory import Directory
from .moments import moment
from .webservice import Json


class History:
    """Facts of one order, as PrestaShop itself tells them: by the flags of its states.

    Paid, shipped and delivered is what was so once; cancelled and refunded what is so now, for
    shops take both back.
    """

    def __init__(self, order: Json, entries: Sequence[Json], directory: Directory) -> None:
        self._order, self._directory = order, directory
        # They come by number, and the sort keeps that order within a second.
        self._entries = sorted(entries, key=lambda each: each["date_add"])

    @property
    def paid_at(self) -> datetime | None:
        """When it was first in a state that means paid."""
        return self._first(self._directory.paid_states)

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled, if it is now."""
        return self._now(self._directory.cancelled_states)

    @property
    def is_refunded(self) -> bool:
        """Whether its state says that all of it was given back."""
        return self._state in self._directory.refunded_states

    @cached_property
    def shipped_at(self) -> datetime | None:
        """When it was first in a state that means that it left, or had arrived."""
        return self._first(self._directory.shipped_states | self._directory.delivered_states)

    @property
    def status(self) -> FulfilmentStatus:
        """How far its parcel is."""
        if self._first(self._directory.delivered_states):
            return FulfilmentStatus.DELIVERED
        if self.shipped_at:
            return FulfilmentStatus.SHIPPED
        is_over = self.cancelled_at is not None or self.is_refunded
        return FulfilmentStatus.CANCELLED if is_over else FulfilmentStatus.PLANNED

    @property
    def _state(self) -> str:
        return str(self._order["current_state"])

    def _first(self, states: frozenset[str]) -> datetime | None:
        return self._moment(self._dates(states)) or self._now(states)

    def _now(self, states: frozenset[str]) -> datetime | None:
        """Return since when the order is in one of the states; by its last change if none says."""
        if self._state not in states:
            return None
        last = [*self._dates({self._state})][-1:] or [self._order["date_upd"]]
        return self._moment(last)

    def _dates(self, states: Iterable[str]) -> list[str]:
        wanted = frozenset(states)
        return [each["date_add"] for each in self._entries if str(each["id_order_state"]) in wanted]

    def _moment(self, dates: Sequence[str]) -> datetime | None:
        return moment(dates[0], self._directory.zone) if dates else None
