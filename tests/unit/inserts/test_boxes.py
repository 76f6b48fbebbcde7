"""The boxes of a card: replaced where they stand, or written with the whole file."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest

from retention_sdk.errors import PrintError
from retention_sdk.inserts.boxes import set_boxes
from retention_sdk.inserts.formats import FORMATS, get_format

BOXES = ("/MediaBox", "/BleedBox", "/TrimBox")
TYPST_BOXES = re.compile(rb"/MediaBox\[[^]]*\]/BleedBox\[[^]]*\]/TrimBox\[[^]]*\]")


def boxes_of(data: bytes) -> list[list[list[float]]]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [[[float(n) for n in page.obj[name]] for name in BOXES] for page in pdf.pages]


def rewritten(data: bytes) -> bytes:
    """Return a file as another program would write it: without a plain table of places."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def contents_of(data: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [page.Contents.read_bytes() for page in pdf.pages]


@pytest.mark.parametrize("tag", ["en", "fa", "ja"])
def test_file_is_sound_after_its_boxes_were_replaced(samples, draw, tag):
    data = draw(samples[tag], preview=False).pdf.data
    assert TYPST_BOXES.search(data), "the file was written anew"

    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert [] == pdf.check_pdf_syntax()
        assert "/False" == pdf.docinfo["/Trapped"]
        assert "/StructTreeRoot" in pdf.Root


def test_every_object_is_where_the_table_says(a_card, draw):
    data = draw(a_card("en"), preview=False).pdf.data
    start = int(re.search(rb"startxref\n(\d+)", data)[1])
    places = re.findall(rb"(\d{10}) 00000 n", data[start:])

    assert data[start:].startswith(b"xref\n")
    assert all(
        data[int(place) :].startswith(b"%d 0 obj" % number)
        for number, place in enumerate(places, 1)
    )


@pytest.mark.parametrize("format", ["a6", "a5", "dl", "a6-folded"])
def test_both_ways_set_the_same_boxes(a_card, draw, format):  # noqa: A002
    data = draw(a_card("en"), format=format, preview=False).pdf.data
    other = set_boxes(rewritten(data), get_format(format))

    assert boxes_of(data) == boxes_of(other)
    assert contents_of(data) == contents_of(other)


def test_a_file_that_has_its_boxes_stays_as_it_is(a_card, draw):
    data = draw(a_card("en"), preview=False).pdf.data

    assert data == set_boxes(data, FORMATS["a6"])


def test_card_of_another_format_is_refused(a_card, draw):
    data = draw(a_card("en"), preview=False).pdf.data
    with pytest.raises(PrintError, match="pages"):
        set_boxes(data, FORMATS["a6-folded"])
