"""Signs requests by an integration's four keys: OAuth 1.0a with HMAC-SHA256, in a header.

Source: RFC 5849, 3.1 to 3.6; "OAuth-based authentication" in Adobe's documentation. No secret
travels, and bodies of JSON are not signed.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote


@dataclass(frozen=True, slots=True)
class Keys:
    """What the administration shows once an integration is activated."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str = field(repr=False)
    token_secret: str = field(repr=False)


class Signed:
    """Signs each request anew, repetitions too: a nonce is taken once.

    Hand it to httpx or httpx2 as ``auth``. The clock tells seconds since 1970.
    """

    def __init__(
        self,
        keys: Keys,
        *,
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._keys, self._clock, self._nonce = keys, clock, nonce

    def __repr__(self) -> str:
        return "<Signed>"

    def __call__(self, request: Any) -> Any:
        """Add the header that says who asks."""
        told = {
            "oauth_consumer_key": self._keys.consumer_key,
            "oauth_nonce": self._nonce(),
            "oauth_signature_method": "HMAC-SHA256",
            "oauth_timestamp": str(int(self._clock())),
            "oauth_token": self._keys.token,
            "oauth_version": "1.0",
        }
        url = request.url
        asked = parse_qsl(url.query.decode(), keep_blank_values=True)
        address = str(url.copy_with(query=None, fragment=None)).partition("?")[0]
        told["oauth_signature"] = signature(
            request.method, address, [*asked, *told.items()], keys=self._keys
        )
        parts = (f'{name}="{escaped(value)}"' for name, value in sorted(told.items()))
        request.headers["authorization"] = f"OAuth {', '.join(parts)}"
        return request


def signature(method: str, address: str, pairs: list[tuple[str, str]], *, keys: Keys) -> str:
    """Return the signature of a request: RFC 5849, 3.4, with SHA-256 for SHA-1."""
    coded = sorted((escaped(name), escaped(value)) for name, value in pairs)
    query = "&".join(f"{name}={value}" for name, value in coded)
    signed = "&".join((method.upper(), escaped(address), escaped(query)))
    key = f"{escaped(keys.consumer_secret)}&{escaped(keys.token_secret)}"
    return b64encode(hmac.digest(key.encode(), signed.encode(), sha256)).decode()


def escaped(text: str) -> str:
    """Percent-encode all but letters, digits and ``-._~``: RFC 5849, 3.6."""
    return quote(text, safe="")
