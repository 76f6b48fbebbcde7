"""Orders as Adobe Commerce answers them, and what is read from them."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import LineKind, OrderFulfilled, OrderPaid, OrderPlaced, OrderRefunded
from retention_sdk.model.order import FulfilmentStatus


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_order_is_read_as_a_person_reads_it(shop):
    order = shop.order(("invoices", shop.goods.invoice(1, 1)))

    assert ("000000001", "43.90 EUR", "4.90 EUR", "7.01 EUR") == (
        order.number,
        str(order.total),
        str(order.shipping),
        str(order.tax),
    )
    assert ["26.00 EUR", "13.00 EUR"] == [str(line.total) for line in order.lines]
    assert ["26.00 EUR", "6.50 EUR"] == [str(line.unit_price) for line in order.lines]
    assert ("de_DE", "f", "Deutsch", "04-30") == (
        order.language,
        order.customer.addressee,
        order.sales_channel,
        order.customer.birthday,
    )
    assert ("Marlene Vogt", "Sachsen", ("Lindenweg 12", "Hinterhaus")) == (
        order.shipping_address.name,
        order.shipping_address.region,
        order.shipping_address.street,
    )


def test_times_are_utc_without_saying_so(shop):
    order = shop.order(("invoices", shop.goods.invoice(1, 1)))

    assert (at("2026-11-20T08:15:02"), at("2026-11-20T08:15:04")) == (
        order.placed_at,
        order.paid_at,
    )


def test_discount_comes_off_the_line_that_it_was_for(shop):
    """21.85 + 4.15 tax - 2.60: the sum that Adobe Commerce makes the total of."""
    cut = shop.goods.item(11, "Bowl", 26.0, row_total=21.85, tax_amount=4.15, discount_amount=2.6)
    order = shop.order(items=[cut], grand_total=28.3, discount_amount=-2.6, coupon_code="ASH-26")

    assert ("23.40 EUR", "2.60 EUR", ("ASH-26",)) == (
        str(order.lines[0].total),
        str(order.discount),
        order.coupon_codes,
    )


def test_variant_is_one_line_and_so_is_a_bundle(shop):
    goods = shop.goods
    variant = goods.item(11, "Jumper", 50.0, product_type="configurable")
    chosen = goods.item(12, "Jumper-M", 0, parent_item_id=11)
    bundle = goods.item(13, "Tea set", 39.0, product_type="bundle")
    bowl = goods.item(14, "Bowl", 26.0, parent_item_id=13, discount_amount=2.6)
    order = shop.order(items=[variant, chosen, bundle, bowl])

    assert [("Jumper", "50.00 EUR"), ("Tea set", "36.40 EUR")] == [
        (line.title, str(line.total)) for line in order.lines
    ]


def test_cloth_by_the_metre_is_one_piece(shop):
    order = shop.order(items=[shop.goods.item(11, "Linen", 20.0, 1.5)])

    assert ("Linen (1.5)", 1, "30.00 EUR") == (
        order.lines[0].title,
        order.lines[0].quantity,
        str(order.lines[0].unit_price),
    )


@pytest.mark.parametrize("paid", [None, 0, 43.89])
def test_order_that_is_not_paid_in_full_has_no_date_of_payment(shop, paid):
    assert shop.order(total_paid=paid).paid_at is None


def test_payment_is_dated_by_its_last_paid_invoice(shop):
    made = [
        shop.goods.invoice(1, 1, created_at="2026-11-20 09:00:00"),
        shop.goods.invoice(2, 1, created_at="2026-11-20 10:00:00"),
        shop.goods.invoice(3, 1, created_at="2026-11-21 10:00:00", state=1),
    ]
    order = shop.order(*(("invoices", each) for each in made))

    assert at("2026-11-20T10:00:00") == order.paid_at


@pytest.mark.parametrize(("state", "is_paid"), [("processing", True), ("new", False)])
def test_free_order_is_paid_once_it_is_worked_on(shop, state, is_paid):
    order = shop.order(grand_total=0, total_paid=None, state=state)

    assert is_paid is order.is_paid


def test_refund_is_what_went_back_so_far(shop):
    assert "6.50 EUR" == str(shop.order(total_refunded=6.5).refunded)
    assert shop.order(total_refunded=0).refunded is None


def test_cancelled_order_is_cancelled_when_it_last_changed(shop):
    order = shop.order(state="canceled", total_paid=None)

    assert at("2026-11-20T08:16:00") == order.cancelled_at
    assert () == order.fulfilments


def test_parcel_that_left_and_one_that_waits(shop):
    order = shop.order(("shipments", shop.goods.shipment(5, 1, {11: 1, 12: 1})))
    sent, waiting = order.fulfilments

    assert (FulfilmentStatus.SHIPPED, "00340", at("2026-11-21T09:00:00")) == (
        sent.status,
        sent.parcels[0].tracking_number,
        sent.shipped_at,
    )
    assert [("12", 1)] == [(part.line_id, part.quantity) for part in waiting.lines]
    assert order.insert_fulfilment == waiting


def test_part_of_a_bundle_travels_as_the_bundle(shop):
    goods = shop.goods
    items = [
        goods.item(13, "Tea set", 39.0, product_type="bundle"),
        goods.item(14, "Bowl", 0, 2, parent_item_id=13),
        goods.item(15, "Pot", 0, parent_item_id=13),
    ]
    order = shop.order(("shipments", goods.shipment(5, 1, {14: 2, 15: 1})), items=items)

    assert [("13", 1)] == [(part.line_id, part.quantity) for part in order.fulfilments[0].lines]


def test_what_was_cancelled_or_paid_back_is_not_packed(shop):
    goods = shop.goods
    items = [
        goods.item(11, "Bowl", 26.0, 3, qty_canceled=1, qty_refunded=1),
        goods.item(12, "Spoon", 6.5, 1, qty_refunded=1, qty_shipped=1),
    ]
    order = shop.order(("shipments", goods.shipment(5, 1, {12: 1})), items=items)

    assert [("11", 1)] == [(p.line_id, p.quantity) for p in order.insert_fulfilment.lines]


def test_virtual_goods_and_pick_up_lie_in_no_parcel(shop):
    goods = shop.goods
    card = goods.item(11, "Gift card", 25.0, product_type="giftcard", is_virtual=1)
    assert (LineKind.DIGITAL, True) == (
        (line := shop.order(items=[card]).lines[0]).kind,
        line.is_gift_card,
    )

    pickup = {"address": goods.ADDRESS, "method": "instore_pickup"}
    more = {"shipping_assignments": [{"shipping": pickup, "items": []}]}
    order = shop.order(extension_attributes=more)
    assert {LineKind.PICKUP} == {line.kind for line in order.lines}
    assert () == order.fulfilments


def test_gift_has_its_message_and_names(shop):
    words = {"sender": "Mira", "recipient": "Ada", "message": "For you"}
    order = shop.order(extension_attributes={"gift_message": words})

    assert (True, "For you", "Ada", "Mira") == (
        order.is_gift,
        order.gift_message,
        order.gift_to,
        order.gift_from,
    )


def test_guest_has_no_account(shop):
    guest = {"customer_is_guest": 1, "customer_id": None, "customer_firstname": None}
    customer = shop.order(**guest, customer_gender=3).customer

    assert ("", "Marlene", "", "email:marlene.vogt@example.com") == (
        customer.id,
        customer.given_name,
        customer.addressee,
        customer.reference,
    )


def test_fraction_of_a_cent_is_refused(shop):
    with pytest.raises(PayloadError):
        shop.order(grand_total=43.905)


def test_order_proves_its_facts(shop):
    parts = [("invoices", shop.goods.invoice(1, 1))]
    parts.append(("shipments", shop.goods.shipment(5, 1, {11: 1, 12: 2})))
    order = shop.order(*parts, total_refunded=6.5)
    events = shop.adapter().order_events(order)

    assert [OrderPlaced, OrderPaid, OrderFulfilled, OrderRefunded] == [type(e) for e in events]


def test_number_of_an_order_is_no_identifier(shop):
    for wrong in ("#1", "1/comments", "-1", "²"):
        with pytest.raises(PlatformError, match="whole numbers"):
            shop.adapter().fetch_order(wrong)
    assert [] == shop.server.asked
