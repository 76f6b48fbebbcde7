"""Lists of a shop, page by page; long ones from a file that Shopify writes.

What changes while the file is written may not be in it. So after the file come pages of all that
changed since it was begun: an order may come twice, and is never left out.

A cursor is Shopify's own, or one of ours: ``file:<operation>:<bytes read>``, and
``since:<moment>:<Shopify's cursor>`` for the pages after a file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from . import exports
from .bulk_documents import (
    COUNT_CUSTOMERS,
    COUNT_ORDERS,
    PARCELS,
    customers_export,
    orders_export,
)
from .client import AdminApi, Json, Run, pages_of
from .documents import CUSTOMERS, ORDER, ORDERS
from .settings import ShopifySettings

Found = tuple[list[Json], str]
"""The nodes of a page, and the cursor behind it: empty on the last one."""

_FILE, _SINCE = "file", "since"
_PAGE = 100
_PARCELS = 25
_SEARCH_LAG = timedelta(minutes=10)
_STAMP = "%Y%m%dT%H%M%SZ"


def _as_is(_: Run, nodes: list[Json]) -> list[Json]:
    return nodes


def _with_parcels(run: Run, nodes: list[Json]) -> list[Json]:
    """Add what is in the parcels of orders; an order that is gone meanwhile is left out."""
    ids = iter([each["id"] for node in nodes for each in node["fulfillments"]])
    parcels: dict[str, Json] = {}
    while batch := list(islice(ids, _PARCELS)):
        found = run(PARCELS, ids=batch)["nodes"]
        parcels |= {each["id"]: each["fulfillmentLineItems"] for each in found if each}
    whole = (_with(node, parcels) or run(ORDER, id=node["id"])["order"] for node in nodes)
    return [node for node in whole if node]


def _with(node: Json, parcels: Json) -> Json | None:
    if any(each["id"] not in parcels for each in node["fulfillments"]):
        return None
    full = [{**each, "fulfillmentLineItems": parcels[each["id"]]} for each in node["fulfillments"]]
    return {**node, "fulfillments": full}


@dataclass(frozen=True, slots=True)
class Kind:
    """What is listed: how pages are asked for, how many there are, how they are exported."""

    pages: str
    count: str
    export: Callable[[str | None], str]
    completed: Callable[[Run, list[Json]], list[Json]] = _as_is


def orders() -> Kind:
    """Return how orders are listed."""
    return Kind(ORDERS, COUNT_ORDERS, orders_export, _with_parcels)


def customers() -> Kind:
    """Return how customers are listed."""
    return Kind(CUSTOMERS, COUNT_CUSTOMERS, customers_export)


def list_changed(
    api: AdminApi,
    run: Run,
    kind: Kind,
    settings: ShopifySettings,
    *,
    since: datetime | None,
    cursor: str,
) -> Iterator[Found]:
    """Yield what changed since a moment, by its last change, from the beginning or a cursor.

    From a file if it is long: in the file's own order then. The first page of such a list is
    empty: its cursor keeps the operation, so that nobody has it written again.
    """
    try:
        if not cursor and _is_long(run, kind, settings, since):
            cursor = f"{_FILE}:{exports.begin(run, kind.export(changed_since(since)))}:0"
            yield [], cursor
        if cursor.startswith(f"{_FILE}:"):
            cursor = yield from _exported(api, run, kind, cursor)
    except exports.NoExport:
        cursor = ""
    prefix = ""
    if cursor.startswith(f"{_SINCE}:"):
        _, stamp, cursor = cursor.split(":", 2)
        since, prefix = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC), f"{_SINCE}:{stamp}:"
    search, take = changed_since(since), settings.page_size
    for nodes, after in pages_of(run, kind.pages, take=take, query=search, after=cursor):
        yield nodes, after and prefix + after


def changed_since(moment: datetime | None) -> str | None:
    """Return Shopify's search for what changed since a moment."""
    return f"updated_at:>='{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'" if moment else None


def _is_long(run: Run, kind: Kind, settings: ShopifySettings, since: datetime | None) -> bool:
    least = settings.bulk_from
    if not least:
        return False
    found = run(kind.count, search=changed_since(since), limit=least)["found"]
    return bool(found) and int(found["count"]) >= least


def _exported(api: AdminApi, run: Run, kind: Kind, cursor: str) -> Generator[Found, None, str]:
    """Yield pages of a file from a cursor in it; return the cursor of what comes after the file."""
    _, operation, position = cursor.split(":")
    file = exports.await_file(run, operation, api.timing)
    behind = f"{_SINCE}:{(file.began_at - _SEARCH_LAG).astimezone(UTC):{_STAMP}}:"
    if not file.url:
        return behind
    with api.file(file.url) as fetch:
        found = exports.read_nodes(fetch, start=int(position), size=file.size_bytes)
        while page := list(islice(found, _PAGE)):
            nodes: list[Any] = [node for node, _ in page]
            yield kind.completed(run, nodes), f"{_FILE}:{operation}:{page[-1][1]}"
    return behind
