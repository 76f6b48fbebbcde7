"""A machine without Node says so; a machine that must have it fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[2] / "plugins"


@pytest.mark.parametrize(
    ("platform", "variables", "outcome"),
    [
        ("medusa", {}, "skipped"),
        ("medusa", {"CI": "true"}, "error"),
        ("vendure", {}, "skipped"),
        ("vendure", {"RETENTION_REQUIRE_SERVERS": "1"}, "error"),
    ],
)
def test_missing_node_is_said_clearly(platform, variables, outcome, tmp_path):
    test = PLUGINS / f"retention-{platform}" / "tests" / "test_consent.py"
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"CI", "RETENTION_REQUIRE_SERVERS"} and not name.startswith("PYTEST")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "silent", str(test)],
        env={**kept, **variables, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"1 {outcome}" in done.stdout
    assert "needs Node 20" in done.stdout
