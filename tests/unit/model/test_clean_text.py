"""Plain ASCII takes a short cut; the short cut changes nothing."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.model import clean_text


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_the_short_cut_for_ascii_gives_what_the_long_way_gives(text):
    """A letter beyond ASCII in front sends the same text the long way."""
    body = f"|{text}|"

    assert "Ä" + clean_text(body) == clean_text("Ä" + body)
    assert all(c == "\n" or unicodedata.category(c) != "Cc" for c in clean_text(text))
