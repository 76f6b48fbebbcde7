"""Builds the ASGI app of a shop."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from ..errors import ConfigError, StorageError
from ..inserts import pages_of
from .cards import CardDesk
from .headers import SecureHeaders
from .limit import RateLimit
from .metrics import Metrics
from .receiver import TRY_LATER, Answer, Receiver
from .targets import Targets

if TYPE_CHECKING:
    from ..app import Retention

# The store's pool has 15 connections; a wait for one must not become an error.
_THREADS = 8
SCANS_PER_SECOND, SCANS_AT_ONCE = 0.5, 30


def create_app(
    shop: Retention,
    *,
    clock: Callable[[], float] = time.monotonic,
    random_bytes: Callable[[int], bytes] = token_bytes,
    has_metrics: bool = False,
    works: bool = True,
) -> Starlette:
    """Return the shop's web app: ``/t/…`` for cards, ``/hooks/…`` for platforms, ``/health``.

    ``has_metrics`` adds ``/metrics`` for Prometheus; then keep that path from the public. Without
    ``works``, deliveries are made durable only; ``retention resume`` does what follows.

    With ``[consent] base_url`` it also serves, at the path of that address, ``u/…`` to
    unsubscribe, ``p/…`` to choose and ``c/…`` to confirm; with ``[delivery] push`` also ``d/…``,
    where browsers ask for push messages.

    It runs alone or mounted in another ASGI app; then enter ``app.router.lifespan_context(app)``
    in the other's lifespan, so that it ends in order. The shop stays open; close it yourself.
    ``clock`` counts seconds from anywhere, ``random_bytes`` make the key under which addresses
    are hashed.

    Raises:
        ConfigError: cards have short links, and the shop has no address to lead to.
    """
    receiver = Receiver(shop, works=works, clock=clock)
    cards = _card_desk(shop, clock) if shop.config.codes.base_url else None
    limit = RateLimit(
        per_second=SCANS_PER_SECOND, burst=SCANS_AT_ONCE, clock=clock, random_bytes=random_bytes
    )
    web = _Web(shop, cards, receiver, limit, has_metrics=has_metrics)
    app = Starlette(
        routes=[*web.routes(), *_privacy_routes(shop, clock, random_bytes)],
        middleware=[Middleware(SecureHeaders)],
        lifespan=web.lifespan,
    )
    # Its answer would be built from the Host header, which is the visitor's.
    app.router.redirect_slashes = False
    return app


def _privacy_routes(
    shop: Retention, clock: Callable[[], float], random_bytes: Callable[[int], bytes]
) -> list[BaseRoute]:
    """Return the pages for unsubscribing and preferences, where their address says they are."""
    if not shop.config.consent.base_url:
        return []
    from .privacy.app import PrivacyPages

    path = urlsplit(shop.config.consent.base_url).path
    routes = PrivacyPages(shop, clock=clock, random_bytes=random_bytes).routes(path)
    if shop.config.delivery.push:
        from .devices import DeviceDoor

        routes += DeviceDoor(shop, clock=clock, random_bytes=random_bytes).routes(path)
    return routes


def _card_desk(shop: Retention, clock: Callable[[], float]) -> CardDesk:
    config = shop.config
    if urlsplit(config.shop.url).scheme not in {"http", "https"}:
        raise ConfigError(
            "codes need an address for those that are no good",
            file=config.file,
            key="shop.url",
            hint='write url = "https://shop.example/"',
        )
    pages = pages_of(config.inserts, brand=config.brand, shop=config.shop)
    targets = Targets(
        home=config.shop.url,
        by_name={**pages, **config.codes.targets},
        story=config.brand.story_url,
        utm_source=config.codes.utm_source,
        utm_medium=config.codes.utm_medium,
    )
    has_friends = any(each.referral for each in config.programs)
    friends = shop.loyalty.referrals if has_friends and shop.loyalty else None
    return CardDesk(
        store=shop.store,
        shop_id=config.shop.id,
        keys=shop.codes.keys,
        targets=targets,
        valid_for=timedelta(days=config.codes.days_valid),
        clock=clock,
        friend_page=friends.page_for
        if friends and any(book.rule.link for book in friends.books.values())
        else None,
    )


class _Web:
    """The endpoints. What blocks runs in a few threads."""

    def __init__(
        self,
        shop: Retention,
        cards: CardDesk | None,
        receiver: Receiver,
        limit: RateLimit,
        *,
        has_metrics: bool = False,
    ) -> None:
        self._shop, self._cards, self._receiver, self._limit = shop, cards, receiver, limit
        self._metrics, self._has_metrics = Metrics(shop, receiver), has_metrics
        self._threads = CapacityLimiter(_THREADS)

    def routes(self) -> list[BaseRoute]:
        """Return what is served."""
        routes: list[BaseRoute] = [
            Route("/health", self.health),
            Route("/hooks/{platform}", self.hook, methods=["POST"]),
        ]
        if self._has_metrics:
            routes.append(Route("/metrics", self.metrics))
        if self._cards is not None:
            routes.append(_anything_below("/t/", self.scan))
        return routes

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Finish what an earlier process left open; at the end, write down what was counted."""
        self._receiver.start()
        try:
            yield
        finally:
            await to_thread.run_sync(self._close)

    async def scan(self, request: Request) -> Response:
        """Lead on from a card, always with 302."""
        cards = self._cards
        assert cards is not None, "the route exists only with cards"
        address = request.client.host if request.client else ""
        if not self._limit.allows(address):
            return _found(cards.home)
        headers = dict(request.headers)
        is_head, now = request.method == "HEAD", self._shop.clock()

        def visit() -> str:
            return cards.visit(request.path_params["code"], headers, is_head=is_head, now=now)

        return _found(await to_thread.run_sync(visit, limiter=self._threads))

    async def hook(self, request: Request) -> Response:
        """Take a platform's delivery."""
        platform = request.path_params["platform"]
        answer = await self._take(platform, request)
        self._metrics.count(platform if self._receiver.knows(platform) else "", answer.status)
        return _empty(answer)

    async def _take(self, platform: str, request: Request) -> Answer:
        """Return what answers a delivery."""
        # Where a name comes twice its first value counts, as everywhere in Starlette.
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(request.headers.raw)
        }
        try:
            return await self._receiver.take_stream(platform, headers, request.stream())
        except ClientDisconnect:
            return Answer(400)

    async def metrics(self, _: Request) -> Response:
        """Tell monitoring how deliveries fare."""
        try:
            return await to_thread.run_sync(self._metrics.answer, limiter=self._threads)
        except StorageError:
            return _empty(Answer(TRY_LATER))

    async def health(self, _: Request) -> Response:
        """Say whether the store answers."""
        is_well = await to_thread.run_sync(self._is_well, limiter=self._threads)
        status = {True: "ok", False: "the store does not answer"}[is_well]
        return JSONResponse({"status": status}, status_code=200 if is_well else 503)

    def _is_well(self) -> bool:
        if self._receiver.is_stuck:
            return False
        try:
            with self._shop.store.reading() as connection:
                return self._shop.store.subjects.is_ready(connection)
        except StorageError:
            return False

    def _close(self) -> None:
        self._receiver.close()
        if self._cards is not None:
            self._cards.close()


def _found(address: str) -> Response:
    return RedirectResponse(address, status_code=302)


def _empty(answer: Answer) -> Response:
    """Answer a machine: a number and nothing about why, which is in the log."""
    return PlainTextResponse("", status_code=answer.status, headers=answer.headers)


def _anything_below(prefix: str, endpoint: Callable[[Request], Any]) -> Route:
    """Return a route for every path that begins so; Starlette's own stop at a line break."""
    route = Route(prefix + "{code:path}", endpoint)
    route.path_regex = re.compile(rf"^{re.escape(prefix)}(?P<code>.*)\Z", re.DOTALL)
    return route
