"""What a text message costs (3GPP TS 23.038)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n import isolate, isolate_ltr, sms_length, sms_text
from retention_sdk.l10n.bidi import ISOLATES


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "gsm7", 0, 0),
        ("a", "gsm7", 1, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("a" * 306, "gsm7", 306, 2),
        ("a" * 307, "gsm7", 307, 3),
        ("€" * 80, "gsm7", 160, 1),
        ("Ünï", "ucs2", 3, 1),
        ("ñéà", "gsm7", 3, 1),
        ("ş" * 70, "ucs2", 70, 1),
        ("ş" * 71, "ucs2", 71, 2),
        ("ş" * 134, "ucs2", 134, 2),
        ("ş" * 135, "ucs2", 135, 3),
        ("😀" * 35, "ucs2", 70, 1),
    ],
)
def test_units_and_segments(text, encoding, units, segments):
    """160 septets or 70 units alone; 153 or 67 in each part of more."""
    length = sms_length(text)

    assert (encoding, units, segments) == (length.encoding, length.units, length.segments)


def test_neither_an_escape_nor_a_surrogate_pair_is_torn():
    """153 septets hold 76 euro signs, not 76.5; 67 units hold 33 emoji."""
    assert 3 == sms_length("€" * 153).segments
    assert 3 == sms_length("😀" * 67).segments
    assert 2 == sms_length("ab" * 153).segments


def test_isolates_go_and_the_letters_stay():
    """A telephone shows isolates as boxes, and they would halve the room."""
    text = f"Kiln: {isolate('Ada')}, {isolate_ltr('1001')}"

    assert "Kiln: Ada, 1001" == sms_text(text)
    assert "gsm7" == sms_length(sms_text(text)).encoding


def test_codes_in_a_text_from_right_to_left_keep_their_direction():
    """A mark on either side makes digits and plus sign part of left-to-right text (rule W7)."""
    text = f"تلفن: {isolate_ltr('+98 21 1234')}، {isolate('زهرا')}"

    assert "تلفن: \u200e+98 21 1234\u200e، زهرا" == sms_text(text)
    assert "سفارش 1001" == sms_text(f"سفارش {isolate_ltr('1001')}")
    assert "سفارش \u200e7-8\u200e" == sms_text(f"سفارش {isolate_ltr('7-8')}")
    assert "https://a.b/1 بازدید" == sms_text(f"{isolate_ltr('https://a.b/1')} بازدید")
    assert "Заказ 1001" == sms_text(f"Заказ {isolate_ltr('1001')}")


def test_typography_gives_way_only_where_that_saves_money():
    """French spaces and quotes become plain; a Persian text is UCS-2 whatever we do."""
    assert 'Merci ! "L\'atelier" - a...' == sms_text("Merci\u202f! «L’atelier» – a…")
    assert "سفارش «۱»…" == sms_text("سفارش «۱»…")


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=400))
def test_a_longer_text_never_costs_less(text):
    """And what is sent holds no isolate; sending it again changes nothing."""
    sent = sms_text(text)

    assert ISOLATES.isdisjoint(sent)
    assert sent == sms_text(sent)
    assert sms_length(sent).segments <= sms_length(sent + "a").segments
