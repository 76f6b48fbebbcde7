"""Every style on every paper size in every script: what must be there, and where it stands."""

from __future__ import annotations

import io
import os
import shutil
from itertools import cycle, product

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from retention_sdk.errors import ConfigError, PrintError, TextOverflow
from retention_sdk.inserts.card import CardCoupon, CardQuote
from retention_sdk.inserts.formats import FORMATS
from retention_sdk.inserts.grid import GRIDS, grid_for
from retention_sdk.inserts.lettering import RISE_MAX_POINTS, TURN_MAX_DEGREES, lettering_of
from retention_sdk.inserts.qr import MODULE_MIN_MM, build_qr
from retention_sdk.inserts.style import (
    BUILT_IN_STYLES,
    built_in_style,
    read_style,
    read_styles,
    template_root,
)
from retention_sdk.inserts.typography import typography_for
from retention_sdk.model import Palette

POINTS_PER_MM = 72 / 25.4
TAGS = (
    "ar", "de", "el", "en", "fa", "he", "hi", "hy", "ja", "ko", "ru", "th", "zh-Hans", "zh-Hant",
)  # fmt: skip
PAIRS = tuple(product(FORMATS, BUILT_IN_STYLES))
SMALL = {"card-eu", "card-us"}
OUTLINE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20"><path d="M2 10h56v3H2z" fill="#0000aa"/></svg>'


def few_or_all():
    """Every pair of format and style, with the next scripts of the round; all of them if asked."""
    if os.environ.get("RETENTION_SOAK"):
        return tuple((*pair, tag) for pair in PAIRS for tag in TAGS)
    tags = cycle(TAGS)
    return tuple((*pair, next(tags)) for pair in PAIRS for _ in range(3))


@pytest.fixture
def sized(a_card):
    """Return a function that gives a card in a style, short enough for a business card."""

    def build(tag, style="classic", paper="a6", **changes):
        hant = {"language": "zh-Hant", "script": "Hant"} if tag == "zh-Hant" else {}
        card = a_card("zh-Hans" if hant else tag, **{"style": style, "seed": 7, **hant, **changes})
        return card.model_copy(update={"body": card.body[:1]}) if paper in SMALL else card

    return build


def words_on(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = (
            document[index].get_textpage().get_text_bounded() for index in range(len(document))
        )
        return "".join("".join(pages).split())
    finally:
        document.close()


@pytest.mark.parametrize(("paper", "style", "tag"), few_or_all())
def test_sample_is_drawn_without_overflow_or_missing_ink(paper, style, tag, sized, draw):
    card = draw(sized(tag, style, paper), format=paper, preview=False)

    assert 0 == card.left_out
    with pikepdf.open(io.BytesIO(card.pdf.data)) as pdf:
        assert FORMATS[paper].pages == len(pdf.pages)


@pytest.mark.parametrize("paper", FORMATS)
def test_page_has_the_size_of_its_format_and_its_bleed(paper, sized, draw):
    size = FORMATS[paper]
    with pikepdf.open(
        io.BytesIO(draw(sized("en", paper=paper), format=paper, preview=False).pdf.data)
    ) as pdf:
        page = pdf.pages[0].obj
        trim = [float(side) / POINTS_PER_MM for side in page.TrimBox]
        media = [float(side) / POINTS_PER_MM for side in page.MediaBox]

    assert size.size_mm == pytest.approx((trim[2] - trim[0], trim[3] - trim[1]), abs=0.01)
    assert (size.bleed_mm, size.bleed_mm) == pytest.approx(tuple(trim[:2]), abs=0.01)
    assert media[2] == pytest.approx(size.width_mm + 2 * size.bleed_mm, abs=0.01)


@pytest.mark.parametrize(("paper", "style"), PAIRS)
def test_no_letter_stands_nearer_to_the_cut_than_the_safe_distance(paper, style, sized, draw):
    size = FORMATS[paper]
    tag = "fa" if style == "editorial" else "en"
    document = pypdfium2.PdfDocument(
        draw(sized(tag, style, paper), format=paper, preview=False).pdf.data
    )
    low = (size.bleed_mm + size.safe_mm) * POINTS_PER_MM
    right = (size.bleed_mm + size.width_mm - size.safe_mm) * POINTS_PER_MM
    top = (size.bleed_mm + size.height_mm - size.safe_mm) * POINTS_PER_MM
    try:
        for index in range(len(document)):
            text = document[index].get_textpage()
            boxes = [text.get_rect(i) for i in range(text.count_rects())]
            assert all(box[0] >= low - 0.1 and box[1] >= low - 0.1 for box in boxes)
            assert all(box[2] <= right + 0.1 and box[3] <= top + 0.1 for box in boxes)
    finally:
        document.close()


@pytest.mark.parametrize(("paper", "style"), PAIRS)
def test_code_reads_on_every_format_from_modules_a_phone_sees(paper, style, sized, draw, raster):
    card = sized("en", style, paper)
    drawn = draw(card, format=paper, preview=False)
    code = build_qr(card.code.url, patch_max_mm=grid_for(FORMATS[paper]).patch_mm)

    found = zxingcpp.read_barcodes(raster(drawn.pdf.data, FORMATS[paper].pages - 1, dpi=200))
    assert [card.code.url] == [each.text for each in found]
    assert code.module_mm >= MODULE_MIN_MM


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
def test_every_slot_is_printed(style, sized, draw):
    card = sized(
        "en",
        style,
        badge="Gold member",
        steps=("Rinse it.", "Dry it."),
        quote=CardQuote(paragraphs=("Come and visit us.",), recipient="For Ada", giver="Lin"),
        coupon=CardCoupon(code="CAKE-7K3Q9", value="Five off", terms="Until May."),
        notice="You may object to advertising.",
        code=sized("en").code.model_copy(update={"label": "K7M4-9TQZ"}),
    )
    words = words_on(draw(card, format="a5", preview=False).pdf.data)

    for text in ("Goldmember", "1.Rinseit.", "2.Dryit.", "Comeandvisitus.", "ForAda", "Lin"):
        assert text in words
    for text in ("CAKE-7K3Q9", "Fiveoff", "UntilMay.", "Youmayobject", "K7M4-9TQZ"):
        assert text in words


def test_steps_are_numbered_in_the_digits_of_the_card_or_not_at_all(sized, draw):
    steps = ("با آب گرم بشویید.", "خشک کنید.")
    numbered = words_on(draw(sized("fa", steps=steps), preview=False).pdf.data)
    bare = words_on(
        draw(sized("fa", steps=steps, are_steps_numbered=False), preview=False).pdf.data
    )

    assert "۱" in numbered
    assert "•" in bare
    assert "•" not in numbered


def test_coupon_code_reads_left_to_right_in_persian(sized, draw, page_text):
    card = sized("fa", coupon=CardCoupon(code="AB-12-XY", value="۱۰٪"))
    characters = page_text(draw(card, preview=False).pdf.data, 1)

    shown = sorted((left, char) for char, left in characters if char in "ABX")
    assert "ABX" == "".join(char for _, char in shown)


def test_signature_is_drawn_and_the_name_printed_small(sized, draw, picture):
    drawn = draw(sized("en", signature=OUTLINE))

    colours = {colour for _, colour in picture(drawn.front_png.data).getcolors(1 << 20)}
    assert (0, 0, 0xAA) in colours
    assert "MarenHolt·Founder" in words_on(drawn.pdf.data)


def test_logo_keeps_its_paper_on_colour(sized, draw, picture):
    pale = Palette(paper="#fdfcfa", ink="#202020", primary="#f0c24c")
    for logo, expected in ((None, False), (OUTLINE, True)):
        front = picture(draw(sized("en", "editorial", palette=pale, logo=logo)).front_png.data)
        sky = front.crop((0, 0, front.width, front.height // 4))
        assert expected == ((0xFD, 0xFC, 0xFA) in {colour for _, colour in sky.getcolors(1 << 20)})


def test_pdf_logo_is_placed_as_vectors(sized, draw):
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(60, 20))
        page.Contents = pdf.make_stream(b"0 0 0.667 rg 0 0 60 20 re f")
        pdf.save(out)
    import base64

    logo = base64.b64encode(out.getvalue()).decode()
    drawn = draw(sized("en", logo_pdf=logo), preview=False)

    assert "AURORA" not in words_on(drawn.pdf.data).upper().partition("ORDER")[0]
    with pikepdf.open(io.BytesIO(drawn.pdf.data)) as pdf:
        forms = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form"
        ]
        assert any(b"0.667" in form.read_bytes() for form in forms)


def test_what_is_no_pdf_is_no_logo(sized, draw):
    with pytest.raises(ConfigError, match="not a PDF"):
        draw(sized("en", logo_pdf="bm90IGEgcGRm"))


def test_small_card_leaves_out_what_is_optional_and_keeps_the_letter(sized, draw):
    card = sized("en", paper="card-eu")
    words = words_on(draw(card, format="card-eu", preview=False).pdf.data)

    assert "".join(card.body[0].split()) in words
    for gone in (card.tagline, card.items[0].title, card.points[0].text):
        assert "".join(gone.split()) not in words


def test_letter_too_long_for_a_business_card_is_refused_and_never_cut(sized, draw):
    card = sized("en", body=("Words that go on. " * 40,))
    with pytest.raises(TextOverflow, match="body"):
        draw(card, format="card-us", preview=False)


def test_every_built_in_format_has_a_grid_inside_its_safe_distance():
    assert set(FORMATS) == set(GRIDS)
    for name, grid in GRIDS.items():
        safe = FORMATS[name].safe_mm
        assert min(grid.margin_mm, grid.head_mm, grid.foot_mm) > safe
        assert grid.frame_mm == 0 or grid.frame_mm > safe


def test_letters_move_with_the_seed_a_little_and_only_where_scripts_do_not_join():
    english, persian = (
        typography_for(*each, "handwritten") for each in (("en", "Latn"), ("fa", "Arab"))
    )
    first, again, other = (
        lettering_of("Thank you, truly", english.display, english, seed=seed, is_rtl=False)
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other
    for word in (*first, *other):
        assert abs(word["turn"]) <= TURN_MAX_DEGREES
        assert all(abs(rise) <= RISE_MAX_POINTS for _, rise in word["parts"])
    for text in ("سپاس", "शुक्रिया"):
        assert lettering_of(text, persian.display, english, seed=1, is_rtl=True) is None


def test_words_of_two_directions_keep_the_order_of_the_line():
    hebrew = typography_for("he", "Hebr", "handwritten")
    assert lettering_of("תודה Maren Holt", hebrew.hand, hebrew, seed=1, is_rtl=True) is None
    assert lettering_of("תודה מכל הלב", hebrew.hand, hebrew, seed=1, is_rtl=True)


@pytest.mark.parametrize(
    ("tag", "moves"), [("en", True), ("hy", True), ("fa", False), ("hi", False)]
)
def test_seed_changes_the_handwritten_card_only_where_letters_stand_apart(tag, moves, sized, draw):
    one, other = (
        draw(sized(tag, "handwritten", seed=seed), preview=False).pdf.sha256 for seed in (1, 2)
    )
    assert moves == (one != other)


def test_name_that_a_hand_lacks_letters_for_is_set_in_one_other_hand(sized, draw):
    with pikepdf.open(
        io.BytesIO(draw(sized("en", headline="Cảm ơn bạn", style="handwritten")).pdf.data)
    ) as pdf:
        names = {str(item.FontName) for item in pdf.objects if "/FontName" in _keys(item)}

    assert any("PlaypenSans" in name for name in names)


def _keys(item):
    return item.keys() if isinstance(item, pikepdf.Dictionary) else ()


def test_face_of_the_brand_sets_its_role(sized, draw):
    card = sized("en", faces={"display": "Heebo"})
    with pikepdf.open(io.BytesIO(draw(card, preview=False).pdf.data)) as pdf:
        names = {str(item.FontName) for item in pdf.objects if "/FontName" in _keys(item)}

    assert any("Heebo" in name for name in names)


def test_unknown_style_is_refused_with_those_there_are(sized, draw):
    with pytest.raises(PrintError, match="classic, handwritten, editorial"):
        draw(sized("en", "baroque"))


@pytest.fixture
def own_style(tmp_path):
    folder = tmp_path / "styles" / "plum"
    shutil.copytree(template_root() / "classic", folder)
    return folder


def test_style_of_a_shop_is_a_copied_folder(own_style, sized, draw):
    table = own_style / "style.toml"
    table.write_text('summary = "Plum"\n[type.Latn]\nheadline = [18, 12]\n', "utf-8")
    styles = read_styles(own_style.parent)
    drawn = draw(sized("en", "plum"), styles=styles, preview=False)

    assert ("plum", "Plum") == (styles["plum"].name, styles["plum"].summary)
    assert (18, 12) == styles["plum"].table.of("en", "Latn").headline
    assert built_in_style("classic").table.of("fa", "Arab") == styles["plum"].table.of("fa", "Arab")
    assert drawn.pdf.sha256 != draw(sized("en"), preview=False).pdf.sha256


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[type.Latn]\nheadlin = [18, 12]", r"plum/style\.toml: type\.Latn\.headlin"),
        ("[type.Latn]\nsmall = 'big'", r"type\.Latn\.small: 'big' is not float"),
        ("[type.Xxxx]\nsmall = 8", r"type\.Xxxx: there are Latn"),
        ("[type.Latn]\nbody = 'Amiri'", r"type\.Latn\.body: a face is a table"),
        ("[type.Latn", r"style\.toml"),
    ],
)
def test_mistake_in_a_table_is_told_with_its_place(text, where, own_style):
    (own_style / "style.toml").write_text(text, "utf-8")
    with pytest.raises(PrintError, match=where):
        read_style(own_style)


def test_style_without_a_file_or_with_a_link_is_refused(own_style):
    (own_style / "back.typ").unlink()
    with pytest.raises(PrintError, match=r"back\.typ: there is no such file"):
        read_style(own_style)
    (own_style / "back.typ").symlink_to("/etc/hostname")
    with pytest.raises(PrintError, match=r"back\.typ: there is no such file"):
        read_style(own_style)
