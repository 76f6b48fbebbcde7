"""Which inks print which colour."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.press.cielab import chroma, lightness
from retention_sdk.inserts.press.icc import colours_for
from retention_sdk.inserts.press.inks import MaskInks, ink_table
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.model import Palette

FOGRA39 = get_profile("coated_fogra39")
CMYK_PROFILES = ("coated_fogra39", "coated_gracol", "uncoated")
codes = st.integers(0, 255)


def table(profile=FOGRA39, **palette):
    return ink_table(profile, Palette.model_validate(palette).model_dump_json())


def inks(**named):
    return {"inks": {f"#{code}": mix for code, mix in named.items()}}


def test_lightness_and_chroma_are_those_of_cie():
    assert (0, 100) == (round(lightness((0, 0, 0))), round(lightness((255, 255, 255))))
    assert 53.24 == round(lightness((255, 0, 0)), 2)
    assert 104.55 == pytest.approx(chroma((255, 0, 0)), abs=0.1)
    assert 0 == pytest.approx(chroma((99, 99, 99)), abs=0.05)


def test_white_paper_is_no_ink_and_black_is_black_alone():
    assert (0, 0, 0, 0) == table().ink((255, 255, 255)).cmyk
    assert (0, 0, 0, 1) == table().ink((0, 0, 0)).cmyk


def test_text_that_looks_black_is_solid_black_and_small_print_a_tint_of_it():
    found = table()  # ink #2a2521 on paper #fbf7ef

    assert found.ink((0x2A, 0x25, 0x21)).is_solid_black
    cyan, magenta, yellow, black = found.ink((0x69, 0x64, 0x5F)).cmyk
    assert (0, 0, 0) == (cyan, magenta, yellow)
    assert 0.6 < black < 0.85


def test_text_in_navy_keeps_its_colour():
    cyan, magenta, _, _ = table(ink="#1a2a6e").ink((0x1A, 0x2A, 0x6E)).cmyk

    assert min(cyan, magenta) > 0.7


def test_tinted_paper_has_no_black_dots():
    assert 0 == table().ink((0xFB, 0xF7, 0xEF)).cmyk[3]


@given(code=codes)
def test_greys_have_one_ink_and_get_lighter_with_their_code(code):
    cyan, magenta, yellow, black = table().ink((code, code, code)).cmyk

    assert (0, 0, 0) == (cyan, magenta, yellow)
    assert black >= table().ink((min(255, code + 9),) * 3).cmyk[3]


def test_a_brand_colour_is_mixed_as_the_brand_says_and_so_are_its_tints():
    found = table(**inks(**{"7a2e2e": {"cmyk": (20, 95, 75, 30)}}))

    assert (0.2, 0.95, 0.75, 0.3) == found.ink((0x7A, 0x2E, 0x2E)).cmyk
    half = found.ink((0xBD, 0x97, 0x97)).cmyk
    assert (0.1, 0.47, 0.38, 0.15) == pytest.approx(half, abs=0.012)


@pytest.mark.parametrize("spot", ["", "Deep Blue"])
def test_small_print_is_a_tint_of_the_ink_that_text_is_printed_with(spot):
    """The muted colour is three parts of paper in ten of ink, and the paper is cream."""
    black = table(**inks(**{"2a2521": {"cmyk": (0, 0, 0, 100)}}))
    blue = table(ink="#1a2a6e", **inks(**{"1a2a6e": {"cmyk": (100, 80, 0, 20), "spot": spot}}))

    assert (0.0, 0.0, 0.0) == black.ink((0x69, 0x64, 0x5F)).cmyk[:3]
    muted = blue.ink((0x5E, 0x68, 0x95))
    assert (spot, 0.7) == (muted.spot, muted.tint)
    assert (0.7, 0.56, 0.0, 0.14) == pytest.approx(muted.cmyk)


def test_a_spot_ink_has_a_plate_of_its_own_and_tints_stay_on_it():
    found = table(**inks(**{"7a2e2e": {"cmyk": (20, 95, 75, 30), "spot": "PANTONE 1807 C"}}))

    assert ("PANTONE 1807 C", 1.0) == (
        found.ink((0x7A, 0x2E, 0x2E)).spot,
        found.ink((0x7A, 0x2E, 0x2E)).tint,
    )
    assert ("PANTONE 1807 C", 0.5) == (
        found.ink((0xBD, 0x97, 0x97)).spot,
        found.ink((0xBD, 0x97, 0x97)).tint,
    )


@given(red=codes, green=codes, blue=codes, name=st.sampled_from(CMYK_PROFILES))
def test_no_colour_asks_for_more_ink_than_the_paper_takes(red, green, blue, name):
    profile = get_profile(name)
    mix = table(profile).ink((red, green, blue)).cmyk

    assert sum(mix) * 100 <= profile.ink_max + 0.5
    assert all(0 <= value <= 1 for value in mix)


def test_too_rich_a_mixture_of_the_brand_is_refused():
    with pytest.raises(PrintError, match=r"#112233 asks for 340 % of ink, and uncoated takes 280"):
        table(get_profile("uncoated"), **inks(**{"112233": {"cmyk": (80, 80, 80, 100)}}))


def test_one_spot_ink_cannot_have_two_mixtures():
    wrong = inks(
        **{
            "112233": {"cmyk": (80, 0, 0, 0), "spot": "Blue"},
            "223344": {"cmyk": (70, 0, 0, 0), "spot": "Blue"},
        }
    )

    with pytest.raises(PrintError, match="Blue has two mixtures"):
        table(**wrong)


def test_what_a_file_asks_for_is_kept_and_only_limited():
    found = table()

    assert (0.1, 0.2, 0.3, 0.4) == found.process((0.1, 0.2, 0.3, 0.4)).cmyk
    limited = found.process((1.0, 1.0, 1.0, 1.0)).cmyk
    assert 3.0 == pytest.approx(sum(limited))
    assert 1.0 == limited[3]


def test_a_gradient_starts_and_ends_in_the_inks_of_the_brand_without_a_step():
    found = table(
        **inks(**{"7a2e2e": {"cmyk": (20, 95, 75, 30)}, "c98b3c": {"cmyk": (0, 40, 85, 20)}})
    )
    steps = [
        (round(0x7A + 79 * t / 99), round(0x2E + 93 * t / 99), round(0x2E + 14 * t / 99))
        for t in range(100)
    ]

    ramp = found.ramp(steps)

    assert (0.2, 0.95, 0.75, 0.3) == pytest.approx(ramp[0], abs=0.001)
    assert (0, 0.4, 0.85, 0.2) == pytest.approx(ramp[-1], abs=0.001)
    jumps = [
        max(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairwise(ramp)
    ]
    assert max(jumps) < 0.04


def test_a_grey_gradient_is_printed_with_black_alone():
    ramp = table().ramp([(code, code, code) for code in range(0, 256, 5)])

    assert {(0.0, 0.0, 0.0)} == {mix[:3] for mix in ramp}
    assert (1.0, 0.0) == (ramp[0][3], ramp[-1][3])


def test_a_mask_reads_luminosity():
    mask = MaskInks()

    assert 0.3 == pytest.approx(1 - mask.ink((255, 0, 0)).cmyk[3])
    assert 0.0 == pytest.approx(mask.ink((255, 255, 255)).cmyk[3])
    assert 0.5 == 1 - mask.process((0, 0, 0, 0.5)).cmyk[3]
    assert 0.25 == 1 - mask.lab((25, 0, 0)).cmyk[3]


def test_lab_is_read_as_d50():
    """The paper of the profile is white, and its black ink is neutral."""
    colours = colours_for(FOGRA39)

    assert (0, 0, 0, 0) == pytest.approx(colours.mix_of_lab((100, 0, 0)), abs=0.01)
    red = colours.mix_of_lab((48, 68, 48))  # the solid of magenta and yellow in ISO 12647-2
    assert min(red[1], red[2]) > 0.8
    assert red[0] < 0.1


def test_a_palette_reaches_the_file_as_plates(press, drawn):
    with pikepdf.open(io.BytesIO(press(drawn, pdfx="x-4"))) as pdf:
        spots = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Array) and item and item[0] == pikepdf.Name.Separation
        ]

        assert [pikepdf.Name("/PANTONE 1807 C")] == [spot[1] for spot in spots]
        assert [0.2, 0.95, 0.75, 0.3] == [float(value) for value in spots[0][3].C1]
