"""Signatures of the companion's webhooks, as Standard Webhooks 1.0 has them. Pure."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from retention_sdk.model import WebhookRequest

WINDOW = timedelta(minutes=5)
"""How old or early a delivery may be: what the specification's libraries allow."""
_DIGITS_MAX = len("9999999999")
_SIGNATURES_MAX = 10


def is_signed(request: WebhookRequest, secrets: tuple[bytes, ...]) -> bool:
    """Whether a signature in the header is that of one of the secrets.

    Identity, time and raw body are signed together. All secrets and all signatures are compared,
    each in constant time.
    """
    name, at = request.header("webhook-id"), request.header("webhook-timestamp")
    if not name or not at:
        return False
    content = b".".join((name.encode(), at.encode(), request.body))
    given = request.header("webhook-signature").split()[:_SIGNATURES_MAX]
    is_good = False
    for secret in secrets:
        digest = b64encode(hmac.digest(secret, content, sha256)).decode()
        for signature in given:
            is_good |= hmac.compare_digest(f"v1,{digest}".encode(), signature.encode())
    return is_good


def signed_at(request: WebhookRequest) -> datetime | None:
    """Return the moment that a delivery says it was signed at; None for what is no Unix time."""
    at = request.header("webhook-timestamp")
    if not (at.isascii() and at.isdecimal() and len(at) <= _DIGITS_MAX):
        return None
    return datetime.fromtimestamp(int(at), UTC)
