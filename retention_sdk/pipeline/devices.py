"""Browsers and telephones that take push messages, and whose they are: ``shop.devices``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import ConfigError, ConsentError
from ..model.device import PushDevice
from .due.people import known_subject

if TYPE_CHECKING:
    from ..app import Retention
    from ..channels.base import Channel
    from ..config import Config
    from ..model import Customer
    from ..storage import Store
    from .links import Links


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDesk:
    """Registers devices. That a browser asked its user is not recorded as a yes to advertising."""

    store: Store
    config: Config
    links: Links | None
    channel: Callable[[str], Channel]
    clock: Callable[[], datetime]

    def link(self, who: Customer | str) -> str:
        """Return the address that a page, shown to this signed-in customer, registers with.

        It is good for a day, and whoever has it can only add or remove devices.

        Raises:
            LedgerError: nobody knows this customer: tell of the account or an order first.
            ConfigError: the shop serves no such pages.
        """
        if self.links is None:
            raise ConfigError("devices register at a page of the shop", key="consent.base_url")
        return self.links.devices_url(self._subject(who), now=self.clock())

    def register(self, who: Customer | str, device: PushDevice) -> None:
        """Remember a device of a customer, who signed in on it.

        Raises:
            ConsentError: its push service is none that the channel knows.
            LedgerError: nobody knows this customer.
            SubjectErased: the customer was forgotten.
        """
        if not self._is_taken(device):
            raise ConsentError(f"no push messages are sent through {device.host}")
        subject_id, shop_id = self._subject(who), self.config.shop.id
        with self.store.begin() as connection:
            self.store.devices.register(connection, shop_id, subject_id, device, now=self.clock())

    def remove(self, endpoint: str) -> bool:
        """Forget a device; False if it was not known."""
        with self.store.begin() as connection:
            return self.store.devices.remove(connection, self.config.shop.id, endpoint)

    def of(self, who: Customer | str) -> tuple[PushDevice, ...]:
        """Return the devices of a customer, the longest registered first.

        Raises:
            LedgerError: nobody knows this customer.
            SubjectErased: the customer was forgotten.
        """
        subject_id = self._subject(who)
        with self.store.reading() as connection:
            return tuple(each.device for each in self.store.devices.of(connection, subject_id))

    def _is_taken(self, device: PushDevice) -> bool:
        name = self.config.delivery.push
        return bool(name) and self.channel(name).takes(device)

    def _subject(self, who: Customer | str) -> str:
        with self.store.reading() as connection:
            return known_subject(self.store, connection, self.config.shop.id, who)


def open_devices(shop: Retention) -> DeviceDesk:
    """Return the devices that take push messages, and whose they are."""
    return DeviceDesk(
        store=shop.store,
        config=shop.config,
        links=shop.links,
        channel=shop.channel,
        clock=shop.clock,
    )
