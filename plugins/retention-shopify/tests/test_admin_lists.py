"""Orders, customers and products over the Admin API: whole, and none left out."""

import pytest


def pages(adapter, **options):
    return [[order.number for order in page.items] for page in adapter.order_pages(**options)]


@pytest.mark.parametrize(
    "name",
    [
        "orders_create",
        "orders_paid",
        "orders_paid_abroad",
        "orders_fulfilled",
        "orders_updated_refunded",
        "orders_cancelled",
    ],
)
def test_fetched_order_is_the_one_that_the_webhook_told(admin, shopify, name):
    """All but what webhooks do not say of a customer: the language."""
    admin.add_orders(name)
    told = shopify.order(name)

    fetched = admin.adapter().fetch_order(told.id)

    customer = fetched.customer.model_copy(update={"language": None})
    assert told == fetched.model_copy(update={"customer": customer})
    assert "de" == fetched.customer.language


def test_fetched_and_told_order_are_the_same_facts(admin, shopify):
    admin.add_orders("orders_updated_refunded")
    adapter = admin.adapter()

    fetched = {event.id for event in adapter.order_events(adapter.fetch_order("5501"))}

    assert {event.id for event in shopify.events("orders_updated_refunded")} == fetched


def test_order_of_many_lines_is_whole(admin):
    """Sixty lines come in three requests, and so does what travels in the parcel."""
    body = admin.payload("orders_fulfilled")
    line, (parcel,) = body["line_items"][0], body["fulfillments"]
    lines = [{**line, "id": number} for number in range(1, 61)]
    admin.shop.add_order(
        {**body, "line_items": lines, "fulfillments": [{**parcel, "line_items": lines}]}
    )

    order = admin.adapter().fetch_order("5501")

    assert [str(number) for number in range(1, 61)] == [each.id for each in order.lines]
    assert 60 == len(order.fulfilments[0].lines)


def test_line_that_was_refunded_before_it_left_waits_for_no_parcel(admin):
    admin.add_orders("orders_paid")
    order = admin.shop.orders["gid://shopify/Order/5501"]
    lines = order["lineItems"](first=10)["nodes"]
    lines[1] |= {"currentQuantity": 0, "unfulfilledQuantity": lines[1]["quantity"]}

    (waiting,) = admin.adapter().fetch_order("5501").fulfilments

    assert ["901"] == [part.line_id for part in waiting.lines]


def test_order_that_cannot_be_read_does_not_stop_the_others(admin):
    admin.add_numbered_orders(4)
    whole = [number for page in pages(admin.adapter()) for number in page]
    broken = list(admin.shop.orders)[1]
    admin.shop.orders[broken]["createdAt"] = "yesterday"
    found = list(admin.adapter(page_size=2).order_pages())

    assert 3 == len([order for page in found for order in page.items]) == len(whole) - 1
    (sentence,) = [each for page in found for each in page.refused]
    assert sentence.startswith(f"order {broken}: shopify: cannot be read")


def test_order_that_changes_meanwhile_comes_again_and_none_is_left_out(admin):
    admin.add_numbered_orders(6)
    found = admin.adapter(page_size=2).order_pages()
    first = [order.number for order in next(found).items]

    admin.shop.orders["gid://shopify/Order/6000"]["updatedAt"] = "2026-11-20T12:00:00Z"
    rest = [order.number for page in found for order in page.items]

    assert ["#0", "#1"] == first
    assert ["#2", "#3", "#4", "#5", "#0"] == rest


def test_list_goes_on_after_a_cursor_in_another_process(admin):
    admin.add_numbered_orders(5)
    cursor = next(admin.adapter(page_size=2).order_pages()).cursor

    assert [["#2", "#3"], ["#4"]] == pages(admin.adapter(page_size=2), cursor=cursor)


def test_page_that_is_too_dear_is_asked_for_in_smaller_ones(admin):
    """Twenty orders would cost more points than one request may."""
    admin.add_numbered_orders(6)

    found = pages(admin.adapter(page_size=20, bulk_from=0))

    assert [f"#{number}" for number in range(6)] == [each for page in found for each in page]
    assert 20 == admin.server.asked[0]["variables"]["first"]
    assert 20 > admin.server.asked[-1]["variables"]["first"]


def test_only_products_that_are_sold_are_listed(admin):
    admin.shop.add_product(1)
    admin.shop.add_product(2, status="DRAFT")

    ((product,),) = (page.items for page in admin.adapter().product_pages())

    assert ("1", "Tea bowl", "KL-901") == (product.id, product.title, product.sku)
    assert ("Bowls", "Home & Garden > Kitchen & Dining") == product.categories


def test_shop_is_what_its_settings_say(admin):
    shop = admin.adapter().fetch_shop()

    assert ("Kiln and Leaf", "DE", "EUR", "de") == (
        shop.name,
        shop.country,
        shop.currency,
        shop.language,
    )
    assert "Europe/Berlin" == shop.time_zone
