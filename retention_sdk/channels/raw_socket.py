"""Bytes to a printer on the network: port 9100, as label printers and most others listen to."""

from __future__ import annotations

import socket
from datetime import datetime
from typing import Annotated

from pydantic import Field, ValidationError

from ..errors import ConfigError, DeliveryError
from ..model import Delivery, Receipt, ReceiptState, Settings
from .base import Channel, print_file

# How long a printer may take to hang up; those that keep the line open have printed too.
_GOODBYE_S = 2.0


class RawSocketSettings(Settings):
    """The table ``[channels.raw]``."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 9100
    timeout_s: Annotated[float, Field(gt=0, le=600)] = 20.0


class RawSocketChannel(Channel):
    """Sends one file to one printer: ZPL to a label printer, PDF to one that reads it.

    The protocol has no answers: a printer that was reached and cut the line may have printed, so
    the error says ``is_uncertain`` and the job is never sent again by itself. Options are the
    fields of ``RawSocketSettings``.

    Raises:
        ConfigError: an option is unknown or malformed.
    """

    name = "raw"

    def __init__(self, host: str, **options: object) -> None:
        try:
            self.settings = RawSocketSettings.model_validate({"host": host, **options})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(("channels", self.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"], key=key) from None

    def __repr__(self) -> str:
        return f"<RawSocketChannel {self._where}>"

    @property
    def _where(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Send the delivery's one file.

        Raises:
            DeliveryError: there is not exactly one file (final); the printer could not be
                reached (retryable); the line broke in the middle (uncertain).
        """
        self._transfer(print_file(delivery).data)
        return Receipt(
            delivery_id=delivery.id,
            channel=self.name,
            state=ReceiptState.ACCEPTED,
            at=now,
            location=f"tcp://{self._where}",
        )

    def _transfer(self, data: bytes) -> None:
        address = (self.settings.host, self.settings.port)
        try:
            line = socket.create_connection(address, timeout=self.settings.timeout_s)
        except OSError as error:
            raise self._error(f"no connection: {_words(error)}") from None
        with line:
            try:
                line.sendall(data)
                line.shutdown(socket.SHUT_WR)
                _wait_for_goodbye(line)
            except OSError as error:
                text = f"the line broke, the printer may have printed: {_words(error)}"
                raise self._error(text, is_uncertain=True) from None

    def _error(self, text: str, *, is_uncertain: bool = False) -> DeliveryError:
        message = f"raw {self._where}: {text}"
        return DeliveryError(message, retryable=True, is_uncertain=is_uncertain)


def _wait_for_goodbye(line: socket.socket) -> None:
    """Read until the printer hangs up, or says nothing; a reset means that it lost bytes."""
    line.settimeout(_GOODBYE_S)
    try:
        while line.recv(4096):
            pass
    except TimeoutError:
        return


def _words(error: OSError) -> str:
    return error.strerror or type(error).__name__
