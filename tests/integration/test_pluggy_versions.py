"""The hooks behave the same under the oldest and the newest pluggy that we accept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("version", ["1.6.0", "1.7.0"])
def test_hooks_work_under_both_ends_of_the_range(tmp_path, version):
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, "--no-deps", "--target", tmp_path, f"pluggy=={version}"], check=True)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    check = f"import pluggy; assert pluggy.__version__ == '{version}', pluggy.__version__"
    subprocess.run([sys.executable, "-c", check], env=environment, check=True)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/unit/hooks", "tests/contract/test_hooks_contract.py"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stdout
