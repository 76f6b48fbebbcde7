"""Widths of catalogue texts are those the typesetter makes."""

from __future__ import annotations

import re

import pytest
import typst

from retention_sdk.errors import MissingFont
from retention_sdk.inserts.fonts import FontLibrary, load_fonts
from retention_sdk.inserts.measure import card_gauge, face_for, width_mm
from retention_sdk.inserts.typography import typography_for

TEXTS = {
    ("en", "Latn"): "Thank you for your order, AVA.",
    ("fa", "Arab"): "برای دیدن بیشتر اسکن کنید",
    ("ar", "Arab"): "شكرا جزيلا لكم 1234",
    ("he", "Hebr"): "תודה רבה",
    ("hy", "Armn"): "Շնորհակալություն, Kiln & Leaf",
    ("ru", "Cyrl"): "Наведите камеру, чтобы увидеть больше",
    ("hi", "Deva"): "धन्यवाद फिर मिलेंगे",
    ("th", "Thai"): "ขอบคุณที่เลือกเรา",
    ("ja", "Jpan"): "ありがとう、Kiln & Leaf",
}


def typeset_mm(text, face):
    """Ask Typst, which prints the card: the width is what it panics with."""
    library = load_fonts()
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in library.directories],
    )
    families = ", ".join(f'"{name}"' for name in library.chain(face))
    source = (
        f"#context panic(measure(text(font: ({families},), size: 9pt, weight: {face.weight}, "
        f'"{text}")).width.mm())'
    )
    with pytest.raises(typst.TypstError) as caught:
        typst.Compiler(b"", font_paths=fonts).compile(
            input={"main.typ": source.encode()}, format="pdf"
        )
    return float(re.search(r"panicked with: ([\d.]+)", str(caught.value))[1])


@pytest.mark.parametrize(("tag", "script"), TEXTS)
def test_a_width_is_the_typesetters(tag, script):
    """In nine scripts, with fallback; where a face kerns its spaces, to 1.5 per cent."""
    text, face = TEXTS[tag, script], typography_for(tag, script).body

    assert typeset_mm(text, face) == pytest.approx(width_mm(text, face, load_fonts()), rel=0.015)


@pytest.mark.parametrize(("tag", "script"), TEXTS)
@pytest.mark.parametrize("role", ["display", "body"])
def test_a_width_is_that_of_the_weight(tag, script, role):
    """The editorial faces come in two weights, each a file of its own."""
    text, face = TEXTS[tag, script], getattr(typography_for(tag, script, "editorial"), role)

    assert typeset_mm(text, face) == pytest.approx(width_mm(text, face, load_fonts()), rel=0.015)


@pytest.mark.parametrize(
    ("weight", "is_italic", "expected"),
    [
        (400, False, "Heebo-Regular.ttf"),
        (599, False, "Heebo-Regular.ttf"),
        (601, False, "Heebo-ExtraBold.ttf"),
        (800, True, "Heebo-ExtraBold.ttf"),
    ],
)
def test_the_file_of_a_face_is_the_nearest_in_weight(weight, is_italic, expected):
    """Where there is no italic, the upright one leans."""
    path = load_fonts().file_for("Heebo", is_italic=is_italic, weight=weight)

    assert path is not None
    assert expected == path.name


def test_isolates_have_no_width():
    """They are printed as nothing, so they are measured as nothing."""
    gauge = card_gauge()
    plain = gauge.width_mm("card.signoff", "Ada", tag="en", script="Latn")

    assert plain > 4
    assert plain == gauge.width_mm("card.signoff", "\u2068Ada\u2069", tag="en", script="Latn")


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("card.thank_you.headline", "display"),
        ("card.signoff", "aside"),
        ("card.qr.caption", "aside"),
        ("card.order.number", "body"),
    ],
)
def test_a_message_is_measured_in_the_face_that_sets_it(key, role):
    assert getattr(typography_for("en", "Latn"), role) == face_for(key, tag="en", script="Latn")


def test_what_has_no_ink_is_told():
    assert "𒀀" == card_gauge().lacking("card.signoff", "Ada 𒀀", tag="en", script="Latn")


def test_a_face_that_is_not_installed_names_the_package():
    face = typography_for("ja", "Jpan").body
    library = FontLibrary((), {"EB Garamond": ()})

    with pytest.raises(MissingFont, match="retention-sdk-fonts-cjk"):
        width_mm("ありがとう", face, library)
