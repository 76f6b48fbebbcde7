"""Writes a store as this version writes it, so that later versions prove that they can read it.

Run once per released schema: python tests/golden/store/make.py tests/golden/store/<version>.db
Answers about consent are in it since 0003.
Everybody in it is invented; the key is published.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from retention_sdk import Brand, Config, Money, OrderRefunded, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import a_consent, a_customer, a_paid_event, a_shop, an_order

KEY = "60" * 32
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
BUYER = a_customer(
    consents=(
        a_consent(ConsentState.GRANTED, channel=ConsentChannel.EMAIL, recorded_at=NOW),
        a_consent(ConsentState.DENIED, channel=ConsentChannel.SMS, recorded_at=None),
    )
)
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)}, matures_after_days=14)


def config(directory: Path, name: str) -> Config:
    return Config(
        shop=a_shop(),
        brand=Brand(name="Soap & Sons", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{directory / name}", key=KEY),
        loyalty=PROGRAM,
        channels={"folder": {"directory": str(directory / "out")}},
    )


def main(target: Path) -> None:
    half = an_order("40.00 EUR", customer=BUYER, refunded=Money.parse("20.00", "EUR"))
    refund = OrderRefunded(id="golden:refund", shop_id="soap.example", occurred_at=NOW, order=half)
    with tempfile.TemporaryDirectory() as folder:
        with Retention(config(Path(folder), "made.db"), clock=lambda: NOW, environ={}) as shop:
            shop.ingest([a_paid_event(an_order("40.00 EUR", customer=BUYER)), refund])
            shop.store.scrub()
        shutil.copy(Path(folder) / "made.db", target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
