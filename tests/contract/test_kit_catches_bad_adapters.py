"""The kit fails each of these broken adapters; a kit that passes bad code is worse than none.

Every mistake was made by somebody once. The name beside it is the test of the kit that says so.
"""

import json

import pytest

from retention_sdk.model import ConsentChanged, OrderPaid, OrderPlaced
from retention_sdk.testing import AdapterConformance, Case, a_customer, an_order, kit_failures
from retention_sdk.testing.conformance import kit_tests
from tests.contract.bad_callers import (
    ChattyShop,
    ConsumingShop,
    EagerShop,
    GenerousShop,
    HalfListShop,
    HalfPageShop,
    HopefulShop,
    LooseFieldShop,
    ModestShop,
    OnceErasingShop,
    OnceFieldShop,
    OtherOrderShop,
    OtherShopShop,
    PilingShop,
    PointingShop,
    RefusingPageShop,
    RememberingShop,
    RepeatingCodeShop,
    ShoutingShop,
    SkippingShop,
    StoppingShop,
    SwallowingShop,
    TaciturnShop,
    TaggingShop,
    TimelessListShop,
    TwiceListShop,
    TwinShop,
    UnsortedListShop,
    YeaSayingShop,
)
from tests.contract.bad_readers import (
    HEADERS,
    YES,
    AsciiShop,
    CallingHomeShop,
    CaseSensitiveShop,
    CopyingShop,
    CrashingShop,
    DeliveryIdShop,
    FloatingShop,
    ForgetfulShop,
    Good,
    GossipingShop,
    GuestlessShop,
    LatinShop,
    LenientShop,
    LocalTimeShop,
    MutatingShop,
    NamelessFileShop,
    OneIdShop,
    PedanticShop,
    PresenceShop,
    PresumptuousShop,
    RandomIdShop,
    ReserialisingShop,
    ShoplessIdShop,
    SilentShop,
    TopiclessShop,
    TrustingShop,
    TruthyShop,
    UncheckedShop,
    UnverifiedShop,
)

WEAKENED = "test_kit_is_not_weakened"
FUZZED = "test_fuzzed_deliveries_become_valid_events_or_our_errors"
LISTED = (
    "test_order_that_cannot_be_read_is_named_and_stops_no_other",
    "test_customer_who_cannot_be_read_is_named_and_stops_no_other",
    "test_product_that_cannot_be_read_is_named_and_stops_no_other",
)
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
