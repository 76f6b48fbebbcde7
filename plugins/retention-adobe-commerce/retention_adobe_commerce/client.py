"""One shop's REST API: who asks, and how lists are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import ApiClient, Timing

from .oauth import Keys, Signed
from .settings import AdobeCommerceSettings
from .values import Json

NAME = "adobe_commerce"

Filter = tuple[str, str, object]
"""A field, what is compared (``eq``, ``gt``, ``gteq``, ``in``), and with what."""
_BATCH = 300


@contextmanager
def connected(
    settings: AdobeCommerceSettings, *, http: ModuleType, timing: Timing | None = None
) -> Iterator[Rest]:
    """Open a connection of its own, and close it afterwards."""
    token, headers = settings.access_token.get_secret_value(), {}
    auth = _signed(settings, token) if settings.is_signed else None
    if auth is None:
        headers = {"authorization": f"Bearer {token}"}
    with ApiClient(
        f"{settings.url}/rest/{settings.store_code}/V1",
        adapter=NAME,
        headers=headers,
        auth=auth,
        timeout_s=settings.timeout_s,
        http=http,
        timing=timing,
    ) as client:
        yield Rest(client)


def _signed(settings: AdobeCommerceSettings, token: str) -> Signed:
    assert settings.consumer_secret, "the settings see to it"
    assert settings.access_token_secret, "the settings see to it"
    return Signed(
        Keys(
            settings.consumer_key,
            settings.consumer_secret.get_secret_value(),
            token,
            settings.access_token_secret.get_secret_value(),
        )
    )


class Rest:
    """Asks and writes over one connection. Decimals in answers are ``Decimal``."""

    def __init__(self, client: ApiClient) -> None:
        self.client = client

    def one(self, path: str) -> Json | None:
        """Return one thing, None if there is none."""
        answer = self.client.get(path, also_good=(404,))
        return answer.mapping() if answer.is_good else None

    def many(self, path: str) -> list[Json]:
        """Return a list that has no pages."""
        return _list(self.client.get(path).json(), path)

    def search(self, path: str, *conditions: Filter, order_by: str, size: int) -> list[Json]:
        """Return the first that fit all conditions, by a field."""
        params = criteria(conditions, order_by=order_by, size=size)
        return _list(self.client.get(path, params=params).mapping().get("items"), path)

    def everything(self, path: str, *conditions: Filter, key: str) -> Iterator[Json]:
        """Yield all that fit, by a number that stays."""
        after = 0
        while True:
            behind: Filter = (key, "gt", after)
            found = self.search(path, *conditions, behind, order_by=key, size=_BATCH)
            yield from found
            if len(found) < _BATCH:
                return
            after = found[-1][key]

    def create(self, path: str, body: Mapping[str, Any]) -> bool:
        """Create a thing; whether that was done. False where the shop objects."""
        return self.client.post(path, json=body, also_good=(400,)).is_good


def criteria(conditions: Sequence[Filter], *, order_by: str, size: int) -> dict[str, str]:
    """Return a query; all conditions have to hold."""
    asked = {
        "searchCriteria[sortOrders][0][field]": order_by,
        "searchCriteria[sortOrders][0][direction]": "ASC",
        "searchCriteria[pageSize]": str(size),
        "searchCriteria[currentPage]": "1",
    }
    for position, (field, condition, value) in enumerate(conditions):
        group = f"searchCriteria[filterGroups][{position}][filters][0]"
        asked[f"{group}[field]"] = field
        asked[f"{group}[conditionType]"] = condition
        asked[f"{group}[value]"] = str(value)
    return asked


def listed(values: Sequence[object]) -> str:
    """Return values as the condition ``in`` takes them."""
    return ",".join(map(str, values))


def refused(message: str, *, retryable: bool = False) -> PlatformError:
    """Return the error for what the platform would not do."""
    return PlatformError(message, adapter=NAME, retryable=retryable)


def _list(found: Any, path: str) -> list[Json]:
    if found is None:  # what an empty search is answered with in some versions
        return []
    if not isinstance(found, list):
        raise refused(f"the answer to {path} is no list; is that a shop?")
    return found
