"""A browser or telephone that asked for push messages, as the Push API tells of it."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from hashlib import sha256
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .base import Record

ENDPOINT_MAX = 2_000
_KEY_BYTES, _SECRET_BYTES = 65, 16
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.\-]{0,251}[a-z0-9])?")
_BASE64URL = re.compile(r"[A-Za-z0-9_\-]{1,120}")


def _is_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("the endpoint is no address") from None
    host = parts.hostname or ""
    if parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc:
        raise ValueError("the endpoint is an https address, on its usual port, without a user")
    if not _HOST.fullmatch(host) or "." not in host or host.rpartition(".")[2].isdigit():
        raise ValueError("the endpoint names the host of a push service")
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("the endpoint holds characters that an address does not")
    return text


def _bytes_of(text: str) -> bytes:
    plain = text.rstrip("=")
    if not _BASE64URL.fullmatch(plain) or len(plain) % 4 == 1:
        raise ValueError("a key is written in base64url")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def _is_key(text: str) -> str:
    key = _bytes_of(text)
    if len(key) != _KEY_BYTES or key[0] != 4:  # noqa: PLR2004 - an uncompressed point, SEC 1 s. 2.3.3
        raise ValueError("p256dh is an uncompressed point of P-256: 65 bytes")
    return text.rstrip("=")


def _is_secret(text: str) -> str:
    if len(_bytes_of(text)) != _SECRET_BYTES:
        raise ValueError("auth is 16 bytes")
    return text.rstrip("=")


class PushDevice(Record):
    """A subscription (W3C Push API): where its push service takes messages, and its keys.

    ``endpoint`` is a secret address: whoever has it and the keys can write to the device.
    ``p256dh`` is its public key, ``auth`` the secret shared with it (RFC 8291 s. 3.2), both in
    base64url.
    """

    endpoint: Annotated[
        str, Field(repr=False, max_length=ENDPOINT_MAX), AfterValidator(_is_address)
    ]
    p256dh: Annotated[str, Field(repr=False), AfterValidator(_is_key)]
    auth: Annotated[str, Field(repr=False), AfterValidator(_is_secret)]

    @property
    def id(self) -> str:
        """A name for the device that does not tell its address: 16 hexadecimal digits."""
        return sha256(self.endpoint.encode()).hexdigest()[:16]

    @property
    def host(self) -> str:
        """The push service."""
        return urlsplit(self.endpoint).hostname or ""
