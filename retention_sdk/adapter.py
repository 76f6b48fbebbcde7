"""The one class that the author of a platform adapter subclasses."""

from __future__ import annotations

import hmac
import json
import logging
from abc import ABC
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Flag, auto
from hashlib import sha256
from itertools import islice
from typing import Any, ClassVar, NoReturn, Self, cast, final

from pydantic import ValidationError
from pydantic_core import from_json

from .errors import AdapterError, ConfigError, PayloadError, SignatureError, UnsupportedFeature
from .model import (
    Consent,
    Customer,
    DiscountCode,
    Money,
    Order,
    OrderCancelled,
    OrderDelivered,
    OrderEvent,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    Page,
    Product,
    RecordChanged,
    Settings,
    Shop,
    ShopEvent,
    UnknownEvent,
    WebhookRequest,
)
from .model.fields import fault_of_fields
from .model.order import FulfilmentStatus
from .signatures import is_signed, make_signature, read_moment

_log = logging.getLogger(__name__)

# Orders of an adapter without pages, at a time.
_PAGE = 100
_UNDATED = datetime.fromtimestamp(0, UTC)


class Capability(Flag):
    """What an adapter can do. The kit checks that declared is real and undeclared refuses."""

    NONE = 0
    WEBHOOKS = auto()
    FETCH_ORDER = auto()
    LIST_ORDERS = auto()
    SHOP_PROFILE = auto()
    READ_CONSENT = auto()
    WRITE_CONSENT = auto()
    CREATE_CODE = auto()
    VOID_CODE = auto()
    CUSTOMER_LOCALE = auto()
    ERASE_CUSTOMER = auto()
    FREE_SHIPPING_CODE = auto()
    FREE_PRODUCT_CODE = auto()
    GIFT_CARD_CODE = auto()
    LIST_CUSTOMERS = auto()
    LIST_PRODUCTS = auto()
    NOTE_ORDER = auto()
    TAG_ORDER = auto()
    STORE_CREDIT = auto()
    REGISTER_WEBHOOKS = auto()
    FIELD_ORDER = auto()


class ShopAdapter(ABC):
    """Reads one platform. Construction takes settings and opens nothing.

    Fill ``verify`` and ``read`` for webhooks, ``fetch_*`` for an API; leave the rest alone: what
    is not overridden refuses with ``UnsupportedFeature``. ``verify`` and ``read`` are pure.

    ``replay_window`` is how far apart the moment that a platform signs and the arrival may be;
    None where platforms sign no moment. ``takes_lists`` says that some bodies are lists: ``read``
    gets them as they are.
    """

    name: ClassVar[str]
    capabilities: ClassVar[Capability] = Capability.NONE
    replay_window: ClassVar[timedelta | None] = None
    takes_lists: ClassVar[bool] = False
    settings_model: ClassVar[type[Settings]] = Settings

    def __init__(self, settings: Settings, *, shop_id: str) -> None:
        self.settings = settings
        self.shop_id = shop_id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for shop {self.shop_id!r}>"

    @final
    @classmethod
    def from_config(cls, values: Mapping[str, object], *, shop_id: str, file: str = "") -> Self:
        """Build the adapter from its table in ``retention.toml``.

        Raises:
            ConfigError: a setting is missing, unknown or malformed; ``key`` says which.
        """
        try:
            settings = cls.settings_model.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            key = ".".join(("platforms", cls.name, *map(str, first["loc"])))
            raise ConfigError(first["msg"], file=file, key=key) from None
        return cls(settings, shop_id=shop_id)

    # Webhooks ------------------------------------------------------------------------------

    @final
    def handle(self, request: WebhookRequest) -> tuple[ShopEvent, ...]:
        """Verify, decode, read; in that order, always.

        Raises:
            SignatureError: before a single byte of the body is decoded.
            PayloadError: for every body that cannot be read.
        """
        if self.is_ping(request):
            return ()
        self.verify(request)
        return self.read_admitted(request)

    @final
    def admit(self, request: WebhookRequest) -> bool:
        """Verify a delivery and see that it is an object of JSON; False for a ping.

        It proves something, and may be acknowledged once it is stored: ``read_admitted`` says
        what, at any time after.

        Raises:
            SignatureError: before a single byte of the body is decoded.
            PayloadError: the body is not JSON.
        """
        if self.is_ping(request):
            return False
        self.verify(request)
        if not _is_object(request.body):
            self._decode(request.body)  # it is slow, and has the last word
        return True

    @final
    def read_admitted(self, request: WebhookRequest) -> tuple[ShopEvent, ...]:
        """Read a delivery that was verified before.

        Raises:
            PayloadError: it is not what the platform sends.
        """
        body = self._decode(request.body)
        with self.reading():
            return tuple(self.read(request, body))

    def is_ping(self, request: WebhookRequest) -> bool:  # noqa: ARG002 - for subclasses
        """Whether the platform only asks if somebody is there. Nothing in a ping is believed."""
        return False

    def verify(self, request: WebhookRequest) -> None:  # noqa: ARG002 - for subclasses
        """Return if the request is authentic, else raise ``SignatureError``."""
        self._unsupported("webhooks")

    def read(self, request: WebhookRequest, body: Mapping[str, Any]) -> tuple[ShopEvent, ...]:  # noqa: ARG002
        """Return what the body proves; ``UnknownEvent`` for a topic you do not know.

        Decimals in the body are ``Decimal``, never float. ``KeyError``, ``TypeError`` and the
        like become ``PayloadError``: do not catch them.
        """
        self._unsupported("webhooks")

    @final
    def verify_hmac(
        self,
        request: WebhookRequest,
        *,
        secrets: tuple[bytes, ...],
        given: str,
        encode: Callable[[bytes], str] = lambda digest: b64encode(digest).decode(),
    ) -> None:
        """Compare an HMAC-SHA256 of the raw body in constant time; any of the secrets will do.

        Several secrets allow rotation; an empty one, as of a variable that is not set, makes none.
        ``encode`` defaults to base64; pass ``bytes.hex`` for hex.

        Raises:
            SignatureError: the signature is missing, or no secret makes it.
        """
        is_good = False
        for secret in filter(None, secrets):
            expected = encode(hmac.digest(secret, request.body, sha256)).encode()
            is_good |= hmac.compare_digest(expected, given.encode())
        if not is_good:
            raise SignatureError("signature missing or wrong", adapter=self.name)

    @final
    def verify_standard(self, request: WebhookRequest, *, keys: tuple[bytes, ...]) -> None:
        """Check a signature of Standard Webhooks over id, moment and raw bytes, then the moment.

        Several keys allow rotation; an empty one makes none. Set ``replay_window``; the
        specification's own libraries allow five minutes.

        Raises:
            SignatureError: no key makes the signature, or the moment is too far away.
        """
        message_id, moment = request.header("webhook-id"), request.header("webhook-timestamp")
        expected = [
            make_signature(message_id, moment, request.body, key=key) for key in keys if key
        ]
        if not message_id or not is_signed(request.header("webhook-signature"), expected):
            raise SignatureError("signature missing or wrong", adapter=self.name)
        signed_at = read_moment(moment)
        if signed_at is None:
            raise SignatureError("webhook-timestamp is no Unix time", adapter=self.name)
        self.require_fresh(request, signed_at)

    @final
    def require_fresh(self, request: WebhookRequest, signed_at: datetime) -> None:
        """Return if a delivery came within ``replay_window`` of the moment that it signs.

        Both ways: a sender's clock may be ahead. Call it in ``verify``, and sign the moment too.

        Raises:
            SignatureError: it came too late or too early, or nobody wrote down when it came.
        """
        window = self.replay_window
        if request.received_at is None:
            raise SignatureError("received_at is missing: it may be a replay", adapter=self.name)
        if window is None or abs(request.received_at - signed_at) > window:
            raise SignatureError("signed too long ago, or in the future", adapter=self.name)

    # Files ---------------------------------------------------------------------------------

    @final
    def load_orders(self, data: bytes) -> tuple[Order, ...]:
        """Read orders from a saved answer of the platform's API, or the body of a webhook.

        Raises:
            PayloadError: it is not JSON, or not what the platform answers.
        """
        body = self._decode(data)
        with self.reading():
            return tuple(self.read_orders(body))

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:  # noqa: ARG002
        """Return the orders in a decoded answer; as in ``read``, do not catch ``KeyError``."""
        self._unsupported("reading orders from a file")

    # API -----------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:  # noqa: ARG002
        """Return one order. Raises ``PlatformError`` when the platform refuses or is away."""
        self._unsupported("fetching an order")

    def complete(self, event: RecordChanged) -> tuple[ShopEvent, ...]:  # noqa: ARG002
        """Ask the platform what changed about a record, and return what that proves.

        For platforms whose webhooks carry a number and no more: ``read`` returns a
        ``RecordChanged``, which is stored before the delivery is acknowledged. This is called
        afterwards, again after each error that may pass. A record that is gone proves nothing.
        """
        self._unsupported("completing a delivery")

    def fetch_orders(self, *, updated_since: datetime | None = None) -> Iterator[Order]:
        """Yield orders, oldest change first; by default those of ``order_pages``.

        Those that cannot be read are told to the log alone: pages know them.
        """
        return self._items_of(self.order_pages(updated_since=updated_since))

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders, oldest change first, from the beginning or after a cursor.

        An order that changes while the list is read may come twice, and is never left out. An
        adapter with a ``fetch_orders`` of its own and no pages has no cursors.
        """
        if type(self).fetch_orders is ShopAdapter.fetch_orders:
            self._unsupported("listing orders")
        if cursor:
            self._unsupported("going on with a list of orders")
        found = self.fetch_orders(updated_since=updated_since)
        return iter(lambda: Page(tuple(islice(found, _PAGE))), Page(()))

    def customer_pages(
        self,
        *,
        updated_since: datetime | None = None,  # noqa: ARG002 - for subclasses
        cursor: str = "",  # noqa: ARG002
    ) -> Iterator[Page[Customer]]:
        """Yield pages of customers with an account, with what is known of their consent."""
        self._unsupported("listing customers")

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:  # noqa: ARG002
        """Yield pages of products."""
        self._unsupported("listing products")

    def fetch_shop(self) -> Shop:
        """Return the shop's name, country, currency and language."""
        self._unsupported("the shop profile")

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:  # noqa: ARG002
        """Return what the platform knows of a customer's consent; silence is an empty tuple."""
        self._unsupported("reading consent")

    def write_consent(self, customer_id: str, consent: Consent) -> None:  # noqa: ARG002
        """Tell the platform what a customer answered."""
        self._unsupported("writing consent")

    def create_code(self, code: DiscountCode) -> DiscountCode:  # noqa: ARG002
        """Create a discount code; return it with its ``platform_id``.

        Asking twice for the same code is safe: the second call returns the first one's code.
        Call ``require_worth`` first: percentages and amounts come with CREATE_CODE, what else a
        code may be worth is declared by a capability of its own.
        """
        self._unsupported("creating codes")

    def void_code(self, code: DiscountCode) -> None:  # noqa: ARG002
        """Make a code worthless. Voiding twice is safe."""
        self._unsupported("voiding codes")

    def note_order(self, order_id: str, text: str) -> None:  # noqa: ARG002
        """Write a note for the shop's staff at an order; customers do not see it."""
        self._unsupported("notes at orders")

    def tag_order(self, order_id: str, tags: Sequence[str]) -> None:  # noqa: ARG002
        """Add tags to an order and keep those that are there. Tagging twice is safe."""
        self._unsupported("tags at orders")

    def set_order_fields(self, order_id: str, fields: Mapping[str, str]) -> None:  # noqa: ARG002
        """Keep values of yours at an order, by name; customers do not see them.

        Other values stay, and setting twice is safe. They lie in metafields, private metadata or
        what the platform has for it. Call ``require_fields`` first.
        """
        self._unsupported("fields at orders")

    def give_credit(self, customer_id: str, amount: Money, *, key: str) -> None:  # noqa: ARG002
        """Add money to a customer's store credit.

        ``key`` names the reason; repeating a call with the same one must not pay twice.
        """
        self._unsupported("store credit")

    def register_webhooks(self, address: str) -> tuple[str, ...]:  # noqa: ARG002
        """Have the platform tell an https address what we read; return the topics that were new.

        Registering twice changes nothing.
        """
        self._unsupported("registering webhooks")

    def missing_webhooks(self, address: str) -> tuple[str, ...]:  # noqa: ARG002
        """Return the topics that the platform does not tell an address: never, or not any more."""
        self._unsupported("checking webhooks")

    def erase_customer(self, customer_id: str) -> None:  # noqa: ARG002
        """Forget a customer on the platform as far as it can; the README says how far that is.

        Erasing somebody twice, or somebody the platform does not know, is safe.
        """
        self._unsupported("erasing customers")

    # For subclasses ------------------------------------------------------------------------

    @final
    def unknown_event(
        self, request: WebhookRequest, *, topic: str, occurred_at: datetime | None = None
    ) -> UnknownEvent:
        """Return the event for a topic that nobody here knows.

        It is named after the body, so that a redelivery is the same one. Without a date of the
        platform's it is dated by its arrival; 1970 says that nobody knows that either.
        """
        return UnknownEvent(
            id=f"{self.name}:{self.shop_id}:unknown:{sha256(request.body).hexdigest()[:16]}",
            shop_id=self.shop_id,
            occurred_at=occurred_at or request.received_at or _UNDATED,
            raw=request.body,
            topic=topic,
        )

    @final
    def require_worth(self, code: DiscountCode) -> None:
        """Return if codes here can be worth that, by the declared capabilities.

        Raises:
            UnsupportedFeature: they cannot.
        """
        asked = (
            (code.is_free_shipping, Capability.FREE_SHIPPING_CODE, "free shipping"),
            (bool(code.free_product), Capability.FREE_PRODUCT_CODE, "a free product"),
            (code.balance is not None, Capability.GIFT_CARD_CODE, "a balance"),
        )
        for is_asked, capability, what in asked:
            if is_asked and capability not in self.capabilities:
                self._unsupported(f"a code worth {what}")

    @final
    def require_fields(self, fields: Mapping[str, str]) -> None:
        """Return if these may be kept at an order.

        1 to 25 of them; names are ``[a-z0-9_]{2,30}``, values are one line that is not blank.

        Raises:
            UnsupportedFeature: they cannot. It names no value.
        """
        if fault := fault_of_fields(fields):
            self._unsupported(fault)

    @final
    @contextmanager
    def reading(self) -> Iterator[None]:
        """Turn whatever reading a platform's data trips over into ``PayloadError``.

        ``handle`` reads under it; use it in ``fetch_*`` around what turns answers into records.
        """
        try:
            yield
        except ValidationError as error:
            self._refuse(error)
        except AdapterError:
            raise
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise PayloadError.of(error, adapter=self.name) from None

    @final
    def order_events(
        self, order: Order, *, raw: bytes = b"", refunded_at: datetime | None = None
    ) -> tuple[OrderEvent, ...]:
        """Return everything that an order's state proves to have happened.

        Identifiers name the fact, not the delivery, so a platform may tell it as often as it
        likes: a redelivery, an ``order.updated`` on top of an ``order.created``, a later poll.
        ``refunded_at`` is the platform's best date for the newest refund; without one it is
        dated by the payment.
        """
        facts: list[tuple[type[OrderEvent], str, datetime]]
        facts = [(OrderPlaced, "placed", order.placed_at)]
        if order.paid_at:
            facts.append((OrderPaid, "paid", order.paid_at))
        if shipped := _all_reached(order, {FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED}):
            facts.append((OrderFulfilled, "fulfilled", shipped))
        if delivered := _all_reached(order, {FulfilmentStatus.DELIVERED}):
            facts.append((OrderDelivered, "delivered", delivered))
        if order.refunded and order.refunded.minor:
            cumulative = f"refunded-{order.refunded.minor}"
            moment = refunded_at or order.paid_at or order.placed_at
            facts.append((OrderRefunded, cumulative, moment))
        if order.cancelled_at:
            facts.append((OrderCancelled, "cancelled", order.cancelled_at))
        return tuple(
            kind(
                id=f"{self.name}:{self.shop_id}:order:{order.id}:{fact}",
                shop_id=self.shop_id,
                occurred_at=moment,
                order=order,
                raw=raw,
            )
            for kind, fact, moment in facts
        )

    def _items_of(self, pages: Iterator[Page[Order]]) -> Iterator[Order]:
        for page in pages:
            for sentence in page.refused:
                _log.warning("an order cannot be read: %s", sentence)
            yield from page.items

    def _decode(self, body: bytes) -> Mapping[str, Any]:
        try:
            decoded = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise PayloadError("the body is not JSON", adapter=self.name) from None
        if not isinstance(decoded, (dict, list) if self.takes_lists else dict):
            raise PayloadError("the body is not a JSON object", adapter=self.name)
        return cast("Mapping[str, Any]", decoded)

    def _refuse(self, error: ValidationError) -> NoReturn:
        first = error.errors(include_input=False, include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        raise PayloadError(first["msg"], adapter=self.name, path=path) from None

    def _unsupported(self, what: str) -> NoReturn:
        raise UnsupportedFeature(f"{what} is not supported", adapter=self.name)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(from_json(body, allow_inf_nan=False), dict)
    except ValueError:
        return False


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _all_reached(order: Order, states: set[FulfilmentStatus]) -> datetime | None:
    """When the last live fulfilment left, if all are in one of the states; else None."""
    live = [f for f in order.fulfilments if f.status is not FulfilmentStatus.CANCELLED]
    if not live or any(f.status not in states for f in live):
        return None
    return max(f.shipped_at or order.placed_at for f in live)
