"""The profiles we ship, where they come from, and the printer's own."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pytest
from PIL import ImageCms

from retention_sdk.errors import PrintError
from retention_sdk.inserts.press import icc, own_profile
from retention_sdk.inserts.profiles import PROFILES, get_profile

FOLDER = Path(icc.__file__).with_name("profiles")
SOURCES = json.loads((FOLDER / "SOURCES.json").read_text("utf-8"))
GRACOL = (FOLDER / "tr006_open_build.icc").read_bytes()


@pytest.mark.parametrize("built", SOURCES["profiles"], ids=lambda built: built["profile"])
def test_a_profile_is_the_one_that_was_built(built):
    data = (FOLDER / built["profile"]).read_bytes()

    assert built["sha256"] == hashlib.sha256(data).hexdigest()
    assert built["bytes"] == len(data) < 200_000
    assert built["fit_delta_e_peak"] < 1.0
    described = ImageCms.getProfileDescription(io.BytesIO(data))
    assert "open build" in described
    assert built["statement"] == ImageCms.getProfileCopyright(io.BytesIO(data)).strip()


def test_every_profile_that_is_named_is_shipped_with_its_condition():
    named = {each.icc: (each.condition, each.ink_max) for each in PROFILES.values() if each.icc}

    assert named == {
        built["profile"]: (built["condition"], built["ink_max"]) for built in SOURCES["profiles"]
    }
    assert set(named) == {path.name for path in FOLDER.glob("*.icc")}


def test_the_licence_of_the_measurements_is_beside_them():
    licence = (FOLDER / "LICENSE-icc-profiles-free.txt").read_text("utf-8")

    assert "Kai-Uwe Behrmann" in licence
    assert "zlib/libpng License" in licence


def test_the_printers_own_profile_takes_the_place_of_ours(drawn, press, reading):
    profile = own_profile(GRACOL, condition="FOGRA51", title="PSO Coated v3", ink_max=290)

    (intent,) = reading(press(drawn, profile=profile, pdfx="x-1a")).pdf.Root.OutputIntents

    assert ("FOGRA51", "PSO Coated v3") == (
        str(intent.OutputConditionIdentifier),
        str(intent.Info),
    )
    assert GRACOL == intent.DestOutputProfile.read_bytes()


def test_a_condition_of_the_house_is_not_called_registered(drawn, press, reading):
    profile = own_profile(GRACOL, condition="Digital press 3")

    (intent,) = reading(press(drawn, profile=profile)).pdf.Root.OutputIntents

    assert "/RegistryName" not in intent


def test_the_ink_limit_is_read_from_the_profile_where_nobody_says_it():
    assert 250 < own_profile(GRACOL, condition="CGATS TR 006").ink_max <= 300


def _with(at, data):
    return GRACOL[:at] + data + GRACOL[at + len(data) :]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not an ICC file"),
        (b"\x00" * 200, "not an ICC file"),
        (GRACOL[:-10], "cut off"),
        (_with(12, b"mntr"), "not an output profile for CMYK"),
        (_with(16, b"RGB "), "not an output profile for CMYK"),
        (_with(132, bytes(20000)), "does not work|cannot be read"),
    ],
)
def test_a_file_that_is_no_cmyk_profile_is_refused(data, said):
    with pytest.raises(PrintError, match=said):
        own_profile(data, condition="FOGRA51")


def test_the_bytes_of_a_profile_do_not_show():
    assert "icc_data" not in repr(own_profile(GRACOL, condition="CGATS TR 006"))


def test_our_black_ramp_reaches_from_paper_to_solid():
    colours = icc.colours_for(get_profile("coated_fogra39"))

    assert (1.0, 0.0) == (colours.black_for(0), colours.black_for(100))
    assert 0.35 < colours.black_for(60) < 0.7
