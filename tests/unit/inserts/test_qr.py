"""Codes that a phone reads off paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.qr import MODULE_MIN_MM, PATCH_MAX_MM, build_qr


@pytest.mark.parametrize(
    ("url", "modules"),
    [
        ("https://soap.example/r/7K3Q9ZD2M1XAB4C5EF", 37),
        ("https://aurora.example/r/7K3Q9ZD2M1XAB4C5EF", 41),
    ],
)
def test_width_follows_from_the_modules_with_quiet_zone(url, modules):
    """Level M holds 42 bytes in version 3 (29 modules), 62 in version 4 (33); ISO/IEC 18004."""
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
