"""The kit fails each of these broken adapters; a kit that passes bad code is worse than none.

Every mistake was made by somebody once. The name beside it is the test of the kit that says so.
"""

import copy
import hmac
import itertools
import json
import socket
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from retention_sdk.adapter import Capability
from retention_sdk.errors import PlatformError, SignatureError
from retention_sdk.model import (
    Consent,
    ConsentChanged,
    ConsentChannel,
    ConsentState,
    Money,
    Order,
    OrderPaid,
    OrderPlaced,
    Page,
    Product,
)
from retention_sdk.testing import (
    AdapterConformance,
    BogusShop,
    Case,
    a_customer,
    an_order,
    bogus_order,
    kit_failures,
)
from retention_sdk.testing.conformance import kit_tests

YES = Consent(channel=ConsentChannel.EMAIL, state=ConsentState.GRANTED, source="hope")
HEADERS = {"X-Bogus-Topic": "order", "X-Bogus-Delivery": "d-1"}


class Good(BogusShop):
    """The adapter that every broken one below differs from in one thing."""


class UnverifiedShop(Good):
    def verify(self, request):
        pass


class PresenceShop(Good):
    def verify(self, request):
        if not request.header("X-Bogus-Signature"):
            raise SignatureError("missing", adapter=self.name)


class ReserialisingShop(Good):
    """Signs what json.dumps makes of the body, not the bytes that came in."""

    def verify(self, request):
        body = json.dumps(json.loads(request.body), separators=(",", ":"), ensure_ascii=False)
        if self.sign({}, body.encode())["X-Bogus-Signature"] != request.header("X-Bogus-Signature"):
            raise SignatureError("wrong", adapter=self.name)


class AsciiShop(Good):
    """Compares texts, which hmac refuses when they are not ASCII."""

    def verify(self, request):
        expected = self.sign({}, request.body)["X-Bogus-Signature"]
        if not hmac.compare_digest(expected, request.header("X-Bogus-Signature")):
            raise SignatureError("wrong", adapter=self.name)


class LatinShop(Good):
    """Encodes the secret as the server's locale has it."""

    def verify(self, request):
        secrets = tuple(s.get_secret_value().encode("latin-1") for s in self.settings.secrets)
        self.verify_hmac(request, secrets=secrets, given=request.header("X-Bogus-Signature"))


class TrustingShop(Good):
    """Believes a signature that it has seen before, whatever the body."""

    def __init__(self, settings=None, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        self.seen = set()

    def verify(self, request):
        given = request.header("X-Bogus-Signature")
        if given not in self.seen:
            super().verify(request)
            self.seen.add(given)


class CaseSensitiveShop(Good):
    def read(self, request, body):
        assert request.headers["X-Bogus-Topic"] is not None
        return super().read(request, body)


class PresumptuousShop(Good):
    """Takes a customer who said nothing for one who said yes."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(self._hopeful(event) for event in events)

    def _hopeful(self, event):
        order = getattr(event, "order", None)
        if not order or not order.customer or order.customer.consents:
            return event
        customer = order.customer.model_copy(update={"consents": (YES,)})
        return event.model_copy(update={"order": order.model_copy(update={"customer": customer})})


class TruthyShop(Good):
    """Takes any answer that is not a no for a yes."""

    def read(self, request, body):
        for consent in (body.get("customer") or {}).get("consents") or []:
            consent["state"] = "denied" if consent.get("state") == "denied" else "granted"
        content = json.dumps(body, default=str).encode()
        return super().read(request.model_copy(update={"body": content}), body)


class RandomIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": uuid4().hex}) for event in super().read(request, body)
        )


class DeliveryIdShop(Good):
    """Names the event after the delivery, so that a redelivery is paid for twice."""

    def read(self, request, body):
        delivery = request.header("X-Bogus-Delivery")
        return tuple(
            event.model_copy(update={"id": f"{self.shop_id}:{delivery}:{event.type}"})
            for event in super().read(request, body)
        )


class ShoplessIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": f"{event.type}-{event.order.id}"})
            if hasattr(event, "order")
            else event
            for event in super().read(request, body)
        )


class OneIdShop(Good):
    def read(self, request, body):
        return tuple(
            event.model_copy(update={"id": f"{self.shop_id}-1"})
            for event in super().read(request, body)
        )


class CallingHomeShop(Good):
    """Asks the platform while it reads, so that a replay is another reading."""

    def read(self, request, body):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=0.01).close()
        return super().read(request, body)


class GuestlessShop(Good):
    """Was tried with registered customers only."""

    def read(self, request, body):
        if request.header("X-Bogus-Topic") == "order" and body["customer"] is None:
            raise RuntimeError("who?")
        return super().read(request, body)


class PedanticShop(Good):
    """Refuses fields that it does not know."""

    def read(self, request, body):
        if set(body) - set(Order.model_fields):
            raise KeyError("strict")
        return super().read(request, body)


class TopiclessShop(Good):
    def read(self, request, body):
        if request.header("X-Bogus-Topic") != "order":
            raise RuntimeError("what?")
        return super().read(request, body)


class MutatingShop(Good):
    def read(self, request, body):
        events = super().read(request, body)
        body.clear()
        return events


class ForgetfulShop(Good):
    """Keeps the parsed body instead of the bytes."""

    def read(self, request, body):
        again = json.dumps(body, default=str).encode()
        return tuple(
            event.model_copy(update={"raw": again}) for event in super().read(request, body)
        )


class FloatingShop(Good):
    """Computes with floats, and is one yen or a hundred off."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(self._wrong(event) for event in events)

    def _wrong(self, event):
        if not hasattr(event, "order") or event.order.currency != "JPY":
            return event
        total = Money(minor=event.order.total.minor * 100, currency="JPY")
        return event.model_copy(update={"order": event.order.model_copy(update={"total": total})})


class LocalTimeShop(Good):
    """Takes UTC for the server's own time."""

    def read(self, request, body):
        events = super().read(request, body)
        return tuple(
            event.model_copy(update={"order": event.order.model_copy(update={"placed_at": WRONG})})
            if hasattr(event, "order")
            else event
            for event in events
        )


class SilentShop(Good):
    """Swallows what it cannot read, and nobody hears of the order again."""

    def read(self, request, body):
        try:
            return super().read(request, body)
        except ValueError:
            return ()


class LenientShop(Good):
    """Makes the best of a delivery that was cut off: nothing."""

    def _decode(self, body):
        with suppress(ValueError):
            return super()._decode(body)
        return {}

    def read(self, request, body):
        return super().read(request, body) if body else ()


class CrashingShop(Good):
    """Raises an error that is not about the payload."""

    def read(self, request, body):
        if "number" in body and not isinstance(body["number"], str):
            raise RuntimeError("bug")
        return super().read(request, body)


class UncheckedShop(Good):
    """Builds what it sends on without the model's checks, with text that cannot be stored."""

    def read(self, request, body):
        content = json.dumps({**body, "number": "1001"}, default=str).encode()
        events = super().read(request.model_copy(update={"body": content}), body)
        return tuple(self._renumbered(event, str(body.get("number"))) for event in events)

    def _renumbered(self, event, number):
        if not hasattr(event, "order"):
            return event
        order = event.order.model_copy(update={"number": number})
        return event.model_copy(update={"order": order})


class CopyingShop(Good):
    """Copies the body before it reads it, however deep it is."""

    def read(self, request, body):
        return super().read(request, copy.deepcopy(body))


class GossipingShop(Good):
    """Quotes the buyer in an error."""

    def read(self, request, body):
        from retention_sdk.errors import PayloadError

        try:
            return super().read(request, body)
        except ValueError as error:
            raise PayloadError(f"order of {body.get('customer')}", adapter=self.name) from error


class NamelessFileShop(Good):
    """Leaves the buyer out of what it reads from files."""

    def read_orders(self, body):
        (order,) = super().read_orders(body)
        return (order.model_copy(update={"customer": None}),)


class ChattyShop(Good):
    def __repr__(self):
        return f"<BogusShop {self.settings.secrets[0].get_secret_value()}>"


class EagerShop(Good):
    """Connects when it is built."""

    def __init__(self, settings, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=0.01).close()


class ModestShop(Good):
    """Does more than it declares."""

    capabilities = ~Capability.CREATE_CODE


class GenerousShop(Good):
    """Makes a plain code of one that is worth free shipping, which it does not know."""

    capabilities = ~Capability.FREE_SHIPPING_CODE

    def create_code(self, code):
        return self.codes.setdefault(code.code, code.model_copy(update={"platform_id": "1"}))


class TaciturnShop(Good):
    """Shows languages and does not declare it."""

    capabilities = ~Capability.CUSTOMER_LOCALE


class RepeatingCodeShop(Good):
    """Makes a second promotion when it is asked twice."""

    def create_code(self, code):
        return code.model_copy(update={"platform_id": uuid4().hex})


class OnceErasingShop(Good):
    """Takes a second request to erase somebody for a mistake."""

    def erase_customer(self, customer_id):
        if customer_id in self.codes:
            raise PlatformError("there is no such customer", adapter=self.name, retryable=False)
        self.codes[customer_id] = None


class RememberingShop(Good):
    """Says that it erased somebody, and did nothing."""

    def fetch_consents(self, customer_id):
        return (YES,)

    def erase_customer(self, customer_id):
        pass


class YeaSayingShop(Good):
    """Writes every answer down as a yes."""

    def write_consent(self, customer_id, consent):
        super().write_consent(
            customer_id, consent.model_copy(update={"state": ConsentState.GRANTED})
        )


class ConsumingShop(Good):
    """Hands answers out once, like a queue."""

    def fetch_consents(self, customer_id):
        return self.consents.pop(customer_id, ())

    def __init__(self, settings=None, *, shop_id):
        super().__init__(settings, shop_id=shop_id)
        self.consents["77"] = (YES,)


class TwiceListShop(Good):
    """Its pages overlap."""

    def fetch_orders(self, *, updated_since=None):
        orders = list(super().fetch_orders(updated_since=updated_since))
        yield from orders + orders[:1]


class UnsortedListShop(Good):
    """Lists in the order of a hash table."""

    turns = itertools.count()

    def fetch_orders(self, *, updated_since=None):
        step = 1 if next(self.turns) % 2 else -1
        yield from list(super().fetch_orders(updated_since=updated_since))[::step]


class HalfListShop(Good):
    """Forgets the last page."""

    def fetch_orders(self, *, updated_since=None):
        yield from list(super().fetch_orders(updated_since=updated_since))[:-1]


class TimelessListShop(Good):
    """Lists everything, whatever it is asked for."""

    def fetch_orders(self, *, updated_since=None):
        yield from super().fetch_orders()


class OtherOrderShop(Good):
    """Lists less of an order than it fetches."""

    def fetch_order(self, order_id):
        order = super().fetch_order(order_id)
        return order.model_copy(update={"customer": None})

    def fetch_orders(self, *, updated_since=None):
        if updated_since is None or updated_since.year < 2050:
            yield from (bogus_order(number) for number in self.numbers)


class HalfPageShop(Good):
    """Its last page is not full, so it leaves it out."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            if page.cursor:
                yield page


class SkippingShop(Good):
    """Goes on one page too late."""

    def order_pages(self, *, updated_since=None, cursor=""):
        pages = super().order_pages(updated_since=updated_since, cursor=cursor)
        if cursor:
            next(pages, None)
        yield from pages


class TwinShop(Good):
    """Lists customers and products on two pages that overlap."""

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield page
            yield page

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield page
            yield page


class StoppingShop(Good):
    """Reads a page in one go: one record that cannot be read takes all of them along."""

    def order_pages(self, *, updated_since=None, cursor=""):
        if updated_since is None:
            yield Page(tuple(map(self.fetch_order, self.numbers)))

    def customer_pages(self, *, updated_since=None, cursor=""):
        yield Page(tuple(a_customer(id=number) for number in ("77", "78")))

    def product_pages(self, *, cursor=""):
        yield Page(tuple(Product(id=number, title="Soap") for number in "12"))


class RefusingPageShop(Good):
    """Refuses a whole page for the one record on it."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, items=()) if page.refused else page

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, items=()) if page.refused else page

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield replace(page, items=()) if page.refused else page


class SwallowingShop(Good):
    """Leaves out what it cannot read, and does not say so."""

    def order_pages(self, *, updated_since=None, cursor=""):
        for page in super().order_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, refused=())

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            yield replace(page, refused=())

    def product_pages(self, *, cursor=""):
        for page in super().product_pages(cursor=cursor):
            yield replace(page, refused=())


class PointingShop(Good):
    """Names whom it cannot read by their e-mail address."""

    def customer_pages(self, *, updated_since=None, cursor=""):
        for page in super().customer_pages(updated_since=updated_since, cursor=cursor):
            who = a_customer().email
            yield replace(page, refused=tuple(f"{who}: {each}" for each in page.refused))


class PilingShop(Good):
    """Registers another webhook each time it is asked."""

    def missing_webhooks(self, address):
        return ("order",)


class LooseFieldShop(Good):
    """Keeps a field under any name."""

    def require_fields(self, fields):
        pass


class OnceFieldShop(Good):
    """Cannot set a field that is there."""

    def set_order_fields(self, order_id, fields):
        if self.fields.get(order_id):
            raise PlatformError("taken", adapter=self.name, retryable=False)
        super().set_order_fields(order_id, fields)


class TaggingShop(Good):
    """Keeps fields where the shop and its buyers look."""

    def fetch_order(self, order_id):
        return (
            super()
            .fetch_order(order_id)
            .model_copy(update={"tags": tuple(self.fields.get(order_id, ()))})
        )


class HopefulShop(Good):
    """Tells the caller to try for ever."""

    def fetch_order(self, order_id):
        try:
            return super().fetch_order(order_id)
        except PlatformError as error:
            raise PlatformError(str(error), adapter=self.name, retryable=True) from None


class OtherShopShop(Good):
    def fetch_shop(self):
        return super().fetch_shop().model_copy(update={"id": "another.example"})


class ShoutingShop(Good):
    name = "Bogus Shop"


WEAKENED = "test_kit_is_not_weakened"
FUZZED = "test_fuzzed_deliveries_become_valid_events_or_our_errors"
LISTED = (
    "test_order_that_cannot_be_read_is_named_and_stops_no_other",
    "test_customer_who_cannot_be_read_is_named_and_stops_no_other",
    "test_product_that_cannot_be_read_is_named_and_stops_no_other",
)
WRONG = datetime(2026, 11, 20, 11, tzinfo=UTC)
CAUGHT = [
    (UnverifiedShop, "test_missing_signature_is_refused"),
    (PresenceShop, "test_wrong_signature_is_refused"),
    (ReserialisingShop, "test_signature_covers_bytes"),
    (AsciiShop, "test_wrong_signature_is_refused"),
    (CaseSensitiveShop, "test_header_case_does_not_matter"),
    (PresumptuousShop, "test_consent_is_never_assumed"),
    (TruthyShop, "test_consent_is_never_assumed"),
    (RandomIdShop, "test_reading_is_repeatable_and_offline"),
    (DeliveryIdShop, "test_identifiers_name_facts_not_deliveries"),
    (ShoplessIdShop, "test_shops_do_not_share_identifiers"),
    (OneIdShop, "test_identifiers_are_unique_in_a_delivery"),
    (CallingHomeShop, "test_reading_is_repeatable_and_offline"),
    (GuestlessShop, "test_no_single_bad_field_escapes_as_another_error"),
    (PedanticShop, "test_unknown_fields_are_ignored"),
    (TopiclessShop, "test_unknown_topic_is_an_event_not_an_error"),
    (MutatingShop, "test_read_does_not_change_the_body"),
    (ForgetfulShop, "test_raw_body_is_kept"),
    (FloatingShop, "test_totals_are_what_a_person_reads"),
    (LocalTimeShop, "test_moments_are_what_a_person_reads"),
    (SilentShop, "test_rubbish_is_a_payload_error"),
    (CrashingShop, "test_no_single_bad_field_escapes_as_another_error"),
    (UncheckedShop, FUZZED),
    (CopyingShop, FUZZED),
    (GossipingShop, "test_errors_do_not_quote_people"),
    (NamelessFileShop, "test_saved_bodies_read_alike"),
    (ChattyShop, "test_secrets_do_not_leak"),
    (EagerShop, "test_construction_opens_nothing"),
    (ModestShop, "test_undeclared_capabilities_refuse"),
    (GenerousShop, "test_undeclared_capabilities_refuse"),
    (TaciturnShop, "test_customer_locale_is_real"),
    (RepeatingCodeShop, "test_code_is_created_once_and_voided_for_good"),
    (RepeatingCodeShop, "test_free_shipping_code_is_created_once_and_voided"),
    (RepeatingCodeShop, "test_free_product_code_is_created_once_and_voided"),
    (RepeatingCodeShop, "test_gift_card_is_created_once_and_voided"),
    (YeaSayingShop, "test_written_consent_is_read_back"),
    (HalfListShop, "test_listed_totals_are_what_a_person_reads"),
    (TimelessListShop, "test_updated_since_leaves_out_the_old"),
    (OtherOrderShop, "test_fetched_order_equals_the_listed_one"),
    (HopefulShop, "test_order_that_does_not_exist_is_refused_for_good"),
    (OtherShopShop, "test_shop_profile_is_of_this_shop"),
    (ShoutingShop, "test_name_is_a_slug"),
    (LatinShop, "test_good_signature_is_accepted"),
    (TrustingShop, "test_flipped_bytes_are_refused"),
    (ReserialisingShop, "test_signature_is_checked_before_the_body_is_read"),
    (LenientShop, "test_truncated_bodies_are_payload_errors"),
    (ConsumingShop, "test_reading_consent_is_repeatable"),
    (TwiceListShop, "test_polled_events_have_stable_identifiers"),
    (UnsortedListShop, "test_listing_is_repeatable"),
    (HalfPageShop, "test_pages_hold_what_the_list_holds"),
    (SkippingShop, "test_list_goes_on_after_each_cursor"),
    (TwinShop, "test_customers_can_be_found_again"),
    (TwinShop, "test_products_are_listed_once"),
    *((shop, test) for shop in (StoppingShop, RefusingPageShop, SwallowingShop) for test in LISTED),
    (PointingShop, LISTED[1]),
    (PilingShop, "test_registering_webhooks_twice_changes_nothing"),
    (LooseFieldShop, "test_fields_with_bad_names_are_refused_before_anybody_is_asked"),
    (OnceFieldShop, "test_fields_are_set_twice_and_change_nothing_else"),
    (TaggingShop, "test_fields_are_set_twice_and_change_nothing_else"),
    (OnceErasingShop, "test_customer_is_erased_and_a_second_time_is_safe"),
    (RememberingShop, "test_customer_is_erased_and_a_second_time_is_safe"),
]


@pytest.fixture(scope="session")
def cases(tmp_path_factory):
    """Two deliveries: a customer who said yes, and a guest who paid in yen."""
    folder = tmp_path_factory.mktemp("payloads")
    consents = (YES.model_copy(update={"source": "newsletter"}),)
    orders = {
        "paid": an_order("38.90 EUR", id="1001", customer=a_customer(consents=consents)),
        "guest": an_order("1200 JPY", id="1002", customer=None),
    }
    for name, order in orders.items():
        (folder / f"{name}.json").write_text(order.model_dump_json(), encoding="utf-8")
    paid, guest = folder / "paid.json", folder / "guest.json"
    noon = "2026-11-20T12:00:00Z"
    facts = (OrderPlaced, OrderPaid)
    return (
        Case("paid", paid, HEADERS, (*facts, ConsentChanged), "38.90 EUR", noon),
        Case("guest", guest, HEADERS, facts, "1200 JPY", noon),
    )


def kit_for(adapter, recorded, **overrides):
    """The kit as an author would write it, for one adapter."""

    class Kit(AdapterConformance):
        adapter_class = adapter
        cases = recorded

        def sign(self, headers, body):
            return Good(shop_id="kit.example").sign(headers, body)

        def listed(self):
            return dict.fromkeys(("1001", "1005", "1006", "1007", "1008"), "12.00 EUR")

        def erasable_customer_id(self):
            return "78"

        def customer_id(self):
            return "77"

        def product_id(self):
            return "SOAP-1"

    return type("TestKit", (Kit,), overrides) if overrides else Kit


@pytest.fixture(scope="session")
def good(cases):
    """The good adapter has written its golden files, and somebody read them."""
    kit = kit_for(Good, cases)
    first = kit_failures(kit)
    assert list(first) == ["test_matches_the_golden_file"], first
    return kit


def test_good_adapter_passes(good):
    assert kit_failures(good) == {}


@pytest.mark.parametrize(
    ("adapter", "test"), CAUGHT, ids=[f"{a.__name__}-{test}" for a, test in CAUGHT]
)
def test_bad_adapter_is_caught(good, cases, adapter, test):
    """By the test that is about its mistake; others may notice it too."""
    assert {test} == set(kit_failures(kit_for(adapter, cases), only={test}))


def test_there_are_many_ways_to_be_wrong():
    assert len({adapter for adapter, _ in CAUGHT}) == 57


def test_golden_file_notices_any_other_change(good, cases):
    class Shortening(Good):
        def read(self, request, body):
            return super().read(request, body)[:1]

    tests = {"test_matches_the_golden_file", "test_each_case_becomes_its_events"}

    assert tests == set(kit_failures(kit_for(Shortening, cases), only=tests))


def test_declaring_what_is_not_there_is_caught(cases):
    class Boastful(Good):
        fetch_shop = Good.__mro__[2].fetch_shop

    test = "test_declared_capabilities_are_implemented"

    assert {test} == set(kit_failures(kit_for(Boastful, cases), only={test}))


def test_webhooks_without_a_secret_are_caught(cases):
    class Keyless(Good):
        def __init__(self, settings=None, *, shop_id):
            super().__init__(shop_id=shop_id)
            self.settings = self.settings.model_copy(update={"secrets": ()})

    test = "test_there_is_a_secret"

    assert {test} == set(kit_failures(kit_for(Keyless, cases), only={test}))


def test_kit_without_an_order_is_caught():
    test = "test_there_is_an_order_case"

    assert {test} == set(kit_failures(kit_for(Good, ()), only={test}))


def test_reading_answers_unchecked_is_caught(good, cases):
    """What an adapter makes of an answer has to be what the model allows."""

    def answers(self):
        return [json.loads(an_order().model_dump_json())]

    def read_checked(self, adapter, answer):
        return adapter.read_orders(answer)

    def read_unchecked(self, adapter, answer):
        (order,) = adapter.read_orders({**answer, "number": "1001"})
        return [order.model_copy(update={"number": str(answer["number"])})]

    test = "test_fuzzed_answers_become_valid_records_or_our_errors"
    for read, failures in ((read_checked, set()), (read_unchecked, {test})):
        kit = kit_for(Good, cases, answers=answers, read_answer=read)
        assert failures == set(kit_failures(kit, only={test}))
    assert getattr(kit_for(Good, cases), test) is None


def test_switching_a_test_off_is_caught(good, cases):
    def nothing(self):
        pass

    kit = kit_for(UnverifiedShop, cases, test_missing_signature_is_refused=nothing)

    assert {WEAKENED} == set(kit_failures(kit, only={WEAKENED}))


def test_removed_test_comes_back(good, cases):
    kit = kit_for(UnverifiedShop, cases, test_missing_signature_is_refused=None)
    test = "test_missing_signature_is_refused"

    assert {test} == set(kit_failures(kit, only={test}))


def test_excuse_with_a_reason_is_allowed(good, cases):
    @pytest.mark.xfail(reason="the platform signs nothing before version 9")
    def excused(self):
        raise AssertionError

    kit = kit_for(Good, cases, test_missing_signature_is_refused=excused)

    assert kit_failures(kit, only={WEAKENED}) == {}


def test_every_test_of_the_kit_catches_somebody(good):
    """A test that never fails proves nothing. Those missing here are proved by name.

    Those about replays and rotation in test_kit_catches_replays, those about thin deliveries in
    test_kit_thin_deliveries, the others above.
    """
    named_elsewhere = {
        "test_delivery_of_unknown_arrival_is_refused",
        "test_old_and_new_secret_are_good_during_rotation",
        "test_replay_window_is_kept",
        "test_signed_moment_cannot_be_changed",
        "test_thin_deliveries_can_be_completed",
    }
    named_above = {
        "test_declared_capabilities_are_implemented",
        "test_each_case_becomes_its_events",
        "test_fuzzed_answers_become_valid_records_or_our_errors",
        "test_kit_is_not_weakened",
        "test_matches_the_golden_file",
        "test_there_is_a_secret",
        "test_there_is_an_order_case",
    }
    proved = {test for _, test in CAUGHT} | named_above | named_elsewhere
    unproved = {name for name, _ in kit_tests()} - proved

    assert unproved == set()
