"""Tests of the kit for everything that asks the platform, and for what is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from pydantic import BaseModel, SecretBytes, SecretStr

from ..adapter import Capability, ShopAdapter
from ..errors import AdapterError, PlatformError, UnsupportedFeature
from ..model import Consent, ConsentState, DiscountCode, WebhookRequest
from .builders import a_code, a_consent, money
from .kit import Kit, needs, offline

_SAMPLE = 5
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)
_NOTHING = WebhookRequest(headers={}, body=b"{}")

_CALLS: dict[Capability, tuple[str, Callable[[ShopAdapter], object]]] = {
    Capability.WEBHOOKS: ("read", lambda adapter: adapter.handle(_NOTHING)),
    Capability.FETCH_ORDER: ("fetch_order", lambda adapter: adapter.fetch_order("1")),
    Capability.LIST_ORDERS: ("fetch_orders", lambda adapter: list(adapter.fetch_orders())),
    Capability.SHOP_PROFILE: ("fetch_shop", lambda adapter: adapter.fetch_shop()),
    Capability.READ_CONSENT: ("fetch_consents", lambda adapter: adapter.fetch_consents("1")),
    Capability.WRITE_CONSENT: (
        "write_consent",
        lambda adapter: adapter.write_consent("1", a_consent()),
    ),
    Capability.CREATE_CODE: ("create_code", lambda adapter: adapter.create_code(a_code())),
    Capability.VOID_CODE: ("void_code", lambda adapter: adapter.void_code(a_code())),
    Capability.FREE_SHIPPING_CODE: (
        "create_code",
        lambda adapter: adapter.create_code(a_code(is_free_shipping=True)),
    ),
    Capability.FREE_PRODUCT_CODE: (
        "create_code",
        lambda adapter: adapter.create_code(a_code(free_product="1")),
    ),
    Capability.GIFT_CARD_CODE: (
        "create_code",
        lambda adapter: adapter.create_code(a_code(balance=money("10.00 EUR"))),
    ),
    Capability.LIST_CUSTOMERS: ("customer_pages", lambda adapter: list(adapter.customer_pages())),
    Capability.LIST_PRODUCTS: ("product_pages", lambda adapter: list(adapter.product_pages())),
    Capability.NOTE_ORDER: ("note_order", lambda adapter: adapter.note_order("1", "hello")),
    Capability.TAG_ORDER: ("tag_order", lambda adapter: adapter.tag_order("1", ("hello",))),
    Capability.FIELD_ORDER: (
        "set_order_fields",
        lambda adapter: adapter.set_order_fields("1", {"hello": "there"}),
    ),
    Capability.STORE_CREDIT: (
        "give_credit",
        lambda adapter: adapter.give_credit("1", money("10.00 EUR"), key="1"),
    ),
    Capability.REGISTER_WEBHOOKS: (
        "register_webhooks",
        lambda adapter: adapter.register_webhooks("https://shop.example/hooks/it"),
    ),
    Capability.ERASE_CUSTOMER: ("erase_customer", lambda adapter: adapter.erase_customer("1")),
}


class PromiseTests(Kit):
    """What is declared is real; what is not, refuses; secrets stay secret."""

    def test_name_is_a_slug(self, adapter: ShopAdapter) -> None:
        """One word in lower case, the same everywhere."""
        assert adapter.name.isidentifier(), adapter.name
        assert adapter.name == adapter.name.lower()

    def test_construction_opens_nothing(self) -> None:
        """An adapter is built from settings alone."""
        with offline():
            self.make_adapter()

    def test_declared_capabilities_are_implemented(self, adapter: ShopAdapter) -> None:
        """Each declared capability has a method of its own."""
        for capability, (method, _) in _CALLS.items():
            if capability in adapter.capabilities:
                methods = ("order_pages", method) if method == "fetch_orders" else (method,)
                is_there = any(_is_own(adapter, each) for each in methods)
                assert is_there, f"{capability} is declared, {method} is not there"

    def test_undeclared_capabilities_refuse(self, adapter: ShopAdapter) -> None:
        """What is not declared raises ``UnsupportedFeature`` at once, without asking anybody."""
        for capability, (method, call) in _CALLS.items():
            if capability not in adapter.capabilities:
                with offline(), pytest.raises(UnsupportedFeature):
                    call(adapter)
                    pytest.fail(f"{method} answers although {capability} is not declared")

    def test_customer_locale_is_real(self, adapter: ShopAdapter) -> None:
        """Some order shows a language exactly if CUSTOMER_LOCALE is declared."""
        orders = self.known_orders(adapter)
        shown = [o for o in orders if o.language or (o.customer and o.customer.language)]
        if Capability.CUSTOMER_LOCALE in adapter.capabilities:
            assert shown, "CUSTOMER_LOCALE is declared, but no case shows a language"
        else:
            assert not shown, "a case shows a language: declare CUSTOMER_LOCALE"

    @needs(Capability.WEBHOOKS)
    def test_there_is_a_secret(self, adapter: ShopAdapter) -> None:
        """Webhooks are signed, so the settings hold a secret: as ``SecretStr``."""
        assert list(_secrets(adapter.settings)), "declare the webhook's secret as SecretStr"

    def test_secrets_do_not_leak(self, adapter: ShopAdapter) -> None:
        """Neither a repr nor an error shows a secret."""
        shown = f"{adapter!r} {adapter} {adapter.settings!r} {adapter.settings}"
        if Capability.WEBHOOKS in adapter.capabilities:
            shown += _error_of(lambda: adapter.handle(_NOTHING))
        assert not [secret for secret in _secrets(adapter.settings) if secret in shown]


class ApiTests(Kit):
    """Asking a platform: complete, repeatable, and honest about what is not there."""

    @needs(Capability.LIST_ORDERS)
    def test_listed_totals_are_what_a_person_reads(self, adapter: ShopAdapter) -> None:
        """Every order of the test shop, with the total written by hand."""
        expected = {number: money(total) for number, total in self.listed().items()}
        assert expected, "name at least one order in listed()"
        assert expected == {order.number: order.total for order in adapter.fetch_orders()}

    @needs(Capability.LIST_ORDERS)
    def test_listing_is_repeatable(self, adapter: ShopAdapter) -> None:
        """A second adapter lists the same orders in the same order."""
        assert list(adapter.fetch_orders()) == list(self.make_adapter().fetch_orders())

    @needs(Capability.LIST_ORDERS)
    def test_pages_hold_what_the_list_holds(self, adapter: ShopAdapter) -> None:
        """Page by page, nothing is left out and nothing is added."""
        paged = [order for page in adapter.order_pages() for order in page.items]
        assert list(adapter.fetch_orders()) == paged

    @needs(Capability.LIST_ORDERS)
    def test_list_goes_on_after_each_cursor(self, adapter: ShopAdapter) -> None:
        """Another process that is handed a cursor yields what comes after that page."""
        pages = list(adapter.order_pages())
        for number, page in enumerate(pages):
            if page.cursor:
                rest = self.make_adapter().order_pages(cursor=page.cursor)
                expected = {order.id for each in pages[number + 1 :] for order in each.items}
                assert expected <= {order.id for each in rest for order in each.items}

    @needs(Capability.LIST_ORDERS)
    def test_updated_since_leaves_out_the_old(self, adapter: ShopAdapter) -> None:
        """Everything changed since 2000, nothing since 2100."""
        everything = list(adapter.fetch_orders())
        assert everything == list(adapter.fetch_orders(updated_since=_LONG_AGO))
        assert not list(adapter.fetch_orders(updated_since=_FAR_AHEAD))

    @needs(Capability.LIST_ORDERS)
    def test_polled_events_have_stable_identifiers(self, adapter: ShopAdapter) -> None:
        """Two polls tell of the same facts, each once."""
        first, second = ([e.id for e in self._polled(adapter)] for _ in range(2))
        assert first == second
        assert len(first) == len(set(first))

    @needs(Capability.FETCH_ORDER | Capability.LIST_ORDERS)
    def test_fetched_order_equals_the_listed_one(self, adapter: ShopAdapter) -> None:
        """One order by its identifier is what the list said."""
        for order in islice(adapter.fetch_orders(), _SAMPLE):
            assert order == adapter.fetch_order(order.id)

    @needs(Capability.FETCH_ORDER)
    def test_order_that_does_not_exist_is_refused_for_good(self, adapter: ShopAdapter) -> None:
        """Trying again would not help, and the error says so."""
        with pytest.raises(PlatformError) as caught:
            adapter.fetch_order("9876543210")
        assert not caught.value.retryable

    @needs(Capability.FIELD_ORDER)
    def test_fields_with_bad_names_are_refused_before_anybody_is_asked(
        self, adapter: ShopAdapter
    ) -> None:
        """Call ``require_fields``: another platform would have taken the name."""
        for name in ("", "Card", "card-17", "c" * 31, "card\n"):
            with offline(), pytest.raises(UnsupportedFeature):
                adapter.set_order_fields("1", {"card": "17", name: "17"})
                pytest.fail(f"a field is called {name!r}")

    @needs(Capability.FIELD_ORDER | Capability.LIST_ORDERS | Capability.FETCH_ORDER)
    def test_fields_are_set_twice_and_change_nothing_else(self, adapter: ShopAdapter) -> None:
        """The order is read as before: fields are neither its tags nor its notes."""
        before = next(iter(adapter.fetch_orders()))
        for value in ("17", "17", "18"):
            adapter.set_order_fields(before.id, {"kit_card": value})
        assert before == adapter.fetch_order(before.id)

    @needs(Capability.LIST_CUSTOMERS)
    def test_customers_can_be_found_again(self, adapter: ShopAdapter) -> None:
        """Each listed customer has an identifier, and none comes twice."""
        found = [each.id for page in adapter.customer_pages() for each in page.items]
        assert found, "let the test shop have a customer"
        assert all(found)
        assert len(found) == len(set(found))

    @needs(Capability.LIST_PRODUCTS)
    def test_products_are_listed_once(self, adapter: ShopAdapter) -> None:
        """Each product comes once, and the list is repeatable."""
        first, second = (
            [each.id for page in adapter.product_pages() for each in page.items] for _ in range(2)
        )
        assert first, "let the test shop have a product"
        assert first == second
        assert len(first) == len(set(first))

    @needs(Capability.REGISTER_WEBHOOKS)
    def test_registering_webhooks_twice_changes_nothing(self, adapter: ShopAdapter) -> None:
        """What was missing is there afterwards, and is not registered again."""
        address = "https://kit.example/hooks/it"
        missing = set(adapter.missing_webhooks(address))
        assert missing == set(adapter.register_webhooks(address))
        assert not adapter.register_webhooks(address)
        assert not adapter.missing_webhooks(address)

    @needs(Capability.SHOP_PROFILE)
    def test_shop_profile_is_of_this_shop(self, adapter: ShopAdapter) -> None:
        """The profile has the identifier that the configuration gave the shop."""
        assert adapter.shop_id == adapter.fetch_shop().id

    @needs(Capability.READ_CONSENT)
    def test_reading_consent_is_repeatable(self, adapter: ShopAdapter) -> None:
        """Reading changes nothing."""
        customer_id = self.customer_id()
        assert adapter.fetch_consents(customer_id) == adapter.fetch_consents(customer_id)

    @needs(Capability.READ_CONSENT | Capability.WRITE_CONSENT)
    def test_written_consent_is_read_back(self, adapter: ShopAdapter) -> None:
        """A no after a yes is a no."""
        customer_id = self.customer_id()
        for hours, state in enumerate((ConsentState.GRANTED, ConsentState.DENIED)):
            at = datetime(2026, 11, 20, 12, tzinfo=UTC) + timedelta(hours=hours)
            adapter.write_consent(customer_id, a_consent(state, recorded_at=at))
            newest = _newest(adapter.fetch_consents(customer_id))
            assert (state, at) == (newest.state, newest.recorded_at)

    @needs(Capability.CREATE_CODE | Capability.VOID_CODE)
    def test_code_is_created_once_and_voided_for_good(self, adapter: ShopAdapter) -> None:
        """Asking twice for a code makes one; voiding twice is safe."""
        _assert_made_once(adapter, self.code())

    @needs(Capability.CREATE_CODE | Capability.VOID_CODE | Capability.FREE_SHIPPING_CODE)
    def test_free_shipping_code_is_created_once_and_voided(self, adapter: ShopAdapter) -> None:
        """As any other code."""
        _assert_made_once(adapter, self.free_shipping_code())

    @needs(Capability.CREATE_CODE | Capability.VOID_CODE | Capability.FREE_PRODUCT_CODE)
    def test_free_product_code_is_created_once_and_voided(self, adapter: ShopAdapter) -> None:
        """As any other code."""
        _assert_made_once(adapter, self.free_product_code())

    @needs(Capability.CREATE_CODE | Capability.VOID_CODE | Capability.GIFT_CARD_CODE)
    def test_gift_card_is_created_once_and_voided(self, adapter: ShopAdapter) -> None:
        """As any other code."""
        _assert_made_once(adapter, self.gift_card_code())

    @needs(Capability.ERASE_CUSTOMER)
    def test_customer_is_erased_and_a_second_time_is_safe(self, adapter: ShopAdapter) -> None:
        """Whom the platform does not know any more is no error: the first answer may be lost."""
        customer_id = self.erasable_customer_id()
        adapter.erase_customer(customer_id)
        adapter.erase_customer(customer_id)
        self.assert_erased(adapter, customer_id)

    def _polled(self, adapter: ShopAdapter) -> Iterator[Any]:
        for order in adapter.fetch_orders():
            yield from adapter.order_events(order)


def _assert_made_once(adapter: ShopAdapter, code: DiscountCode) -> None:
    first, second = adapter.create_code(code), adapter.create_code(code)
    assert first.platform_id
    assert first == second
    adapter.void_code(first)
    adapter.void_code(first)


def _newest(consents: tuple[Consent, ...]) -> Consent:
    assert consents, "nothing was written"
    return max(consents, key=lambda consent: consent.recorded_at or _LONG_AGO)


def _secrets(node: Any) -> Iterator[str]:
    """Yield every secret in settings, however deep."""
    if isinstance(node, SecretStr):
        yield node.get_secret_value()
    elif isinstance(node, SecretBytes):
        yield node.get_secret_value().decode("utf-8", "replace")
    elif isinstance(node, tuple | list | set | frozenset):
        for item in node:
            yield from _secrets(item)
    elif isinstance(node, BaseModel):
        for item in vars(node).values():
            yield from _secrets(item)


def _error_of(call: Callable[[], object]) -> str:
    try:
        call()
    except AdapterError as error:
        return f"{error} {error!r}"
    return ""


def _is_own(adapter: ShopAdapter, method: str) -> bool:
    return getattr(type(adapter), method) is not getattr(ShopAdapter, method)
