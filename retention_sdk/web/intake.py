"""Stores deliveries, all that wait in one commit, and lets each go once that is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from ..errors import StorageError
from ..model import ShopEvent
from .batches import Batches

_WAITING_MAX = 1_000


@dataclass(frozen=True, slots=True)
class _Delivery:
    events: Sequence[ShopEvent]
    stored: Future[None] = field(default_factory=Future)


class Intake:
    """One writer for all deliveries: a commit costs the same for one as for a hundred.

    ``accept`` stores events, each once; it is called in a thread of the intake's own.
    """

    def __init__(self, accept: Callable[[Sequence[ShopEvent]], object]) -> None:
        self._accept = accept
        self._batches = Batches(self._write, name="webhook-intake", waiting_max=_WAITING_MAX)

    def store(self, events: Sequence[ShopEvent]) -> None:
        """Return once the events are committed.

        Raises:
            StorageError: the store refused, or 1,000 deliveries wait for it.
        """
        delivery = _Delivery(events)
        if not self._batches.put(delivery):
            raise StorageError("too many deliveries wait for the store")
        delivery.stored.result()

    def close(self) -> None:
        """Store what waits, and stop."""
        self._batches.close()

    def _write(self, batch: list[_Delivery]) -> None:
        """One delivery that cannot be stored must not hold up the others: then each goes alone."""
        together = _Delivery([event for delivery in batch for event in delivery.events])
        self._try(together)
        if together.stored.exception() is None:
            for delivery in batch:
                delivery.stored.set_result(None)
        elif len(batch) == 1:
            batch[0].stored.set_exception(together.stored.exception())
        else:
            for delivery in batch:
                self._try(delivery)

    def _try(self, delivery: _Delivery) -> None:
        try:
            self._accept(delivery.events)
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits for it
            delivery.stored.set_exception(error)
        else:
            delivery.stored.set_result(None)
