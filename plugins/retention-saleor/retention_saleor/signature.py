"""Who signed a delivery. Pure: the keys are given.

Saleor signs with its own RSA key: a JWS of the raw body that leaves the body out (RFC 7515,
appendix F, and RFC 7797). A webhook with a ``secretKey`` gets a hexadecimal HMAC-SHA256 instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from .settings import SigningKey
from .values import unbase64url

DETACHED = ".."
"""What stands between header and signature where the body is left out."""
_HEADER_MAX = 2_000
_WRONG = "signature missing or wrong"
_UNKNOWN = (
    "signed with a key that is not in platforms.saleor.jwks; if the shop changed its key, "
    "`retention x saleor-keys` prints the new one"
)


def fault_of(signature: str, body: bytes, keys: Mapping[str, SigningKey]) -> str:
    """Return why a detached JWS is not believed; nothing if it is good.

    Of all that a header may ask for, only what Saleor writes is taken: RS256 over the plain body.
    """
    protected, _, encoded = signature.partition(DETACHED)
    header, given = _header(protected), unbase64url(encoded)
    is_plain = header.get("b64") is False and header.get("crit") == ["b64"]
    if given is None or header.get("alg") != "RS256" or not is_plain:
        return _WRONG
    kid = header.get("kid")
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        return _UNKNOWN
    return "" if _is_signed(given, b".".join((protected.encode(), body)), key) else _WRONG


def _is_signed(given: bytes, content: bytes, key: SigningKey) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
    from cryptography.hazmat.primitives.hashes import SHA256

    modulus, exponent = key.numbers
    try:
        public = RSAPublicNumbers(exponent, modulus).public_key()
        public.verify(given, content, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):  # ValueError: the numbers are no key
        return False
    return True


def _header(protected: str) -> Mapping[str, object]:
    """Return the protected header; an empty one for what is none."""
    found = unbase64url(protected) if len(protected) <= _HEADER_MAX else None
    try:
        header = json.loads(found or b"")
    except (ValueError, RecursionError):
        return {}
    return header if isinstance(header, dict) else {}
