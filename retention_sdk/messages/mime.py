"""An e-mail as bytes: RFC 5322, 2045-2047, 6532, 8058. Equal messages make equal bytes.

Written here and not by ``email``: that folds headers differently from one Python release to the
next and draws its boundaries by lot. The tests read everything back with ``email``.
"""

from __future__ import annotations

import quopri
import re
from base64 import b64encode, encodebytes
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256

from ..errors import MessageError
from ..model import Artifact, read_mailbox
from .html import render_html
from .message import Message
from .text import render_text

# RFC 2047, 2: a line with an encoded word is at most 76 characters long.
_LINE_MAX = 76
_WORD_FRAME = len("=?utf-8?b??=")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ \-]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


def render_email(message: Message, *, message_id: str, date: datetime) -> Artifact:
    """Return the message as an ``.eml`` artifact, plain text and HTML.

    ``Auto-Submitted`` (RFC 3834) is set: a shop event and no person sent it, and the holiday
    notices of other people should not come back.

    Raises:
        MessageError: the identifier is not one, the date is naive, or a header holds a line break.
    """
    text, html = render_text(message), render_html(message)
    boundary = "=_" + sha256(f"{message_id}\n{text}\n{html}".encode()).hexdigest()[:32]
    head = "".join(_header(name, value) for name, value in _headers(message, message_id, date))
    content_type = f'multipart/alternative;\r\n boundary="{boundary}"'
    parts = "".join(
        f"--{boundary}\r\n{_part(kind, body)}" for kind, body in (("plain", text), ("html", html))
    )
    data = f"{head}Content-Type: {content_type}\r\n\r\n{parts}--{boundary}--\r\n"
    name = f"{message.template}.{message.locale}.eml".replace("_", "-")
    return Artifact(name=name, media_type="message/rfc822", data=data.encode())


def _headers(message: Message, message_id: str, date: datetime) -> Iterator[tuple[str, str]]:
    if date.utcoffset() is None:
        raise MessageError("the date of an e-mail needs a time zone")
    yield "From", _mailbox(message.sender_name, message.sender_address)
    yield "To", message.recipient
    if message.reply_to:
        yield "Reply-To", message.reply_to
    yield "Subject", _words(message.subject, taken=len("Subject: "))
    yield "Date", format_datetime(date.astimezone(UTC))
    yield "Message-ID", _message_id(message_id)
    yield "Content-Language", message.locale
    yield "Auto-Submitted", "auto-generated"
    if refusal := message.unsubscribe:
        urls = (refusal.one_click_url, refusal.mailto)
        yield "List-Unsubscribe", ",\r\n ".join(f"<{url}>" for url in urls if url)
        if refusal.one_click_url:
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "MIME-Version", "1.0"


def _message_id(text: str) -> str:
    """Return ``<left@right>`` with a domain in ASCII; the left side has the form of an address."""
    inner = read_mailbox(text.removeprefix("<").removesuffix(">"))
    if inner is None or not inner.isascii() or text[:1] != "<" or text[-1:] != ">":
        raise MessageError("the Message-ID is not of the form <left@right>")
    return f"<{inner}>"


def _header(name: str, value: str) -> str:
    """Return a header line. Our own folds are the only line breaks it may hold."""
    if _UNSAFE.search(value.replace("\r\n ", " ")):
        raise MessageError(f"the header {name} holds a line break or control character")
    return f"{name}: {value}\r\n"


def _mailbox(name: str, address: str) -> str:
    if _ATOMS.fullmatch(name) and len(name) + len(address) < _LINE_MAX - len("From:  <>"):
        return f'"{name}" <{address}>'
    encoded = _words(name, taken=len("From: "), must_encode=True)
    return f"{encoded}\r\n <{address}>"


def _words(text: str, *, taken: int, must_encode: bool = False) -> str:
    """Return a header text, as RFC 2047 words where it is not short plain ASCII.

    ``taken`` characters stand before it on the first line. A word never splits a character.
    """
    if _UNSAFE.search(text):
        raise MessageError("a header text holds a line break or control character")
    if text.isascii() and taken + len(text) <= _LINE_MAX and "=?" not in text and not must_encode:
        return text
    words, chunk = [], b""
    room = _payload(_LINE_MAX - taken)
    for char in text:
        octets = char.encode()
        if len(chunk) + len(octets) > room:
            words.append(chunk)
            chunk, room = b"", _payload(_LINE_MAX - 1)
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def _payload(line: int) -> int:
    """How many octets a base64 word carries on a line of that length."""
    return (line - _WORD_FRAME) // 4 * 3


def _part(kind: str, body: str) -> str:
    """Return a body part in whichever transfer encoding is shorter; both survive any server."""
    octets = body.replace("\r\n", "\n").encode()
    # The line break in front of a boundary belongs to the boundary (RFC 2046, 5.1.1).
    quoted = quopri.encodestring(octets).replace(b"\n", b"\r\n") + b"\r\n"
    base64 = encodebytes(octets.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
    encodings = (("quoted-printable", quoted), ("base64", base64))
    name, encoded = min(encodings, key=lambda pair: len(pair[1]))
    return (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: {name}\r\n\r\n{encoded.decode()}"
    )
