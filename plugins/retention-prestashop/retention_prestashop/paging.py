"""Reads what changed, oldest change first, while the shop goes on: by place, never by offset.

The webservice numbers no pages and knows ranges and ``greater than``. What changed in one second
is told apart by number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from retention_sdk.shop_api.values import asked_number

from .webservice import NAME, Json, Webservice, number, refused

_PLACE = re.compile(r"(\d{14})(?:(\+)|-(\d{1,12}))?")
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
_BEGINNING = "0000-00-00 00:00:00"
_END = "9999-12-31 23:59:59"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: with changes from a second on, or in its midst, or after it.

    ``after_id`` is the last record of a second in which more changed than a page holds.
    """

    second: str = _BEGINNING
    after_id: str = ""
    is_past: bool = False

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Read a cursor of ours.

        Raises:
            PlatformError: it is not one.
        """
        match = _PLACE.fullmatch(cursor)
        if not match:
            raise refused("this cursor is not one of ours")
        digits, past, after_id = match.groups()
        day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
        clock = f"{digits[8:10]}:{digits[10:12]}:{digits[12:]}"
        return cls(f"{day} {clock}", after_id or "", bool(past))

    def __str__(self) -> str:
        digits = re.sub(r"\D", "", self.second)
        return digits + ("+" if self.is_past else f"-{self.after_id}" if self.after_id else "")


def changed(
    service: Webservice, resource: str, fields: Sequence[str], *, size: int, place: Place
) -> Iterator[tuple[list[Json], Place | None]]:
    """Yield pages of records by their last change, and where to go on; None after the last.

    ``fields`` hold ``id`` and ``date_upd``. The last second of a page is asked for again with the
    next one, for more may change within it; what is seen so a second time is left out.
    """
    seen: set[tuple[str, str]] = set()
    while True:
        rows = _page(service, resource, fields, size=size, place=place)
        following = _following(rows, place, size)
        fresh = [row for row in rows if _key(row) not in seen]
        seen = {_key(row) for row in rows}
        yield fresh, following
        if following is None:
            return
        place = following


def numbered(
    service: Webservice,
    resource: str,
    fields: Sequence[str],
    *,
    size: int,
    cursor: str,
    **where: str,
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of records by number, and the cursor after each: the last number.

    New records have higher numbers, so none is passed over, and none comes twice.
    """
    last = asked_number(cursor or "0", adapter=NAME)
    while True:
        chosen = {"id": f">[{last}]", **where}
        rows = service.rows(resource, fields, where=chosen, sort="id_ASC", limit=size)
        if len(rows) < size:
            yield rows, ""
            return
        last = number(rows[-1]["id"])
        yield rows, last


def _page(
    service: Webservice, resource: str, fields: Sequence[str], *, size: int, place: Place
) -> list[Json]:
    if place.after_id:
        where = {"date_upd": f"[{place.second}]", "id": f">[{place.after_id}]"}
        return service.rows(resource, fields, where=where, sort="id_ASC", limit=size)
    where = {"date_upd": f"[{place.second},{_END}]"}
    if place.is_past:
        where = {"date_upd": f">[{place.second}]"}
    return service.rows(resource, fields, where=where, sort="date_upd_ASC,id_ASC", limit=size)


def _following(rows: Sequence[Json], place: Place, size: int) -> Place | None:
    is_full = len(rows) >= size
    if place.after_id:
        last_id = number(rows[-1]["id"]) if is_full else ""
        return Place(place.second, after_id=last_id, is_past=not is_full)
    if not is_full:
        return None
    last = rows[-1]
    if last["date_upd"] != rows[0]["date_upd"]:
        return Place(last["date_upd"])
    return Place(last["date_upd"], after_id=number(last["id"]))


def _key(row: Json) -> tuple[str, str]:
    if not _SECOND.fullmatch(row["date_upd"]):
        raise ValueError("not a date and time")
    return number(row["id"]), row["date_upd"]
