from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from retention_sdk.brand import load_brand
from retention_sdk.brand.check import check_brand
from retention_sdk.brand.draft import draft_brand
from retention_sdk.cli import main
from retention_sdk.errors import ConfigError
from retention_sdk.inserts.fonts import FontLibrary, load_fonts
from retention_sdk.model import Brand, Palette, Sender, Shop
from retention_sdk.model.shop import PressInk, Voice

GOOD = Brand(
    name="Kiln & Leaf",
    sender=Sender(name="Mira Sand"),
    tagline={"en": "Slow pots"},
    contact_email="hello@kiln.example",
    legal_footer={"en": "Kiln & Leaf Ltd"},
    logo='<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><path d="M0 0h1v1z"/></svg>',
)
SHOP = Shop(id="kiln", name="Kiln “&” Leaf\\", country="GB", currency="GBP", email="a@b.example")


def findings(brand, *languages):
    found = check_brand(brand, languages or ("en",), fonts=load_fonts())
    return {(each.severity, each.key) for each in found}


def changed(**values):
    return GOOD.model_copy(update=values)


def picture(height):
    out = io.BytesIO()
    Image.new("RGB", (2 * height, height), "navy").save(out, "PNG")
    return out.getvalue()


def test_nothing_is_found_in_a_good_brand():
    assert set() == findings(GOOD)


@pytest.mark.parametrize(
    ("expected", "brand"),
    [
        (("error", "palette.ink"), changed(palette=Palette(ink="#cccccc"))),
        (("warning", "palette.ink"), changed(palette=Palette(ink="#848484"))),
        (("note", "palette.primary"), changed(palette=Palette(primary="#ffe9a0"))),
        (
            ("error", "palette.inks.#7a2e2e"),
            changed(palette=Palette(inks={"#7a2e2e": PressInk(cmyk=(90, 90, 90, 90))})),
        ),
        (("error", "logo"), changed(logo="<svg><script/></svg>")),
        (("note", "logo"), changed(logo=None)),
        (("warning", "legal_footer"), changed(legal_footer={})),
        (("error", "contact_email"), changed(contact_email="")),
        (("note", "tagline.en"), changed(tagline={})),
        (("error", "faces.body.Latn"), changed(faces={"body": {"Latn": "No Such Face"}})),
        (("error", "tagline.en"), changed(tagline={"en": "Slow \ue000 pots"})),
        (("warning", "tagline.en"), changed(voice=Voice(avoid={"en": ("slow",)}))),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_each_fault_is_found_by_its_key(expected, brand):
    assert expected in findings(brand)


def test_cards_that_say_what_the_brand_avoids_are_named_in_that_language_only():
    """The words are ours: the greeting of a birthday says "cake" where it is warm."""
    brand = changed(voice=Voice(avoid={"en": ("cake",)}), formality={"en": "warm"})
    found = check_brand(brand, ("en", "de"), fonts=load_fonts())

    told = [each.message for each in found if each.key == "voice.avoid.en"]
    assert ["the card birthday says 'cake', which the brand avoids"] == told
    assert not [each for each in found if each.key == "voice.avoid.de"]


def test_a_language_without_its_faces_is_an_error():
    """The core faces hold no Japanese."""
    library = load_fonts()
    core = {"EB Garamond": library.files["EB Garamond"]}
    found = check_brand(GOOD, ("ja",), fonts=FontLibrary(library.directories, core))

    assert "faces (ja)" in {each.key for each in found}
    assert any("pip install retention-sdk-fonts-cjk" in each.message for each in found)


def test_errors_come_first():
    brand = changed(logo=None, contact_email="", legal_footer={})
    ranks = [each.severity for each in check_brand(brand, ("en",), fonts=load_fonts())]

    assert ["error", "warning", "note"] == ranks


@pytest.mark.parametrize(
    ("height", "expected"),
    [(60, {("error", "logo")}), (120, {("warning", "logo")}), (400, set())],
)
def test_a_logo_of_pixels_is_measured_in_dots_per_inch(tmp_path, height, expected):
    """15.5 mm high: 60 pixels are 98 dpi, 120 are 197, 400 are 655."""
    (tmp_path / "logo.png").write_bytes(picture(height))
    (tmp_path / "brand.toml").write_text('name = "K"\nlogo = "logo.png"\n[sender]\nname = "M"\n')
    brand = load_brand(tmp_path / "brand.toml")

    found = {(severity, key) for severity, key in findings(brand) if key == "logo"}
    assert expected == found


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("logo.png", b"no picture", "logo: logo.png: this is not a PNG or JPEG"),
        ("logo.svg", b"\xff\xfe", "logo: logo.svg is not SVG text in UTF-8"),
        ("logo.svg", b" " * (513 * 1024), "logo: logo.svg is over 512 KiB"),
    ],
)
def test_a_drawing_that_cannot_be_read_is_told_with_its_key(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    (tmp_path / "brand.toml").write_text(f'name = "K"\nlogo = "{name}"\n[sender]\nname = "M"\n')

    with pytest.raises(ConfigError, match=message):
        load_brand(tmp_path / "brand.toml")


def test_a_signature_is_read_from_beside_the_brand(tmp_path):
    (tmp_path / "mira.svg").write_text("<svg/>")
    text = 'name = "K"\n[sender]\nname = "M"\nsignature = "mira.svg"\n'
    (tmp_path / "brand.toml").write_text(text)

    assert "<svg/>" == load_brand(tmp_path / "brand.toml").sender.signature


def test_a_draft_is_a_brand(tmp_path):
    """Quotation marks and backslashes in a name are told to TOML."""
    (tmp_path / "brand.toml").write_text(draft_brand(SHOP, sender='Mira "M" Sand'), "utf-8")
    brand = load_brand(tmp_path / "brand.toml")

    assert (SHOP.name, SHOP.email) == (brand.name, brand.contact_email)
    assert 'Mira "M" Sand' == brand.sender.name
    assert Palette() == brand.palette


def test_the_command_tells_and_exits_1_on_an_error(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "brand.toml").write_text('name = "K"\n[sender]\nname = "M"\n')

    assert 1 == main(["brand", "check", "--brand", "brand.toml", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert "contact_email" in {each["key"] for each in answer["findings"]}
    assert 1 == main(["brand", "check", "--brand", "brand.toml"])
    assert "[legal_footer]" in capsys.readouterr().out


def test_the_command_drafts_and_overwrites_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert 0 == main(["init", "--name", "Kiln"])

    assert 0 == main(["brand", "draft", "--out", "other.toml", "--sender", "Mira"])
    assert "Mira" == load_brand("other.toml").sender.name
    assert 3 == main(["brand", "draft", "--out", "other.toml"])


@pytest.mark.parametrize(
    ("claims", "key"),
    [
        ({"en": "19 EUR plus VAT"}, "claims.en"),
        ({"zh-Hans": "国家级品质"}, "claims.zh-Hans"),
    ],
)
def test_words_that_a_law_forbids_are_told_with_where_it_holds(claims, key):
    (tag,) = claims
    brand = changed(claims=claims, tagline={tag: "x"})

    found = check_brand(brand, (tag,), fonts=load_fonts())
    (law,) = (each for each in found if each.key == key and each.severity == "warning")
    assert "Directive 98/6/EC" in law.message or "Advertising Law" in law.message
    assert law.hint
