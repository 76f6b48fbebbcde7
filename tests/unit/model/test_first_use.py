"""Records are built when they are first used, which keeps starting fast; threads may do it at once."""

from __future__ import annotations

import subprocess
import sys

RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
from retention_sdk.model import Brand
from retention_sdk.testing import a_paid_event

assert not Brand.__pydantic_complete__
barrier, answers = threading.Barrier(8), []

def use():
    barrier.wait()
    brand = Brand.model_validate({"name": "K", "sender": {"name": "M"}})
    answers.append(brand.model_dump_json() + a_paid_event().model_dump_json())

threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(answers), len(set(answers)))
"""


def test_threads_that_meet_at_the_first_use_agree():
    """Before pydantic 2.14 the second thread found a record half built."""
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", RACE], capture_output=True, text=True, check=True
        )
        assert "8 1" == done.stdout.strip()
