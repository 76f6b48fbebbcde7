"""The SVG of a card shows what the PDF prints, and needs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from retention_sdk.errors import PrintError, TextOverflow
from retention_sdk.inserts import CardBlock
from retention_sdk.inserts.media.preview import preview_svg
from retention_sdk.model import ContentKind

CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_pages_are_trimmed_and_stand_alone(tag, samples):
    front, back = (ET.fromstring(page) for page in preview_svg(samples[tag], created_at=CREATED_AT))

    for page in (front, back):
        width, height = (float(n) for n in page.attrib["viewBox"].split()[2:])
        assert (297.64, 419.53) == (round(width, 2), round(height, 2))  # A6 in points
        assert not list(page.iter("{http://www.w3.org/2000/svg}text"))
    assert preview_svg(samples[tag], created_at=CREATED_AT) == preview_svg(
        samples[tag], created_at=CREATED_AT
    )


def test_optional_block_is_left_out_where_it_does_not_fit(a_card):
    block = CardBlock(content=ContentKind.THANKS, text="Much more of it. " * 90)
    bare, full = a_card("en"), a_card("en", blocks=(block,))

    assert preview_svg(bare, created_at=CREATED_AT) == preview_svg(full, created_at=CREATED_AT)
    kept = block.model_copy(update={"is_optional": False})
    with pytest.raises(TextOverflow):
        preview_svg(a_card("en", blocks=(kept,)), created_at=CREATED_AT)


def test_unknown_format_is_refused(a_card):
    with pytest.raises(PrintError, match="no card format"):
        preview_svg(a_card("en"), created_at=CREATED_AT, format="a0")
