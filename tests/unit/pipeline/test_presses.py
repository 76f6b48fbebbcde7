"""Printing conditions of a shop's own printers, by the ICC files in ``retention.toml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from retention_sdk.errors import ConfigError, PrintError
from retention_sdk.inserts.press import icc
from retention_sdk.inserts.press_settings import PressSettings
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.presses import read_presses

GRACOL = Path(icc.__file__).with_name("profiles") / "tr006_open_build.icc"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own.icc").write_bytes(GRACOL.read_bytes())
    return tmp_path


def read(folder, **tables):
    found = {
        name: PressSettings.model_validate({"condition": "FOGRA51", **table})
        for name, table in tables.items()
    }
    return read_presses(found, path=lambda name: folder / name, file="retention.toml")


def test_the_printers_file_becomes_a_printing_condition(folder):
    wish = {"icc": "own.icc", "title": "PSO Coated v3", "ink_max": 290, "pdfx": ["x-4"]}

    press = read(folder, druckhaus=wish)["druckhaus"]

    assert ("druckhaus", "cmyk", "FOGRA51", "PSO Coated v3", 290, ("x-4",)) == (
        press.name,
        press.colour,
        press.condition,
        press.info,
        press.ink_max,
        press.pdfx,
    )
    assert GRACOL.read_bytes() == press.icc_data


def test_a_medium_prints_by_it(folder):
    presses = read(folder, druckhaus={"icc": "own.icc"})

    assert presses["druckhaus"] is Medium(profile="druckhaus", presses=presses).press
    assert "coated_fogra39" == Medium(profile="coated_fogra39", presses=presses).press.name
    with pytest.raises(PrintError, match="no press profile 'other'"):
        Medium(profile="other", presses=presses).press  # noqa: B018 - reading it is the test


def test_a_built_in_name_is_taken(folder):
    with pytest.raises(ConfigError, match=r"press\.uncoated: uncoated is built in"):
        read(folder, uncoated={"icc": "own.icc"})


def test_a_file_that_is_missing_is_named(folder):
    with pytest.raises(ConfigError, match=r"press\.house\.icc: gone\.icc: No such file"):
        read(folder, house={"icc": "gone.icc"})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (GRACOL.read_bytes()[:-10], "cut off"),
        (b"P6 1 1 255 xxx", "not an ICC file"),
        (b"\x00" * (16 * 1024 * 1024 + 1), "larger than 16 MB"),
    ],
    ids=["cut", "picture", "large"],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_key(folder, data, said):
    (folder / "own.icc").write_bytes(data)

    with pytest.raises(ConfigError, match=rf"press\.house\.icc: .*{said}"):
        read(folder, house={"icc": "own.icc"})


@pytest.mark.parametrize("wrong", [{"ink_max": 401}, {"pdfx": ["x-3"]}, {"condition": "\n"}])
def test_settings_that_no_press_has_are_refused(folder, wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        read(folder, house={"icc": "own.icc", **wrong})
