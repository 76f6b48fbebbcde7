"""Lists in pages that lose nothing while the shop changes, and go on after a cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import GraphQL

Json = Mapping[str, Any]

# Databases keep updatedAt to the second; an answer may be a second older than it says.
GRAIN = timedelta(seconds=1)


@dataclass(slots=True)
class ChangedList:
    """A list by time of change, oldest first; ``name`` is its field in the answer.

    Pages begin after a moment, not after a number of items: what changes while we read moves to
    the end of the list and would pull another item past us. Only within one second, where the
    moments do not tell items apart, are they counted.
    """

    name: str
    query: str
    conditions: Sequence[Json]
    page_size: int
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def pages(self, api: GraphQL, cursor: str = "") -> Iterator[tuple[Json, str]]:
        """Yield answers with what was not seen before in them, each with the cursor after it."""
        after, skip = _read_cursor(cursor), 0
        while True:
            data = api.run(self.query, options=self._options(after, skip))
            items = data[self.name]["items"]
            is_last = len(items) < self.page_size
            if not is_last:
                last = datetime.fromisoformat(items[-1]["updatedAt"]) - GRAIN
                is_later = after is None or last > after
                after, skip = (last, 0) if is_later else (after, skip + self.page_size)
            new = [item for item in items if self._is_new(item)]
            # What is counted may have moved meanwhile, so a cursor holds a moment only.
            yield {**data, self.name: {"items": new}}, _cursor(None if is_last else after)
            if is_last:
                return

    def _options(self, after: datetime | None, skip: int) -> Json:
        later = [{"updatedAt": {"after": after.isoformat()}}] if after else []
        conditions = [*self.conditions, *later]
        options: dict[str, Any] = {"sort": {"updatedAt": "ASC"}, "take": self.page_size}
        if conditions:
            options["filter"] = {"_and": conditions}
        return {**options, "skip": skip}

    def _is_new(self, item: Json) -> bool:
        """Whether an item in this state was not yielded before."""
        key = (item["id"], item["updatedAt"])
        is_new = key not in self._seen
        self._seen.add(key)
        return is_new


def changed_since(moment: datetime) -> Json:
    """Return the condition for what changed since a moment."""
    return {"updatedAt": {"after": (moment - GRAIN).isoformat()}}


def _cursor(after: datetime | None) -> str:
    return after.isoformat() if after else ""


def _read_cursor(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        message = "this is no cursor of a list of Vendure's"
        raise PlatformError(message, adapter="vendure", retryable=False) from None
