"""Signs requests for WooCommerce over plain http: OAuth 1.0a, HMAC-SHA256, in the query.

Source: RFC 5849, sections 3.1 to 3.6, without a token; the method HMAC-SHA256 and the place of the
parameters are WooCommerce's. The secret itself never travels.
"""

from __future__ import annotations

import hmac
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

Pairs = Iterable[tuple[str, str]]


class OAuth1:
    """Signs each request anew, repetitions too: WooCommerce takes a nonce once in 15 minutes.

    Hand it to httpx or httpx2 as ``auth``. ``site`` is the address that WordPress has of itself;
    behind a proxy or a mapped port the signature is made for that, wherever the request goes. The
    clock tells seconds since 1970.
    """

    def __init__(
        self,
        key: str,
        secret: str,
        *,
        site: str = "",
        clock: Callable[[], float] = time.time,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._key, self._secret, self._site = key, secret, site
        self._clock, self._nonce = clock, nonce

    def __repr__(self) -> str:
        return "<OAuth1>"

    def __call__(self, request: Any) -> Any:
        """Add the parameters and the signature to the request's query."""
        asked = parse_qsl(request.url.query.decode(), keep_blank_values=True)
        pairs = [*asked, *self._parameters()]
        address = base_address(str(request.url), site=self._site)
        signed = signature(request.method, address, pairs, secret=self._secret)
        query = normalized([*pairs, ("oauth_signature", signed)])
        request.url = request.url.copy_with(query=query.encode())
        return request

    def _parameters(self) -> Pairs:
        return (
            ("oauth_consumer_key", self._key),
            ("oauth_nonce", self._nonce()),
            ("oauth_signature_method", "HMAC-SHA256"),
            ("oauth_timestamp", str(int(self._clock()))),
        )


def signature(method: str, address: str, pairs: Pairs, *, secret: str) -> str:
    """Return the signature of a request, in base64; RFC 5849, 3.4.2 with SHA-256."""
    key = (escaped(secret) + "&").encode()
    return b64encode(
        hmac.digest(key, base_string(method, address, pairs).encode(), sha256)
    ).decode()


def base_string(method: str, address: str, pairs: Pairs) -> str:
    """Return what is signed; RFC 5849, 3.4.1.1."""
    return "&".join((method.upper(), escaped(address), escaped(normalized(pairs))))


def base_address(url: str, *, site: str = "") -> str:
    """Return an address without query: small letters, no default port; RFC 5849, 3.4.1.2.

    Host and port are those of ``site`` where it is given.
    """
    asked, home = urlsplit(url), urlsplit(site or url)
    host, port = (home.hostname or "").lower(), home.port
    host = f"[{host}]" if ":" in host else host
    is_shown = port is not None and port != _DEFAULT_PORTS.get(home.scheme)
    return f"{asked.scheme.lower()}://{host}{f':{port}' if is_shown else ''}{asked.path or '/'}"


def normalized(pairs: Pairs) -> str:
    """Return parameters escaped, sorted by name and value, and joined; RFC 5849, 3.4.1.3.2."""
    coded = sorted((escaped(name), escaped(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in coded)


def escaped(text: str) -> str:
    """Percent-encode all but letters, digits and ``-._~``; RFC 5849, 3.6."""
    return quote(text, safe="")
