"""Where a browser asks for push messages, or asks for no more: called by a script of the shop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ..consent.tokens import LinkKind
from ..errors import ConsentError, RetentionError, SubjectErased, TokenError
from ..model.device import PushDevice
from ..pipeline.links import DEVICES
from .body import read_body
from .limit import RateLimit

if TYPE_CHECKING:
    from ..app import Retention

BODY_BYTES_MAX = 8_192
CALLS_PER_SECOND, CALLS_AT_ONCE = 0.2, 20

# The link is the permission, and no cookie is read, so that any page may ask.
_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, DELETE",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "600",
}
_THREADS = 4


class _Keys(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    p256dh: str
    auth: str


class _Subscription(BaseModel):
    """What ``JSON.stringify(subscription)`` gives (W3C Push API s. 8.1)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    endpoint: str
    keys: _Keys


class DeviceDoor:
    """Answers 204 when it is done, 400 to what is no subscription, 404 to links that are no good.

    A subscription of a push service that the channel does not know gets 403.
    """

    def __init__(
        self,
        shop: Retention,
        *,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._shop = shop
        self._limit = RateLimit(
            per_second=CALLS_PER_SECOND,
            burst=CALLS_AT_ONCE,
            clock=clock,
            random_bytes=random_bytes,
        )
        self._threads = CapacityLimiter(_THREADS)

    def routes(self, prefix: str) -> list[BaseRoute]:
        """Return the one route, below a path that ends with a slash."""
        place = prefix + DEVICES
        route = Route(place + "{token:path}", self._serve, methods=["POST", "DELETE", "OPTIONS"])
        route.path_regex = re.compile(rf"^{re.escape(place)}(?P<token>.*)\Z", re.DOTALL)
        return [route]

    async def _serve(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _answer(204)
        try:
            body = await read_body(request, bytes_max=BODY_BYTES_MAX)
        except ClientDisconnect:
            return _answer(400)
        if body is None:
            return _answer(413)
        token, method = request.path_params["token"], request.method
        address = request.client.host if request.client else ""
        return _answer(
            await to_thread.run_sync(
                lambda: self._take(token, method, body, address), limiter=self._threads
            )
        )

    def _take(self, text: str, method: str, body: bytes, address: str) -> int:
        """Return the status that answers."""
        links = self._shop.links
        try:
            token = links.read(text, LinkKind.DEVICES, now=self._shop.clock()) if links else None
        except TokenError:
            token = None
        if not self._limit.allows(token.subject_id if token else address):
            return 429
        if token is None:
            return 404
        device = _device(body)
        if device is None:
            return 400
        return self._done(token.subject_id, method, device)

    def _done(self, subject_id: str, method: str, device: PushDevice) -> int:
        desk = self._shop.devices
        try:
            if method == "DELETE":
                desk.remove(device.endpoint)
            else:
                desk.register(subject_id, device)
        except SubjectErased:
            return 404
        except ConsentError:
            return 403
        except RetentionError:
            return 503
        return 204


def _device(body: bytes) -> PushDevice | None:
    """Return the device that a body describes; None where it describes none."""
    try:
        told = _Subscription.model_validate(json.loads(body))
        return PushDevice(endpoint=told.endpoint, p256dh=told.keys.p256dh, auth=told.keys.auth)
    except (ValidationError, ValueError, RecursionError):
        return None


def _answer(status: int) -> Response:
    headers = _CORS | ({"retry-after": "60"} if status in {429, 503} else {})
    return PlainTextResponse("", status_code=status, headers=headers)
