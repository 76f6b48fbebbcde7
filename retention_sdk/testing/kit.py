"""What an author tells the kit, and what the tests in it share."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, NoReturn, TypeVar
from unittest.mock import patch

import pytest

from ..adapter import Capability, ShopAdapter
from ..errors import PayloadError, PlatformError
from ..model import (
    Customer,
    DiscountCode,
    Order,
    OrderEvent,
    Record,
    RecordChanged,
    ShopEvent,
    WebhookRequest,
)
from .builders import a_code, money

Test = TypeVar("Test", bound=Callable[..., None])


@dataclass(frozen=True)
class Case:
    """One recorded delivery, and what a person reads in it.

    ``expect`` lists the events it must become, in order. ``total`` (``"38.90 EUR"``) and
    ``placed_at`` (``"2026-11-20T10:00:00+02:00"``) are required where an order is read: write
    them by hand from the shop's own screen.
    """

    id: str
    path: Path
    headers: Mapping[str, str]
    expect: Sequence[type[ShopEvent]]
    total: str = ""
    placed_at: str = ""

    @cached_property
    def body(self) -> bytes:
        """The bytes that were delivered."""
        return self.path.read_bytes()

    @cached_property
    def document(self) -> Any:
        """What the body says, decoded once for all tests: change copies only."""
        return json.loads(self.body)

    @property
    def has_order(self) -> bool:
        """Whether an order is read from it."""
        return any(kind.is_about_order for kind in self.expect)

    @property
    def is_thin(self) -> bool:
        """Whether it only tells that something changed, and the rest has to be asked."""
        return RecordChanged in self.expect


def needs(capability: Capability) -> Callable[[Test], Test]:
    """Run a test of the kit only for adapters that declare all of these capabilities."""

    def mark(test: Test) -> Test:
        test.needs = capability  # type: ignore[attr-defined]  # functions carry attributes
        return test

    return mark


def only_if(condition: Callable[[type[Kit]], object]) -> Callable[[Test], Test]:
    """Run a test of the kit only for those kits of which the condition holds."""

    def mark(test: Test) -> Test:
        test.only_if = condition  # type: ignore[attr-defined]  # functions carry attributes
        return test

    return mark


class Kit:
    """The questions an author answers. Only ``adapter_class`` is asked of everybody.

    With webhooks: ``cases`` and ``sign``. With an API: ``listed``, ``customer_id`` and ``code``
    as far as the capabilities ask for them; ``erasable_customer_id`` with ERASE_CUSTOMER,
    ``product_id`` with FREE_PRODUCT_CODE. With ``answers`` and ``read_answer``, what the API
    answers is fuzzed, too.

    An adapter with a ``replay_window``: ``received_at``, when the cases arrive, and ``sign_at``
    instead of ``sign``. With ``rotated_settings``, which hold a new secret and still the one that
    signs the cases, ``sign_anew``; an adapter with a window is asked for both.
    """

    adapter_class: ClassVar[type[ShopAdapter]]
    settings: ClassVar[Mapping[str, object]] = {}
    cases: ClassVar[Sequence[Case]] = ()
    delivery_headers: ClassVar[Sequence[str]] = ()
    received_at: ClassVar[datetime | None] = None
    rotated_settings: ClassVar[Mapping[str, object]] = {}

    def make_adapter(self, shop_id: str = "kit.example") -> ShopAdapter:
        """Return a new adapter for a shop."""
        return self.adapter_class.from_config(self.settings, shop_id=shop_id)

    def sign(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """Return the headers with the signature that the platform would send."""
        if self.adapter_class.replay_window is None:
            raise NotImplementedError("say how the platform signs: override sign()")
        return self.sign_at(headers, body, self.arrival())

    def sign_at(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Mapping[str, str]:
        """Return the headers as the platform would sign them at a moment."""
        raise NotImplementedError("say how the platform signs a moment: override sign_at()")

    def sign_anew(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """Return the headers signed with the new secret of ``rotated_settings``."""
        raise NotImplementedError("sign with the new secret: override sign_anew()")

    def arrival(self) -> datetime:
        """Return when the cases arrive."""
        assert self.received_at, "say when the cases arrive: set received_at"
        return self.received_at

    def unknown_request(self) -> WebhookRequest:
        """Return a signed delivery with a topic that does not exist."""
        case = self.cases[0]
        names = [name for name in case.headers if "topic" in name.lower()]
        names += [name for name in case.headers if name.lower().endswith("event")]
        assert names, "no header is named after a topic or event: override unknown_request()"
        return self.request_for(case, headers={names[0]: "moon/landed"})

    def listed(self) -> Mapping[str, str]:
        """Return the number and total, written by hand, of every order that is listed."""
        raise NotImplementedError("say which orders are listed: override listed()")

    def answers(self) -> Sequence[Any]:
        """Return decoded answers of the API for ``read_answer``, one of each kind."""
        return ()

    def read_answer(self, adapter: ShopAdapter, answer: Any) -> Iterable[Record]:
        """Read what an answer of the API holds, as the adapter does: overridden, it is fuzzed."""
        raise NotImplementedError("read an answer of the API: override read_answer()")

    def customer_id(self) -> str:
        """Return a customer whose consent may be written."""
        raise NotImplementedError("name a customer of the test shop: override customer_id()")

    def erasable_customer_id(self) -> str:
        """Return a customer whom nobody will miss: a test erases them."""
        raise NotImplementedError("name a customer to erase: override erasable_customer_id()")

    def assert_erased(self, adapter: ShopAdapter, customer_id: str) -> None:
        """Look on the platform itself whether a customer is gone; fail if not.

        An adapter that reads consent must know none of them any more.
        """
        if Capability.READ_CONSENT not in adapter.capabilities:
            raise NotImplementedError("look for them on the platform: override assert_erased()")
        try:
            left = adapter.fetch_consents(customer_id)
        except PlatformError as error:
            assert not error.retryable
        else:
            assert not left, "the platform still knows what the customer answered"

    def code(self) -> DiscountCode:
        """Return a discount code that does not exist yet."""
        return a_code("KIT-2026-AB")

    def free_shipping_code(self) -> DiscountCode:
        """Return a code for free shipping that does not exist yet."""
        return a_code("KIT-2026-FS", is_free_shipping=True)

    def free_product_code(self) -> DiscountCode:
        """Return a code for a free product that does not exist yet."""
        return a_code("KIT-2026-FP", free_product=self.product_id())

    def gift_card_code(self) -> DiscountCode:
        """Return a gift card that does not exist yet."""
        return a_code("KIT-2026-GC", balance=money("10.00 EUR"))

    def product_id(self) -> str:
        """Return what the platform calls a product that may be free."""
        raise NotImplementedError("name a product of the test shop: override product_id()")

    # Helpers -------------------------------------------------------------------------------

    @pytest.fixture
    def adapter(self) -> ShopAdapter:
        """Return a fresh adapter."""
        return self.make_adapter()

    def request_for(
        self,
        case: Case,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> WebhookRequest:
        """Return a signed delivery of a case, with another body or further headers."""
        content = case.body if body is None else body
        signed = self.sign({**case.headers, **(headers or {})}, content)
        return self.delivery(signed, content)

    def delivery(self, headers: Mapping[str, str], body: bytes) -> WebhookRequest:
        """Return a delivery that arrives at ``received_at``."""
        return WebhookRequest(headers=dict(headers), body=body, received_at=self.received_at)

    def order_cases(self) -> list[Case]:
        """Return the cases that an order is read from."""
        return [case for case in self.cases if case.has_order]

    def told_cases(self) -> list[Case]:
        """Return the cases that an order is read from, or asked because of them."""
        return [case for case in self.cases if case.has_order or case.is_thin]

    def read_body(self, adapter: ShopAdapter, case: Case, body: Any) -> tuple[ShopEvent, ...]:
        """Return what a changed body becomes; nothing if it is refused."""
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        try:
            return adapter.handle(self.request_for(case, content))
        except PayloadError:
            return ()

    def known_orders(self, adapter: ShopAdapter) -> list[Order]:
        """Return all orders of all cases, and all that are listed."""
        events = (e for c in self.order_cases() for e in adapter.handle(self.request_for(c)))
        orders = [event.order for event in events if isinstance(event, OrderEvent)]
        if Capability.LIST_ORDERS in adapter.capabilities:
            orders += adapter.fetch_orders()
        return orders


@contextmanager
def offline() -> Iterator[None]:
    """Fail whatever opens a connection or looks up a name."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a connection was opened where none may be")

    with (
        patch.object(socket.socket, "connect", refuse),
        patch.object(socket.socket, "connect_ex", refuse),
        patch.object(socket, "getaddrinfo", refuse),
    ):
        yield


def customers_in(events: Sequence[ShopEvent]) -> list[Customer]:
    """Return every customer that events carry."""
    found = [getattr(event, "customer", None) for event in events]
    found += [event.order.customer for event in events if isinstance(event, OrderEvent)]
    return [customer for customer in found if customer]
