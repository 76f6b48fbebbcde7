"""Orders as Shopware keeps them, and what is read from them."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import LineKind, Money
from retention_sdk.model.order import FulfilmentStatus


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_order_is_read_as_a_person_reads_it(shop):
    order = shop.order()

    assert ("10001", "43.90 EUR", "4.90 EUR") == (
        order.number,
        str(order.total),
        str(order.shipping),
    )
    assert "7.01 EUR" == str(order.tax)
    assert [("Tea bowl, ash glaze", "26.00 EUR"), ("Spoon of cherry wood", "13.00 EUR")] == [
        (line.title, str(line.total)) for line in order.lines
    ]
    assert (at("2026-11-20T08:15:02.113"), at("2026-11-20T08:15:04.201")) == (
        order.placed_at,
        order.paid_at,
    )
    assert ("de-DE", "f", "Invoice", "Kiln and Leaf") == (
        order.language,
        order.customer.addressee,
        order.payment_method,
        order.sales_channel,
    )
    assert ("Lindenweg 12", "Hinterhaus") == order.shipping_address.street
    assert ("Saxony", "DE") == (order.shipping_address.region, order.shipping_address.country)


def test_yen_are_not_cents(shop):
    price = {"netPrice": 6745, "totalPrice": 7420, "positionPrice": 6600, "rawTotal": 7420}
    yen = shop.order(
        currency=shop.goods.currency("JPY", 170.0),
        price={**price, "taxStatus": "gross"},
        shippingTotal=820,
        transactions=[],
    )

    assert ("7420 JPY", "820 JPY", "675 JPY") == (str(yen.total), str(yen.shipping), str(yen.tax))


def test_noise_of_floats_is_no_money(shop):
    """PHP adds floats: 0.1 + 0.2 arrives as 0.30000000000000004."""
    assert "0.30 EUR" == str(shop.order(shippingTotal=0.1 + 0.2).shipping)


def test_fraction_of_a_cent_is_refused(shop):
    with pytest.raises(PayloadError):
        shop.order(total=43.905)


@pytest.mark.parametrize("state", ["open", "authorized", "paid_partially", "failed", "cancelled"])
def test_order_that_is_not_paid_has_no_date_of_payment(shop, state):
    assert shop.order(paid=state).paid_at is None


def test_second_try_to_pay_counts(shop):
    failed = shop.goods.transaction("failed", 43.9)
    later = "2026-11-20T09:00:00.000+00:00"
    paid = shop.goods.transaction("paid", 43.9, createdAt=later, updatedAt=later)
    order = shop.order(transactions=[paid, failed])

    assert at("2026-11-20T09:00:00") == order.paid_at


@pytest.mark.parametrize("state", ["refunded", "chargeback"])
def test_whole_payment_that_went_back_is_a_refund_of_everything(shop, state):
    order = shop.order(paid=state)

    assert order.total == order.refunded
    assert order.is_paid


def test_completed_refunds_count_and_others_do_not(shop):
    capture = shop.goods.capture(("completed", 6.5), ("completed", 4.9), ("open", 26.0))
    part = shop.goods.transaction("refunded_partially", 43.9, captures=[capture])

    assert Money(minor=1140, currency="EUR") == shop.order(transactions=[part]).refunded


def test_cancelled_order_is_cancelled_when_it_was_last_written(shop):
    order = shop.order(
        stateMachineState=shop.goods.state("cancelled"), updatedAt="2026-11-22T10:00:00.000+00:00"
    )

    assert at("2026-11-22T10:00:00") == order.cancelled_at


def test_guest_has_no_account(shop):
    guest = shop.goods.customer(guest=True)
    buyer = shop.goods.make(
        "OrderCustomer", firstName="A", lastName="B", email="guest@example.com", customer=guest
    )
    customer = shop.order(orderCustomer=buyer).customer

    assert ("", "guest@example.com") == (customer.id, customer.email)


def test_deleted_account_leaves_a_buyer_with_an_address(shop):
    buyer = shop.goods.make("OrderCustomer", firstName="A", lastName="B", email="gone@example.com")

    assert "email:gone@example.com" == shop.order(orderCustomer=buyer).customer.reference


def with_promotion(shop, **changes):
    bowl, spoon = shop.goods.line("Tea bowl", 26.0), shop.goods.line("Spoon", 6.5, 2)
    parts = [
        {"id": bowl["identifier"], "quantity": 1, "discount": 2.6},
        {"id": spoon["identifier"], "quantity": 2, "discount": 1.3},
    ]
    cut = shop.goods.line("Ten per cent", -3.9, type="promotion", good=False)
    cut["payload"] = {"code": "ASH-2026", "composition": parts, **changes}
    return [bowl, spoon, cut]


def test_promotion_is_a_discount_of_the_lines_it_was_for(shop):
    order = shop.order(lineItems=with_promotion(shop), total=40.0)

    assert ["23.40 EUR", "11.70 EUR"] == [str(line.total) for line in order.lines]
    assert ("3.90 EUR", ("ASH-2026",)) == (str(order.discount), order.coupon_codes)


def test_bundle_is_one_line(shop):
    bundle = shop.goods.line("Tea set", 39.0, type="container")
    inside = shop.goods.line("Tea bowl", 26.0, parentId=bundle["id"])
    delivery = shop.goods.delivery("open", [bundle])
    order = shop.order(lineItems=[bundle, inside], deliveries=[delivery])

    assert ["Tea set"] == [line.title for line in order.lines]


def test_download_and_fee_lie_in_no_parcel(shop):
    pattern = shop.goods.line("Knitting pattern", 5.0)
    pattern["downloads"] = [shop.goods.make("OrderLineItemDownload")]
    fee = shop.goods.line("Deposit", 1.0, type="custom", good=False)
    bowl = shop.goods.line("Tea bowl", 26.0)
    order = shop.order(lineItems=[pattern, fee, bowl])

    assert [LineKind.DIGITAL, LineKind.DIGITAL, LineKind.PHYSICAL] == [x.kind for x in order.lines]
    assert [bowl["id"]] == [part.line_id for part in order.insert_fulfilment.lines]


def test_what_is_picked_up_is_not_sent(shop):
    pickup = shop.goods.make("ShippingMethod", name="Store", technicalName="pickup")
    made = shop.add_order(deliveries=[shop.goods.delivery("open", [], shippingMethod=pickup)])
    order = shop.adapter(pickup_methods=["pickup"]).fetch_order(made["id"])

    assert {LineKind.PICKUP} == {line.kind for line in order.lines}
    assert () == order.fulfilments


def test_parcel_that_left_has_its_date_and_number(shop):
    lines = [shop.goods.line("Tea bowl", 26.0), shop.goods.line("Spoon", 6.5, 2)]
    sent = shop.goods.delivery(
        "shipped",
        lines[:1],
        trackingCodes=["00340"],
        updatedAt="2026-11-21T09:00:00.000+00:00",
    )
    rest = shop.goods.delivery("open", lines[1:])
    order = shop.order(lineItems=lines, deliveries=[sent, rest])

    first, second = order.fulfilments
    assert (FulfilmentStatus.SHIPPED, "00340") == (first.status, first.parcels[0].tracking_number)
    assert at("2026-11-21T09:00:00") == first.shipped_at
    assert order.insert_fulfilment == second


def test_promotion_for_shipping_is_no_parcel(shop):
    lines = [shop.goods.line("Tea bowl", 26.0)]
    empty = shop.goods.delivery("open", [])
    order = shop.order(lineItems=lines, deliveries=[shop.goods.delivery("open", lines), empty])

    assert 1 == len(order.fulfilments)


def test_order_without_a_delivery_is_planned_as_one_parcel(shop):
    order = shop.order(deliveries=[])

    assert [1, 2] == [part.quantity for part in order.insert_fulfilment.lines]


def test_gift_is_what_the_shop_calls_one(shop):
    made = shop.add_order(customFields={"acme_gift": True, "acme_words": "For you"})
    settings = {"gift_field": "acme_gift", "gift_message_field": "acme_words"}
    order = shop.adapter(**settings).fetch_order(made["id"])

    assert (True, "For you") == (order.is_gift, order.gift_message)
    assert not shop.adapter().fetch_order(made["id"]).is_gift


def test_order_number_is_no_identifier(shop):
    shop.add_order("10001")
    with pytest.raises(PlatformError, match="no such order"):
        shop.adapter().fetch_order("10001")


def test_order_of_nothing_but_a_credit_is_no_sale(shop):
    shop.add_order("10001", lineItems=[shop.goods.line("Sorry", -5.0, type="credit")], total=0)
    shop.add_order("10002")

    assert ["10002"] == [order.number for order in shop.adapter().fetch_orders()]
