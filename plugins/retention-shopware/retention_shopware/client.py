"""One shop's Admin API: a token of its own, the version that answers, searches and writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import Answer, ApiClient, Timing

from .settings import ShopwareSettings
from .values import Json

NAME = "shopware"
VERSION = "6.7"
"""The only line of Shopware that this was written for and is tested against."""
_SPARE_S = 60.0
"""A token that ends within this many seconds is not used any more."""
_UNAUTHORIZED = 401
_BATCH = 500


class AdminApi:
    """Opens conversations with one shop; its threads share the token, other shops have their own.

    The token is kept in memory only, and asked for again shortly before it ends, or once when the
    shop does not take it any more. With each token the shop's version is asked for.
    """

    def __init__(
        self, settings: ShopwareSettings, *, http: ModuleType, timing: Timing | None
    ) -> None:
        self._settings, self._http, self._timing = settings, http, timing or Timing()
        self._lock = Lock()
        self._token, self._token_ends = "", 0.0

    @contextmanager
    def connected(self) -> Iterator[Session]:
        """Open a connection, yield what asks and writes there, close it."""
        with ApiClient(
            f"{self._settings.url}/api",
            adapter=NAME,
            timeout_s=self._settings.timeout_s,
            http=self._http,
            timing=self._timing,
        ) as client:
            yield Session(self, client)

    def authorized(self, client: ApiClient, refused: str = "") -> str:
        """Return a token that is not ``refused``: the one that is there, or a new one."""
        with self._lock:
            is_over = self._timing.clock() >= self._token_ends - _SPARE_S
            if is_over or self._token == refused:
                token, lasts_s = self._ask_for_token(client)
                # Before the token is kept: the next call would not look again.
                _check_version(client, token)
                self._token, self._token_ends = token, self._timing.clock() + lasts_s
            return self._token

    def _ask_for_token(self, client: ApiClient) -> tuple[str, float]:
        """Trade the access key for a token: OAuth 2.0 client credentials, RFC 6749, 4.4."""
        grant = {
            "grant_type": "client_credentials",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.get_secret_value(),
        }
        answer = client.post("oauth/token", json=grant, is_repeatable=True).mapping()
        token, lasts_s = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not isinstance(lasts_s, int):
            raise refused("the answer to client_id and client_secret holds no token")
        return token, float(lasts_s)


class Session:
    """Asks and writes over one connection."""

    def __init__(self, api: AdminApi, client: ApiClient) -> None:
        self._api, self._client = api, client

    def search(self, entity: str, criteria: Mapping[str, Any]) -> list[Json]:
        """Return what a search finds, at most as many as its limit says."""
        answer = self._ask("POST", f"search/{entity}", json=criteria, is_repeatable=True)
        found = answer.mapping().get("data")
        if not isinstance(found, list):
            raise refused(f"the answer to a search for {entity} is no list; is that a shop?")
        return found

    def everything(self, entity: str, criteria: Mapping[str, Any]) -> Iterator[Json]:
        """Yield all that a search finds, for lists that nobody reorders meanwhile."""
        page = 1
        while True:
            found = self.search(entity, {**criteria, "limit": _BATCH, "page": page})
            yield from found
            if len(found) < _BATCH:
                return
            page += 1

    def one(self, entity: str, entity_id: str, **more: Any) -> Json | None:
        """Return one thing by its identifier, None if there is none."""
        found = self.search(entity, {"ids": [entity_id], "limit": 1, **more})
        return found[0] if found else None

    def create(self, entity: str, fields: Mapping[str, Any]) -> bool:
        """Create a thing; whether that was done. False where Shopware has it, or objects."""
        answer = self._ask("POST", entity, json=fields, also_good=(400, 409, 500))
        return answer.is_good

    def write(self, entity: str, entity_id: str, fields: Mapping[str, Any]) -> None:
        """Change fields of a thing that is there."""
        # The same fields written twice are the same.
        self._ask("PATCH", f"{entity}/{entity_id}", json=fields, is_repeatable=True)

    def delete(self, entity: str, entity_id: str) -> None:
        """Delete a thing; one that is gone already is no error."""
        self._ask("DELETE", f"{entity}/{entity_id}", also_good=(404,))

    def _ask(
        self, method: str, path: str, *, also_good: tuple[int, ...] = (), **wishes: Any
    ) -> Answer:
        token = self._api.authorized(self._client)
        good = (*also_good, _UNAUTHORIZED)
        answer = self._client.request(
            method, path, headers=_bearer(token), also_good=good, **wishes
        )
        if answer.status != _UNAUTHORIZED:
            return answer
        # It may have been revoked before its time; a second refusal is one for good.
        token = self._api.authorized(self._client, token)
        return self._client.request(
            method, path, headers=_bearer(token), also_good=also_good, **wishes
        )


def _check_version(client: ApiClient, token: str) -> None:
    """Refuse a shop of another line than the one that was tested."""
    answer = client.get("_info/version", headers=_bearer(token)).mapping()
    version = str(answer.get("version"))[:20]
    if not version.startswith(f"{VERSION}."):
        raise refused(f"Shopware {version} answers; this adapter knows {VERSION}: update it")


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def refused(message: str, *, retryable: bool = False) -> PlatformError:
    """Return the error for what the platform would not do."""
    return PlatformError(message, adapter=NAME, retryable=retryable)
