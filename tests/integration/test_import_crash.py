"""An import of the past that is killed at any statement and repeated ends like one that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.import_worker import open_shop, take
from tests.unit.pipeline.books import books_of

ROOT = Path(__file__).parents[2]
SEEDS = range(20 if os.environ.get("RETENTION_SOAK") else 1)
KILLS, STATEMENTS_MAX = 4, 900


def run(folder, last):
    command = [sys.executable, "-m", "tests.integration.import_worker", str(folder), str(last)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def ended(folder):
    shop = open_shop(folder)
    try:
        assert () == shop.app.resume()
        assert shop.is_clean()
        return books_of(shop)
    finally:
        shop.app.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_killed_import_that_is_repeated_ends_like_one_that_was_not(tmp_path, seed):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir(), killed.mkdir()
    shop = open_shop(whole)
    take(shop)
    shop.app.close()
    chance = random.Random(seed)
    codes = [run(killed, chance.randint(2, STATEMENTS_MAX)).returncode for _ in range(KILLS)]
    done = run(killed, 0)

    assert 0 == done.returncode, done.stderr
    assert -signal.SIGKILL in codes
    assert ended(whole) == ended(killed)
