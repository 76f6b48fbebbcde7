"""The finished card: boxes, bytes, faces, codes, and what is refused."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.errors import ConfigError, MissingGlyph, PrintError, TextOverflow
from retention_sdk.inserts import CardBlock, CardCode
from retention_sdk.inserts.boxes import set_boxes
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.style import STYLE_SOURCES, read_sources
from retention_sdk.model import ContentKind

POINTS_PER_MM = 72 / 25.4
ALL_LANGUAGES = (
    "ar", "de", "el", "en", "es", "fa", "fr", "he", "hi", "hy", "ja", "ko", "ru", "th", "zh-Hans",
)  # fmt: skip


def in_mm(box: pikepdf.Object) -> list[float]:
    return [round(float(value) / POINTS_PER_MM, 2) for value in box]


@pytest.mark.parametrize("tag", ALL_LANGUAGES)
def test_card_is_two_pages_with_a_code_that_reads(tag, samples, draw, raster):
    card = draw(samples[tag])

    url = samples[tag].code.url
    for dpi in (150, 300):
        found = zxingcpp.read_barcodes(raster(card.pdf.data, 1, dpi=dpi))
        assert [url] == [code.text for code in found]
    assert [] == zxingcpp.read_barcodes(raster(card.pdf.data, 0, dpi=150))


def test_boxes_are_a6_with_three_millimetres_of_bleed(samples, draw):
    with pikepdf.open(io.BytesIO(draw(samples["en"]).pdf.data)) as pdf:
        pages = [page.obj for page in pdf.pages]

        assert len(pages) == 2
        for page in pages:
            assert [3.0, 3.0, 108.0, 151.0] == in_mm(page.TrimBox)
            assert [0.0, 0.0, 111.0, 154.0] == in_mm(page.MediaBox) == in_mm(page.BleedBox)
            assert "/ArtBox" not in page
            assert "/Annots" not in page
        assert pdf.docinfo["/Trapped"] == pikepdf.Name("/False")
        assert str(pdf.Root.Lang).startswith("en")
        assert "/StructTreeRoot" in pdf.Root


def test_colour_reaches_the_edge_of_the_bleed(samples, draw, raster):
    back = raster(draw(samples["en"]).pdf.data, 1, dpi=100)
    width, height = back.size

    corner_colours = {back.getpixel((x, height - 2)) for x in (1, width // 2, width - 2)}
    assert {(0x7A, 0x2E, 0x2E)} == corner_colours


@pytest.mark.parametrize("tag", ["en", "fa", "ja", "hi"])
def test_every_face_is_embedded_and_one_of_ours(tag, samples, draw):
    with pikepdf.open(io.BytesIO(draw(samples[tag]).pdf.data)) as pdf:
        fonts = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]

        assert fonts
        for font in fonts:
            assert "/FontFile2" in font or "/FontFile3" in font
            assert str(font.FontName)[8:].startswith(
                (
                    "EBGaramond",
                    "Caveat",
                    "Vazirmatn",
                    "Markazi",
                    "Shippori",
                    "Klee",
                    "Tiro",
                    "Kalam",
                )
            )


_SCRIPT = """
import json, pathlib, sys
from datetime import UTC, datetime
from retention_sdk.inserts import Card, render_card
raw = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
for tag, style in (("en", "classic"), ("fa", "editorial"), ("ja", "handwritten")):
    card = render_card(Card.model_validate_json(json.dumps({**raw[tag], "style": style, "seed": 5})),
                       created_at=datetime(2026, 11, 14, 9, tzinfo=UTC))
    print(card.pdf.sha256, card.front_png.sha256, card.back_png.sha256)
"""


def test_bytes_are_the_same_in_another_process_with_other_system_fonts(
    samples, draw, golden_folder, tmp_path
):
    """Neither the hash seed nor an installed font may show."""
    fonts = tmp_path / "share" / "fonts"
    fonts.mkdir(parents=True)
    from retention_sdk.inserts.fonts import load_fonts

    amiri = load_fonts().file_for("Amiri", is_italic=False)
    (fonts / "EBGaramond-Regular.ttf").write_bytes(amiri.read_bytes())
    home = {"XDG_DATA_HOME": str(tmp_path / "share"), "HOME": str(tmp_path)}
    outputs = [
        subprocess.run(
            [sys.executable, "-c", _SCRIPT, str(golden_folder / "samples.json")],
            env={**os.environ, "PYTHONPATH": ".", "PYTHONHASHSEED": seed, **changes},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, changes in (("1", {}), ("2", home))
    ]
    here = draw(samples["en"])

    assert outputs[0] == outputs[1]
    assert outputs[0].startswith(hashlib.sha256(here.pdf.data).hexdigest())


def test_threads_draw_the_same_bytes(samples, draw):
    tags = ["en", "fa", "ja", "en", "fa", "ja"]
    with ThreadPoolExecutor(3) as pool:
        hashes = list(pool.map(lambda tag: draw(samples[tag]).pdf.sha256, tags))

    assert hashes[:3] == hashes[3:]
    assert len(set(hashes)) == 3


@pytest.mark.parametrize("field", ["headline", "salutation", "sender_name", "order_number"])
def test_text_is_printed_as_it_stands_whatever_markup_it_holds(field, a_card, draw, page_text):
    """``#read(…)`` is four words to us, never a call."""
    name = 'X #read("a") *b* $x$ <b> {{7*7}}'
    card = draw(a_card(**{field: name}))
    page = 1 if field == "order_number" else 0

    shown = "".join(char for char, _ in page_text(card.pdf.data, page))
    assert name.replace(" ", "") in "".join(shown.split())


@pytest.mark.parametrize(("tag", "word"), [("fa", "سفارش"), ("ar", "الطلب"), ("he", "הזמנה")])
def test_order_number_reads_left_to_right_in_right_to_left_text(tag, word, a_card, draw, page_text):
    """Without isolation, ``100-2847`` is printed as ``2847-100`` after an Arabic letter."""
    card = draw(a_card(tag, order_number=f"{word} \u2066100-2847\u2069", order_date=""))

    characters = page_text(card.pdf.data, 1)
    text = "".join(char for char, _ in characters)
    start = text.index("100-2847")
    edges = [left for _, left in characters[start : start + len("100-2847")]]
    assert sorted(edges) == edges


@pytest.mark.parametrize(
    ("field", "name"),
    [("headline", "headline"), ("sender_name", "sender_name"), ("tagline", "back")],
)
def test_word_longer_than_a_line_is_an_overflow_that_names_the_text(field, name, a_card, draw):
    with pytest.raises(TextOverflow, match=name):
        draw(a_card(**{field: "W" * 90}))


def test_body_that_is_too_long_is_an_overflow_and_never_cut(a_card, draw):
    with pytest.raises(TextOverflow, match="body"):
        draw(a_card(body=("Many words. " * 100,)))


def test_long_body_shrinks_before_it_overflows(a_card, draw, page_text):
    body = a_card().body
    longer = (*body, body[1])
    card = draw(a_card(body=longer))

    text = "".join("".join(c for c, _ in page_text(card.pdf.data, 0)).split())
    assert text.count("".join(body[1].split())) == 2


def test_character_without_a_face_is_refused_by_name(a_card, draw):
    with pytest.raises(MissingGlyph, match=r"salutation: .*U\+13080 EGYPTIAN HIEROGLYPH"):
        draw(a_card(salutation="Dear \U00013080,"))


def test_optional_blocks_are_left_out_from_the_last_when_they_do_not_fit(a_card, draw, page_text):
    texts = ["Care for your mug by hand.", "Second hint. " * 8, "Third hint. " * 30]
    blocks = tuple(CardBlock(content=ContentKind.CARE, text=text) for text in texts)
    card = draw(a_card(blocks=blocks))

    shown = "".join(char for char, _ in page_text(card.pdf.data, 1))
    assert 1 <= card.left_out <= 2
    assert "Careforyourmug" in "".join(shown.split())
    assert "Thirdhint" not in "".join(shown.split())


def test_block_that_must_be_there_is_an_overflow_when_it_does_not_fit(a_card, draw):
    block = CardBlock(content=ContentKind.CARE, text="Word " * 380, is_optional=False)
    with pytest.raises(TextOverflow, match="back"):
        draw(a_card(blocks=(block,)))


def test_link_too_long_for_paper_is_refused(a_card, draw):
    code = CardCode(url="https://aurora.example/" + "x" * 250, caption="Scan")
    with pytest.raises(PrintError, match=r"0\.40 mm"):
        draw(a_card(code=code))


def test_brand_without_data_gets_a_cover_in_its_colour(a_card, draw, picture):
    bare = {"items": (), "points": (), "code": None, "order_number": "", "order_date": ""}
    back = picture(draw(a_card(more_items="", **bare)).back_png.data)

    assert (0x7A, 0x2E, 0x2E) == back.getpixel((2, 2))


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10H0z" fill="#00a"/></svg>'


def test_logo_is_drawn_where_the_word_mark_would_stand(a_card, draw, picture):
    front = picture(draw(a_card(logo=LOGO)).front_png.data)

    colours = {colour for _, colour in front.getcolors(1 << 20)}
    assert (0, 0, 0xAA) in colours
    assert (0, 0, 0xAA) not in {
        colour for _, colour in picture(draw(a_card()).front_png.data).getcolors(1 << 20)
    }


def test_logo_with_a_script_is_refused_before_drawing(a_card, draw):
    with pytest.raises(ConfigError, match="script"):
        draw(a_card(logo=LOGO.replace("<path", "<script>1</script><path")))


def test_document_of_another_length_is_refused():
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out)

    with pytest.raises(PrintError, match="2 pages"):
        set_boxes(out.getvalue(), get_format("a6"))


@pytest.mark.parametrize("line", ['#import "@preview/x:1.0.0": y', '#include("@local/z:1.0.0")'])
def test_template_that_would_fetch_a_package_is_refused(line, tmp_path):
    for name in STYLE_SOURCES:
        (tmp_path / name).write_text(line if name == "back.typ" else "", "utf-8")

    with pytest.raises(PrintError, match=r"back\.typ imports a package"):
        read_sources(tmp_path, STYLE_SOURCES)


HOSTILE = st.lists(
    st.sampled_from(
        ["#", "[", "]", "$", "*", "_", "`", "<", ">", "@", "//", "/*", "\\", "{", "}", '"', "Ada", " ",
         "آنا", "שרה", "佐藤", "Ծովակ", "Ελένη", "\u200d", "\u200c", "e\u0301", "\u2066", "\u2068",
         "\u2069", "😀", "👩‍🚀", "ﷺ", "\u00ad", "𓂀", "\ufe0f"]
    ),
    min_size=1,
    max_size=12,
).map("".join)  # fmt: skip


@settings(
    max_examples=200 if os.environ.get("RETENTION_SOAK") else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=HOSTILE)
def test_hostile_name_is_printed_or_refused_with_a_finding(name, a_card, draw):
    card = a_card("de", salutation=f"Liebe {name},")
    finding = ""
    try:
        drawn = draw(card, preview_ppi=36)
    except (MissingGlyph, TextOverflow) as error:
        finding = str(error)

    assert finding.startswith(("salutation:", "body:")) or drawn.pdf.data.startswith(b"%PDF-")
