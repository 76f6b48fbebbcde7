"""What orders say, in the shop's own numbers and states."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import FulfilmentStatus, LineKind, OrderPaid, OrderPlaced, OrderRefunded


def at(text):
    """A time of 22 November 2026 in Berlin."""
    return datetime.fromisoformat(f"2026-11-22T{text}+01:00").astimezone(UTC)


def test_order_is_read_as_a_person_reads_it(shop):
    order = shop.adapter().fetch_order("7")

    assert ("7", "DSEKEJZLD", "61.88 EUR") == (order.id, order.number, str(order.total))
    assert (at("12:02:33"), at("12:02:34")) == (order.placed_at, order.paid_at)
    assert ("5.95 EUR", "9.88 EUR", "0.00 EUR") == tuple(
        str(money) for money in (order.shipping, order.tax, order.discount)
    )
    assert [("Candle - Size : 12 oz, Scent : Honey", 2, "19.64 EUR", "39.27 EUR", "demo_1"),
            ("Soap", 1, "16.66 EUR", "16.66 EUR", "demo_2")] == [
        (line.title, line.quantity, str(line.unit_price), str(line.total), line.sku)
        for line in order.lines
    ]  # fmt: skip
    assert {("Bee Hive", ("Gifts",))} == {(line.brand, line.categories) for line in order.lines}
    assert ("bankwire", "de-de") == (order.payment_method, order.language)


def test_buyer_has_account_address_and_birthday(shop):
    shop.change("customers", 2, birthday="1985-12-10")
    customer = shop.adapter().fetch_order("7").customer

    assert ("2", "Ada", "Lovelace", "A & B") == (
        customer.id, customer.given_name, customer.family_name, customer.company,
    )  # fmt: skip
    assert ("12-10", 1985, "de-de") == (customer.birthday, customer.birth_year, customer.language)
    assert ("Am Markt 1",) == customer.address.street
    assert ("10115", "Berlin", "DE") == (
        customer.address.postcode, customer.address.city, customer.address.country,
    )  # fmt: skip


def test_guest_has_no_number_and_a_region(shop):
    order = shop.adapter().fetch_order("9")

    assert ("", "email:grace@example.com") == (order.customer.id, order.customer.reference)
    assert ("New York", "US", ("1 Main St", "Apt 2")) == (
        order.shipping_address.region, order.shipping_address.country, order.shipping_address.street,
    )  # fmt: skip
    assert "20.00 USD" == str(order.total)


def test_buyer_whose_account_was_deleted_is_nobody(shop):
    assert shop.adapter().fetch_order("8").customer is None


def test_cancelled_is_what_is_so_now(shop):
    assert at("12:04:14") == shop.adapter().fetch_order("9").cancelled_at
    shop.state(9, 9, "2026-11-22 12:10:00")
    assert shop.adapter().fetch_order("9").cancelled_at is None


def test_paid_and_shipped_is_what_was_so_once(shop):
    """A later state without the flags takes neither back."""
    shop.state(7, 7, "2026-11-23 09:00:00")
    order = shop.adapter().fetch_order("7")

    assert at("12:02:34") == order.paid_at
    assert (FulfilmentStatus.SHIPPED, at("12:02:35")) == (
        order.fulfilments[0].status, order.fulfilments[0].shipped_at,
    )  # fmt: skip


def test_delivered_is_a_state_and_not_the_flag_for_delivery_slips(shop):
    """State 2 and 3 carry the flag; the first of them is not even packed."""
    assert {"1"} == {shop.tables["order_states"][number]["delivery"] for number in (2, 3)}
    assert FulfilmentStatus.SHIPPED is shop.adapter().fetch_order("7").fulfilments[0].status
    shop.state(7, 4, "2026-11-24 09:00:00")
    assert FulfilmentStatus.DELIVERED is shop.adapter().fetch_order("7").fulfilments[0].status


def test_states_of_the_shops_own_are_named_in_settings(shop):
    adapter = shop.adapter(delivered_states=[12], cancelled_states=[13])
    shop.state(6, 12, "2026-11-24 09:00:00")
    shop.state(8, 13, "2026-11-24 09:00:00")

    arrived = adapter.fetch_order("6").fulfilments[0]

    assert (FulfilmentStatus.DELIVERED, datetime(2026, 11, 24, 8, tzinfo=UTC)) == (
        arrived.status,
        arrived.shipped_at,
    )
    assert adapter.fetch_order("8").cancelled_at


def test_state_without_history_is_dated_by_the_last_change(shop):
    shop.tables["order_histories"] = {}

    order = shop.adapter().fetch_order("7")
    assert at("12:02:35") == order.paid_at == order.fulfilments[0].shipped_at


def test_credit_slips_add_up_and_never_exceed_the_total(shop):
    assert "19.64 EUR" == str(shop.adapter().fetch_order("7").refunded)
    shop.add("order_slip", like=1, total_shipping_tax_incl="5.950000")
    assert "45.23 EUR" == str(shop.adapter().fetch_order("7").refunded)
    shop.add("order_slip", like=1)
    assert "61.88 EUR" == str(shop.adapter().fetch_order("7").refunded)
    assert shop.adapter().fetch_order("6").refunded is None


def test_refunded_as_a_state_is_all_of_it(shop):
    shop.state(6, 6, "2026-11-24 09:00:00")

    assert shop.adapter().fetch_order("6").is_fully_refunded


def test_code_is_told_and_its_discount_is_taken_off_the_lines(shop):
    order = shop.adapter().fetch_order("6")

    assert ("THANKS-ABC123",) == order.coupon_codes
    assert ("3.93 EUR", "35.34 EUR") == (str(order.discount), str(order.lines[0].total))
    del shop.tables["cart_rules"][1]
    assert () == shop.adapter().fetch_order("6").coupon_codes


def test_shop_that_does_not_list_used_codes_is_read_all_the_same(shop):
    """Synthetic: PrestaShop 1.6 itself, by its source."""
    del shop.tables["order_cart_rules"]
    order = shop.adapter().fetch_order("6")

    assert ((), "35.34 EUR") == (order.coupon_codes, str(order.lines[0].total))


def test_discount_is_spread_over_the_lines_exactly(shop):
    """10.00 off goods of 55.93: 39.27 and 16.66 become 32.25 and 13.68; postage stays."""
    shop.change("orders", 7, total_discounts_tax_incl="10.000000", total_paid_tax_incl="51.880000")

    assert ["32.25 EUR", "13.68 EUR"] == [
        str(line.total) for line in shop.adapter().fetch_order("7").lines
    ]


def test_code_for_free_postage_leaves_the_lines_alone(shop):
    shop.change("orders", 7, total_discounts_tax_incl="5.950000", total_paid_tax_incl="55.930000")
    shop.add("order_cart_rules", like=1, id_order="7", free_shipping="1")

    assert ["39.27 EUR", "16.66 EUR"] == [
        str(line.total) for line in shop.adapter().fetch_order("7").lines
    ]


def test_wrapping_as_a_gift_keeps_prices_out_of_the_parcel(shop):
    order = shop.adapter().fetch_order("7")

    assert (True, "For Charles, with love") == (order.is_gift, order.gift_message)
    assert not shop.adapter().fetch_order("6").is_gift


def test_parcel_has_carrier_and_number(shop):
    shop.change("orders", 7, shipping_number="RR123456785DE")
    (parcel,) = shop.adapter().fetch_order("7").fulfilments[0].parcels

    assert ("My carrier", "RR123456785DE") == (parcel.carrier, parcel.tracking_number)


def test_what_is_fetched_or_downloaded_lies_in_no_parcel(shop):
    fetched = shop.adapter(pickup_carriers=[2]).fetch_order("7")
    shop.change("products", 1, is_virtual="1")
    mixed = shop.adapter().fetch_order("7")

    assert ({LineKind.PICKUP}, ()) == ({line.kind for line in fetched.lines}, fetched.fulfilments)
    assert [LineKind.DIGITAL, LineKind.PHYSICAL] == [line.kind for line in mixed.lines]
    assert ["18"] == [part.line_id for part in mixed.fulfilments[0].lines]


def test_product_that_is_gone_is_still_a_line(shop):
    del shop.tables["products"][1]
    line = shop.adapter().fetch_order("7").lines[0]

    assert ("1", "", ()) == (line.product_id, line.brand, line.categories)


def test_order_without_lines_is_left_out_and_stops_nothing(shop):
    del shop.tables["order_details"][17], shop.tables["order_details"][18]

    assert ["6", "8", "9"] == [order.id for order in shop.adapter().fetch_orders()]
    with pytest.raises(PlatformError, match="last line was deleted"):
        shop.adapter().fetch_order("7")


def test_shop_of_one_language_writes_texts_plainly(shop):
    shop.change("categories", 6, name="Geschenke")

    assert ("Geschenke",) == shop.adapter().fetch_order("7").lines[0].categories


def test_locale_of_newer_versions_comes_first(shop_8):
    """Synthetic: the field is in PrestaShop's source since 1.7, and not in thirty bees."""
    shop_8.change("languages", 2, locale="de-DE")

    assert "de-DE" == shop_8.adapter().fetch_order("7").language


def test_time_zone_of_the_settings_outranks_the_shops(shop):
    order = shop.adapter(time_zone="Asia/Tokyo").fetch_order("7")

    assert datetime(2026, 11, 22, 3, 2, 33, tzinfo=UTC) == order.placed_at


def test_events_name_facts(shop):
    adapter = shop.adapter()
    events = adapter.order_events(adapter.fetch_order("7"))

    assert ["placed", "paid", "fulfilled", "refunded-1964"] == [
        event.id.removeprefix("prestashop:soap.example:order:7:") for event in events
    ]
    assert (OrderPlaced, OrderPaid) == tuple(map(type, events[:2]))
    assert OrderRefunded is type(events[-1])


@pytest.mark.parametrize(
    ("resource", "number", "fields"),
    [
        ("orders", 7, {"date_add": "yesterday"}),
        ("orders", 7, {"id_currency": "77"}),
        ("orders", 7, {"total_paid_tax_incl": None}),
        ("order_details", 17, {"product_quantity": "1.5"}),
        ("order_details", 17, {"total_price_tax_incl": "much"}),
        ("order_histories", 10, {"date_add": None}),
        ("countries", 1, {"iso_code": "Germany"}),
    ],
)
def test_what_cannot_be_read_is_refused_without_quoting_it(shop, resource, number, fields):
    shop.change(resource, number, **fields)
    with pytest.raises((PayloadError, PlatformError)) as caught:
        shop.adapter().fetch_order("7")
    assert "Ada" not in str(caught.value)
