"""What Kavenegar answers: numbers, and what they mean for one message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

GOOD = 200

FINAL = {
    400: "a parameter is missing",
    404: "there is no such method",
    405: "the method of the request is wrong",
    406: "a parameter is empty",
    411: "the recipient is no number it knows",
    413: "the text is empty or too long",
    414: "too much at once",
    417: "the time of sending is wrong",
    422: "the text holds a character that cannot be sent",
}
"""Codes of this message alone: the same message never goes through."""

LATER = {
    401: "the account is switched off",
    402: "the operation failed",
    403: "check api_key",
    407: "the account may not do this",
    409: "the server is busy",
    412: "check sender: the account has no such line",
    416: "this machine's address is not among those of the account",
    418: "the account's credit is used up",
    420: "the account may not send links yet",
    426: "the account lacks the advanced service",
    427: "the account may not use this line",
    429: "this machine's address is restricted",
    451: "too many requests; the address is held back for a while",
    501: "the account is on trial: it sends to its owner only",
}
"""Codes that pass, or that the shop's owner can mend."""

STATES = {
    1: "queued",
    2: "scheduled",
    4: "sent",
    5: "sent",
    6: "failed",
    10: "delivered",
    11: "undelivered",
    13: "cancelled",
    14: "blocked",
    100: "unknown",
}
LOST = frozenset({6, 11, 13, 14, 100})
"""States in which a message never arrives; 14: the number is closed to advertising."""


class Entry(NamedTuple):
    """One message as Kavenegar tells of it."""

    number: int
    state: int
    receptor: str

    @property
    def is_lost(self) -> bool:
        """Whether it will never arrive."""
        return self.state in LOST

    @property
    def word(self) -> str:
        """The state in a word."""
        return STATES.get(self.state, f"state {self.state}")


def read_code(status: int, body: bytes) -> int:
    """Return the code of an answer: that in its body, which HTTP repeats, else that of HTTP."""
    told = _mapping(_mapping(_decoded(body)).get("return")).get("status")
    return told if isinstance(told, int) and not isinstance(told, bool) else status


def read_entry(body: bytes) -> Entry | None:
    """Return the one message in a good answer; None if it tells of none, or of several."""
    entries = _mapping(_decoded(body)).get("entries")
    if not isinstance(entries, list) or len(entries) != 1:
        return None
    entry = _mapping(entries[0])
    number, state = entry.get("messageid"), entry.get("status")
    if not isinstance(number, int) or not isinstance(state, int):
        return None
    return Entry(number, state, str(entry.get("receptor", "")))


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
