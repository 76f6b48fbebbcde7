"""Single strokes for pens: every letter drawn, on the paper, and the same way each time."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import MissingGlyph, PrintError, TextOverflow
from retention_sdk.inserts.media.plotter import plotter_svg
from retention_sdk.inserts.media.strokes import load_face, read_path

SVG = "{http://www.w3.org/2000/svg}"
LATIN = "ÄÖÜßäöüéèêëçñãõâåøœæŁłśżźćńęąěščřžýáíúůďťňőűășțİıŞşğĀēđ€£–—‘’“”„«»…·×№ếạả"


def paths(svg: str) -> list[str]:
    return [path.attrib["d"] for path in ET.fromstring(svg).iter(f"{SVG}path")]


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?[0-9.]+", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize("pen", ["plain", "script"])
@pytest.mark.parametrize("tag", ["en", "de", "fr", "es"])
def test_card_is_single_strokes_on_the_paper_in_millimetres(tag, pen, samples):
    svg = plotter_svg(samples[tag], pen=pen)
    root = ET.fromstring(svg)
    drawn = paths(svg)

    assert ("105mm", "148mm", "0 0 105 148") == (
        root.attrib["width"],
        root.attrib["height"],
        root.attrib["viewBox"],
    )
    assert 200 < len(drawn)
    for path in drawn:
        assert re.fullmatch(r"M[-0-9. ]+([LC][-0-9. ]+)+", path)
        assert all(4 < x < 101 and 4 < y < 144 for x, y in points(path))
    assert "none" == root.find(f"{SVG}g").attrib["fill"]


def test_hand_strays_by_seed_and_not_by_chance(a_card):
    card = a_card("en")
    one, again = plotter_svg(card), plotter_svg(card)
    other = plotter_svg(card.model_copy(update={"seed": 7}))
    exact = {plotter_svg(card.model_copy(update={"seed": seed}), look="exact") for seed in range(3)}

    assert one == again
    assert one != other
    assert 1 == len(exact)
    moved = [
        abs(a - b)
        for path, straight in zip(paths(one), paths(exact.pop()), strict=True)
        for a, b in zip(sum(points(path), ()), sum(points(straight), ()), strict=True)
    ]
    assert 0 < max(moved) < 1.5


@pytest.mark.parametrize("pen", ["plain", "script"])
def test_pen_writes_the_letters_of_europe(pen):
    face = load_face(pen)

    assert "" == face.lacking(LATIN)
    for char in LATIN:
        assert face.glyph(char).strokes
        assert face.glyph(char).advance > 0


def test_composed_letter_is_its_base_with_a_mark_above_or_below():
    face = load_face("plain")
    base, above, below = (face.glyph(char) for char in "sśș")
    top = max(y for stroke in base.strokes for segment in stroke for _, y in segment.points)
    low = min(y for stroke in base.strokes for segment in stroke for _, y in segment.points)

    assert base.strokes == above.strokes[:-1] == below.strokes[:-1]
    assert base.advance == above.advance == below.advance
    assert all(y > top for segment in above.strokes[-1] for _, y in segment.points)
    assert all(y < low for segment in below.strokes[-1] for _, y in segment.points)


def test_dotless_letter_has_no_dot_under_its_mark():
    face = load_face("plain")

    assert len(face.glyph("i").strokes) == len(face.glyph("ı").strokes) + 1
    assert face.glyph("ĭ").strokes[: len(face.glyph("ı").strokes)] == face.glyph("ı").strokes


@given(st.characters())
def test_every_character_is_drawn_or_named_as_lacking(char):
    face = load_face("plain")
    glyph = face.glyph(char)

    assert (glyph is None) == (face.lacking(char) == char)


def test_other_scripts_are_refused_by_name(samples):
    with pytest.raises(
        MissingGlyph,
        match=r"headline: the pen writes Latin letters only, .* U\+0633 ARABIC LETTER SEEN",
    ):
        plotter_svg(samples["fa"])
    with pytest.raises(MissingGlyph, match=r"and [0-9]+ more; print this card instead") as told:
        plotter_svg(samples["ja"])
    assert 8 == str(told.value).count("U+")


def test_text_that_does_not_fit_is_refused(a_card):
    long = a_card("en", body=("Thank you for the order. " * 70,))
    with pytest.raises(TextOverflow, match="does not fit on A6, 105 × 148 mm at 5 mm"):
        plotter_svg(long)
    with pytest.raises(TextOverflow, match="take a larger format"):
        plotter_svg(a_card("en", salutation="W" * 90))
    with pytest.raises(PrintError, match="no card format"):
        plotter_svg(long, format="a0")


def test_larger_paper_takes_more(a_card):
    long = a_card("en", body=("Thank you for the order. " * 40,))
    with pytest.raises(TextOverflow):
        plotter_svg(long, pen="plain", format="card-eu")

    assert paths(plotter_svg(long, pen="plain", format="a5"))


def test_paths_are_read_into_strokes():
    first, second = read_path("M 0 1 L 2 3 C 1 1 2 2 3 3 M 5 5 L 6 6 M 9 9")

    assert ["M", "L", "C"] == [segment.kind for segment in first]
    assert ((1, 1), (2, 2), (3, 3)) == first[2].points
    assert ((6, 6),) == second[1].points
