"""What a shop developer installs: wheels, in a fresh environment, outside the checkout."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from contextlib import chdir
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[2]
PROJECTS = [ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
CORE_BYTES_MAX = 5 * 1024 * 1024


def install(python, *arguments):
    """Let our pip install into another environment. Compiling it all would take a minute."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--python",
        python,
    ]
    subprocess.run([*pip, "install", "--no-compile", *map(str, arguments)], check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Every wheel, built as pip has it built, in one process."""
    folder = tmp_path_factory.mktemp("wheels")
    for project in PROJECTS:
        with chdir(project):
            build_wheel(str(folder))
    return {path.name.split("-")[0]: path for path in folder.glob("*.whl")}


@pytest.fixture(scope="module")
def environment(tmp_path_factory, wheels):
    """A virtual environment with the locked packages and our wheels, and nothing editable."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    python = folder / "bin" / "python"
    install(python, "--require-hashes", "-r", ROOT / "constraints.txt")
    install(python, "--no-deps", "--no-index", *wheels.values())
    return folder / "bin"


def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_there_is_a_wheel_for_every_project(wheels):
    assert {path.name.replace("-", "_") for path in PROJECTS[1:]} | {"retention_sdk"} == set(wheels)


def test_the_core_wheel_is_small_and_has_what_it_needs(wheels):
    inside = names(wheels["retention_sdk"])

    assert CORE_BYTES_MAX >= wheels["retention_sdk"].stat().st_size
    for needed in (
        "retention_sdk/py.typed",
        "retention_sdk/locales/fa/messages.json",
        "retention_sdk/consent/data/rules.csv",
        "retention_sdk/inserts/templates/card.typ",
        "retention_sdk/inserts/press/profiles/fogra39_open_build.icc",
        "retention_sdk/inserts/press/profiles/SOURCES.json",
        "retention_sdk/demo/data/deliveries/orders.csv",
        "retention_sdk/cli/templates/retention.toml",
    ):
        assert needed in inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)
    assert any(
        name.endswith("LICENSE-icc-profiles-free.txt") for name in inside if "/licenses/" in name
    )


@pytest.mark.parametrize("name", ["retention_sdk_fonts", "retention_sdk_fonts_cjk"])
def test_faces_travel_with_their_licence(wheels, name):
    inside = names(wheels[name])

    assert any(entry.endswith((".ttf", ".otf")) for entry in inside)
    assert any("licenses/" in entry and entry.endswith(".txt") for entry in inside)


def test_no_wheel_carries_tests_or_servers(wheels):
    for wheel in wheels.values():
        assert [] == [n for n in names(wheel) if "node_modules" in n or n.startswith("tests/")]


def test_the_demonstration_runs_from_wheels_outside_the_checkout(environment, tmp_path):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}

    done = subprocess.run(
        [environment / "retention", "demo", "--out", "gallery", "--json"],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    assert 10 < len(json.loads(done.stdout)["outcomes"])
    assert (tmp_path / "gallery/index.html").exists()


def test_an_installed_package_finds_no_checkout(environment, tmp_path):
    code = "import retention_sdk; print(retention_sdk.__file__)"

    where = subprocess.run(
        [environment / "python", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert str(environment.parent) in where
