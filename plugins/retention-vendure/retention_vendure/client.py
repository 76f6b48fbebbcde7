"""GraphQL over HTTP, with every failure sorted into try again and do not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import ModuleType
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.http import httpx

from .settings import VendureSettings

Json = Mapping[str, Any]

ANSWER_BYTES_MAX = 32 * 1024 * 1024
_LOGIN = """mutation ($name: String!, $password: String!) {
  login(username: $name, password: $password) { __typename }
}"""
_TRY_LATER = frozenset({408, 425, 429})
# Codes of Vendure's errors that a later try may not meet again.
_TEMPORARY = frozenset({"INTERNAL_SERVER_ERROR"})
# Only these texts speak of our query alone; all others may quote what we sent or got.
_ABOUT_THE_QUERY = frozenset({"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"})


class VendureClient:
    """One conversation with the Admin API. It keeps no cookies: they would outrank the key."""

    def __init__(self, settings: VendureSettings, connection: Any, *, http: ModuleType) -> None:
        self._settings = settings
        self._connection = connection
        self._http = http
        self._headers = _key_headers(settings)

    def log_in(self) -> None:
        """Trade user name and password for a bearer token; with a key there is nothing to do."""
        if self._settings.password is None:
            return
        password = self._settings.password.get_secret_value()
        variables = {"name": self._settings.username, "password": password}
        data, token = self._ask(_LOGIN, variables)
        if data["login"]["__typename"] != "CurrentUser" or not token:
            raise _refused("user name and password were refused")
        self._headers["authorization"] = f"Bearer {token}"

    def run(self, query: str, **variables: object) -> Json:
        """Run one operation and return its data; decimals in it are ``Decimal``.

        Raises:
            PlatformError: the server refused, failed, answered nonsense or is away.
        """
        data, _ = self._ask(query, variables)
        return data

    def _ask(self, query: str, variables: Mapping[str, object]) -> tuple[Json, str]:
        payload = {"query": query, "variables": dict(variables)}
        try:
            with self._connection.stream(
                "POST", self._settings.url, json=payload, headers=self._headers
            ) as response:
                token = str(response.headers.get("vendure-auth-token", ""))
                status, body = int(response.status_code), _read(response)
        except self._http.RequestError as error:
            is_hopeless = isinstance(error, self._http.UnsupportedProtocol)
            message = f"the server could not be reached ({type(error).__name__})"
            raise PlatformError(message, adapter="vendure", retryable=not is_hopeless) from None
        return _data_of(status, body), token


@contextmanager
def connected(settings: VendureSettings, *, http: ModuleType = httpx) -> Iterator[VendureClient]:
    """Open a connection of its own, log in, and close it afterwards.

    ``http`` is httpx or its continuation httpx2.
    """
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    with http.Client(
        timeout=settings.timeout_s, cookies=no_cookies, follow_redirects=False, trust_env=False
    ) as connection:
        client = VendureClient(settings, connection, http=http)
        client.log_in()
        yield client


def _key_headers(settings: VendureSettings) -> dict[str, str]:
    headers = {"accept": "application/json"}
    if settings.api_key is not None:
        headers["vendure-api-key"] = settings.api_key.get_secret_value()
    if settings.channel_token is not None:
        headers["vendure-token"] = settings.channel_token.get_secret_value()
    return headers


def _read(response: Any) -> bytes:
    body = bytearray()
    for part in response.iter_bytes():
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            raise _refused("the answer is longer than 32 MiB; lower page_size")
    return bytes(body)


def _data_of(status: int, body: bytes) -> Json:
    """Return the data of an answer. Vendure says most of its noes with status 200."""
    answer = _decode(body)
    errors = answer.get("errors")
    if isinstance(errors, list) and errors:
        raise _from_error(errors[0], status)
    if not 200 <= status < 300:  # noqa: PLR2004 - the range is the standard's
        raise _from_status(status)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise _refused("the answer is no GraphQL; is url the address of the Admin API?")
    return data


def _decode(body: bytes) -> Json:
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _from_error(error: Any, status: int) -> PlatformError:
    known = error if isinstance(error, dict) else {}
    extensions = known.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    if code == "FORBIDDEN":
        return _refused("the key or user may not do this (FORBIDDEN); see its role's permissions")
    if code in _ABOUT_THE_QUERY:
        return _refused(f"the shop's schema is another one: {str(known.get('message'))[:200]}")
    is_temporary = code in _TEMPORARY or _is_temporary(status)
    message = f"the server refused with {str(code)[:60]}" if code else "the server refused"
    return PlatformError(message, adapter="vendure", retryable=is_temporary)


def _from_status(status: int) -> PlatformError:
    message = f"the server answered with status {status}"
    return PlatformError(message, adapter="vendure", retryable=_is_temporary(status))


def _is_temporary(status: int) -> bool:
    return status in _TRY_LATER or status >= 500  # noqa: PLR2004 - a server's own failures


def _refused(message: str) -> PlatformError:
    return PlatformError(message, adapter="vendure", retryable=False)
