"""A machine without Node says so; a machine that must have it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TEST = Path(__file__).parent / "test_consent.py"


@pytest.mark.parametrize(
    ("variables", "outcome"),
    [({}, "skipped"), ({"CI": "true"}, "error")],
)
def test_missing_node_is_said_clearly(variables, outcome, tmp_path):
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CI", "RETENTION_REQUIRE_SERVERS"} and not name.startswith("PYTEST")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "silent", str(TEST)],
        env={**kept, **variables, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"1 {outcome}" in done.stdout
    assert "needs Node 20" in done.stdout
