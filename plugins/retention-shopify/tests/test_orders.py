"""What an order of Shopify's becomes."""

import pytest

from retention_sdk.errors import PayloadError
from retention_sdk.model import FulfilmentStatus, LineKind


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("orders_create", ["placed"]),
        ("orders_paid", ["placed", "paid"]),
        ("orders_fulfilled", ["placed", "paid", "fulfilled"]),
        ("orders_updated_refunded", ["placed", "paid", "fulfilled", "refunded-650"]),
        ("orders_cancelled", ["placed", "cancelled"]),
    ],
)
def test_order_tells_all_that_its_state_proves(shopify, name, facts):
    ids = [event.id for event in shopify.events(name)]

    assert [f"shopify:kiln.example:order:5501:{fact}" for fact in facts] == ids


def test_amounts_are_those_the_buyer_saw(shopify):
    order = shopify.order("orders_paid_abroad")

    assert "7420 JPY" == str(order.total)
    assert ["6600 JPY"] == [str(line.total) for line in order.lines]
    assert "660 JPY" == str(order.discount)
    assert ("WELCOME",) == order.coupon_codes
    assert "ja" == order.language


def test_amounts_can_be_those_of_the_books(shopify):
    order = shopify.order("orders_paid_abroad", {"currency": "shop"})

    assert "43.90 EUR" == str(order.total)
    assert ["39.00 EUR"] == [str(line.total) for line in order.lines]


def test_lines_carry_their_tax_where_prices_are_net(shopify):
    document = shopify.document("orders_paid")
    tax = {
        "rate": 0.19,
        "title": "VAT",
        "price_set": {
            "shop_money": {"amount": "4.945", "currency_code": "EUR"},
            "presentment_money": {"amount": "4.945", "currency_code": "EUR"},
        },
    }
    lines = [{**each, "tax_lines": [tax]} for each in document["line_items"]]

    net = shopify.order(line_items=lines, taxes_included=False)
    gross = shopify.order(line_items=lines, taxes_included=True)

    assert ["30.95 EUR", "17.95 EUR"] == [str(line.total) for line in net.lines]
    assert ["26.00 EUR", "13.00 EUR"] == [str(line.total) for line in gross.lines]


@pytest.mark.parametrize(
    ("status", "is_paid"),
    [
        ("paid", True),
        ("partially_refunded", True),
        ("refunded", True),
        ("authorized", False),
        ("pending", False),
        ("partially_paid", False),
        ("voided", False),
    ],
)
def test_paid_is_what_shopify_calls_paid(shopify, status, is_paid):
    assert is_paid is shopify.order(financial_status=status).is_paid


def test_refund_is_what_went_back_so_far(shopify):
    order = shopify.order("orders_updated_refunded")

    assert "6.50 EUR" == str(order.refunded)
    assert not order.is_fully_refunded


def test_refunded_as_a_status_is_all_of_it(shopify):
    assert "43.90 EUR" == str(shopify.order(financial_status="refunded").refunded)


def test_refund_above_the_total_is_the_total(shopify):
    """Shopify lets a shop give more back than it took; an order has one total."""
    document = shopify.document("orders_updated_refunded")
    (refund,) = document["refunds"]
    more = {"shop_money": {"amount": "-90.00", "currency_code": "EUR"}}
    more["presentment_money"] = more["shop_money"]
    nothing = {"shop_money": {"amount": "0.00", "currency_code": "EUR"}}
    nothing["presentment_money"] = nothing["shop_money"]
    refund["order_adjustments"] = [{"amount_set": more, "tax_amount_set": nothing}]

    assert "43.90 EUR" == str(shopify.order(refunds=[refund]).refunded)


def test_one_parcel_is_planned_until_something_left(shopify):
    before, after = shopify.order(), shopify.order("orders_fulfilled")

    assert "5501-open" == before.insert_fulfilment.id
    assert [("901", 1), ("902", 2)] == [
        (part.line_id, part.quantity) for part in before.insert_fulfilment.lines
    ]
    assert after.insert_fulfilment is None
    assert [("6601", FulfilmentStatus.SHIPPED)] == [(f.id, f.status) for f in after.fulfilments]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"shipment_status": "delivered"}, FulfilmentStatus.DELIVERED),
        ({"shipment_status": "out_for_delivery"}, FulfilmentStatus.SHIPPED),
        ({"status": "pending"}, FulfilmentStatus.PLANNED),
        ({"status": "cancelled"}, FulfilmentStatus.CANCELLED),
        ({"status": "failure"}, FulfilmentStatus.CANCELLED),
    ],
)
def test_parcel_stands_where_shopify_says(shopify, changes, status):
    (parcel,) = shopify.document("orders_fulfilled")["fulfillments"]

    (found,) = shopify.order("orders_fulfilled", fulfillments=[{**parcel, **changes}]).fulfilments
    assert status is found.status


def test_rest_of_a_split_order_waits_for_its_own_parcel(shopify):
    document = shopify.document("orders_fulfilled")
    (parcel,) = document["fulfillments"]
    parcel["line_items"] = parcel["line_items"][:1]
    document["line_items"][1]["fulfillable_quantity"] = 2

    order = shopify.order(
        "orders_fulfilled", fulfillments=[parcel], line_items=document["line_items"]
    )

    assert ["6601", "5501-open"] == [each.id for each in order.fulfilments]
    assert "5501-open" == order.insert_fulfilment.id


def test_cancelled_order_waits_for_no_parcel(shopify):
    order = shopify.order("orders_cancelled")

    assert order.cancelled_at is not None
    assert order.insert_fulfilment is None


def test_order_without_an_address_is_taken_away(shopify):
    """A pickup in the shop, or a sale at the till."""
    order = shopify.order(shipping_address=None, source_name="pos")

    assert {LineKind.PICKUP} == {line.kind for line in order.lines}
    assert order.insert_fulfilment is None


def test_line_that_is_not_shipped_is_digital(shopify):
    document = shopify.document("orders_paid")
    document["line_items"][1] |= {"requires_shipping": False, "gift_card": True}

    order = shopify.order(line_items=document["line_items"])

    assert [LineKind.PHYSICAL, LineKind.DIGITAL] == [line.kind for line in order.lines]
    assert [False, True] == [line.is_gift_card for line in order.lines]
    assert ["901"] == [part.line_id for part in order.insert_fulfilment.lines]


def test_line_that_was_removed_is_not_there_any_more(shopify):
    document = shopify.document("orders_paid")
    document["line_items"][1] |= {"current_quantity": 0, "fulfillable_quantity": 0}

    assert ["901"] == [line.id for line in shopify.order(line_items=document["line_items"]).lines]


def test_gift_is_what_the_cart_says(shopify):
    gift, plain = shopify.order("orders_paid_abroad"), shopify.order()

    assert (True, "For your new kitchen") == (gift.is_gift, gift.gift_message)
    assert not plain.is_gift
    renamed = {"gift_message_attributes": ["wrapped"]}
    attribute = {"name": "Wrapped", "value": "with love"}
    assert (
        "with love"
        == shopify.order("orders_paid", renamed, note_attributes=[attribute]).gift_message
    )


def test_guest_is_known_by_the_address_of_the_checkout(shopify):
    guest = shopify.order(customer=None).customer

    assert guest.is_guest
    assert "email:marlene.vogt@example.com" == guest.reference
    assert "Marlene Vogt" == guest.full_name


def test_sale_at_the_till_without_anybody_has_no_customer(shopify):
    assert shopify.order(customer=None, email=None, contact_email=None, phone=None).customer is None


@pytest.mark.parametrize("locale", ["de", "pt-BR", "zh-Hant-TW"])
def test_language_is_the_storefronts(shopify, locale):
    assert locale == shopify.order(customer_locale=locale).language


@pytest.mark.parametrize("locale", [None, "", "speak friend", 7])
def test_locale_that_is_none_costs_no_order(shopify, locale):
    assert shopify.order(customer_locale=locale).language is None


def test_ticked_box_of_an_order_is_no_consent(shopify):
    """It is true as well while the confirmation of a double opt-in is still to come."""
    assert () == shopify.order(buyer_accepts_marketing=True).customer.consents


def test_currencies_that_do_not_match_are_refused(shopify):
    with pytest.raises(PayloadError):
        shopify.order(presentment_currency="USD")


@pytest.mark.parametrize(("vendor", "expected"), [("Kiln and Leaf", "Kiln and Leaf"), (None, "")])
def test_vendor_is_the_brand(shopify, vendor, expected):
    items = [{**line, "vendor": vendor} for line in shopify.document("orders_paid")["line_items"]]

    assert {expected} == {line.brand for line in shopify.order(line_items=items).lines}
