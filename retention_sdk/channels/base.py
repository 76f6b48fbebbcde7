"""What the author of a delivery channel subclasses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from ..errors import DeliveryError
from ..model import Artifact, Delivery, Receipt
from ..model.device import PushDevice


class Channel(ABC):
    """Takes finished artifacts out into the world: a folder, a printer, a mail server.

    ``is_idempotent`` channels see a repeated ``delivery.id`` as one; after a crash they are
    simply asked again. The others are asked again only for transactional mail. A channel
    ``is_deferred`` if it only takes note: cards sent there wait for a batch or a packing desk.
    One that ``takes_devices`` is asked for each browser of a customer; it is not asked at all for
    customers without one.
    """

    name: ClassVar[str]
    is_idempotent: ClassVar[bool] = False
    is_deferred: ClassVar[bool] = False
    takes_devices: ClassVar[bool] = False

    @abstractmethod
    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Deliver once.

        Raises:
            DeliveryError: it did not work; ``retryable`` says whether a later try may.
        """

    def takes(self, device: PushDevice) -> bool:  # noqa: ARG002 - for subclasses
        """Whether push messages for this device may be sent from here.

        Its address comes from a visitor: a channel that takes devices takes those of push
        services it knows, and nothing that would make it call a server of somebody's choice.
        """
        return False

    def withdraw(self, receipt: Receipt) -> bool:  # noqa: ARG002 - for subclasses
        """Take back what was sent; return whether it was there and is gone now.

        Called when an order is cancelled or a person is forgotten. What a printer fetched, or a
        server relayed, cannot be taken back: that is the answer of a channel that does not
        override this.

        Raises:
            DeliveryError: it is there, and cannot be taken back now.
        """
        return False


def print_file(delivery: Delivery) -> Artifact:
    """Return the one file of a delivery that a printer takes; pictures to look at stay here.

    Raises:
        DeliveryError: there is none, or more than one.
    """
    files = [each for each in delivery.artifacts if each.media_type != "image/png"]
    if len(files) != 1:
        message = f"{delivery.channel}: a delivery must be exactly one file to print"
        raise DeliveryError(message, retryable=False)
    return files[0]


def message_text(delivery: Delivery) -> str:
    """Return the one text of a delivery that goes to a telephone.

    Raises:
        DeliveryError: there is none, or more than one, or it is no text.
    """
    texts = [each for each in delivery.artifacts if each.media_type.startswith("text/plain")]
    if len(texts) != 1:
        message = f"{delivery.channel}: a delivery must be exactly one text"
        raise DeliveryError(message, retryable=False)
    try:
        return texts[0].data.decode()
    except UnicodeDecodeError:
        raise DeliveryError(f"{delivery.channel}: the text is not UTF-8", retryable=False) from None
