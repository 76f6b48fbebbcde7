"""Codes that a phone reads off paper."""

from __future__ import annotations

import re

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.qr import MODULE_MIN_MM, PATCH_MAX_MM, build_qr, modules_of


@pytest.mark.parametrize(
    ("url", "modules"),
    [
        ("https://soap.example/r/7K3Q9ZD2M1XAB4C5EF", 37),
        ("https://aurora.example/r/7k3q9zd2m1xab4c5ef", 41),
        ("https://aurora.example/r/7K3Q9ZD2M1XAB4C5EF", 37),
    ],
)
def test_width_follows_from_the_modules_with_quiet_zone(url, modules):
    """Level M holds 42 bytes in version 3 (29 modules), 62 in version 4 (33); ISO/IEC 18004.

    Capitals and digits need less room than small letters, so a token in capitals saves a version.
    """
    code = build_qr(url)
    assert (modules * 0.6, 0.6) == (pytest.approx(code.width_mm), code.module_mm)


@given(length=st.integers(1, 150))
def test_modules_are_never_smaller_than_a_phone_reads(length):
    code = build_qr("https://x.example/" + "a" * length)
    assert code.module_mm >= MODULE_MIN_MM
    assert code.width_mm <= PATCH_MAX_MM + 0.001


def test_code_is_black_on_white():
    svg = build_qr("https://x.example/").svg
    assert b"#fff" in svg
    assert b"#000" in svg


def test_link_that_needs_smaller_modules_is_refused():
    with pytest.raises(PrintError, match="shorter link"):
        build_qr("https://x.example/" + "a" * 400)


@given(st.from_regex(r"https://[a-z]{3,20}\.example/t/[0-9A-HJKMNP-TV-Z]{18}", fullmatch=True))
def test_another_encoder_needs_as_many_modules(url):
    """Segno, which knows no mixed modes, never finds a smaller symbol at the same level."""
    code = segno.make(url, error="m", micro=False, boost_error=False)

    assert len(modules_of(url)) <= len(code.matrix)
    assert len({len(row) for row in modules_of(url)} | {len(modules_of(url))}) == 1


def test_the_drawing_is_the_symbol():
    """Each dark module once, within the quiet zone."""
    url = "https://soap.example/r/7K3Q9ZD2M1XAB4C5EF"
    blocks = re.findall(rb"M(\d+) (\d+)h(\d+)v(\d+)h-\d+", build_qr(url).svg)
    drawn = [
        (int(x) + across - 4, int(y) + down - 4)
        for x, y, width, height in blocks
        for across in range(int(width))
        for down in range(int(height))
    ]

    dark = {
        (x, y) for y, row in enumerate(modules_of(url)) for x, is_dark in enumerate(row) if is_dark
    }
    assert (dark, len(dark)) == (set(drawn), len(drawn))


def test_what_lies_in_equal_stretches_of_neighbouring_rows_is_one_rectangle():
    """The dot in the middle of each of the three finder patterns is three modules square."""
    svg = build_qr("https://soap.example/r/7K3Q9ZD2M1XAB4C5EF").svg

    assert svg.count(b"h3v3h-3") >= 3
