"""The account's history as its member reads it: what, when, and how many points."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from .explain import HistoryEntry
from .member_view import HistoryLine
from .speaker import Speaker

# What gave points, as the ledger calls it: what members read. All others are presents.
_EARNED = {
    "order": "order",
    "signup": "signup",
    "newsletter": "newsletter",
    "review": "review",
    "survey": "survey",
    "follow": "follow",
    "birthday": "birthday",
    "anniversary": "anniversary",
    "referral": "referral",
    "referral (referrer)": "referral",
    "referral (friend)": "friend",
    "achievement": "achievement",
    "partner": "partner_in",
    "import": "import",
}
_PLAIN = frozenset(
    {
        "mature",
        "expire",
        "hold",
        "capture",
        "release",
        "refund_redemption",
        "adjust",
        "donate",
        "merge_accounts",
    }
)


def history_lines(
    entries: Iterable[HistoryEntry],
    speaker: Speaker,
    *,
    numbers: Mapping[str, str] | None = None,
    sent: Collection[str] = (),
) -> tuple[HistoryLine, ...]:
    """Return lines in the order of the entries.

    ``numbers`` are those of orders, by cause; ``sent`` are the holds of points for partners.
    """
    known = numbers or {}
    return tuple(
        _line(entry, speaker, label_key(entry, sent=sent), known.get(entry.cause_id, ""))
        for entry in entries
    )


def _line(entry: HistoryEntry, speaker: Speaker, key: str, number: str) -> HistoryLine:
    return HistoryLine(
        at=entry.occurred_at,
        day=speaker.words.date(speaker.day(entry.occurred_at), "medium"),
        kind=entry.kind,
        label=_label(key, speaker, number),
        points=entry.points,
        change=_change(entry.points, speaker),
    )


def _label(key: str, speaker: Speaker, number: str) -> str:
    if key == "order" and number:
        return speaker.say("loyalty.history.order_number", number=number)
    return speaker.say(f"loyalty.history.{key}")


def label_key(entry: HistoryEntry, *, sent: Collection[str] = ()) -> str:
    """Return which label an entry has: its kind, and for points that were earned, what for."""
    kind, cause = entry.kind, entry.cause_type
    if kind == "earn":
        return _EARNED.get(cause, "gift")
    if kind == "clawback":
        return "clawback" if cause == "order" else "taken_back"
    if kind == "transfer":
        return "transfer_in" if entry.points > 0 else "transfer_out"
    if kind == "capture" and entry.cause_id in sent:
        return "partner_out"
    return kind if kind in _PLAIN else "adjust"


def _change(points: int, speaker: Speaker) -> str:
    """Return a signed number with the signs of the language; nothing where points only moved."""
    if not points:
        return ""
    number = speaker.words.number(points)
    return f"+{number}" if points > 0 else number
