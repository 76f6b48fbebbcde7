"""How an app and a shop come to know each other's secrets: two requests while it is installed.

Shopware signs webhooks of registered apps only, with a secret that the app chooses for each shop.
Source: "App Registration & Backend Setup" in Shopware's documentation, August 2026.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs

from retention_sdk.errors import PayloadError, SignatureError

from .client import NAME


@dataclass(frozen=True, slots=True)
class App:
    """What the manifest says: name, the secret in its set-up, and where we may be confirmed."""

    name: str
    secret: str = field(repr=False)
    confirmation_url: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """What a shop told the app: who it is, and how to get into its Admin API."""

    shop_id: str
    shop_url: str
    client_id: str
    client_secret: str = field(repr=False)


def answer_registration(
    app: App, *, query: str, headers: Mapping[str, str], shop_secret: str, previous: str = ""
) -> dict[str, str]:
    """Return the answer that proves to a shop that we are its app, and tells our secret.

    ``query`` is the text behind the question mark, as it came. ``shop_secret`` is new and random,
    of 64 to 255 characters. ``previous`` is the secret of a shop that registers again: it has to
    sign with that one, too.

    Raises:
        SignatureError: this is not the shop that the app was installed in.
        PayloadError: the request does not say which shop it is.
    """
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    _require(headers, "shopware-app-signature", query.encode(), app.secret)
    if previous:
        _require(headers, "shopware-shop-signature", query.encode(), previous)
    if not asked.get("shop-id") or not asked.get("shop-url"):
        raise PayloadError("shop-id or shop-url is missing", adapter=NAME)
    proved = f"{asked['shop-id']}{asked['shop-url']}{app.name}".encode()
    return {
        "proof": _signed(proved, app.secret),
        "secret": shop_secret,
        "confirmation_url": app.confirmation_url,
    }


def read_confirmation(
    *, body: bytes, headers: Mapping[str, str], shop_secret: str, previous: str = ""
) -> Registered:
    """Return what a shop confirms; it signs with the secret it was just told.

    Raises:
        SignatureError: somebody else sent it.
        PayloadError: it is not a confirmation.
    """
    _require(headers, "shopware-shop-signature", body, shop_secret)
    if previous:
        _require(headers, "shopware-shop-signature-previous", body, previous)
    try:
        told = json.loads(body)
        names = (told["shopId"], told["shopUrl"], told["apiKey"], told["secretKey"])
    except (ValueError, LookupError, TypeError):
        raise PayloadError("this is no confirmation", adapter=NAME) from None
    if not all(isinstance(each, str) and each for each in names):
        raise PayloadError("this is no confirmation", adapter=NAME)
    return Registered(*names)


def _require(headers: Mapping[str, str], name: str, signed: bytes, secret: str) -> None:
    given = next((value for key, value in headers.items() if key.casefold() == name), "")
    if not hmac.compare_digest(_signed(signed, secret).encode(), given.encode()):
        raise SignatureError(f"{name} is missing or wrong", adapter=NAME)


def _signed(content: bytes, secret: str) -> str:
    return hmac.digest(secret.encode(), content, sha256).hex()
