"""``retention new-adapter`` writes a package that is finished enough to run."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from retention_sdk.errors import ConfigError
from retention_sdk.testing import write_adapter_package

ROOT = Path(__file__).parents[3]


@pytest.fixture
def package(tmp_path):
    return write_adapter_package("myshop", tmp_path)


def run_kit(package):
    search = os.pathsep.join((str(ROOT), str(package)))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "tests"],
        cwd=package,
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def test_kit_of_a_new_package_is_green_once_the_golden_files_were_read(package):
    first, second = run_kit(package), run_kit(package)

    assert "1 failed" in first.stdout
    assert "wrote paid.expected.json, guest.expected.json" in first.stdout
    assert second.returncode == 0, second.stdout


def test_package_is_named_after_the_platform_throughout(package):
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    written = {
        path: path.read_text(encoding="utf-8") for path in package.rglob("*.*") if path.is_file()
    }

    assert project["project"]["name"] == "retention-myshop"
    assert project["project"]["entry-points"]["retention_sdk"] == {"myshop": "retention_myshop"}
    assert "class MyshopAdapter" in written[package / "retention_myshop" / "adapter.py"]
    for path, text in written.items():
        assert "$" not in text, path
        assert "demo" not in text.lower(), path


def test_written_code_is_formatted_as_ours(package):
    command = ["ruff", "format", "--check", "--line-length", "100", "--isolated", str(package)]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    for path in package.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))


def test_existing_package_is_not_touched(package, tmp_path):
    before = (package / "README.md").stat().st_mtime_ns

    with pytest.raises(ConfigError, match="retention-myshop"):
        write_adapter_package("myshop", tmp_path)
    assert before == (package / "README.md").stat().st_mtime_ns


@pytest.mark.parametrize(
    "slug",
    ["", "MyShop", "my-shop", "my_shop", "1shop", "../shop", "class", "s", "магазин", "a" * 40],
)
def test_slug_that_cannot_be_a_package_is_refused(slug, tmp_path):
    with pytest.raises(ConfigError, match="lower-case word"):
        write_adapter_package(slug, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="retention-myshop"):
        write_adapter_package("myshop", tmp_path / "file")
