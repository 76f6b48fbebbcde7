"""What the author of a delivery channel subclasses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from ..model import Delivery, Receipt


class Channel(ABC):
    """Takes finished artifacts out into the world: a folder, a printer, a mail server.

    ``is_idempotent`` channels see a repeated ``delivery.id`` as one; after a crash they are
    simply asked again. The others are asked again only for transactional mail.
    """

    name: ClassVar[str]
    is_idempotent: ClassVar[bool] = False

    @abstractmethod
    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Deliver once.

        Raises:
            DeliveryError: it did not work; ``retryable`` says whether a later try may.
        """
