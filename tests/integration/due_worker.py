"""Works on what is due in a process of its own, row by row, until it is done or killed.

Prints a line after each row.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from retention_sdk import Brand, Retention, Sender, Shop
from retention_sdk.config import Config, StoreConfig
from retention_sdk.loyalty import Program, Rate
from retention_sdk.loyalty.due_settings import DueSettings
from retention_sdk.pipeline.due.run import open_due

BOUGHT = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = BOUGHT + timedelta(days=400)
# Short, so that what a killed worker held is free for the next one.
LEASE = timedelta(milliseconds=20)


def open_shop(folder: Path, now: datetime = LATER) -> Retention:
    """Return a shop with a store in a file, whose clock stands still."""
    program = Program.model_validate(
        {
            "rates": {"EUR": Rate(points=1, per_minor=100)},
            "matures_after_days": 14,
            "expires_after_days": 365,
            "rules": [
                {"kind": "birthday", "id": "cake", "points": 30},
                {"kind": "anniversary", "id": "years", "points": 15},
            ],
            "tiers": {"ranks": [{"key": "silver", "from_minor": {"EUR": 10_00}}]},
        }
    )
    config = Config(
        shop=Shop(id="shop", name="Soap", country="DE", currency="EUR", language="en"),
        brand=Brand(name="Soap", sender=Sender(name="Ann")),
        store=StoreConfig(url=f"sqlite:///{folder / 'shop.db'}", key=SecretStr("ab" * 32)),
        loyalty=program,
        due=DueSettings(winback_days=90),
        directory=str(folder),
    )
    return Retention(config, clock=lambda: now)


def main() -> None:
    with open_shop(Path(sys.argv[1])) as shop:
        work = replace(
            open_due(shop.config, shop.intake, tuple(shop.ledgers.values())), lease=LEASE
        )
        while work.run(now=LATER, limit=1).done:
            sys.stdout.write("done\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
