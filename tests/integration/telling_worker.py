"""Tells a platform on loopback what somebody answered, in a process of its own, to be killed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

from pydantic import SecretStr

from retention_sdk import Brand, Retention, Sender, Shop
from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.config import Config, StoreConfig
from retention_sdk.model import Consent, Settings
from retention_sdk.pipeline.due.run import DueReport, open_due

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Loopback(ShopAdapter):
    """Asks a server of the test; it has no time limit, so that what holds it up is seen."""

    name = "test"
    capabilities = Capability.READ_CONSENT | Capability.WRITE_CONSENT
    url = ""

    def fetch_consents(self, customer_id):
        with urlopen(f"{self.url}/{customer_id}") as answer:
            return tuple(map(Consent.model_validate_json, answer.read().splitlines()))

    def write_consent(self, customer_id, consent):
        data = consent.model_dump_json().encode()
        asked = Request(f"{self.url}/{customer_id}", data=data, method="PUT")
        with urlopen(asked):
            pass


def open_shop(folder: Path, url: str) -> Retention:
    """Return a shop with a store in a file, whose clock stands still."""
    config = Config(
        shop=Shop(id="shop", name="Soap", country="DE", currency="EUR", language="en"),
        brand=Brand(name="Soap", sender=Sender(name="Ann")),
        store=StoreConfig(url=f"sqlite:///{folder / 'shop.db'}", key=SecretStr("ab" * 32)),
        platforms={"test": {}},
        directory=str(folder),
    )
    shop = Retention(config, clock=lambda: NOW)
    adapter = Loopback(Settings(), shop_id="shop")
    adapter.url = url
    shop.adapter = lambda _: adapter
    return shop


def tell(shop: Retention, *, wait: timedelta) -> DueReport:
    """Tell what is to be told; leases of workers that died end while it waits."""
    work = open_due(shop.config, shop.intake, (), clock=lambda: NOW + wait)
    return work.run(now=NOW + wait)


def main() -> None:
    folder, url = sys.argv[1:]
    with open_shop(Path(folder), url) as shop:
        tell(shop, wait=timedelta(0))


if __name__ == "__main__":
    main()
