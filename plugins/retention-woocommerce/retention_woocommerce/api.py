"""Version 3 of WooCommerce's REST API: the way in, and the pages of its lists."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from retention_sdk.errors import PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.shop_api import Answer, ApiClient, Timing

from .oauth import OAuth1
from .settings import WooCommerceSettings

Json = Mapping[str, Any]

NAME = "woocommerce"


def connected(
    settings: WooCommerceSettings, *, http: ModuleType, timing: Timing | None = None
) -> ApiClient:
    """Return a client: Basic authentication on https, signed requests on plain http.

    WooCommerce believes Basic authentication on https alone, and the secret must not travel
    otherwise.

    Raises:
        UnsupportedFeature: the settings hold no key to the API.
    """
    if settings.consumer_key is None or settings.consumer_secret is None:
        raise UnsupportedFeature(
            "the REST API needs a key; set consumer_key and consumer_secret in "
            "platforms.woocommerce",
            adapter=NAME,
        )
    key = settings.consumer_key.get_secret_value()
    secret = settings.consumer_secret.get_secret_value()
    is_plain = settings.rest_url.startswith("http://")
    return ApiClient(
        settings.rest_url,
        adapter=NAME,
        auth=OAuth1(key, secret, site=settings.store_url) if is_plain else (key, secret),
        timeout_s=settings.timeout_s,
        http=http,
        timing=timing,
        allow_http=settings.allow_http,
    )


def fetch_items(api: ApiClient, path: str, **wishes: Any) -> tuple[list[Json], Answer]:
    """Return one page of a list, and the answer for its headers.

    Raises:
        PayloadError: the answer is no list of objects.
    """
    answer = api.get(path, params=wishes)
    items = answer.json()
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise PayloadError("the answer is not a list", adapter=NAME, path=path)
    return items, answer


def count_of(answer: Answer, name: str) -> int | None:
    """Return what ``X-WP-Total`` or ``X-WP-TotalPages`` counts; None if a proxy removed it."""
    text = answer.header(name)
    return int(text) if text.isascii() and text.isdecimal() else None


def refused(message: str) -> PlatformError:
    """Return the error for what trying again does not help."""
    return PlatformError(message, adapter=NAME, retryable=False)
