"""What Twilio's error codes and states of a message mean."""

from __future__ import annotations

FINAL = {
    21211: "the recipient is no telephone number",
    21602: "the text is empty",
    21610: "the recipient sent STOP to this sender",
    21612: "the recipient cannot be reached from this sender",
    21614: "the recipient is no mobile number",
    21617: "the text is too long",
}
"""Codes of this message alone: the same message never goes through."""

LATER = {
    20003: "check account_sid and the token or key",
    20429: "too many requests",
    21408: "the account may not send to this country yet: Messaging, Geo permissions",
    21603: "a sender is missing",
    21606: "check sender: it is no number of the account that sends texts",
    21608: "the account is on trial: it sends to verified numbers only",
    21611: "the queue of this sender is full",
    21704: "the messaging service has no numbers",
    21705: "check messaging_service_sid",
}
"""Codes that pass, or that the shop's owner can mend."""

LOST = frozenset({"failed", "undelivered", "canceled"})
"""States of a message that never arrives."""

_TRY_LATER = frozenset({401, 403, 408, 425, 429})
_SERVER_ERROR = 500


def meaning_of(status: int, code: int | None) -> str:
    """Return what an error says in words of ours: Twilio's own may quote the recipient."""
    number = code or 0
    words = FINAL.get(number) or LATER.get(number, "")
    head = f"it answered {code}" if code else f"it answered HTTP {status}"
    return f"{head}: {words}" if words else head


def is_final(status: int, code: int | None) -> bool:
    """Whether the same message would be refused again, whatever anybody does."""
    if code in FINAL or code in LATER:
        return code in FINAL
    return status < _SERVER_ERROR and status not in _TRY_LATER


def is_uncertain(status: int) -> bool:
    """Whether it may have been sent all the same: it broke over there, perhaps afterwards."""
    return status >= _SERVER_ERROR
