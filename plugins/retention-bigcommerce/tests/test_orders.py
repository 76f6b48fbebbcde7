"""What an order of the API becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import ConsentState, FulfilmentStatus, LineKind
from retention_sdk.testing import money

PLACED = datetime(2026, 11, 19, 12, tzinfo=UTC)
CAPTURED = PLACED + timedelta(seconds=5)
PLANNED, SHIPPED = FulfilmentStatus.PLANNED, FulfilmentStatus.SHIPPED


def with_products(shop, *products, **changes):
    """The synthetic order with other products."""
    made = shop.make.an_order(118, products=list(products))
    return shop.order(**{k: made[k] for k in ("consignments", "items_total")}, **changes)


def product(shop, number, **changes):
    return shop.make.a_product(number, **changes)


def test_order_is_what_a_person_reads(shop):
    order = shop.adapter().fetch_order("118")

    assert ("118", "118", PLACED, CAPTURED) == (
        order.id,
        order.number,
        order.placed_at,
        order.paid_at,
    )
    assert (money("28.80 EUR"), money("4.90 EUR"), money("4.60 EUR"), money("2.00 EUR")) == (
        order.total,
        order.shipping,
        order.tax,
        order.discount,
    )
    (line,) = order.lines
    assert (money("12.95 EUR"), money("23.90 EUR"), 2) == (
        line.unit_price,
        line.total,
        line.quantity,
    )
    assert ("SOAP-1", "77", "Kiln & Leaf") == (line.sku, line.product_id, line.brand)
    assert ("20", "Ada", "de") == (order.customer.id, order.customer.given_name, order.language)
    assert ("10115", "DE") == (order.shipping_address.postcode, order.shipping_address.country)
    assert ("SOAP-2",) == order.coupon_codes


def test_amounts_have_the_decimals_of_their_currency(shop):
    fields = {"shipping_cost_inc_tax": "0.0000", "total_tax": "88.88", "coupon_discount": 0}

    assert (
        money("1200 JPY")
        == shop.order(default_currency_code="JPY", total_inc_tax="1200.0000", **fields).total
    )
    assert (
        money("12.345 KWD")
        == shop.order(default_currency_code="KWD", total_inc_tax="12.3450", **fields).total
    )
    assert (
        money("63.00 USD")
        == shop.order(default_currency_code="USD", total_inc_tax="62.9999", **fields).total
    )


def test_buyer_pays_in_the_currency_of_the_transaction_not_the_one_that_was_shown(shop):
    assert "EUR" == shop.order(currency_code="AUD").currency


@pytest.mark.parametrize("amount", [True, 1.5, None, "a lot", "NaN", []])
def test_amount_that_is_none_is_refused(shop, amount):
    shop.store.orders[118]["total_inc_tax"] = amount
    if amount == 1.5:  # a JSON number is exact here
        assert money("1.50 EUR") == shop.adapter().fetch_order("118").total
        return
    with pytest.raises(PayloadError):
        shop.adapter().fetch_order("118")


@pytest.mark.parametrize("status", [0, 1])
def test_checkout_that_was_not_ended_is_no_order(shop, status):
    shop.store.orders[118]["status_id"] = status

    with pytest.raises(PlatformError, match="nobody has placed it") as caught:
        shop.adapter().fetch_order("118")
    assert not caught.value.retryable
    assert [] == list(shop.adapter().fetch_orders())


# Money that came, and went back -----------------------------------------------------------


@pytest.mark.parametrize(
    ("payment", "status", "is_paid"),
    [
        ("captured", 7, True),
        ("paid", 11, True),
        ("authorized", 11, True),
        ("authorized", 7, False),
        ("", 11, True),
        ("", 7, False),
        ("pending", 7, False),
        ("declined", 11, False),
        ("void", 11, False),
        ("held for review", 12, False),
    ],
)
def test_order_is_paid_when_bigcommerce_counts_on_the_money(shop, payment, status, is_paid):
    assert is_paid is shop.order(payment_status=payment, status_id=status).is_paid


def test_shop_may_wait_for_the_capture(shop):
    shop.store.orders[118] |= {"payment_status": "authorized", "status_id": 11}

    assert not shop.adapter(wait_for_capture=True).fetch_order("118").is_paid


def test_payment_without_a_transaction_is_dated_by_the_last_change(shop):
    shop.store.transactions.clear()

    assert shop.NOON == shop.adapter().fetch_order("118").paid_at


def test_transaction_that_failed_dates_nothing(shop):
    failed = {"event": "purchase", "status": "error", "date_created": "2026-11-19T11:00:00Z"}
    shop.store.transactions[118].insert(0, {"id": 2, **failed})

    assert CAPTURED == shop.adapter().fetch_order("118").paid_at


def a_refund(number, amount, *payments, day=20):
    made = {"created": f"2026-11-{day}T10:00:00+00:00", "total_amount": amount}
    return {"id": number, "order_id": 118, "items": [], "payments": list(payments), **made}


def test_refunds_add_up_and_declined_ones_do_not_count(shop):
    good = {"id": 1, "amount": 5.25, "is_declined": False}
    declined = {"id": 2, "amount": 3, "is_declined": True}
    shop.store.refunds[118] = [a_refund(1, 8.25, good, declined), a_refund(2, 1.5, day=21)]
    (event,) = [e for e in completed(shop) if e.type == "order_refunded"]

    assert money("6.75 EUR") == event.order.refunded
    assert datetime(2026, 11, 21, 10, tzinfo=UTC) == event.occurred_at


def completed(shop, data=None):
    adapter = shop.adapter()
    (told,) = adapter.handle(shop.delivery("store/order/updated", data or {"id": 118}))
    return adapter.complete(told)


def test_status_refunded_means_all_of_it(shop):
    order = shop.order(status_id=4)

    assert money("28.80 EUR") == order.refunded
    assert order.is_fully_refunded
    assert order.insert_fulfilment is None


def test_refunds_beyond_the_total_are_the_total(shop):
    shop.store.refunds[118] = [a_refund(1, 99)]

    assert money("28.80 EUR") == shop.adapter().fetch_order("118").refunded


@pytest.mark.parametrize("status", [5, 6])
def test_cancelled_and_declined_orders_get_no_card(shop, status):
    order = shop.order(status_id=status, payment_status="void")

    assert (shop.NOON, None) == (order.cancelled_at, order.insert_fulfilment)


# Parcels ----------------------------------------------------------------------------------


def test_one_parcel_is_planned_before_anything_leaves(shop):
    (fulfilment,) = shop.adapter().fetch_order("118").fulfilments

    assert ("118-51", PLANNED, 2) == (
        fulfilment.id,
        fulfilment.status,
        fulfilment.lines[0].quantity,
    )


def test_shipment_takes_its_part_and_the_rest_stays_planned(shop):
    shop.store.shipments[118] = [shop.make.a_shipment((1180, 1))]
    gone, waiting = shop.order(items_shipped=1, status_id=3).fulfilments

    assert ("shipment-6", SHIPPED, 1) == (gone.id, gone.status, gone.lines[0].quantity)
    assert ("USPS", "EJ958083578US") == (gone.parcels[0].carrier, gone.parcels[0].tracking_number)
    assert datetime(2026, 11, 20, 9, tzinfo=UTC) == gone.shipped_at
    assert (PLANNED, 1) == (waiting.status, waiting.lines[0].quantity)


def test_each_address_has_a_parcel_of_its_own(shop):
    order = with_products(
        shop, product(shop, 1), product(shop, 2, order_address_id=52), product(shop, 3)
    )

    assert {"118-51": {"1", "3"}, "118-52": {"2"}} == {
        each.id: {part.line_id for part in each.lines} for each in order.fulfilments
    }


@pytest.mark.parametrize("status", [2, 10])
def test_order_that_is_shipped_without_shipments_has_left(shop, status):
    order = shop.order(status_id=status, date_shipped="Fri, 20 Nov 2026 10:00:00 +0000")

    assert [(SHIPPED, datetime(2026, 11, 20, 10, tzinfo=UTC))] == [
        (each.status, each.shipped_at) for each in order.fulfilments
    ]


def test_shipment_of_more_than_was_ordered_or_of_what_is_gone_does_no_harm(shop):
    shop.store.shipments[118] = [shop.make.a_shipment((1180, 1), (1180, 5), (4711, 1))]
    (gone,) = shop.order(items_shipped=7).fulfilments

    assert [("1180", 2)] == [(part.line_id, part.quantity) for part in gone.lines]


def test_only_what_travels_lies_in_parcels(shop):
    order = with_products(
        shop,
        product(shop, 1, type="digital"),
        product(shop, 2, type="giftcertificate"),
        product(shop, 3, order_pickup_method_id=9),
        product(shop, 4),
    )

    digital, pickup = LineKind.DIGITAL, LineKind.PICKUP
    assert [digital, digital, pickup, LineKind.PHYSICAL] == [line.kind for line in order.lines]
    assert [False, True, False, False] == [line.is_gift_card for line in order.lines]
    assert ["4"] == [part.line_id for each in order.fulfilments for part in each.lines]


def test_wrapped_goods_are_a_gift_with_their_message(shop):
    order = with_products(
        shop, product(shop, 1, wrapping_id=3, wrapping_message="Happy birthday!"), product(shop, 2)
    )

    assert (True, "Happy birthday!") == (order.is_gift, order.gift_message)
    assert not shop.adapter().fetch_order(str(shop.store.add_order())).is_gift


def test_products_that_the_order_does_not_carry_are_asked_for(shop):
    """As where a list of them is cut: 60 were bought, the order shows one."""
    many = [product(shop, number, quantity=1) for number in range(1, 61)]
    order = shop.order(items_total=60, x_products=many)

    assert 60 == len(order.lines)


def test_products_that_are_named_only_are_asked_for(shop):
    order = shop.store.orders[118]
    full = order["consignments"]["shipping"][0]["line_items"]
    resource = [{"url": "https://api.example/v2/orders/118/products/1", "resource": "/orders/118"}]
    order["consignments"]["shipping"][0]["line_items"] = resource
    order["x_products"] = full

    assert ["1180"] == [line.id for line in shop.adapter().fetch_order("118").lines]


# People -----------------------------------------------------------------------------------


def test_guest_has_no_account(shop):
    assert shop.order(customer_id=0).customer.is_guest


def test_box_that_was_ticked_is_a_yes_and_one_that_was_not_is_silence(shop):
    (consent,) = shop.order(is_email_opt_in=True).customer.consents

    assert (ConsentState.GRANTED, PLACED) == (consent.state, consent.recorded_at)
    for answer in (False, None, "true", 1):
        assert () == shop.order(is_email_opt_in=answer).customer.consents


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de", "de"), ("es-419", "es-419"), ("en-US", "en-US"), ("", None), ("Deutsch", None)],
)
def test_locale_of_the_checkout_is_the_language(shop, locale, language):
    assert language == shop.order(customer_locale=locale).language


@pytest.mark.parametrize("order_id", ["", "118/products", "../orders/118", "1e3", "١١٨"])
def test_identifier_that_is_no_number_leads_nowhere(shop, order_id):
    with pytest.raises(PlatformError):
        shop.adapter().fetch_order(order_id)
    assert [] == shop.store.seen


def test_an_order_costs_four_requests_while_nothing_has_left(shop):
    shop.adapter().fetch_order("118")

    assert 4 == len(shop.store.seen), "order, refunds, coupons, transactions"
