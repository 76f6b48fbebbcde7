"""No text is printed that has no ink."""

from __future__ import annotations

from pathlib import Path

import pytest

from retention_sdk.errors import MissingFont, MissingGlyph
from retention_sdk.inserts.fonts import FontLibrary, load_fonts, read_library
from retention_sdk.inserts.ink import check_ink, unprintable
from retention_sdk.inserts.style import BUILT_IN_STYLES
from retention_sdk.inserts.typography import FALLBACK, SCRIPTS, Face, typography_for

LATIN = typography_for("en", "Latn").body


@pytest.fixture(scope="module")
def library() -> FontLibrary:
    return load_fonts()


@pytest.fixture(scope="module")
def without_cjk(library) -> FontLibrary:
    import retention_sdk_fonts

    return read_library([retention_sdk_fonts.directory()])


@pytest.mark.parametrize(
    "text",
    [
        "Ordinary words, naïve Straße ﬁ",
        "Tiếng Việt đẹp",
        "قهوهٔ می‌رسد ۱۲۳",
        "שָׁלוֹם",
        "Շնորհակալություն։ ֏",
        "धन्यवाद क्षत्रिय",
        "น้ำใจ ก็ ๆ",
        "東京 鱻 ありがとう",
        "謝謝 谢谢",
        "감사합니다 뷁",
        "გმადლობთ",
        "ধন্যবাদ",
        "நன்றி",
        "\u2068Ada\u2069 \u200e \u200f \u2067x\u2069",
        "😀 ❤️ 👩‍🚀 🏳️‍🌈",
        "zero\u200bwidth\u2060joiner soft\u00adhyphen",
        "₽ ₹ ₪ ₺ € £",
    ],
)
def test_text_in_shipped_scripts_has_ink(text, library):
    assert "" == unprintable(text, LATIN, library)


def test_character_of_no_shipped_face_is_found_among_others(library):
    assert "\U00013080" == unprintable("good \U00013080 good", LATIN, library)


def test_byte_order_mark_is_named_although_it_needs_no_ink(library):
    assert "\ufeff" == unprintable("good\ufeff good", LATIN, library)


@pytest.mark.parametrize("look", BUILT_IN_STYLES)
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_style_has_its_faces(script, look, library):
    style = typography_for(script, script, look)
    for face in (style.display, style.body, style.aside, style.hand):
        assert face.family == library.chain(face)[0]


def test_fallback_faces_are_all_installed(library):
    assert set(FALLBACK) <= library.families


def test_error_names_text_and_characters(library):
    with pytest.raises(MissingGlyph, match=r"salutation: .*U\+13080 EGYPTIAN"):
        check_ink({"salutation": ("𓂀", LATIN)}, library)


def test_error_lists_eight_characters_and_counts_the_rest(library):
    text = "".join(chr(0x13000 + i) for i in range(12))
    with pytest.raises(MissingGlyph, match="and 4 more"):
        check_ink({"body[0]": (text, LATIN)}, library)


def test_japanese_card_without_its_package_names_the_command(without_cjk):
    style = typography_for("ja", "Jpan")
    with pytest.raises(MissingFont, match="pip install retention-sdk-fonts-cjk"):
        check_ink({"headline": ("ありがとう", style.display)}, without_cjk)


def test_japanese_name_on_a_latin_card_names_the_command(without_cjk):
    with pytest.raises(MissingFont, match="pip install retention-sdk-fonts-cjk"):
        check_ink({"salutation": ("Dear 佐藤", LATIN)}, without_cjk)


def test_unknown_core_face_names_the_core_package(library):
    with pytest.raises(MissingFont, match=r"pip install retention-sdk-fonts$"):
        library.chain(Face("No Such Face"))


def test_folder_without_faces_names_the_core_package(tmp_path: Path):
    with pytest.raises(MissingFont, match="pip install retention-sdk-fonts"):
        read_library([tmp_path])


def test_empty_outline_counts_as_missing(library, tmp_path):
    """A face may map a character to nothing; the map alone would call it printable."""
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.tables._g_l_y_f import Glyph

    source = library.file_for("Gveret Levin", is_italic=False)
    font = TTFont(source)
    name = font.getBestCmap()[ord("א")]
    font["glyf"][name] = Glyph()
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = "Hollow"
    font.save(tmp_path / "Hollow.ttf")
    hollow = read_library([tmp_path])

    assert "א" == unprintable("אב", Face("Hollow"), hollow)
