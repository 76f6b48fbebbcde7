"""One shop's GraphQL API: who asks, pages of a list, and what a refusal means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import ApiClient, GraphQL, Timing

from .settings import SaleorSettings
from .values import Json

Run = Callable[..., Json]

NAME = "saleor"
TOO_DEAR = "QueryCostError"
_HINTS = {
    "PermissionDenied": "; the token is wrong, or the app lacks a permission of the README's list",
    "GraphQLError": "; an identifier is not one of Saleor's, or Saleor is older than 3.22",
    "InvalidTokenError": "; the token is wrong or was revoked",
}
_TEMPORARY = frozenset({"OperationalError", "InterfaceError"})
"""How Django names a database that is away for a moment."""


@contextmanager
def connected(settings: SaleorSettings, *, http: ModuleType, timing: Timing) -> Iterator[Run]:
    """Open a connection of its own, yield what runs documents there, close it.

    Raises:
        PlatformError: refused, or away. Saleor has no versions to choose from: a document that a
            server's schema does not allow is refused by it.
    """
    headers = {"authorization": f"Bearer {settings.token.get_secret_value()}"}
    with _client(settings, settings.url, http, timing, headers) as client:
        # The whole address: Saleor's ends with a slash, and redirects are not followed.
        graph = GraphQL(
            client,
            settings.url,
            adapter=NAME,
            throttled=frozenset(),
            temporary=_TEMPORARY,
            speaking=frozenset({"GraphQLSyntaxError"}),
            hints=_HINTS,
            code_at=("exception", "code"),
            sleep=timing.sleep,
        )
        yield graph.run


def fetch_jwks(settings: SaleorSettings, *, http: ModuleType, timing: Timing) -> Json:
    """Return the shop's JSON Web Key Set (RFC 7517, 5); it is public, so no token is sent."""
    with _client(settings, settings.origin, http, timing, {}) as client:
        return client.get(".well-known/jwks.json").mapping()


def pages_of(
    run: Run, document: str, *, take: int, after: str, **wishes: Any
) -> Iterator[tuple[list[Json], str]]:
    """Yield the nodes of each page, and the cursor after it: empty on the last one.

    Saleor refuses what may cost too much before it looks; then fewer are asked for.
    """
    while True:
        try:
            found = run(document, first=take, after=after or None, **wishes)["found"]
        except PlatformError as error:
            if error.code != TOO_DEAR or take == 1:
                raise
            take //= 2
            continue
        page = found["pageInfo"]
        after = str(page["endCursor"]) if page["hasNextPage"] else ""
        yield [edge["node"] for edge in found["edges"]], after
        if not after:
            return


def done(data: Json, what: str) -> Json:
    """Return what a mutation answered if it had no objection.

    Raises:
        PlatformError: it had one; it is named by code and field, because its words may quote a
            customer.
    """
    payload: Json = data["done"]
    if payload["errors"]:
        fields = ", ".join(sorted({str(each["field"]) for each in payload["errors"]}))
        first, *more = sorted(codes_of(payload))
        raise refused(f"{what} was refused with {', '.join((first, *more))} ({fields})", code=first)
    return payload


def codes_of(payload: Json) -> frozenset[str]:
    """Return the codes of a mutation's objections."""
    return frozenset(str(each["code"]) for each in payload["errors"])


def refused(message: str, *, code: str = "") -> PlatformError:
    """Return the error for what the platform would not do."""
    return PlatformError(message, adapter=NAME, retryable=False, code=code)


def _client(
    settings: SaleorSettings, url: str, http: ModuleType, timing: Timing, headers: dict[str, str]
) -> ApiClient:
    return ApiClient(
        url,
        adapter=NAME,
        headers=headers,
        timeout_s=settings.timeout_s,
        http=http,
        timing=timing,
    )
