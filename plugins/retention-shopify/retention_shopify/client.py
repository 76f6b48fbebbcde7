"""One shop's Admin API: who asks, which version answers, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any
from urllib.parse import urlencode, urlsplit

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.shop_api import ApiClient, CostThrottle, GraphQL, Timing

from .documents import API_VERSION
from .settings import ShopifySettings

Json = Mapping[str, Any]
Run = Callable[..., Json]

NAME = "shopify"
TOO_DEAR = "MAX_COST_EXCEEDED"
_SPARE_S = 300.0
"""A token that ends within this many seconds is not used any more."""
_PARTIAL = 206
_TEMPORARY = frozenset({"INTERNAL_ERROR"})


class AdminApi:
    """Opens conversations with the API of one shop; its threads share the throttle and the token.

    ``address`` is ``https://`` and the shop's domain. A token that the app asked for itself is
    kept in memory only.
    """

    def __init__(
        self, settings: ShopifySettings, *, address: str, http: ModuleType, timing: Timing
    ) -> None:
        self._settings, self._address = settings, address
        self._http, self.timing = http, timing
        self._throttle = CostThrottle()
        self._lock = Lock()
        self._token, self._token_ends = "", 0.0

    @contextmanager
    def connected(self) -> Iterator[Run]:
        """Open a connection, yield what runs documents there, close it.

        Raises:
            UnsupportedFeature: the settings have no token.
            PlatformError: refused, away, or answered by another version.
        """
        headers = {"X-Shopify-Access-Token": self._current_token()}
        # A retired version is not refused: the oldest one that is left answers instead.
        version = ("X-Shopify-API-Version", API_VERSION)
        with self._client(
            "admin/api", headers=headers, throttle=self._throttle, version=version
        ) as client:
            path = f"{self._settings.api_version}/graphql.json"
            graph = GraphQL(client, path, adapter=NAME, sleep=self.timing.sleep)
            try:
                yield graph.run
            except PlatformError:
                self._forget()  # it may have been revoked; the next conversation asks anew
                raise

    @contextmanager
    def file(self, url: str) -> Iterator[Callable[[int, int], bytes]]:
        """Open a file that Shopify wrote, yield what reads it from a byte up to another, close it.

        It lies with another host, at an address that is a key by itself: no token goes there.
        """
        parts = urlsplit(url)
        with self._client_of(f"{parts.scheme}://{parts.netloc}") as client:

            def fetch(start: int, end: int) -> bytes:
                wish = {"range": f"bytes={start}-{end - 1}", "accept-encoding": "identity"}
                answer = client.get(url, headers=wish)
                return answer.body if answer.status == _PARTIAL else answer.body[start:end]

            yield fetch

    def _current_token(self) -> str:
        settings = self._settings
        if settings.access_token is not None:
            return settings.access_token.get_secret_value()
        if not settings.client_id:
            message = "the Admin API needs access_token or client_id in platforms.shopify"
            raise UnsupportedFeature(message, adapter=NAME)
        with self._lock:
            if self.timing.clock() >= self._token_ends - _SPARE_S:
                self._token, lasts_s = self._ask_for_token()
                self._token_ends = self.timing.clock() + lasts_s
            return self._token

    def _ask_for_token(self) -> tuple[str, float]:
        """Trade the app's secret for a token: OAuth 2.0 client credentials, RFC 6749, 4.4."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.webhook_secrets[0].get_secret_value(),
        }
        kind = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        with self._client("admin/oauth") as client:
            answer = client.post("access_token", content=body, headers=kind, is_repeatable=True)
        token, lasts_s = answer.mapping().get("access_token"), answer.mapping().get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(lasts_s, int):
            raise refused("the answer to client_id and secret holds no token")
        return token, float(lasts_s)

    def _forget(self) -> None:
        with self._lock:
            self._token, self._token_ends = "", 0.0

    def _client(self, path: str, **wishes: Any) -> ApiClient:
        return self._client_of(f"{self._address}/{path}", **wishes)

    def _client_of(self, address: str, **wishes: Any) -> ApiClient:
        return ApiClient(
            address,
            adapter=NAME,
            timeout_s=self._settings.timeout_s,
            http=self._http,
            timing=self.timing,
            **wishes,
        )


def pages_of(
    run: Run, document: str, *, take: int, query: str | None = None, after: str = ""
) -> Iterator[tuple[list[Json], str]]:
    """Yield the nodes of each page, and the cursor after it: empty on the last one.

    The document calls its list ``found``. Shopify refuses what may cost too much before it looks;
    then fewer are asked for.
    """
    while True:
        try:
            found = run(document, first=take, after=after or None, search=query)["found"]
        except PlatformError as error:
            if error.code != TOO_DEAR or take == 1:
                raise
            take //= 2
            continue
        page = found["pageInfo"]
        after = str(page["endCursor"]) if page["hasNextPage"] else ""
        yield found["nodes"], after
        if not after:
            return


def done(data: Json, what: str) -> Json:
    """Return what a mutation answered if it had no objection.

    Raises:
        PlatformError: it had one; it is named by its code and field, because its words may quote
            a customer.
    """
    payload: Json = data["done"]
    if payload["userErrors"]:
        codes = codes_of(payload)
        why = ", ".join(sorted(codes)) or _fields(payload) or "no reason"
        may_pass, code = bool(codes & _TEMPORARY), min(codes, default="")
        raise refused(f"{what} was refused with {why}", retryable=may_pass, code=code)
    return payload


def codes_of(payload: Json) -> frozenset[str]:
    """Return the codes of a mutation's objections."""
    codes = (error.get("code") for error in payload["userErrors"])
    return frozenset(str(code) for code in codes if code)


def refused(message: str, *, retryable: bool = False, code: str = "") -> PlatformError:
    """Return the error for what the platform would not do."""
    return PlatformError(message, adapter=NAME, retryable=retryable, code=code)


def _fields(payload: Json) -> str:
    paths = (".".join(error.get("field") or ()) for error in payload["userErrors"])
    return ", ".join(filter(None, paths))
