"""A shop in memory that can do everything, and does what an order's number says."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

from pydantic import SecretStr

from ..adapter import Capability, ShopAdapter
from ..errors import PlatformError
from ..model import (
    Consent,
    ConsentChanged,
    Customer,
    DiscountCode,
    FulfilmentStatus,
    Money,
    Order,
    Page,
    Product,
    Settings,
    Shop,
    ShopEvent,
    WebhookRequest,
)
from ..shop_api import read_page
from .builders import NOON, a_customer, a_shop, an_order, money

_ALL = ~Capability.NONE
_PAGE = 2


class BogusSettings(Settings):
    """Keys of a shop that does not exist."""

    secrets: tuple[SecretStr, ...] = (SecretStr("bogus-secret-ü"),)


class BogusShop(ShopAdapter):
    """The last digit of an order's number decides what becomes of it.

    0-4 paid · 5 not paid · 6 shipped · 7 partly refunded · 8 cancelled · 9 the platform is away.
    ``webhook(number)`` makes a signed delivery; ``fetch_*`` answer from memory.
    """

    name: ClassVar[str] = "bogus"
    capabilities: ClassVar[Capability] = _ALL
    settings_model: ClassVar[type[BogusSettings]] = BogusSettings
    settings: BogusSettings

    def __init__(
        self, settings: BogusSettings | None = None, *, shop_id: str = "soap.example"
    ) -> None:
        super().__init__(settings or BogusSettings(), shop_id=shop_id)
        self.numbers: list[str] = ["1001", "1005", "1006", "1007", "1008"]
        self.codes: dict[str, DiscountCode] = {}
        self.consents: dict[str, tuple[Consent, ...]] = {}
        self.notes: dict[str, list[str]] = {}
        self.tags: dict[str, set[str]] = {}
        self.fields: dict[str, dict[str, str]] = {}
        self.credits: dict[tuple[str, str], Money] = {}
        self.addresses: set[str] = set()

    # Deliveries ----------------------------------------------------------------------------

    def webhook(self, number: str, *, topic: str = "order", **changes: Any) -> WebhookRequest:
        """Return a signed delivery of an order; ``changes`` are those of ``an_order``."""
        order = bogus_order(number, **changes)
        body = order.model_dump_json().encode()
        return WebhookRequest(headers=self.sign({"X-Bogus-Topic": topic}, body), body=body)

    def sign(self, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """Return the headers with a signature of the body."""
        secret = self.settings.secrets[0].get_secret_value().encode()
        signature = b64encode(hmac.digest(secret, body, sha256)).decode()
        return {**headers, "X-Bogus-Signature": signature}

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature against every secret."""
        secrets = tuple(s.get_secret_value().encode() for s in self.settings.secrets)
        self.verify_hmac(request, secrets=secrets, given=request.header("X-Bogus-Signature"))

    def read(
        self,
        request: WebhookRequest,
        body: Mapping[str, Any],  # noqa: ARG002 - the raw JSON is what the model reads
    ) -> tuple[ShopEvent, ...]:
        """Read the order as it is; answers to the consent question are events of their own."""
        topic = request.header("X-Bogus-Topic")
        if topic != "order":
            return (self.unknown_event(request, topic=topic),)
        order = Order.model_validate_json(request.body, extra="ignore")
        return (*self.order_events(order, raw=request.body), *self._answers(order, request))

    def read_orders(self, body: Mapping[str, Any]) -> tuple[Order, ...]:
        """Read an order from a file that holds it as a delivery does."""
        return (Order.model_validate_json(json.dumps(body, default=str), extra="ignore"),)

    def _answers(self, order: Order, request: WebhookRequest) -> Iterator[ConsentChanged]:
        for consent in order.customer.consents if order.customer else ():
            answer = f"{consent.channel}-{consent.state}"
            yield ConsentChanged(
                id=f"{self.name}:{self.shop_id}:order:{order.id}:consent-{answer}",
                shop_id=self.shop_id,
                occurred_at=consent.recorded_at or order.placed_at,
                raw=request.body,
                customer=order.customer or Customer(),
                consent=consent,
            )

    # API -----------------------------------------------------------------------------------

    def fetch_order(self, order_id: str) -> Order:
        """Return the order that the number asks for."""
        if order_id.endswith("9"):
            raise PlatformError("the shop is away", adapter=self.name, retryable=True)
        if order_id not in self.numbers:
            raise PlatformError("there is no such order", adapter=self.name, retryable=False)
        return bogus_order(order_id)

    def fetch_orders(self, *, updated_since: datetime | None = None) -> Iterator[Order]:
        """Yield the orders in ``numbers``."""
        if _is_new(updated_since):
            yield from map(self.fetch_order, self.numbers)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield the same orders two by two; the cursor is how many came before."""
        numbers = self.numbers if _is_new(updated_since) else []
        for start in range(int(cursor or 0), len(numbers), _PAGE):
            after = start + _PAGE
            yield read_page(
                numbers[start:after],
                self.fetch_order,
                reading=self.reading,
                name=lambda number: f"order {number}",
                cursor=str(after) if after < len(numbers) else "",
            )

    def customer_pages(
        self,
        *,
        updated_since: datetime | None = None,
        cursor: str = "",  # noqa: ARG002 - there is one page
    ) -> Iterator[Page[Customer]]:
        """Yield the two customers of the shop."""
        yield read_page(
            ("77", "78") if _is_new(updated_since) else (),
            lambda number: a_customer(id=number),
            reading=self.reading,
            name=lambda number: f"customer {number}",
        )

    def product_pages(self, *, cursor: str = "") -> Iterator[Page[Product]]:  # noqa: ARG002
        """Yield the soap and the dish."""
        yield read_page(
            (("1", "Soap"), ("2", "Dish")),
            lambda row: Product(id=row[0], title=row[1], sku=row[1].upper()),
            reading=self.reading,
            name=lambda row: f"product {row[0]}",
        )

    def note_order(self, order_id: str, text: str) -> None:
        """Keep a note."""
        self.notes.setdefault(order_id, []).append(text)

    def tag_order(self, order_id: str, tags: Sequence[str]) -> None:
        """Keep tags, each once."""
        self.tags.setdefault(order_id, set()).update(tags)

    def set_order_fields(self, order_id: str, fields: Mapping[str, str]) -> None:
        """Keep values, each name once."""
        self.require_fields(fields)
        self.fields.setdefault(order_id, {}).update(fields)

    def give_credit(self, customer_id: str, amount: Money, *, key: str) -> None:
        """Keep an amount, once for each key."""
        self.credits[customer_id, key] = amount

    def register_webhooks(self, address: str) -> tuple[str, ...]:
        """Keep an address; its topic is new the first time."""
        missing = self.missing_webhooks(address)
        self.addresses.add(address)
        return missing

    def missing_webhooks(self, address: str) -> tuple[str, ...]:
        """Return the one topic unless the address was registered."""
        return () if address in self.addresses else ("order",)

    def fetch_shop(self) -> Shop:
        """Return a soap shop."""
        return a_shop(id=self.shop_id, platform=self.name)

    def fetch_consents(self, customer_id: str) -> tuple[Consent, ...]:
        """Return what was written before."""
        return self.consents.get(customer_id, ())

    def write_consent(self, customer_id: str, consent: Consent) -> None:
        """Keep an answer."""
        self.consents[customer_id] = (*self.fetch_consents(customer_id), consent)

    def erase_customer(self, customer_id: str) -> None:
        """Forget what was written of a customer."""
        self.consents.pop(customer_id, None)

    def create_code(self, code: DiscountCode) -> DiscountCode:
        """Keep a code, once."""
        self.require_worth(code)
        made = code.model_copy(update={"platform_id": f"code-{code.code}"})
        return self.codes.setdefault(code.code, made)

    def void_code(self, code: DiscountCode) -> None:
        """Forget a code."""
        self.codes.pop(code.code, None)


def _is_new(since: datetime | None) -> bool:
    """All changed at noon."""
    return since is None or since <= NOON


def bogus_order(number: str, **changes: Any) -> Order:
    """Return the order that a number asks for; see ``BogusShop``."""
    total = changes.pop("total", "12.00 EUR")
    order = an_order(total, id=number, **_outcome(number, total), **changes)
    if not number.endswith("6"):
        return order
    left = {"status": FulfilmentStatus.SHIPPED, "shipped_at": NOON + timedelta(hours=3)}
    return order.model_copy(
        update={"fulfilments": tuple(f.model_copy(update=left) for f in order.fulfilments)}
    )


def _outcome(number: str, total: str) -> dict[str, Any]:
    amount = money(total)
    part = amount.model_copy(update={"minor": amount.minor // 3})
    outcomes: dict[str, dict[str, Any]] = {
        "5": {"paid_at": None},
        "7": {"refunded": part},
        "8": {"paid_at": None, "cancelled_at": NOON},
    }
    return outcomes.get(number[-1], {})
