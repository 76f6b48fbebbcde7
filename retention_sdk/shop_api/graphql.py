"""GraphQL over an ``ApiClient``: platforms say most of their noes with status 200."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import PlatformError
from .answer import Answer
from .client import ApiClient
from .retry import RetryPolicy

_MUTATION = re.compile(r"^\s*mutation\b", re.MULTILINE)
_CODE_MAX = 60


class GraphQL:
    """Runs operations at one path of a client.

    ``throttled`` are the codes (``errors[].extensions.code``) by which the platform says come
    again later and did nothing; ``temporary`` those that a later call may not meet, and
    ``speaking`` those whose message speaks of our query alone and may be shown. All other
    messages may quote what we sent. ``hints`` say what to do about a code.
    """

    def __init__(
        self,
        client: ApiClient,
        path: str,
        *,
        adapter: str,
        throttled: frozenset[str] = frozenset({"THROTTLED"}),
        temporary: frozenset[str] = frozenset({"INTERNAL_SERVER_ERROR"}),
        speaking: frozenset[str] = frozenset(
            {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "undefinedField"}
        ),
        hints: Mapping[str, str] | None = None,
        retry: RetryPolicy | None = None,
        code_at: tuple[str, ...] = ("code",),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._path, self._adapter = client, path, adapter
        self._code_at = code_at
        self._hints = hints or {}
        self._throttled, self._temporary, self._speaking = throttled, temporary, speaking
        self._retry, self._sleep = retry or RetryPolicy(), sleep

    def run(self, query: str, **variables: object) -> Mapping[str, Any]:
        """Run one operation and return its data. Queries are repeated, mutations are not.

        Raises:
            PlatformError: the platform refused, failed, or answered something else.
        """
        return self._data(self.ask(query, **variables))

    def ask(self, query: str, **variables: object) -> Answer:
        """Run one operation and return the whole answer, for what stands in its headers.

        Raises:
            PlatformError: as ``run``.
        """
        payload = {"query": query, "variables": variables}
        is_repeatable = not _MUTATION.search(query)
        for tried in range(1, self._retry.tries + 1):
            answer = self._client.post(
                self._path, json=payload, is_repeatable=is_repeatable, also_good=(400, 404, 422)
            )
            error = self._first_error(answer)
            if error is None:
                return answer
            if self._code(error) not in self._throttled or tried == self._retry.tries:
                raise self._refused(error)
            self._sleep(self._retry.wait_s(tried, lambda: 1.0))
        raise AssertionError("the last try returned or raised")

    def _data(self, answer: Answer) -> Mapping[str, Any]:
        data = answer.mapping().get("data")
        if answer.is_good and isinstance(data, Mapping):
            return data
        message = f"the answer is no GraphQL (status {answer.status}); is that its address?"
        raise PlatformError(message, adapter=self._adapter, retryable=False)

    def _first_error(self, answer: Answer) -> Mapping[str, Any] | None:
        errors = self._mapping(answer).get("errors")
        if isinstance(errors, str):  # how some answer to a wrong key
            return {}
        first = errors[0] if isinstance(errors, list) and errors else None
        return first if isinstance(first, Mapping) else None

    def _mapping(self, answer: Answer) -> Mapping[str, Any]:
        try:
            return answer.mapping()
        except PlatformError:
            if answer.is_good:
                raise
        # A page of a web server: no later call would find the API there.
        message = f"the answer is no GraphQL (status {answer.status}); is that its address?"
        raise PlatformError(message, adapter=self._adapter, retryable=False)

    def _refused(self, error: Mapping[str, Any]) -> PlatformError:
        code = self._code(error)
        message = f"the server refused with {code}" if code else "the server refused"
        if code in self._speaking:
            message = f"the shop's schema is another one: {str(error.get('message'))[:200]}"
        message += self._hints.get(code, "")
        is_temporary = code in self._temporary | self._throttled
        return PlatformError(message, adapter=self._adapter, retryable=is_temporary, code=code)

    def _code(self, error: Mapping[str, Any]) -> str:
        code: Any = error.get("extensions")
        for name in self._code_at:
            code = code.get(name) if isinstance(code, Mapping) else None
        return str(code)[:_CODE_MAX] if code else ""
