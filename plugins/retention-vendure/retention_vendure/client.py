"""Opens a conversation with the Admin API: by a key, or by name and password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.http import httpx
from retention_sdk.shop_api import ApiClient, GraphQL, Timing

from .settings import VendureSettings

_LOGIN = """mutation ($name: String!, $password: String!) {
  login(username: $name, password: $password) { __typename }
}"""
_HINTS = {"FORBIDDEN": ": the key or user may not do this; see its role's permissions"}


class _Ticket:
    """Adds the bearer token to requests, once there is one. Its repr does not show it."""

    def __init__(self) -> None:
        self.token = ""

    def __call__(self, request: Any) -> Any:
        if self.token:
            request.headers["authorization"] = f"Bearer {self.token}"
        return request


@contextmanager
def connected(
    settings: VendureSettings, *, http: ModuleType = httpx, timing: Timing | None = None
) -> Iterator[GraphQL]:
    """Open a connection of its own, log in, and close it afterwards.

    ``http`` is httpx or its continuation httpx2. Cookies are not kept: they would outrank the key.
    """
    ticket, timing = _Ticket(), timing or Timing()
    with ApiClient(
        settings.url,
        adapter="vendure",
        headers=_key_headers(settings),
        auth=ticket,
        timeout_s=settings.timeout_s,
        http=http,
        timing=timing,
    ) as client:
        # The whole address: not every server takes one with a slash at its end for the same.
        api = GraphQL(client, settings.url, adapter="vendure", hints=_HINTS, sleep=timing.sleep)
        if settings.password is not None:
            ticket.token = _log_in(api, settings.username, settings.password.get_secret_value())
        yield api


def _log_in(api: GraphQL, name: str, password: str) -> str:
    """Trade user name and password for a bearer token."""
    answer = api.ask(_LOGIN, name=name, password=password)
    login, token = answer.mapping().get("data"), answer.header("vendure-auth-token")
    is_in = isinstance(login, dict) and (login.get("login") or {}).get("__typename")
    if is_in != "CurrentUser" or not token:
        message = "user name and password were refused"
        raise PlatformError(message, adapter="vendure", retryable=False)
    return token


def _key_headers(settings: VendureSettings) -> dict[str, str]:
    headers = {}
    if settings.api_key is not None:
        headers["vendure-api-key"] = settings.api_key.get_secret_value()
    if settings.channel_token is not None:
        headers["vendure-token"] = settings.channel_token.get_secret_value()
    return headers
