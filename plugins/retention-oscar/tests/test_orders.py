"""Orders of real checkouts, seen with the companion and without."""

from datetime import UTC, datetime, timedelta

import pytest
from retention_oscar.adapter import OscarAdapter

from retention_sdk.errors import PlatformError
from retention_sdk.model import (
    FulfilmentStatus,
    LineKind,
    OrderCancelled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
)
from retention_sdk.testing import money


def fetched(adapter, order_id):
    return adapter.fetch_order(str(order_id))


def changed(shop, **settings):
    return OscarAdapter.from_config(shop.settings(**settings), shop_id="soap.example")


def test_refund_that_oscar_knows_is_told(shop, adapter):
    order = fetched(adapter, shop.orders["FR"])

    assert money("37.49 EUR") == order.total
    assert money("12.99 EUR") == order.refunded
    assert "Card" == order.payment_method
    assert [OrderPlaced, OrderPaid, OrderRefunded] == [
        type(event) for event in adapter.order_events(order)
    ][:3]
    assert not order.is_fully_refunded


def test_refund_above_what_was_paid_is_a_whole_one(shop, adapter):
    order_id = shop.buy("8.00", {shop.towel: 1}, shop.buyers["GB"])
    shop.server.act("pay", order=order_id, amount="8.00")
    shop.server.act("refund", order=order_id, amount="9.00")

    assert money("8.00 EUR") == fetched(adapter, order_id).refunded


def test_part_of_the_money_is_no_payment(shop, adapter):
    order_id = shop.buy("8.00", {shop.towel: 1}, shop.buyers["GB"])
    shop.server.act("pay", order=order_id, amount="3.00")
    assert not fetched(adapter, order_id).is_paid

    shop.server.act("pay", order=order_id, amount="5.00")
    assert fetched(adapter, order_id).is_paid


def test_oscarapi_alone_knows_no_payments(shop, alone):
    order = fetched(alone, shop.orders["FR"])

    assert not order.is_paid
    assert order.refunded is None
    assert [OrderPlaced] == [type(event) for event in alone.order_events(order)]
    assert {"Rose soap", "Lavender oil"} == {line.title for line in order.lines}


def test_status_stands_for_payment_and_shipment_where_the_shop_says_so(shop):
    words = {"paid_statuses": ["Pending"], "shipped_statuses": ["Pending"]}
    order = fetched(changed(shop, companion=False, **words), shop.orders["FR"])

    assert order.placed_at == order.paid_at
    assert [FulfilmentStatus.SHIPPED] == [each.status for each in order.fulfilments]


@pytest.mark.parametrize("country", ["DE", "FR", "GB", "JP", "IR"])
@pytest.mark.parametrize("companion", [True, False])
def test_people_and_places_are_as_they_were_written(shop, country, companion):
    order, buyer = (
        fetched(changed(shop, companion=companion), shop.orders[country]),
        shop.buyers[country],
    )

    assert (buyer.id, buyer.email) == (order.customer.id, order.customer.email)
    assert (buyer.first, buyer.last) == (order.customer.given_name, order.customer.family_name)
    assert f"{buyer.first} {buyer.last}" == order.shipping_address.name
    assert (buyer.line1,) == order.shipping_address.street
    assert (buyer.city, buyer.postcode, country) == (
        order.shipping_address.city,
        order.shipping_address.postcode,
        order.shipping_address.country,
    )
    assert (buyer.language if companion else None) == order.language


def test_guest_has_an_address_and_no_account(shop, adapter, alone):
    for each in (adapter, alone):
        customer = fetched(each, shop.orders["guest"]).customer

        assert customer.is_guest
        assert "guest@example.com" == customer.email


def test_cancelled_order_tells_when_if_the_companion_knows(shop, adapter, alone):
    known, guessed = (fetched(each, shop.orders["GB"]) for each in (adapter, alone))

    assert known.cancelled_at > known.placed_at
    assert guessed.cancelled_at == guessed.placed_at
    assert () == known.fulfilments
    assert OrderCancelled is type(adapter.order_events(known)[-1])


def test_each_shipment_is_a_parcel_and_the_rest_is_planned(shop, adapter):
    order_id = shop.buy("73.50", {shop.oil: 3}, shop.buyers["JP"])
    shop.server.act("ship", order=order_id, quantity=2, kind="Shipped")
    first, rest = fetched(adapter, order_id).fulfilments

    assert (FulfilmentStatus.SHIPPED, 2) == (first.status, first.lines[0].quantity)
    assert (FulfilmentStatus.PLANNED, 1) == (rest.status, rest.lines[0].quantity)
    assert rest == fetched(adapter, order_id).insert_fulfilment

    shop.server.act("ship", order=order_id, quantity=2, kind="Delivered")
    assert FulfilmentStatus.DELIVERED is fetched(adapter, order_id).fulfilments[0].status


def test_order_outlives_its_product(shop, adapter, alone):
    gone = shop.server.act("product", title="Last candle", price="5.00")
    order_id = shop.buy("5.00", {gone: 1}, shop.buyers["DE"])
    shop.server.act("delete_product", order=order_id)

    assert "Last candle" == fetched(adapter, order_id).lines[0].title
    assert "product" == fetched(alone, order_id).lines[0].title


def test_pickup_is_no_parcel(shop):
    order = fetched(changed(shop, pickup_methods=["free-shipping"]), shop.orders["DE"])

    assert {LineKind.PICKUP} == {line.kind for line in order.lines}
    assert () == order.fulfilments


def test_order_that_changes_meanwhile_comes_again(shop):
    by_one = changed(shop, page_size=1)
    pages = by_one.order_pages()
    first = next(pages).items[0]
    shop.server.act("status", order=int(first.id), name="Being processed")

    later = [order.id for page in pages for order in page.items]

    assert first.id in later
    assert {str(each) for each in shop.orders.values()} <= {first.id, *later}


def test_order_is_listed_where_it_changed_last(shop, adapter):
    first, second = (shop.buy("8.00", {shop.towel: 1}, shop.buyers["GB"]) for _ in range(2))
    since = fetched(adapter, second).placed_at
    shop.server.act("pay", order=first, amount="8.00")

    recent = [order.id for order in adapter.fetch_orders(updated_since=since)]

    assert [str(second), str(first)] == recent[-2:]


def test_oscarapi_alone_reads_recent_orders_again(shop):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    looking_back = changed(shop, companion=False, lookback_days=2)
    not_looking = changed(shop, companion=False, lookback_days=0)

    assert list(looking_back.fetch_orders(updated_since=tomorrow))
    assert not list(not_looking.fetch_orders(updated_since=tomorrow))


def test_list_without_pages_goes_on_by_number(shop):
    by_two = changed(shop, companion=False, page_size=2)
    first = next(iter(by_two.order_pages()))
    newer = shop.buy("8.00", {shop.towel: 1}, shop.buyers["GB"])

    rest = [order.id for page in by_two.order_pages(cursor=first.cursor) for order in page.items]

    assert not {order.id for order in first.items} & set(rest)
    assert str(newer) == rest[-1]


@pytest.mark.parametrize("cursor", ["at:", "id:x", "id:-1", "17", "at:2026|1"])
def test_cursor_of_another_list_is_refused(alone, cursor):
    with pytest.raises(PlatformError) as caught:
        list(alone.order_pages(cursor=cursor))
    assert not caught.value.retryable


def test_without_the_companion_accounts_are_addresses_alone(shop, alone, adapter):
    everybody = [each for page in alone.customer_pages() for each in page.items]
    customers = {each.id: each for page in adapter.customer_pages() for each in page.items}
    buyer = shop.buyers["FR"]

    assert "staff@example.com" in {each.email for each in everybody}
    assert "staff@example.com" not in {each.email for each in customers.values()}
    assert ("Élodie", "Exemple") == (
        customers[buyer.id].given_name,
        customers[buyer.id].family_name,
    )


def test_product_has_its_numbers(shop, adapter):
    products = {each.id: each for page in adapter.product_pages() for each in page.items}
    soap = products[str(shop.soap)]

    assert ("Rose soap", f"SKU-{shop.soap}", "4006381333931") == (soap.title, soap.sku, soap.gtin)
