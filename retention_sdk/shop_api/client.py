"""Requests to one shop, each until it is answered or hopeless."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import ModuleType, TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from ..errors import PlatformError
from ..http import httpx
from .address import safe_address
from .answer import Answer
from .retry import RetryPolicy, asked_wait_s, is_temporary, may_repeat
from .throttle import Throttle

ANSWER_BYTES_MAX = 32 * 1024 * 1024
_REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Methods that do the same however often they are sent (RFC 9110, 9.2.2)."""
_HINTS = {
    401: "; the key is wrong or was revoked",
    403: "; the key may not do this",
    404: "; there is no such thing, or the address is not that of the API",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Sleeps, tells monotonic seconds, and draws from 0 to 1; tests bring their own."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random


class ApiClient:
    """One conversation with one shop's API; use it as a context manager.

    For example::

        with ApiClient("https://shop.example/api", adapter="mine", headers=secret) as api:
            order = api.get("orders/17").mapping()

    Threads may share it: connections are reused, nothing else is kept. ``headers`` and ``auth``
    carry the secrets; no error and no repr shows them. Every error is a ``PlatformError`` whose
    ``retryable`` says whether a later call may succeed. ``version`` is a header and its value:
    an answer that carries another one was made by another version of the API, and is refused.
    ``allow_http`` lets plain http go to other machines than this one; only for an ``auth`` that
    signs and sends no secret, and only if the shop's owner said so.
    """

    def __init__(  # noqa: PLR0913 - all but the address are named, and have a default
        self,
        url: str,
        *,
        adapter: str,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
        timeout_s: float = 30.0,
        retry: RetryPolicy | None = None,
        throttle: Throttle | None = None,
        version: tuple[str, str] | None = None,
        http: ModuleType = httpx,
        timing: Timing | None = None,
        allow_http: bool = False,
    ) -> None:
        self._adapter, self._http = adapter, http
        self._url = _checked(url, adapter, allow_http=allow_http).rstrip("/") + "/"
        self._retry, self._throttle, self._version = retry or RetryPolicy(), throttle, version
        timing = timing or Timing()
        self._sleep, self._clock, self._chance = timing.sleep, timing.clock, timing.chance
        self._connection = http.Client(
            timeout=timeout_s,
            headers={"accept": "application/json", **(headers or {})},
            auth=auth,
            # Reading all certificates takes 25 ms; on plain http there is nobody to show one.
            verify=urlsplit(self._url).scheme != "http",
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def __repr__(self) -> str:
        return f"<ApiClient of {self._adapter} at {urlsplit(self._url).hostname}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._connection.close()

    def get(self, path: str, **wishes: Any) -> Answer:
        """Ask for something. ``wishes`` are those of ``request``."""
        return self.request("GET", path, **wishes)

    def post(self, path: str, **wishes: Any) -> Answer:
        """Create something; sent again only where the server certainly did nothing."""
        return self.request("POST", path, **wishes)

    def put(self, path: str, **wishes: Any) -> Answer:
        """Write something."""
        return self.request("PUT", path, **wishes)

    def delete(self, path: str, **wishes: Any) -> Answer:
        """Delete something."""
        return self.request("DELETE", path, **wishes)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        is_repeatable: bool | None = None,
        also_good: tuple[int, ...] = (),
    ) -> Answer:
        """Send a request, again if that is safe and may help, and return the good answer.

        ``path`` is relative to the address of the API, or a whole address on the same host.
        ``is_repeatable`` says that a POST does the same however often it is sent. Statuses in
        ``also_good`` are answers, too: 404 to ask whether something exists.

        Raises:
            PlatformError: refused, away, or answered by another version; never with a body,
                because it may quote a customer.
        """
        url = self._address(path)
        more = {"params": params, "json": json, "content": content, "headers": headers}
        given = {name: value for name, value in more.items() if value is not None}
        repeats = method in _REPEATABLE if is_repeatable is None else is_repeatable
        for tried in range(1, self._retry.tries + 1):
            self._wait_for_room()
            try:
                answer = self._send(method, url, given)
            except self._http.RequestError as error:
                wait_s = self._after_failure(error, tried, is_repeatable=repeats)
            else:
                if answer.is_good or answer.status in also_good:
                    return answer
                wait_s = self._after_refusal(answer, tried, is_repeatable=repeats)
            self._sleep(wait_s)
        raise AssertionError("the last try returned or raised")

    def _send(self, method: str, url: str, given: Mapping[str, Any]) -> Answer:
        with self._connection.stream(method, url, **given) as response:
            status = int(response.status_code)
            found = {name.lower(): value for name, value in response.headers.items()}
            answer = Answer(status, found, self._read(response), self._adapter)
        if self._throttle is not None:
            self._throttle.learn(answer, self._clock())
        self._check_version(answer)
        return answer

    def _read(self, response: Any) -> bytes:
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > ANSWER_BYTES_MAX:
                raise self._error("the answer is longer than 32 MiB; ask for smaller pages")
        return bytes(body)

    def _check_version(self, answer: Answer) -> None:
        if self._version is None:
            return
        name, wanted = self._version
        given = answer.header(name)
        if answer.is_good and given and given != wanted:
            message = f"version {wanted} of the API was asked, {given[:40]} answered; update us"
            raise self._error(message)

    def _after_failure(self, error: Exception, tried: int, *, is_repeatable: bool) -> float:
        """Return how long to wait after no answer came, or raise what cannot be helped."""
        http = self._http
        is_hopeless = isinstance(error, http.UnsupportedProtocol)
        was_not_sent = isinstance(error, http.ConnectError | http.ConnectTimeout | http.PoolTimeout)
        if is_hopeless or tried == self._retry.tries or not (is_repeatable or was_not_sent):
            message = f"the server could not be reached ({type(error).__name__})"
            raise self._error(message, retryable=not is_hopeless, code="unreachable") from None
        return self._retry.wait_s(tried, self._chance)

    def _after_refusal(self, answer: Answer, tried: int, *, is_repeatable: bool) -> float:
        """Return how long to wait after a refusal, or raise it."""
        asked = asked_wait_s(answer.header("retry-after"), now=datetime.now(UTC))
        is_too_long = asked is not None and asked > self._retry.patience_s
        again = may_repeat(answer.status, is_repeatable=is_repeatable)
        if not again or tried == self._retry.tries or is_too_long:
            raise self._refusal(answer, asked)
        return self._retry.wait_s(tried, self._chance) if asked is None else asked

    def _refusal(self, answer: Answer, asked_s: float | None) -> PlatformError:
        message = f"the server answered with status {answer.status}{_HINTS.get(answer.status, '')}"
        if 300 <= answer.status < 400:  # noqa: PLR2004 - the range is the standard's
            message += "; it has moved: write its new address into the settings"
        if asked_s is not None:
            message += f"; come again in {asked_s:.0f} s"
        code = str(answer.status)
        return self._error(message, retryable=is_temporary(answer.status), code=code)

    def _wait_for_room(self) -> None:
        if self._throttle is not None and (wait_s := self._throttle.wait_s(self._clock())) > 0:
            self._sleep(wait_s)

    def _address(self, path: str) -> str:
        """Return a whole address; secrets go to no other host than the shop's."""
        if "://" not in path:
            return self._url + path.lstrip("/")
        own, other = urlsplit(self._url), urlsplit(path)
        if (own.scheme, own.netloc) != (other.scheme, other.netloc):
            raise self._error("the platform points to another host; nothing was sent there")
        return path

    def _error(self, message: str, *, retryable: bool = False, code: str = "") -> PlatformError:
        return PlatformError(message, adapter=self._adapter, retryable=retryable, code=code)


def _checked(url: str, adapter: str, *, allow_http: bool) -> str:
    try:
        return safe_address(url, allow_http=allow_http)
    except ValueError as error:
        message = f"the address of the API: {error}"
        raise PlatformError(message, adapter=adapter, retryable=False) from None
