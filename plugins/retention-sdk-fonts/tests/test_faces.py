"""The wheel is small, complete and honest about where its files come from."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import retention_sdk_fonts

ROOT = Path(__file__).parents[1]
SOURCES = json.loads((ROOT / "SOURCES.json").read_text("utf-8"))
WHEEL_BYTES_MAX = 8_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_is_small_enough_to_be_required(wheel):
    assert wheel.stat().st_size <= WHEEL_BYTES_MAX


def test_wheel_holds_every_face_its_licence_and_the_sources(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {Path(name).name for name in archive.namelist()}

    assert {font["file"] for font in SOURCES["fonts"]} <= names
    assert {f"{font['licence']}.txt" for font in SOURCES["fonts"]} <= names
    assert "SOURCES.json" in names


@pytest.mark.parametrize("font", SOURCES["fonts"], ids=lambda font: font["file"])
def test_face_is_the_file_that_was_recorded_under_an_open_licence(font):
    data = (retention_sdk_fonts.directory() / font["file"]).read_bytes()
    licence = (ROOT / "licenses" / f"{font['licence']}.txt").read_text("utf-8")

    assert font["sha256"] == sha256(data).hexdigest()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert licence.splitlines()[0]


def test_no_face_lies_about_that_is_not_recorded():
    recorded = {font["file"] for font in SOURCES["fonts"]}
    assert recorded == {path.name for path in retention_sdk_fonts.directory().iterdir()}


def test_entry_point_gives_the_folder():
    points = {point.name: point for point in entry_points(group="retention_sdk_fonts")}
    assert retention_sdk_fonts.directory() == points["core"].load()()
