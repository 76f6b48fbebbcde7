"""From what stands on a card to where it leads. Nobody who scans one ever sees an error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import StorageError, TokenError
from ..inserts.codes import CardToken, read_human_code, read_token
from .recent import RecentScans
from .scans import Scan, ScanWriter
from .targets import Targets
from .visitor import device_of, is_preview

if TYPE_CHECKING:
    from ..storage import Store
    from ..storage.card_records import CardRecord

_log = logging.getLogger(__name__)
_FOR_FRIENDS = "referral"


class CardDesk:
    """Reads codes, counts scans and says where to go; one per process.

    ``friend_page`` knows the page for friends of who placed an order, with their own code.
    """

    def __init__(
        self,
        *,
        store: Store,
        shop_id: str,
        keys: Mapping[int, bytes],
        targets: Targets,
        valid_for: timedelta,
        clock: Callable[[], float],
        friend_page: Callable[[str], str] | None = None,
    ) -> None:
        self._store, self._shop_id = store, shop_id
        self._friend_page = friend_page
        self._keys, self._targets, self._valid_for = keys, targets, valid_for
        self._recent = RecentScans(clock=clock)
        self._writer = ScanWriter(store)

    @property
    def home(self) -> str:
        """Where everything leads that is no good code."""
        return self._targets.home

    def visit(self, code: str, headers: Mapping[str, str], *, is_head: bool, now: datetime) -> str:
        """Return the address a code leads to, and count the scan if a person made it.

        A code of ours whose card is not in the store leads on all the same: it is genuine.
        """
        try:
            token, record = self._read(code)
        except TokenError:
            return self.home
        if record is not None and not self._is_good(record, now):
            return self.home
        is_person = not is_head and not is_preview(headers)
        if is_person and not self._recent.is_repeat(token.card_id):
            self._writer.put(Scan(token.card_id, token.variant, now, device_of(headers)))
        page = self._page_for_friends(record) if record else ""
        template = record.choice.template if record else ""
        return page or self._targets.choose(template, token.variant)

    def close(self) -> None:
        """Write down what was counted."""
        self._writer.close()

    def _read(self, code: str) -> tuple[CardToken, CardRecord | None]:
        try:
            token = read_token(code, keys=self._keys)
        except TokenError:
            record = self._typed(code)
            return CardToken(card_id=record.card_id, variant=record.choice.variant), record
        return token, self._find(token.card_id)

    def _typed(self, code: str) -> CardRecord:
        """Return the card of a code that somebody typed.

        Raises:
            TokenError: it is mistyped, or no card has it.
        """
        from ..storage.card_report import cards_among

        candidates = [read_human_code(code, key=key) for key in self._keys.values()]
        try:
            with self._store.reading() as connection:
                for numbers in candidates:
                    for card_id in cards_among(connection, numbers):
                        if record := self._store.cards.get(connection, card_id):
                            return record
        except StorageError as error:
            _log.warning("a typed code was not looked up: %s", error)
        raise TokenError("no card has this code")

    def _find(self, card_id: int) -> CardRecord | None:
        """Return what the store knows of a card; a broken store knows nothing."""
        try:
            with self._store.reading() as connection:
                return self._store.cards.get(connection, card_id)
        except StorageError as error:
            _log.warning("a card was not looked up: %s", error)
            return None

    def _page_for_friends(self, record: CardRecord) -> str:
        """Return where a card for friends leads; empty where the settings alone say it."""
        if record.choice.template != _FOR_FRIENDS or self._friend_page is None:
            return ""
        try:
            return self._friend_page(record.place.order_id)
        except StorageError as error:
            _log.warning("a member's code was not looked up: %s", error)
            return ""

    def _is_good(self, record: CardRecord, now: datetime) -> bool:
        is_ours = record.place.shop_id == self._shop_id
        return is_ours and record.state != "voided" and now < record.made_at + self._valid_for
