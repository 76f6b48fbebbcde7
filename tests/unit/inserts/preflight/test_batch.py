"""Many cards in one file, and the pictures of label printers."""

from __future__ import annotations

import io

import pikepdf
import pytest
import segno
from PIL import Image

from retention_sdk.inserts.formats import CardFormat, get_format
from retention_sdk.inserts.preflight import preflight_batch, preflight_picture
from retention_sdk.inserts.profiles import get_profile

from .press_card import URL, PressCard

A6 = get_format("a6")
URLS = tuple(f"https://aurora.example/r/7K3Q9ZD2M1XAB4C5E{n}" for n in "ABC")


def joined(*codes: str | None) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(PressCard(code=codes[0]).build())) as pdf:
        for code in codes[1:]:
            with pikepdf.open(io.BytesIO(PressCard(code=code).build())) as other:
                pdf.pages.extend(other.pages)
        pdf.save(out, force_version="1.4", fix_metadata_version=False, deterministic_id=True)
    return out.getvalue()


def check(pdf: bytes, codes, **options):
    return preflight_batch(
        pdf,
        codes=codes,
        profile=get_profile("coated_fogra39"),
        format=A6,
        pdfx="x-1a",
        **options,
    )


def test_each_card_with_its_own_code_has_no_findings():
    report = check(joined(*URLS), URLS, order_numbers=["1042", "۱۰۴۲", "10-42"], depth="full")

    assert ((), 6) == (report.findings, report.pages)


@pytest.mark.parametrize(
    ("printed", "wanted", "expected"),
    [
        ((URLS[0], URLS[0]), URLS[:2], {(4, "batch-swapped"), (4, "batch-duplicate")}),
        ((URLS[1], URLS[0]), URLS[:2], {(2, "batch-swapped"), (4, "batch-swapped")}),
        ((URLS[0], URL), URLS[:2], {(4, "code-wrong")}),
        ((URLS[0], URLS[1]), (URLS[0], None), {(4, "code-unexpected")}),
        ((URLS[0],), URLS[:2], {(None, "page-count"), (None, "batch-count")}),
        ((URLS[0], URLS[0]), (URLS[0], URLS[0]), {(4, "batch-duplicate")}),
    ],
)
def test_a_mistake_in_a_batch_is_found_on_its_page(printed, wanted, expected):
    findings = check(joined(*printed), wanted).findings

    assert expected == {(finding.page, finding.code) for finding in findings}


def test_a_card_without_its_code_is_found():
    report = check(joined(URLS[0], None), URLS[:2])

    assert {"code-missing", "page-blank"} == report.codes


def test_a_card_with_another_order_number_is_found():
    report = check(joined(*URLS[:2]), URLS[:2], order_numbers=["1042", "1043"])

    assert [(3, "batch-order")] == [(each.page, each.code) for each in report.findings]


# Labels ----------------------------------------------------------------------------------------

LABEL = CardFormat("label", "label", 50.8, 50.8)
DPI = 203


def label(*, dots: int = 406, mode: str = "1", scale: int = 5, code: str = URL, at: int = 60):
    image = Image.new("L", (dots, dots), 255)
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    image.paste(Image.open(out).convert("L"), (at, at))
    saved = io.BytesIO()
    image.convert(mode).save(saved, "PNG")
    return saved.getvalue()


def test_a_good_label_has_no_findings():
    assert () == preflight_picture(label(), format=LABEL, dpi=DPI, code=URL).findings


@pytest.mark.parametrize(
    ("picture", "code", "expected"),
    [
        (label(dots=500), URL, "picture-size"),
        (label(mode="L"), URL, "picture-depth"),
        (label(scale=3), URL, "code-module"),
        (label(code=URLS[0]), URL, "code-wrong"),
        (label(), None, "code-unexpected"),
        (b"no picture", URL, "file-damaged"),
    ],
)
def test_a_mistake_on_a_label_is_found(picture, code, expected):
    assert {expected} == preflight_picture(picture, format=LABEL, dpi=DPI, code=code).codes


def test_a_label_without_ink_is_blank_and_its_code_lost():
    empty = io.BytesIO()
    Image.new("1", (406, 406), 1).save(empty, "PNG")

    report = preflight_picture(empty.getvalue(), format=LABEL, dpi=DPI, code=URL)

    assert {"page-blank", "code-thermal"} == report.codes


def test_any_code_will_do_on_a_label_of_unknown_code():
    report = preflight_picture(label(), format=LABEL, dpi=DPI, is_code_known=False)

    assert () == report.findings
