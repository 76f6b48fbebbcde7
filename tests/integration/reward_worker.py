"""Redeems rewards in a process of its own, to be run beside others or killed.

The platform is a folder: a code is a file in it, as lasting as on a server elsewhere. Writes one
line for each redemption that was acknowledged.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from retention_sdk.errors import RewardRefused
from retention_sdk.pipeline.rewards.redeem import RewardDesk
from retention_sdk.storage import open_store
from retention_sdk.testing import BogusShop
from tests.unit.pipeline.redeeming import give, make_desk, make_program

KEY = bytes(range(32))
STOCK = 7
PROGRAM = make_program(
    [
        {"id": "code", "kind": "percent", "points": 10, "percent": 10},
        {"id": "few", "kind": "percent", "points": 10, "percent": 10, "stock": STOCK},
        {"id": "gift", "kind": "gift", "points": 10, "per_customer": 3, "per": "year"},
    ]
)
# Long enough to be killed in, on either side of what the platform does.
_PAUSE_S = 0.004


class Folder(BogusShop):
    """Keeps codes as files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def create_code(self, code):
        time.sleep(_PAUSE_S)
        (self.folder / code.code).write_text(code.model_dump_json())
        time.sleep(_PAUSE_S)
        return code.model_copy(update={"platform_id": code.code})

    def void_code(self, code):
        time.sleep(_PAUSE_S)
        (self.folder / code.code).unlink(missing_ok=True)
        time.sleep(_PAUSE_S)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def redeem(desk: RewardDesk, reward: str, names: list[str]) -> None:
    """Redeem once for each name ``who/key``."""
    for name in names:
        who, _, key = name.partition("/")
        try:
            desk.redeem(give(desk, who, 10_000), reward, key=f"{who} {key}")
        except RewardRefused as error:
            say(f"refused:{','.join(error.reasons)}")
        else:
            say(name)


def churn(desk: RewardDesk, reward: str, names: list[str]) -> None:
    """Redeem for each name, and take every second one back."""
    for count, name in enumerate(names):
        who, _, key = name.partition("/")
        issued = desk.redeem(give(desk, who, 10_000), reward, key=f"{who} {key}")
        say(f"+{name}")
        if count % 2:
            desk.cancel(issued.id, reason="test")
            say(f"-{name}")


def main() -> None:
    command, url, folder, reward, *names = sys.argv[1:]
    with open_store(url, key=KEY) as store:
        desk = make_desk(store, Folder(Path(folder)), program=PROGRAM)
        {"redeem": redeem, "churn": churn}[command](desk, reward, names)


if __name__ == "__main__":
    main()
