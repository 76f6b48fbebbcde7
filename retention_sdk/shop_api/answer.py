"""What a platform answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..errors import PlatformError

_GOOD = range(200, 300)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers in lower case, and the whole body. Its repr shows no body."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    adapter: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in _GOOD

    def header(self, name: str) -> str:
        """Return a header, an empty text where it is missing."""
        return self.headers.get(name.lower(), "")

    def json(self) -> Any:
        """Return the decoded body; its decimals are ``Decimal``, never float.

        Raises:
            PlatformError: it is not JSON; a cut or wrong answer may be right the next time.
        """
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            message = f"the answer is not JSON (status {self.status}, {len(self.body)} bytes)"
            raise PlatformError(message, adapter=self.adapter, retryable=True) from None

    def mapping(self) -> Mapping[str, Any]:
        """Return the decoded body, which has to be an object.

        Raises:
            PlatformError: it is not JSON, or something else than an object.
        """
        decoded = self.json()
        if not isinstance(decoded, dict):
            message = "the answer is not a JSON object; is the address that of the API?"
            raise PlatformError(message, adapter=self.adapter, retryable=False)
        return decoded
