"""E-mail addresses, as mail servers see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.model import read_mailbox


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("buyer@example.org", "buyer@example.org"),
        (" Buyer.Name+tag@Example.ORG ", "Buyer.Name+tag@example.org"),
        ("o'brien@example.org", "o'brien@example.org"),
        # RFC 5891: the A-label of straße is not that of strasse.
        ("x@straße.example", "x@xn--strae-oqa.example"),
        ("x@例え.テスト", "x@xn--r8jz45g.xn--zckzah"),
        ("用户@例え。テスト", "用户@xn--r8jz45g.xn--zckzah"),
        ("x@localhost", "x@localhost"),
    ],
)
def test_addresses_are_written_as_they_go_over_the_wire(text, expected):
    assert expected == read_mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b@example.org",
        "a b@example.org",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a\r\nBcc:b@example.org",
        "Name <a@example.org>",
        "a..b@example.org",
        ".a@example.org",
        "a@-example.org",
        "a@example..org",
        "a@exa mple.org",
        "a@[127.0.0.1]",
        '"a b"@example.org',
        "a\u202e@example.org",
        "a\u2028b@example.org",
        "\ud800@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}",
    ],
)
def test_what_is_not_one_address_is_none(text):
    assert read_mailbox(text) is None


@given(st.text(max_size=40) | st.emails())
def test_an_answer_is_final_and_safe_in_a_header(text):
    mailbox = read_mailbox(text)

    if mailbox is not None:
        assert mailbox == read_mailbox(mailbox)
        assert {"\r", "\n", "\0", " ", ",", "<", ">", ";", ":"}.isdisjoint(mailbox)
        assert mailbox.rpartition("@")[2].isascii()
