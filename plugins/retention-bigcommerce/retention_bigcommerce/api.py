"""The way into BigCommerce's management API, and the shapes of its lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import ModuleType
from typing import Any

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.shop_api import Answer, ApiClient, HeaderThrottle, Timing

from .settings import PAGE_MAX, BigCommerceSettings

Json = Mapping[str, Any]

NAME = "bigcommerce"
_NO_CONTENT = 204
# Lists hold 50 unless asked for more; a shorter page is the last one, whatever their limit is.
_PAGE_SURE = 50


def connected(
    settings: BigCommerceSettings, *, http: ModuleType, timing: Timing | None = None
) -> ApiClient:
    """Return a client that waits as the quota's headers ask."""
    return ApiClient(
        settings.rest_url,
        adapter=NAME,
        headers={"X-Auth-Token": settings.access_token.get_secret_value()},
        timeout_s=settings.timeout_s,
        throttle=HeaderThrottle(
            "x-rate-limit-requests-left", "x-rate-limit-time-reset-ms", per_second=1000
        ),
        http=http,
        timing=timing,
    )


def items_v2(api: ApiClient, path: str, **wishes: Any) -> list[Json]:
    """Return one page of a v2 list, which is a bare array, or no content where there is nothing.

    Raises:
        PayloadError: the answer is something else.
    """
    answer = api.get(path, params=wishes)
    if answer.status == _NO_CONTENT or not answer.body:
        return []
    return _objects(answer.json(), path)


def all_v2(api: ApiClient, path: str, **wishes: Any) -> list[Json]:
    """Return a whole v2 list."""
    return list(_all_pages(items_v2, api, path, wishes))


def items_v3(api: ApiClient, path: str, **wishes: Any) -> list[Json]:
    """Return one page of a v3 list, which lies in ``data``."""
    return data_of(api.get(path, params=wishes), path)


def all_v3(api: ApiClient, path: str, **wishes: Any) -> Iterator[Json]:
    """Yield a whole v3 list."""
    return _all_pages(items_v3, api, path, wishes)


def data_of(answer: Answer, path: str) -> list[Json]:
    """Return the items of a v3 answer."""
    return _objects(answer.mapping().get("data"), path)


def one_v3(answer: Answer) -> Json:
    """Return the one object of a v3 answer."""
    found = answer.mapping().get("data")
    if not isinstance(found, dict):
        raise PayloadError("the answer holds no object", adapter=NAME, path="data")
    return found


def is_last(items: Sequence[Json], size: int) -> bool:
    """Whether nothing comes after a page, even if the list gives fewer than it was asked for."""
    return len(items) < min(size, _PAGE_SURE)


def refused(message: str) -> PlatformError:
    """Return the error for what trying again does not help."""
    return PlatformError(message, adapter=NAME, retryable=False)


def moment(text: str) -> datetime:
    """Read a date of either version: RFC 2822 in v2, ISO 8601 in v3; all are in UTC."""
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError:
        stamp = parsedate_to_datetime(text)
    return stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)


def mail_date(when: datetime) -> str:
    """Write a date as v2 takes it."""
    return format_datetime(when.astimezone(UTC))


def _all_pages(read: Any, api: ApiClient, path: str, wishes: Mapping[str, Any]) -> Iterator[Json]:
    page = 1
    while True:
        items = read(api, path, limit=PAGE_MAX, page=page, **wishes)
        yield from items
        if is_last(items, PAGE_MAX):
            return
        page += 1


def _objects(found: Any, path: str) -> list[Json]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise PayloadError("the answer is not a list", adapter=NAME, path=path)
    return found
