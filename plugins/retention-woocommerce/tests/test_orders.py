"""What an order payload proves, field by field."""

import json

import pytest

from retention_sdk.errors import PayloadError
from retention_sdk.model import (
    FulfilmentStatus,
    LineKind,
    Money,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    UnknownEvent,
)

PACKING = {"status": "processing", "date_completed_gmt": None}
FLAT = {"id": 2, "method_id": "flat_rate", "total": "5.00"}
PICKUP = {"id": 3, "method_id": "pickup_location", "total": "0.00"}


def line(woo, **fields):
    return {**json.loads(woo.body("order.created"))["line_items"][0], **fields}


def meta(**values):
    return [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(values.items())]


def test_created_and_updated_tell_the_same_facts(woo):
    """One REST call made WooCommerce deliver the same order twice."""
    adapter = woo.adapter()
    created = adapter.handle(woo.delivery("order.created"))
    updated = adapter.handle(woo.delivery("order.updated"))

    assert [event.id for event in created] == [
        "woocommerce:soap.example:order:12:placed",
        "woocommerce:soap.example:order:12:paid",
        "woocommerce:soap.example:order:12:fulfilled",
    ]
    assert [event.id for event in created] == [event.id for event in updated]


def test_unpaid_order_is_only_placed(woo):
    fields = {"status": "pending", "date_paid_gmt": None, "date_completed_gmt": None}

    assert [OrderPlaced] == [type(event) for event in woo.events("order.created", **fields)]


def test_order_in_progress_has_a_parcel_to_pack(woo):
    """`processing` is the moment a card is printed."""
    order = woo.order(**PACKING)

    assert order.insert_fulfilment is not None
    assert order.insert_fulfilment.status is FulfilmentStatus.PLANNED


def test_cancelled_order_has_no_parcel_any_more(woo):
    fields = {"status": "cancelled", "date_paid_gmt": None, "date_completed_gmt": None}
    events = woo.events("order.created", **fields)

    assert [OrderPlaced, OrderCancelled] == [type(event) for event in events]
    assert woo.order(**fields).insert_fulfilment is None


def test_refunds_are_added_up(woo):
    refunds = [{"id": 90, "reason": "", "total": "-10.00"}, {"id": 91, "total": "-3.38"}]
    events = woo.events("order.created", refunds=refunds, date_modified_gmt="2026-12-01T08:00:00")
    (refund,) = (event for event in events if isinstance(event, OrderRefunded))

    assert Money(minor=1338, currency="EUR") == refund.order.refunded
    assert refund.id == "woocommerce:soap.example:order:12:refunded-1338"
    assert refund.occurred_at.isoformat() == "2026-12-01T08:00:00+00:00"


def test_each_further_refund_is_a_fact_of_its_own(woo):
    one = woo.events("order.created", refunds=[{"id": 90, "total": "-10.00"}])
    two = woo.events(
        "order.created", refunds=[{"id": 90, "total": "-10"}, {"id": 91, "total": "-1"}]
    )

    assert {"woocommerce:soap.example:order:12:refunded-1100"} == {e.id for e in two} - {
        e.id for e in one
    }


def test_status_refunded_means_all_of_it(woo):
    order = woo.order(status="refunded", refunds=[])

    assert order.is_fully_refunded


def test_refunds_above_the_total_are_refused(woo):
    with pytest.raises(PayloadError, match="refunds"):
        woo.events("order.created", refunds=[{"id": 90, "total": "-28.39"}])


@pytest.mark.parametrize("status", ["auto-draft", "checkout-draft"])
def test_draft_is_no_order_yet(woo, status):
    (event,) = woo.events("order.updated", status=status)

    assert isinstance(event, UnknownEvent)


@pytest.mark.parametrize(
    ("currency", "total", "rials"),
    [
        ("IRR", "1250000", 1_250_000),
        ("IRT", "125000", 1_250_000),
        ("IRT", 125000, 1_250_000),
        ("IRHR", "1250", 1_250_000),
        ("IRHT", "125", 1_250_000),
        ("IRHT", "12.5", 125_000),
    ],
)
def test_toman_becomes_rial(woo, currency, total, rials):
    order = woo.order(currency=currency, total=total)

    assert order.currency == "IRR"
    assert order.total == Money.parse(rials, "IRR")
    assert order.lines[0].total.currency == "IRR"


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    [
        ("JPY", "2838", 2838),
        ("JPY", "2838.00", 2838),
        ("KWD", "28.385", 28385),
        ("EUR", 28.4, 2840),
    ],
)
def test_minor_units_follow_the_currency(woo, currency, total, minor):
    assert minor == woo.order(currency=currency, total=total).total.minor


def test_total_with_more_decimals_than_the_currency_is_refused(woo):
    with pytest.raises(PayloadError):
        woo.events("order.created", total="28.385")


def test_line_amounts_hold_tax_and_are_rounded(woo):
    """23.38 and 4.4422 of tax make 27.8222; what the buyer paid for the line is 27.82."""
    lines = [line(woo, total_tax="4.4422", subtotal_tax="4.9362")]
    order = woo.order(line_items=lines)

    assert Money(minor=2782, currency="EUR") == order.lines[0].total
    assert Money(minor=1546, currency="EUR") == order.lines[0].unit_price


@pytest.mark.parametrize("quantity", [1.5, "2", 0, -1, None, True])
def test_quantity_that_is_no_count_is_refused(woo, quantity):
    with pytest.raises(PayloadError):
        woo.events("order.created", line_items=[line(woo, quantity=quantity)])


def test_order_without_shipping_method_gets_no_parcel(woo):
    """A checkout asks for a method as soon as one product needs shipping."""
    order = woo.order(shipping_lines=[])

    assert order.lines[0].kind is LineKind.DIGITAL
    assert order.fulfilments == ()


def test_shop_that_ships_without_methods_can_say_so(woo):
    order = woo.order({"ships_without_method": True}, shipping_lines=[])

    assert order.lines[0].kind is LineKind.PHYSICAL


def test_picked_up_order_gets_no_parcel(woo):
    order = woo.order(**PACKING, shipping_lines=[PICKUP])

    assert order.lines[0].kind is LineKind.PICKUP
    assert order.insert_fulfilment is None


def test_order_with_pickup_and_shipping_gets_a_parcel(woo):
    order = woo.order(**PACKING, shipping_lines=[PICKUP, FLAT])

    assert order.insert_fulfilment is not None


@pytest.mark.parametrize("digital", [{"product_id": 44}, {"variation_id": 44}])
def test_only_lines_that_travel_lie_in_the_parcel(woo, digital):
    lines = [line(woo), line(woo, id=2, name="Care guide (PDF)", **digital)]
    order = woo.order({"digital_product_ids": [44]}, line_items=lines)

    assert [LineKind.PHYSICAL, LineKind.DIGITAL] == [item.kind for item in order.lines]
    assert ["1"] == [part.line_id for part in order.fulfilments[0].lines]


def test_guest_has_no_account(woo):
    customer = woo.order(customer_id=0).customer

    assert customer.is_guest
    assert customer.reference == "email:ada@example.com"


def test_sale_at_a_till_has_no_customer(woo):
    nobody = dict.fromkeys(json.loads(woo.body("order.created"))["billing"], "")

    assert woo.order(customer_id=0, billing=nobody).customer is None


def test_empty_shipping_address_is_none(woo):
    nowhere = dict.fromkeys(json.loads(woo.body("order.created"))["shipping"], "")

    assert woo.order(shipping=nowhere).shipping_address is None


def test_other_shipping_name_is_not_taken_for_a_gift(woo):
    shipping = {**json.loads(woo.body("order.created"))["shipping"], "first_name": "Grace"}

    assert woo.order(shipping=shipping).is_gift is False


@pytest.mark.parametrize(
    ("values", "is_gift"),
    [
        ({"_is_gift": "yes"}, True),
        ({"_is_gift": True}, True),
        ({"_is_gift": "no"}, False),
        ({"_is_gift": {"a": 1}}, False),
        ({"_gift_message": "Happy birthday"}, True),
        ({}, False),
    ],
)
def test_gift_is_what_the_meta_data_says(woo, values, is_gift):
    assert is_gift == woo.order(meta_data=meta(**values)).is_gift


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("fa", "fa"),
        ("fa_IR", "fa_IR"),
        ("zh-hans", "zh-hans"),
        ("", None),
        ("<b>", None),
        (7, None),
    ],
)
def test_language_is_the_translation_plugins(woo, value, language):
    """A field of a third party that makes no sense must not cost us the order."""
    assert language == woo.order(meta_data=meta(wpml_language=value)).language


def test_keys_of_other_plugins_can_be_named(woo):
    settings = {"language_meta_keys": ["trp_language"], "gift_meta_keys": ["wrap"]}
    order = woo.order(settings, meta_data=meta(trp_language="de_AT", wrap="1"))

    assert ("de_AT", True) == (order.language, order.is_gift)


def test_sale_on_a_marketplace_keeps_its_channel(woo):
    assert woo.order(created_via="ebay").sales_channel == "ebay"


def test_paid_is_what_woocommerce_dates(woo):
    """Cash on delivery is `processing` long before anybody paid."""
    events = woo.events("order.created", status="processing", date_paid_gmt=None)

    assert not [event for event in events if isinstance(event, OrderPaid)]


@pytest.mark.parametrize(("keys", "expected"), [((), ""), (("pa_brand", "_brand"), "Kiln & Leaf")])
def test_a_brand_is_read_where_the_shop_keeps_it(woo, keys, expected):
    items = [line(woo, meta_data=meta(_reduced_stock="2", _brand="Kiln & Leaf"))]

    (sold,) = woo.order({"brand_meta_keys": keys}, line_items=items).lines
    assert expected == sold.brand


def test_moment_of_leaving_is_checked_as_all_others_are(woo):
    left = woo.order(date_completed_gmt="2026-11-21T22:00:00+02:00").fulfilments[0].shipped_at

    assert "2026-11-21T20:00:00+00:00" == left.isoformat()
    with pytest.raises(PayloadError):
        woo.order(date_completed_gmt="0001-01-01T00:00:00+23:59")
