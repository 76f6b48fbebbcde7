"""Asks oscarapi, and puts together what it spreads over several addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import Answer, ApiClient
from retention_sdk.shop_api.values import asked_number

from .settings import OscarSettings

Json = Mapping[str, Any]

ADAPTER = "oscar"
_NOT_FOUND = 404
_REFUSED = 409


class OscarClient:
    """One conversation with one shop. Products that were looked up are remembered meanwhile."""

    def __init__(self, settings: OscarSettings, api: ApiClient) -> None:
        self._api = api
        self._root = settings.url
        self._products: dict[str, Json] = {}

    def orders(self) -> Sequence[Json]:
        """Return all orders of the shop without their lines: the list has no pages."""
        return _list(self._api.get("admin/orders/"))

    def order(self, order_id: str) -> Json:
        """Return one order with its lines."""
        path = f"admin/orders/{asked_number(order_id, adapter=ADAPTER)}/"
        return self.with_lines(_found(self._api.get(path, also_good=(_NOT_FOUND,))).mapping())

    def with_lines(self, order: Json) -> Json:
        """Follow an order's links to its lines, and theirs to their products."""
        lines = _list(self._api.get(self._own(order["lines"])))
        return {**order, "lines": [self._with_product(line) for line in lines]}

    def users(self) -> Sequence[Json]:
        """Return all accounts of the shop, staff too: the list does not say who is who."""
        return _list(self._api.get("admin/users/"))

    def products(self) -> Sequence[Json]:
        """Return all products of the shop."""
        return _list(self._api.get("admin/products/"))

    def companion(self, path: str, **params: str) -> Json:
        """Ask the companion for something that exists."""
        answer = self._api.get(f"retention/{path}", params=params, also_good=(_NOT_FOUND,))
        return _found(answer).mapping()

    def write(self, method: str, path: str, **wishes: Any) -> Answer:
        """Have the companion do something. All it does can be asked for twice.

        A refusal with status 409 and no such thing with 404 are answers.
        """
        good = (_NOT_FOUND, _REFUSED)
        return self._api.request(
            method, f"retention/{path}", is_repeatable=True, also_good=good, **wishes
        )

    def _with_product(self, line: Json) -> Json:
        link = line.get("product")
        if not link or line.get("title"):
            return line
        if link not in self._products:
            answer = self._api.get(self._own(link), also_good=(_NOT_FOUND,))
            self._products[link] = answer.mapping() if answer.is_good else {}
        product = self._products[link]
        return {**line, "title": product.get("title"), "upc": product.get("upc")}

    def _own(self, link: str) -> str:
        """Return a link below the API's own address; the password goes nowhere else."""
        mine, theirs = urlsplit(self._root), urlsplit(str(link))
        is_own = (mine.scheme, mine.netloc) == (theirs.scheme, theirs.netloc)
        if not is_own or not theirs.path.startswith(f"{mine.path}/") or ".." in theirs.path:
            raise PlatformError(
                "the shop links to another address than url; nothing was sent there. Does the "
                "server know its own name? See USE_X_FORWARDED_HOST and SECURE_PROXY_SSL_HEADER",
                adapter=ADAPTER,
                retryable=False,
            )
        return str(link)


@contextmanager
def connected(settings: OscarSettings) -> Iterator[OscarClient]:
    """Open a connection of its own, and close it afterwards."""
    who = (settings.username, settings.password.get_secret_value())
    with ApiClient(settings.url, adapter=ADAPTER, auth=who, timeout_s=settings.timeout_s) as api:
        yield OscarClient(settings, api)


def refused(message: str) -> PlatformError:
    """Return an error that a later try will meet again."""
    return PlatformError(message, adapter=ADAPTER, retryable=False)


def _found(answer: Answer) -> Answer:
    if not answer.is_good:
        raise refused("there is no such thing in the shop, or no companion")
    return answer


def _list(answer: Answer) -> Sequence[Json]:
    """Return the list that was answered, or that of a shop which answers everything in one page."""
    decoded = answer.json()
    if isinstance(decoded, dict) and not decoded.get("next"):
        decoded = decoded.get("results")
    if not isinstance(decoded, list) or not all(isinstance(each, dict) for each in decoded):
        raise refused(
            "the shop answered something else than a whole list; is url that of oscarapi?"
        )
    return decoded
