"""The endpoints: they read a request, ask the desk, and send a page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from secrets import token_bytes
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ...consent.tokens import LinkKind
from ...errors import ConfigError
from ...pipeline.links import CONFIRM, PREFERENCES, UNSUBSCRIBE
from ..body import read_body
from ..headers import SecureHeaders
from ..limit import RateLimit
from . import pages
from .desk import PrivacyDesk, Visit
from .html import Document, render_page
from .page import Page
from .speech import Speech, choose_speech, read_wishes, spoken_locales

if TYPE_CHECKING:
    from ...app import Retention

KINDS = {
    UNSUBSCRIBE: LinkKind.UNSUBSCRIBE,
    PREFERENCES: LinkKind.PREFERENCES,
    CONFIRM: LinkKind.CONFIRM,
}
"""What stands before the token in an address, and what the token has to be for."""

BODY_BYTES_MAX = 16_384
FIELDS_MAX = 64
VISITS_PER_SECOND, VISITS_AT_ONCE = 0.5, 30

_THREADS = 8
_RETRY_S = "60"
# RFC 8058 s. 3.2: either encoding of a form, with this field and no other.
_ONE_CLICK = re.compile(
    rb'List-Unsubscribe=One-Click|name="?List-Unsubscribe"?\s*\r?\n\r?\n\s*One-Click', re.IGNORECASE
)


def create_privacy_app(
    shop: Retention,
    *,
    clock: Callable[[], float] = time.monotonic,
    random_bytes: Callable[[int], bytes] = token_bytes,
) -> Starlette:
    """Return the pages alone, as an ASGI app to mount where ``[consent] base_url`` leads.

    It needs no lifespan, sets no cookie, and knows nothing of the path it is mounted under. The
    shop stays open; close it yourself.

    Raises:
        ConfigError: ``[consent] base_url`` is not set.
    """
    pages_of_shop = PrivacyPages(shop, clock=clock, random_bytes=random_bytes)
    app = Starlette(routes=pages_of_shop.routes("/"), middleware=[Middleware(SecureHeaders)])
    app.router.redirect_slashes = False
    return app


class PrivacyPages:
    """The three doors of one shop. What blocks runs in a few threads."""

    def __init__(
        self,
        shop: Retention,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        links = shop.links
        if links is None:
            raise ConfigError(
                "the pages need to know where they are served",
                file=shop.config.file,
                key="consent.base_url",
                hint='write base_url = "https://shop.example/privacy/"',
            )
        self._shop = shop
        self._desk = PrivacyDesk(shop, links, random_hex=lambda size: random_bytes(size).hex())
        self._limit = RateLimit(
            per_second=VISITS_PER_SECOND,
            burst=VISITS_AT_ONCE,
            clock=clock,
            random_bytes=random_bytes,
        )
        self._threads = CapacityLimiter(_THREADS)

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the routes below a path that ends with a slash."""
        return [self._route(prefix + place, kind) for place, kind in KINDS.items()]

    def _route(self, prefix: str, kind: LinkKind) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._serve(request, kind)

        route = Route(prefix + "{token:path}", endpoint, methods=["GET", "POST"])
        # Starlette's own pattern stops at a line break; here all that is no token gets one answer.
        route.path_regex = re.compile(rf"^{re.escape(prefix)}(?P<token>.*)\Z", re.DOTALL)
        return route

    async def _serve(self, request: Request, kind: LinkKind) -> Response:
        try:
            is_post = request.method == "POST"
            body = await read_body(request, bytes_max=BODY_BYTES_MAX) if is_post else b""
        except ClientDisconnect:
            return PlainTextResponse("", status_code=400)
        if body is None:
            return PlainTextResponse("", status_code=413)
        address = request.client.host if request.client else ""
        visit = _visit(request, body, self._shop)
        token = request.path_params["token"]
        return await to_thread.run_sync(
            lambda: self._answer(kind, token, visit, _wishes(request), address),
            limiter=self._threads,
        )

    def _answer(
        self, kind: LinkKind, text: str, visit: Visit, wishes: Sequence[str], address: str
    ) -> Response:
        """Answer a visit.

        A person's visits are counted by the person: mail providers unsubscribe thousands of
        people from one address. Links that are no good are counted by the address.
        """
        speech = choose_speech(self._shop.config, wishes)
        token = self._desk.read(kind, text, at=visit.at)
        if not self._limit.allows(token.subject_id if token else address):
            page = pages.busy_page(speech, status=429)
        elif token is None:
            page = pages.invalid_page(speech)
        else:
            page = self._desk.answer(token, visit, speech)
        if visit.is_one_click:
            return _plain(page.status)
        return _shown(self._draw(page, speech))

    def _draw(self, page: Page, speech: Speech) -> Document:
        config = self._shop.config
        languages = spoken_locales(config.locales.strict)
        return render_page(page, speech, brand=config.brand, languages=languages)


def _visit(request: Request, body: bytes, shop: Retention) -> Visit:
    headers = request.headers
    is_post = request.method == "POST"
    ahead = f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')}".casefold()
    return Visit(
        at=shop.clock(),
        form=_form(body) if is_post else None,
        is_one_click=is_post and _ONE_CLICK.search(body) is not None,
        has_signal=headers.get("sec-gpc", "").strip() == "1",
        is_real=request.method != "HEAD" and "prefetch" not in ahead,
    )


def _wishes(request: Request) -> tuple[str, ...]:
    """Return the language of the link, which is that of the mail, before the browser's."""
    asked = request.query_params.get("lang", "")
    return (asked, *read_wishes(request.headers.get("accept-language", "")))


def _form(body: bytes) -> Mapping[str, Sequence[str]]:
    """Return the fields of a form; what is none has no fields, and unsubscribes all the same."""
    try:
        return parse_qs(body.decode("ascii"), max_num_fields=FIELDS_MAX)
    except ValueError:
        return {}


def _shown(document: Document) -> Response:
    headers = {"content-security-policy": document.policy, "vary": "accept-language, sec-gpc"}
    return HTMLResponse(
        document.html, status_code=document.status, headers=headers | _patience(document.status)
    )


def _plain(status: int) -> Response:
    """Answer a mail provider, which reads nothing but the number."""
    return PlainTextResponse("", status_code=status, headers=_patience(status))


def _patience(status: int) -> dict[str, str]:
    return {"retry-after": _RETRY_S} if status in {429, 503} else {}
