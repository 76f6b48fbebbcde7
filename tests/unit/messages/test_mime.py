"""The bytes: read back with the standard library, and hostile input."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.errors import MessageError
from retention_sdk.messages import render_email, render_html, render_text
from retention_sdk.messages.html import HTML_OCTETS_MAX
from retention_sdk.messages.look import contrast, find_look
from retention_sdk.messages.summary import ROWS_MAX
from retention_sdk.model import Block, ContentKind, Palette
from retention_sdk.testing.builders import a_brand, a_customer, a_line, an_order

DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
ID = "<0123abcd@soap.example>"


def render(message):
    return render_email(message, message_id=ID, date=DATE)


def read(artifact):
    return email.message_from_bytes(artifact.data, policy=policy.SMTPUTF8)


@pytest.mark.parametrize("locale", ["en", "de", "fa", "ar", "he", "ja", "hy", "ru"])
def test_what_is_read_back_is_what_was_written(make_message, locale):
    message = make_message(locale=locale, points=12)
    artifact = render(message)
    parsed = read(artifact)

    assert message.subject == parsed["Subject"]
    assert message.sender_name == parsed["From"].addresses[0].display_name
    assert "hello@soap.example" == parsed["From"].addresses[0].addr_spec
    assert "ada@example.com" == parsed["To"].addresses[0].addr_spec
    assert DATE == parsed["Date"].datetime
    assert ID == parsed["Message-ID"]
    assert locale == parsed["Content-Language"]
    text, html = (parsed.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert render_text(message) == text.replace("\r\n", "\n")
    assert render_html(message) == html.replace("\r\n", "\n")
    assert [] == parsed.defects


def test_the_file_can_go_over_any_wire(make_message):
    """RFC 5322, 2.1.1: lines of at most 998, better 78 octets, ended by CRLF; here all ASCII."""
    data = render(make_message(locale="fa", points=3)).data

    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert 78 >= max(map(len, data.split(b"\r\n")))
    assert data.endswith(b"--\r\n")


def test_the_same_message_makes_the_same_bytes(make_message):
    assert render(make_message(points=1)).sha256 == render(make_message(points=1)).sha256
    assert render(make_message(points=1)).sha256 != render(make_message(points=2)).sha256


def test_service_mail_has_no_list_headers(make_message):
    parsed = read(render(make_message()))

    assert parsed["List-Unsubscribe"] is None
    assert parsed["List-Unsubscribe-Post"] is None
    assert "auto-generated" == parsed["Auto-Submitted"]


def test_advertising_has_the_headers_of_rfc_8058(make_message):
    url = "https://soap.example/u/abc"
    parsed = read(render(make_message(event_type="order_delivered", unsubscribe_url=url)))

    assert f"<{url}>, <mailto:hello@soap.example?subject=unsubscribe>" == parsed["List-Unsubscribe"]
    assert "List-Unsubscribe=One-Click" == parsed["List-Unsubscribe-Post"]


def test_without_a_url_there_is_no_one_click(make_message):
    parsed = read(render(make_message(event_type="order_delivered")))

    assert "<mailto:hello@soap.example?subject=unsubscribe>" == parsed["List-Unsubscribe"]
    assert parsed["List-Unsubscribe-Post"] is None


def test_the_date_is_written_in_utc(make_message):
    local = DATE.astimezone(timezone(timedelta(hours=3, minutes=30)))
    message = make_message()

    assert render(message) == render_email(message, message_id=ID, date=local)


@pytest.mark.parametrize(
    "message_id", ["", "a@b.example", "<a@b.example>\r\nBcc: x@y.example", "<a b@c.example>", "<a>"]
)
def test_a_malformed_identifier_is_refused(make_message, message_id):
    with pytest.raises(MessageError, match="Message-ID"):
        render_email(make_message(), message_id=message_id, date=DATE)


def test_a_naive_date_is_refused(make_message):
    with pytest.raises(MessageError, match="time zone"):
        render_email(make_message(), message_id=ID, date=DATE.replace(tzinfo=None))


@pytest.mark.parametrize("field", ["subject", "sender_name", "recipient", "reply_to"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\x00", "\u2028"])
def test_no_header_can_be_injected(make_message, field, ending):
    """Even if a caller builds the record by hand."""
    hostile = make_message().model_copy(update={field: f"x@example.org{ending}Bcc: y@example.org"})

    with pytest.raises(MessageError, match="line break"):
        render(hostile)


def read_name(artifact):
    """The older reader: the newer one keeps the white space between two words (RFC 2047, 6.2)."""
    name, _ = parseaddr(email.message_from_bytes(artifact.data)["From"])
    return str(make_header(decode_header(name)))


relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
HEADER_TEXT = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs"), include_characters=" "),
    min_size=1,
    max_size=120,
).map(lambda text: " ".join(text.split()))


@relaxed
@given(text=HEADER_TEXT.filter(bool))
def test_any_subject_and_name_come_back_whole(make_message, text):
    message = make_message().model_copy(update={"subject": text, "sender_name": text})
    artifact = render(message)
    head = artifact.data.partition(b"\r\n\r\n")[0]
    parsed = read(artifact)

    assert text == parsed["Subject"]
    assert text == read_name(artifact)
    assert 1 == len(parsed["From"].addresses)
    assert 76 >= max((len(line) for line in head.split(b"\r\n") if b"=?" in line), default=0)


class Shape(HTMLParser):
    """Collects tags and attributes, nothing of the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data):
        self.text.append(data)


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "</td></table></body>",
    "&lt;b&gt; &amp; ' \"",
    "\u202egnirts\u202c \u2066 unclosed",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_like_any_other(make_message, make_context, name):
    """The same tags as with a harmless name, and the name readable as it was typed."""

    def page(words):
        customer = a_customer(given_name=words, family_name=words, full_name=words)
        order = an_order(customer=customer, lines=(a_line(title=words),))
        block = Block(content=ContentKind.CARE, title=words, text=words)
        message = make_message(make_context(customer=customer, order=order), blocks=(block,))
        return Shape(render_html(message))

    harmless, hostile = page("Ada"), page(name)
    assert harmless.tags == hostile.tags
    assert "49" not in "".join(hostile.text) or "49" in name
    readable = re.sub(r"[\u2066-\u2069\u202a-\u202e]", "", name)
    shown = re.sub(r"[\u2066-\u2069\u202a-\u202e]", "", "".join(hostile.text))
    assert " ".join(readable.split()) in shown


@pytest.mark.parametrize("locale", ["en", "fa"])
def test_the_html_loads_nothing(make_message, locale):
    html = render_html(make_message(locale=locale, points=3))

    for sign in ("<img", "url(", "src=", "@import", "<link", "<script", "background="):
        assert sign not in html
    assert {"https://soap.example", "mailto:hello@soap.example?subject=unsubscribe"} == set(
        re.findall(r'href="([^"]*)"', html)
    )


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("he", "rtl"), ("ar", "rtl")])
def test_direction_and_language_are_declared_and_mirrored(make_message, locale, direction):
    html = render_html(make_message(locale=locale))

    assert f'<html lang="{locale}" dir="{direction}">' in html
    start = "right" if direction == "rtl" else "left"
    assert f"text-align:{start}" in html
    assert html.count(f'dir="{direction}"') >= 4


def test_the_longest_order_stays_below_what_gmail_shows(make_message, make_context):
    lines = tuple(
        a_line("1.00 EUR", id=f"l{n}", title="<&'\"> 漢字" * 60) for n in range(ROWS_MAX + 500)
    )
    order = an_order(f"{len(lines)}.00 EUR", lines=lines)
    blocks = tuple(Block(content=ContentKind.CARE, text="漢" * 3000) for _ in range(9))
    html = render_html(make_message(make_context(order=order, locale="ja"), blocks=blocks))

    assert HTML_OCTETS_MAX >= len(html.encode())


def test_what_cannot_be_shown_whole_is_refused(make_message):
    blocks = tuple(
        Block(content=ContentKind.CARE, text="漢" * 5000, is_optional=False) for _ in range(9)
    )

    with pytest.raises(MessageError, match="bytes of HTML"):
        render_html(make_message(blocks=blocks))


PALETTES = st.builds(
    Palette,
    **{
        name: st.integers(0, 0xFFFFFF).map("#{:06x}".format)
        for name in ("paper", "ink", "primary", "accent")
    },
)


@relaxed
@given(palette=PALETTES)
def test_every_palette_can_be_read(make_message, palette):
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    look = find_look(make_message().model_copy(update={"palette": palette}))

    pairs = [
        (look.ink, look.paper),
        (look.muted, look.ground),
        (look.heading, look.paper),
        (look.button_ink, look.button),
        (look.ink, look.tint),
        (look.dark_ink, look.dark_paper),
        (look.dark_muted, look.dark_ground),
        (look.dark_heading, look.dark_paper),
        (look.dark_ink, look.dark_tint),
    ]
    assert 4.5 <= min(contrast(one, two) for one, two in pairs)


def test_an_address_beyond_ascii_is_written_in_utf8(make_message, make_context):
    """RFC 6532; the channel then needs SMTPUTF8."""
    customer = a_customer(email="søren@straße.example")
    artifact = render(make_message(make_context(customer=customer)))

    assert "To: søren@xn--strae-oqa.example\r\n".encode() in artifact.data


def test_a_brand_with_quotes_is_one_sender(make_message, make_context):
    brand = a_brand(name='Soap, "Sons" <x@evil.example>')
    parsed = read(render(make_message(make_context(brand=brand))))

    (sender,) = parsed["From"].addresses
    assert "hello@soap.example" == sender.addr_spec
    assert brand.name == read_name(render(make_message(make_context(brand=brand))))
