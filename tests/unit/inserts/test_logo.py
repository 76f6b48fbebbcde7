"""A logo is a file from somebody's hands."""

from __future__ import annotations

import pytest

from retention_sdk.errors import ConfigError
from retention_sdk.inserts.logo import check_logo

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h9v9z" fill="#123"/>',
        '<defs><linearGradient id="g"/></defs><path d="M0 0h9" fill="url(#g)"/>',
        '<g id="a"/><use xlink:href="#a"/>',
        "<style>.a{fill:#123;stroke:url(#g)}</style>",
        '<image href="data:image/png;base64,iVBORw0KGgo="/>',
        "<path style=\"fill:url( '#g' )\"/>",
    ],
)
def test_plain_drawing_is_taken_as_it_is(inside):
    assert SVG.format(inside).encode() == check_logo(SVG.format(inside))


@pytest.mark.parametrize(
    ("svg", "problem"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("&a;"), "entities"),
        ("<!doctype svg>" + SVG.format(""), "entities"),
        ('<?xml-stylesheet href="x"?>' + SVG.format(""), "style sheets"),
        (SVG.format("<script>alert(1)</script>"), "<script>"),
        (SVG.format('<path onload="x()"/>'), "handler onload"),
        (SVG.format('<image href="https://x.example/a.png"/>'), "another file"),
        (SVG.format('<image xlink:href="file:///etc/passwd"/>'), "another file"),
        (SVG.format('<image href="data:image/svg+xml;base64,AAAA"/>'), "another file"),
        (SVG.format('<use href="other.svg#a"/>'), "another file"),
        (SVG.format('<path fill="url(https://x.example/#g)"/>'), "another file"),
        (SVG.format("<style>@import 'a.css'</style>"), "another file"),
        (SVG.format("<style>.a{fill:url(http://x)}</style>"), "another file"),
        (SVG.format("<text>Brand</text>"), "convert text to paths"),
        (SVG.format("<foreignObject/>"), "foreign"),
        (SVG.format("<g>" * 60 + "</g>" * 60), "nested deeper"),
        (SVG.format("<g/>" * 5001), "5000 elements"),
        (SVG.format("<!--" + "x" * 600_000 + "-->"), "512 KB"),
        ("<html/>", "not <svg>"),
        ("not xml", "not well-formed"),
        (SVG.format("<g>"), "not well-formed"),
    ],
)
def test_dangerous_or_broken_drawing_is_refused_with_a_way_out(svg, problem):
    with pytest.raises(ConfigError, match=r"brand\.logo: the logo cannot be printed") as refusal:
        check_logo(svg)

    assert problem in str(refusal.value)
    assert refusal.value.hint
