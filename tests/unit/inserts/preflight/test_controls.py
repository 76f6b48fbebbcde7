"""Good cards have no findings, in any profile; what is wrong with a real card is found."""

from __future__ import annotations

import io
import os

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name

from retention_sdk.inserts import render_card
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.media.thermal import thermal_png
from retention_sdk.inserts.preflight import preflight, preflight_picture
from retention_sdk.inserts.profiles import get_profile

from .conftest import CONDITIONS
from .press_card import URL, PressCard

A6 = get_format("a6")
GOOD = PressCard().build()
TAGS = ("de", "el", "es", "fa", "fr", "he", "hi", "hy", "ja", "ko", "ru", "th", "zh-Hans")


def examine(pdf: bytes, profile: str, pdfx: str | None, url: str, **options):
    return preflight(
        pdf,
        profile=get_profile(profile),
        format=A6,
        pdfx=pdfx,
        codes=(None, url),
        **options,
    )


@pytest.mark.parametrize(("profile", "pdfx"), CONDITIONS)
@pytest.mark.parametrize("tag", ["en", "ar"])
def test_a_real_card_has_no_findings(tag, profile, pdfx, finished, samples):
    report = examine(finished(tag, profile, pdfx), profile, pdfx, samples[tag].code.url)

    assert "" == "\n".join(map(str, report.findings))


@pytest.mark.parametrize("pdfx", ["x-1a", "x-4"])
def test_marks_outside_the_bleed_are_no_finding(pdfx, finished, samples):
    pdf = finished("en", "coated_fogra39", pdfx, marks=True)

    report = examine(pdf, "coated_fogra39", pdfx, samples["en"].code.url)

    assert "" == "\n".join(map(str, report.findings))


def test_a_card_of_another_press_is_found(finished, samples):
    pdf = finished("en", "coated_gracol", "x-4")

    report = examine(pdf, "coated_fogra39", "x-4", samples["en"].code.url)

    assert {"intent-condition"} == report.codes
    assert report.has_errors


def test_an_rgb_card_does_not_pass_for_a_press(finished, samples):
    pdf = finished("en", "digital_rgb", None)

    report = examine(pdf, "coated_fogra39", "x-1a", samples["en"].code.url)

    assert {"file-version", "pdfx-label", "intent-missing", "colour-icc"} <= report.codes


def test_the_standard_is_read_from_the_file_when_none_is_asked(finished, samples):
    pdf = pikepdf.open(io.BytesIO(finished("en", "coated_fogra39", "x-1a")))
    del pdf.Root.OutputIntents
    out = io.BytesIO()
    pdf.save(out, fix_metadata_version=False, deterministic_id=True, force_version="1.4")

    report = examine(out.getvalue(), "coated_fogra39", None, samples["en"].code.url)

    assert {"intent-missing"} == report.codes


def test_the_quick_check_leaves_out_what_needs_the_content(finished, samples):
    pdf = finished("en", "digital_rgb", None)
    url = samples["en"].code.url

    quick = examine(pdf, "digital_rgb", None, url, depth="card")
    wrong = examine(pdf, "digital_rgb", None, url[:-1] + "A", depth="card")

    assert ("card", ()) == (quick.depth, quick.findings)
    assert {"code-wrong"} == wrong.codes
    assert 2 == wrong.findings[0].page


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7\n1 0 obj\n<<>>\n"])
def test_what_is_no_pdf_is_reported_and_not_raised(data):
    assert {"file-damaged"} == examine(data, "digital_rgb", None, "").codes


def test_a_cut_off_file_is_damaged(finished, samples):
    pdf = finished("en", "digital_rgb", None)

    report = examine(pdf[: len(pdf) // 2], "digital_rgb", None, samples["en"].code.url)

    assert "file-damaged" in report.codes


@pytest.mark.parametrize(("user", "owner"), [("", "boss"), ("secret", "boss")])
def test_an_encrypted_file_is_found_whether_it_opens_or_not(user, owner, finished, samples):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(finished("en", "digital_rgb", None))) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))

    report = examine(out.getvalue(), "digital_rgb", None, samples["en"].code.url)

    assert {"file-encrypted"} == report.codes


def test_the_report_is_json_and_a_page_for_people():
    report = examine(GOOD, "coated_fogra39", "x-1a", "https://aurora.example/r/another")

    assert report == type(report).model_validate_json(report.model_dump_json())
    assert "coated_fogra39, a6, 2 pages: 1 error(s)" == report.text().splitlines()[0]
    assert "error code-wrong, page 2, " in report.text()
    assert URL not in report.text()


def test_a_place_is_told_in_millimetres_from_the_corner_of_the_cut_card():
    """The patch is 24 mm wide, 60 mm from the left, 20 mm from below; 4 of 41 modules are margin."""
    (finding,) = examine(GOOD, "coated_fogra39", "x-1a", "https://aurora.example/r/1").findings

    place = [side for _, side in finding.place]
    assert [62.34, 106.34, 19.32, 19.32] == pytest.approx(place, abs=0.35)


@pytest.mark.parametrize("content", [b"1 0 0 1 cm", b"q (a", b"/F Tf", b"1 0 0 k 0 0 5 re f"])
def test_a_malformed_page_is_damaged(content):
    def spoil(pdf):
        pdf.pages[0].obj.Contents.write(b"0 0 9 9 re f " + content)

    report = examine(PressCard(edit=spoil).build(), "coated_fogra39", "x-1a", URL)

    assert "file-damaged" in report.codes


def test_drawings_within_drawings_come_to_an_end():
    """A form that draws itself is followed to a depth, not for ever."""

    def nest(pdf):
        made = pdf.make_indirect(
            pdf.make_stream(
                b"/Fm Do 0 0 0 1 k 60 300 9 9 re f", Type=Name.XObject, Subtype=Name.Form
            )
        )
        made.BBox = Array([0, 0, 500, 500])
        made.Resources = Dictionary(XObject=Dictionary(Fm=made))
        pdf.pages[0].obj.Resources.XObject = Dictionary(Fm=made)
        pdf.pages[0].contents_add(b" /Fm Do")

    report = examine(PressCard(edit=nest).build(), "coated_fogra39", "x-1a", URL)

    assert "ink-limit" not in report.codes


def test_a_page_as_large_as_a_house_is_not_drawn():
    def blow_up(pdf):
        pdf.pages[0].obj.MediaBox = Array([0, 0, 14400, 14400])

    report = examine(PressCard(edit=blow_up).build(), "coated_fogra39", "x-1a", URL)

    assert "file-damaged" in report.codes


@settings(max_examples=400 if os.environ.get("RETENTION_SOAK") else 25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_spoiled_file_gets_a_report_whatever_is_wrong(changes):
    data = bytearray(GOOD)
    for place, value in changes:
        data[place % len(data)] = value

    report = examine(bytes(data), "coated_fogra39", "x-1a", URL)

    assert all(finding.message for finding in report.findings)


@pytest.mark.parametrize("tag", TAGS)
def test_no_language_has_an_error(tag, finished, samples):
    report = examine(finished(tag, "digital_rgb", None), "digital_rgb", None, samples[tag].code.url)

    assert [] == [str(each) for each in report.findings if each.severity == "error"]


@pytest.mark.parametrize("style", ["editorial", "handwritten"])
@pytest.mark.parametrize("tag", ["hi", "th", "ar"])
def test_a_cluster_may_hold_an_empty_glyph(tag, style, samples, created_at):
    """Devanagari faces build some syllables with a placeholder beside the ink."""
    card = samples[tag].model_copy(update={"style": style})
    pdf = render_card(card, created_at=created_at).pdf.data

    report = examine(pdf, "digital_rgb", None, card.code.url)

    assert [] == [str(each) for each in report.findings if each.severity == "error"]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("tag", ["en", "fa"])
def test_a_label_has_no_findings(tag, dpi, samples, created_at):
    front, back = thermal_png(samples[tag], created_at=created_at, dpi=dpi)
    size = get_format("4x6in")

    reports = (
        preflight_picture(front, format=size, dpi=dpi),
        preflight_picture(back, format=size, dpi=dpi, code=samples[tag].code.url),
    )

    assert ["", ""] == ["\n".join(map(str, report.findings)) for report in reports]
