"""What the adapter reads of orders that a real checkout made."""

import json
import time
from datetime import UTC, datetime

import pytest
from retention_vendure.adapter import VendureAdapter
from retention_vendure.client import connected
from retention_vendure.queries import order_query

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import (
    FulfilmentStatus,
    LineKind,
    Money,
    OrderCancelled,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
)
from retention_sdk.testing.mutants import mutants


@pytest.fixture
def adapter(shop):
    return VendureAdapter.from_config(shop.settings(), shop_id="soap.example")


def kinds(adapter, order):
    return [type(event) for event in adapter.order_events(order)]


def test_paid_order_has_all_a_card_needs(shop, adapter):
    known = shop.orders["two soaps, shipped by post, in German"]
    order = adapter.fetch_order(known["id"])

    assert (known["code"], "de", "card") == (order.number, order.language, order.payment_method)
    assert Money(minor=3687, currency="EUR") == order.total
    assert Money(minor=595, currency="EUR") == order.shipping
    assert Money(minor=589, currency="EUR") == order.tax
    assert [("Rose soap", 2, "SOAP-1")] == [(i.title, i.quantity, i.sku) for i in order.lines]
    assert Money(minor=3092, currency="EUR") == order.lines[0].total
    assert order.customer.email == "ada@example.com"
    assert order.shipping_address.country == "DE"
    assert order.insert_fulfilment.status is FulfilmentStatus.PLANNED
    assert [OrderPlaced, OrderPaid] == kinds(adapter, order)


def test_yen_have_no_decimals_although_vendure_counts_two(shop, adapter):
    order = adapter.fetch_order(shop.orders["yen"]["id"])

    assert Money(minor=1428, currency="JPY") == order.total


def test_picked_up_order_gets_no_parcel(shop, adapter):
    order = adapter.fetch_order(shop.orders["one soap, picked up"]["id"])

    assert order.lines[0].kind is LineKind.PICKUP
    assert order.fulfilments == ()


def test_gift_is_a_gift_with_its_message(shop, adapter):
    order = adapter.fetch_order(shop.orders["a gift"]["id"])

    assert (True, "Happy birthday!") == (order.is_gift, order.gift_message)


def test_order_is_not_paid_before_it_is(shop, adapter):
    """A checkout that stops before the payment leaves an active order, not a placed one."""
    order = shop.buy(pay=False)

    with pytest.raises(PlatformError, match="not placed") as caught:
        adapter.fetch_order(order["id"])
    assert not caught.value.retryable
    assert order["code"] not in {listed.number for listed in adapter.fetch_orders()}


def test_split_shipment_is_two_fulfilments(shop, adapter):
    bought = shop.buy(quantity=3, language="fa")
    shop.ship(bought, quantity=1)
    half = adapter.fetch_order(bought["id"])
    shop.ship(bought, quantity=2, state=None)
    packed = adapter.fetch_order(bought["id"])

    assert [FulfilmentStatus.SHIPPED, FulfilmentStatus.PLANNED] == [
        f.status for f in half.fulfilments
    ]
    assert [[1], [2]] == [[part.quantity for part in f.lines] for f in half.fulfilments]
    assert ("DHL", "T-1") == (
        half.fulfilments[0].parcels[0].carrier,
        half.fulfilments[0].parcels[0].tracking_number,
    )
    assert half.fulfilments[0].shipped_at is not None
    assert [OrderPlaced, OrderPaid] == kinds(adapter, half)
    assert ["shipped", "planned"] == [f.status for f in packed.fulfilments]


def test_shipped_order_is_fulfilled(shop, adapter):
    bought = shop.buy()
    shop.ship(bought, quantity=1)
    order = adapter.fetch_order(bought["id"])

    assert [OrderPlaced, OrderPaid, OrderFulfilled] == kinds(adapter, order)
    assert order.insert_fulfilment is None


def test_refund_counts_when_the_money_went_back(shop, adapter):
    bought = shop.buy(quantity=2)
    shop.refund(bought, quantity=1)
    order = adapter.fetch_order(bought["id"])

    assert Money(minor=1546, currency="EUR") == order.refunded
    assert [OrderPlaced, OrderPaid, OrderRefunded] == kinds(adapter, order)


def test_cancelled_order_keeps_what_was_paid_for_it(shop, adapter):
    """Vendure sets totals and quantities of a cancelled order to zero."""
    bought = shop.buy(quantity=2)
    shop.refund(bought, quantity=2)
    shop.cancel(bought)
    order = adapter.fetch_order(bought["id"])

    assert Money(minor=3687, currency="EUR") == order.total
    assert Money(minor=3092, currency="EUR") == order.refunded
    assert (2, 3092) == (order.lines[0].quantity, order.lines[0].total.minor)
    assert order.fulfilments == ()
    assert [OrderPlaced, OrderPaid, OrderRefunded, OrderCancelled] == kinds(adapter, order)


def test_order_that_was_added_to_keeps_its_first_payment(shop, adapter):
    """Vendure's "modify order": one soap more, paid later."""
    bought = shop.buy()
    before = adapter.fetch_order(bought["id"])
    shop.add_to(bought, quantity=2)
    shop.ship(bought, quantity=2)
    after = adapter.fetch_order(bought["id"])

    assert (1, 2) == (before.lines[0].quantity, after.lines[0].quantity)
    assert Money(minor=3687, currency="EUR") == after.total
    assert before.paid_at == after.paid_at
    assert [OrderPlaced, OrderPaid, OrderFulfilled] == kinds(adapter, after)


def test_order_that_does_not_exist_is_not_worth_a_second_try(adapter):
    with pytest.raises(PlatformError, match="no such order") as caught:
        adapter.fetch_order("123456")
    assert not caught.value.retryable


@pytest.mark.parametrize("page_size", [3, 7])
def test_pages_hold_every_order_once(shop, page_size):
    """Many orders share one second of updatedAt, so pages must not be cut by it."""
    adapter = VendureAdapter.from_config(shop.settings(page_size=page_size), shop_id="soap.example")
    numbers = [order.number for order in adapter.fetch_orders()]

    assert set(shop.totals) <= set(numbers)
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("happens", ["ship", "refund"])
def test_companion_plugin_makes_changes_visible_to_polling(shop, happens):
    """Vendure alone leaves updatedAt untouched; without lookback such a change would be missed."""
    adapter = VendureAdapter.from_config(shop.settings(lookback_days=0), shop_id="soap.example")
    bought, quiet = shop.buy(), shop.buy()
    time.sleep(2.5)  # updatedAt has whole seconds here, and the adapter looks one back
    since = datetime.now(UTC)
    getattr(shop, happens)(bought, quantity=1)
    numbers = {order.number for order in adapter.fetch_orders(updated_since=since)}

    assert bought["code"] in numbers
    assert quiet["code"] not in numbers


def test_lookback_reads_recent_orders_again(shop):
    adapter = VendureAdapter.from_config(shop.settings(lookback_days=1), shop_id="soap.example")
    time.sleep(2.5)  # so that nothing changed since
    numbers = {order.number for order in adapter.fetch_orders(updated_since=datetime.now(UTC))}

    assert set(shop.totals) <= numbers


def test_user_name_and_password_open_the_same_door(shop):
    login = {"api_key": None, "username": "superadmin", "password": shop.server.password}
    adapter = VendureAdapter.from_config(shop.settings(**login), shop_id="soap.example")

    assert set(shop.totals) <= {order.number for order in adapter.fetch_orders()}


def test_saved_answer_is_read_like_a_fresh_one(shop, adapter):
    known = shop.orders["a gift"]
    with connected(adapter.settings) as client:
        answer = client.run(order_query(adapter.settings), id=known["id"])
    saved = json.dumps({"data": answer}).encode()

    assert (adapter.fetch_order(known["id"]),) == adapter.load_orders(saved)
    assert adapter.load_orders(saved) == adapter.load_orders(json.dumps(answer).encode())


def test_no_single_bad_field_escapes_as_another_error(shop, adapter):
    """Every field of a real answer is removed and replaced, one at a time."""
    bought = shop.buy(quantity=2)
    shop.ship(bought, quantity=1)
    shop.refund(bought, quantity=1)
    with connected(adapter.settings) as client:
        answer = client.run(order_query(adapter.settings), id=bought["id"])
    refused = 0
    for _, body in mutants(answer):
        try:
            adapter.load_orders(json.dumps(body).encode())
        except PayloadError as error:
            refused += 1
            message = str(error)
            assert "Lovelace" not in message
            assert "ada@example.com" not in message

    assert refused > 500


def test_profile_is_the_channels(shop, adapter):
    profile = adapter.fetch_shop()

    assert ("Default Seller", "DE", "EUR", "en") == (
        profile.name,
        profile.country,
        profile.currency,
        profile.language,
    )


def test_a_facet_tells_the_brand(shop):
    def english(name):
        return [{"languageCode": "en", "name": name}]

    server, known = shop.server, shop.orders["one soap, picked up"]
    facet = server.create("Facet", code="maker", isPrivate=False, translations=english("Maker"))
    other = server.create("Facet", code="scent", isPrivate=False, translations=english("Scent"))
    query = "mutation ($i: CreateFacetValueInput!) { r: createFacetValue(input: $i) { id } }"
    values = [
        server.admin(query, i={"facetId": of, "code": code, "translations": english(name)})["r"]
        for of, code, name in ((other, "rose", "Rose"), (facet, "kiln", "Kiln & Leaf"))
    ]
    server.admin(
        "mutation ($i: UpdateProductInput!) { updateProduct(input: $i) { id } }",
        i={
            "id": VendureAdapter.from_config(shop.settings(), shop_id="soap.example")
            .fetch_order(known["id"])
            .lines[0]
            .product_id,
            "facetValueIds": [value["id"] for value in values],
        },
    )

    assert ["Kiln & Leaf"] == brands(shop, known, brand_facet="maker")
    assert [""] == brands(shop, known, brand_facet="nothing")
    assert [""] == brands(shop, known)


def brands(shop, known, **settings):
    adapter = VendureAdapter.from_config(shop.settings(**settings), shop_id="soap.example")
    return [line.brand for line in adapter.fetch_order(known["id"]).lines]


def test_a_note_is_for_the_staff_alone(shop, adapter):
    bought = shop.orders["a gift"]
    adapter.note_order(bought["id"], "card 17 lies in the parcel")
    query = """query ($id: ID!) { order(id: $id) {
      history(options: { filter: { type: { eq: "ORDER_NOTE" } } }) { items { isPublic data } }
    } }"""
    history = shop.server.admin(query, id=bought["id"])["order"]["history"]["items"]

    assert (False, "card 17 lies in the parcel") == (
        history[-1]["isPublic"],
        history[-1]["data"]["note"],
    )


def test_a_note_for_nobody_is_refused_for_good(adapter):
    with pytest.raises(PlatformError) as caught:
        adapter.note_order("987654321", "hello")
    assert not caught.value.retryable


def test_an_account_is_listed_and_a_guest_is_not(shop, adapter):
    """Vendure keeps a row for every buyer; who checked out as a guest has no account."""
    account = shop.new_customer("Hedy")
    listed = {each.id: each for page in adapter.customer_pages() for each in page.items}

    assert ("Hedy", "Hopper") == (listed[account].given_name, listed[account].family_name)
    assert "ada@example.com" not in {each.email for each in listed.values()}


def test_customers_are_listed_since_a_moment(shop, adapter):
    time.sleep(2.5)  # updatedAt has whole seconds here, and the adapter looks one back
    since = datetime.now(UTC)
    new = shop.new_customer("Mary")
    listed = [
        each.id for page in adapter.customer_pages(updated_since=since) for each in page.items
    ]

    assert [new] == listed


def test_products_are_named_and_numbered(shop, adapter):
    (soap,) = (each for page in adapter.product_pages() for each in page.items)

    assert ("Rose soap", "SOAP-1") == (soap.title, soap.sku)


def test_the_list_goes_on_after_a_cursor_when_orders_change_meanwhile(shop):
    """The first page's order changes, so it comes again; none is missed."""
    settings = shop.settings(page_size=3, lookback_days=0)
    adapter = VendureAdapter.from_config(settings, shop_id="soap.example")
    bought = shop.buy(quantity=2)
    time.sleep(1.1)
    later = shop.buy()
    pages = adapter.order_pages()
    first = next(page for page in pages if bought["code"] in {o.number for o in page.items})
    shop.refund(bought, quantity=1)
    rest = [o for page in adapter.order_pages(cursor=first.cursor) for o in page.items]

    assert {later["code"], bought["code"]} <= {order.number for order in rest}
    assert Money(minor=1546, currency="EUR") == rest[-1].refunded


def test_a_cursor_of_somebody_else_is_refused(adapter):
    with pytest.raises(PlatformError, match="cursor"):
        next(adapter.order_pages(cursor="eyJsYXN0"))
