"""A coupon of its own for each card: made on the platform before printing, voided with the card.

What may exist on the platform is always in the store first, so nothing is lost when a process
dies between the two: a second try makes the same code, and ``sweep`` voids what no card holds.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...adapter import Capability, ShopAdapter
from ...errors import AdapterError, PlatformError, RetentionError, TokenError, UnsupportedFeature
from ...inserts.codes import coupon_code, read_coupon_code
from ...model import DiscountCode, Money, Order

if TYPE_CHECKING:
    from ...inserts.codes.settings import CodesConfig
    from ...inserts.offers import CardOffer, Offer
    from ...storage import Connection, Store
    from ...storage.codes import StoredCode
    from ..make import Codes

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What ``sweep`` did: the cards whose coupon is void now, and those to try again."""

    voided: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()


class CouponDesk:
    """Coupons of one shop on one platform.

    ``keys`` make the codes, ``current`` is the number of the one for new cards. Whether a coupon
    is right for a card is not asked here; that was decided before.
    """

    def __init__(
        self,
        *,
        store: Store,
        adapter: ShopAdapter,
        keys: Mapping[int, bytes],
        current: int = 0,
        clock: Callable[[], datetime],
        prefix: str = "",
    ) -> None:
        needed = Capability.CREATE_CODE | Capability.VOID_CODE
        if needed not in adapter.capabilities:
            message = "codes cannot be created and voided; print a code for everybody instead"
            raise UnsupportedFeature(message, adapter=adapter.name)
        self._store, self._adapter, self._clock = store, adapter, clock
        self._keys, self._current, self._prefix = keys, current, prefix

    def issue(
        self,
        card_id: int,
        *,
        worth: int | Money,
        ends_at: datetime,
        starts_at: datetime | None = None,
        minimum: Money | None = None,
        uses_max: int = 1,
        title: str = "",
    ) -> DiscountCode:
        """Return the coupon of a card, created on the platform if it is not there yet.

        ``worth`` is a percentage or an amount. Print the dates of what is returned: a code that
        an earlier try created keeps those of that day. The same card always gets the same code.

        Raises:
            PlatformError: the platform refused or is away, or the card's coupon was voided.
            UnsupportedFeature: the platform knows no such discount.
        """

        def terms(text: str) -> DiscountCode:
            return DiscountCode(
                code=text,
                percent=worth if isinstance(worth, int) else None,
                amount=worth if isinstance(worth, Money) else None,
                title=title,
                starts_at=starts_at,
                ends_at=ends_at,
                minimum=minimum,
                uses_max=uses_max,
            )

        return self._create(card_id, terms)

    def offer_for(
        self, card_id: int, offer: Offer, *, now: datetime, time_zone: str, title: str = ""
    ) -> CardOffer:
        """Return what a card prints of an offer, with a code of its own that exists.

        Raises:
            PlatformError: as ``issue``.
        """

        def terms(text: str) -> DiscountCode:
            return offer.to_code(text, now=now, time_zone=time_zone, title=title)

        code = self._create(card_id, terms)
        printed = offer.on_card(code.code, now=now, time_zone=time_zone)
        if code.ends_at is None:
            return printed
        # The last day is that of the platform, whatever day this try is made on.
        last = (code.ends_at - timedelta(seconds=1)).astimezone(ZoneInfo(time_zone)).date()
        return printed.model_copy(update={"expires_on": last})

    @contextmanager
    def issued(self, card_id: int, **terms: object) -> Iterator[DiscountCode]:
        """Issue a coupon for what happens inside; void it if that fails for good.

        A failure that may pass, such as a printer that is off, leaves it for the next try.
        ``terms`` are those of ``issue``.
        """
        from ..run import may_pass

        code = self.issue(card_id, **terms)  # type: ignore[arg-type] # the keywords of issue
        try:
            yield code
        except RetentionError as error:
            if not may_pass(error):
                self.try_to_void(card_id)
            raise

    def void(self, card_id: int) -> bool:
        """Make a card's coupon worthless; False if it has none that is worth anything.

        Raises:
            PlatformError: the platform refused or is away; ``sweep`` tries again.
        """
        codes = self._open_codes(card_id)
        for code in codes:
            self._void(code)
        return bool(codes)

    def try_to_void(self, card_id: int) -> bool:
        """Void a card's coupon; False, and a warning in the log, if the platform does not."""
        try:
            self.void(card_id)
        except AdapterError as error:
            _log.warning("a coupon is still worth something: %s", error)
            return False
        return True

    def sweep(self) -> Swept:
        """Void the coupons of all void cards. Run it after cards were voided, and now and then."""
        with self._store.reading() as connection:
            waiting = self._store.codes.to_void(connection)
        cards = dict.fromkeys(c.card_id for c in waiting if c.platform == self._adapter.name)
        results = {card_id: self.try_to_void(card_id) for card_id in cards}
        return Swept(
            voided=tuple(card_id for card_id, is_void in results.items() if is_void),
            failed=tuple(card_id for card_id, is_void in results.items() if not is_void),
        )

    def _create(self, card_id: int, terms: Callable[[str], DiscountCode]) -> DiscountCode:
        number, is_new = self._record(card_id)
        code = terms(self._text(card_id, number))
        dates = {"starts_at": _to_second(code.starts_at), "ends_at": _to_second(code.ends_at)}
        try:
            return self._adapter.create_code(code.model_copy(update=dates))
        except AdapterError as error:
            # An earlier try may have made it, worth something else; then it is still there to void.
            if is_new and not getattr(error, "retryable", False):
                self._mark(card_id, number, "voided")
            raise

    def _record(self, card_id: int) -> tuple[int, bool]:
        """Write down that the code may exist from now on.

        Returns the number of its key, and whether this is the first try.
        """
        platform, now = self._adapter.name, self._clock()
        with self._store.begin() as connection:
            known = self._codes_of(connection, card_id)
            if not known:
                name = _name(card_id, self._current)
                self._store.codes.record(connection, card_id, name, platform=platform, now=now)
                return self._current, True
        if known[0].state != "created":
            message = f"the coupon of this card was {known[0].state} before"
            raise PlatformError(message, adapter=platform, retryable=False)
        return _key_number(known[0]), False

    def _text(self, card_id: int, number: int) -> str:
        return coupon_code(card_id, key=self._keys[number], prefix=self._prefix)

    def _void(self, stored: StoredCode) -> None:
        number = _key_number(stored)
        text = self._text(stored.card_id, number)
        # Platforms void by the code; what it was worth does not matter any more.
        self._adapter.void_code(DiscountCode(code=text, percent=100))
        self._mark(stored.card_id, number, "voided")

    def _mark(self, card_id: int, number: int, state: str) -> None:
        from ...storage.codes import CodeState

        name, now = _name(card_id, number), self._clock()
        with self._store.begin() as connection:
            self._store.codes.mark(connection, card_id, name, CodeState(state), now=now)

    def _open_codes(self, card_id: int) -> tuple[StoredCode, ...]:
        with self._store.reading() as connection:
            codes = self._codes_of(connection, card_id)
        return tuple(code for code in codes if code.state == "created")

    def _codes_of(self, connection: Connection, card_id: int) -> tuple[StoredCode, ...]:
        codes = self._store.codes.of_card(connection, card_id)
        return tuple(code for code in codes if code.platform == self._adapter.name)


def open_desk(
    settings: CodesConfig,
    codes: Codes,
    *,
    store: Store,
    adapter: Callable[[str], ShopAdapter],
    clock: Callable[[], datetime],
) -> CouponDesk | None:
    """Return the desk of a shop; None where no platform is set for coupons.

    Raises:
        PluginError: the platform's adapter is not installed.
        ConfigError: its table in ``retention.toml`` is wrong.
        UnsupportedFeature: it cannot create and void codes.
    """
    if not settings.coupons:
        return None
    return CouponDesk(
        store=store,
        adapter=adapter(settings.coupons),
        keys=codes.keys,
        current=codes.current,
        clock=clock,
        prefix=settings.coupon_prefix,
    )


def note_redemptions(
    store: Store, connection: Connection, order: Order, *, keys: Mapping[int, bytes], now: datetime
) -> tuple[int, ...]:
    """Mark the coupons that an order used; return their cards.

    Codes that are not ours, and those of cards that got none, are passed over. The same order
    told again changes nothing.
    """
    from ...storage.codes import CodeState

    redeemed = []
    for text in order.coupon_codes:
        for number, key in keys.items():
            card_id = _card_of(text, key)
            if card_id is None:
                continue
            name = _name(card_id, number)
            if store.codes.mark(connection, card_id, name, CodeState.REDEEMED, now=now):
                redeemed.append(card_id)
    return tuple(redeemed)


def _card_of(text: str, key: bytes) -> int | None:
    try:
        return read_coupon_code(text, key=key)
    except TokenError:
        return None


def _name(card_id: int, key_number: int) -> str:
    """Return our own name of a code. It tells nothing of what to type, and is there before it."""
    return f"{card_id:010x}.{key_number}"


def _key_number(stored: StoredCode) -> int:
    return int(stored.code_id.rpartition(".")[2])


def _to_second(moment: datetime | None) -> datetime | None:
    """Platforms keep seconds or less; a second try must ask for the same."""
    return moment.replace(microsecond=0) if moment else None
