"""How long a leaderboard of 100,000 members takes to answer, on SQLite.

Run with `python tests/benchmarks/leaderboards.py`. Prints median and slowest of 200 members drawn
at random, in time of the processor: their rank, neighbours and the first ten, and one new score.
A thousand members have names to open; the others only have scores, since sealing takes longer than
all that is measured.
"""

from __future__ import annotations

import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.loyalty.leaderboards import LeaderboardBook
from retention_sdk.loyalty.leaderboards.settings import Leaderboard
from retention_sdk.storage import Board, Member, Store, open_store

MEMBERS, NAMED, ROUNDS = 100_000, 1_000, 200
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PLACE = Board("points", "monthly", "2026-11")


def fill(store: Store, chance: random.Random) -> list[str]:
    """Put members on a board; return those who have a name, whose place is then asked for."""
    # A few points for most and many for few, with ties.
    scores = [int(chance.paretovariate(0.8) * 10) for _ in range(MEMBERS)]
    with store.begin() as connection:
        named = []
        for number in range(NAMED):
            who = store.subjects.subject_for(connection, "shop", f"id:{number}", now=NOW)
            member = Member(who, f"otter{number}", NOW)
            store.leaderboards.join(connection, PLACE, member, shop_id="shop", likeness=member.name)
            named.append(who)
        others = [chance.randbytes(16).hex() for _ in range(MEMBERS - NAMED)]
        connection.exec_driver_sql(
            "INSERT INTO subject (id, shop_id, wrapped_key, created_at) VALUES (?, 'shop', x'00', 0)",
            [(who,) for who in others],
        )
        connection.exec_driver_sql(
            "INSERT INTO leaderboard_score (program_id, board, period, subject_id, score) "
            "VALUES ('points', 'monthly', '2026-11', ?, ?)",
            list(zip([*named, *others], scores, strict=True)),
        )
    return named


def measure(name: str, people: list[str], work: Callable[[str], object]) -> None:
    """Print median and slowest of some calls, in milliseconds."""
    times = []
    for who in people:
        begun = time.process_time()
        work(who)
        times.append((time.process_time() - begun) * 1000)
    print(f"{name:28} median {statistics.median(times):7.2f} ms, slowest {max(times):7.2f} ms")


def main() -> None:
    """Fill a board, and ask it."""
    chance = random.Random(1)
    print(f"{MEMBERS:,} members; Python {platform.python_version()}, {platform.machine()}")
    program = Program(
        rates={"EUR": Rate(points=1, per_minor=100)},
        leaderboards=(Leaderboard(id="monthly"),),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(f"sqlite:///{Path(folder) / 'board.db'}", key=bytes(32)) as store,
    ):
        people = fill(store, chance)
        book = LeaderboardBook(store, PointsLedger(store, program))
        some = chance.sample(people, ROUNDS)

        def look(who: str) -> None:
            with store.reading() as connection:
                assert book.view(connection, "monthly", who, now=NOW).rank

        def score(who: str) -> None:
            with store.begin() as connection:
                store.leaderboards.set_score(connection, PLACE, who, chance.randrange(1, 500))

        measure("place, neighbours, first ten", some, look)
        measure("one new score, durable", some, score)


if __name__ == "__main__":
    main()
