"""Long lists, read while the shop goes on."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from tests.playing import reply

SINCE = datetime(2026, 11, 21, tzinfo=UTC)
OLD, NEW = "2026-11-10 08:00:00", "2026-11-22 08:00:00"


def ids(orders):
    return [order.id for order in orders]


def old(shop, *numbers, **fields):
    for number in numbers:
        shop.add("orders", shop.goods.order(number, updated_at=OLD, **fields))


@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_every_order_comes_once_whatever_the_page(shop, size):
    old(shop, *range(1, 8))

    assert list("1234567") == ids(shop.adapter(page_size=size).fetch_orders())


def test_orders_that_change_or_go_meanwhile_move_nothing(shop):
    old(shop, *range(1, 7))
    pages = shop.adapter(page_size=2).order_pages()
    seen = ids(next(pages).items)
    shop.server.shelf("orders")[1]["updated_at"] = NEW
    del shop.server.shelf("orders")[2]
    old(shop, 7)

    assert list("1234567") == seen + [each for page in pages for each in ids(page.items)]


def test_parcel_and_refund_are_changes_although_the_order_is_not_dated(shop):
    """Shops reported it of Magento 2.1: a partial shipment leaves the order as it was."""
    old(shop, 1, 2, 3)
    shop.add("orders", shop.goods.order(4, updated_at=NEW))
    shop.add("shipments", shop.goods.shipment(5, 2, {11: 1}, created_at=NEW))
    shop.add("shipments", shop.goods.shipment(4, 1, {11: 1}, created_at=OLD))
    shop.add("creditmemos", shop.goods.creditmemo(6, 3, created_at=NEW))

    assert ["4", "2", "3"] == ids(shop.adapter().fetch_orders(updated_since=SINCE))


def test_list_goes_on_amid_the_parcels(shop):
    old(shop, 1, 2, 3)
    for number in (1, 2, 3):
        shop.add("shipments", shop.goods.shipment(number, number, {11: 1}, created_at=NEW))
    pages = list(shop.adapter(page_size=1).order_pages(updated_since=SINCE))
    place = next(page.cursor for page in pages if page.cursor == "shipments:2")
    rest = shop.adapter(page_size=1).order_pages(updated_since=SINCE, cursor=place)

    assert ["3"] == [each for page in rest for each in ids(page.items)]


def test_parcels_and_payments_are_asked_for_a_page_at_once(shop):
    old(shop, *range(1, 6))
    list(shop.adapter().fetch_orders())
    paths = [path for _, path, _ in shop.server.asked]

    assert ["orders", "store/storeConfigs", "shipments", "invoices"] == paths


def test_only_some_store_views_are_listed(shop):
    old(shop, 1)
    old(shop, 2, store_id=2)

    assert ["2"] == ids(shop.adapter(store_ids=[2]).fetch_orders())


def test_order_that_cannot_be_read_is_named_and_stops_no_other(shop):
    old(shop, 1, 3)
    old(shop, 2, grand_total=43.905)
    (page,) = shop.adapter().order_pages()

    assert ["1", "3"] == ids(page.items)
    assert ["order 000000002: adobe_commerce: cannot be read (ValueError)"] == list(page.refused)


@pytest.mark.parametrize("cursor", ["7", "orders:", "parcels:7", "orders:x"])
def test_foreign_cursor_is_refused(shop, cursor):
    with pytest.raises(PlatformError, match="not one of ours"):
        next(shop.adapter().order_pages(cursor=cursor))


def test_shop_that_does_not_sort_is_no_endless_list(shop):
    body = {"items": [{"entity_id": 1, "increment_id": "1"}], "total_count": 9}
    shop.server.before = lambda method, path, asked: reply(200, body) if path == "orders" else None
    pages = shop.adapter(page_size=1).order_pages(cursor="orders:1")
    with pytest.raises(PlatformError, match="does not sort"):
        next(pages)


def test_customers_and_products_are_paged_by_number(shop):
    for number in (1, 2, 3):
        shop.add("customers", shop.goods.customer(number))
        shop.add("products", shop.goods.product(number))
    shop.add("products", shop.goods.product(4, status=2))
    shop.add("products", shop.goods.product(5, visibility=1))
    adapter = shop.adapter(page_size=2)

    for pages in (adapter.customer_pages, adapter.product_pages):
        assert [["1", "2"], ["3"]] == [[each.id for each in page.items] for page in pages()]
        assert ["3"] == [each.id for page in pages(cursor="2") for each in page.items]


def test_product_and_customer_are_read_as_a_person_reads_them(shop):
    shop.add("customers", shop.goods.customer())
    shop.add("products", shop.goods.product(1))
    ((product,),) = (page.items for page in shop.adapter().product_pages())
    ((customer,),) = (page.items for page in shop.adapter().customer_pages())

    assert ("KL-1", "Fired twice.\nBy hand.") == (product.sku, product.description)
    assert ("f", "04-30", 1990, "de_DE", "Sachsen") == (
        customer.addressee,
        customer.birthday,
        customer.birth_year,
        customer.language,
        customer.address.region,
    )


def test_profile_is_that_of_the_store_view(shop):
    profile = shop.adapter(shop_name="Kiln and Leaf").fetch_shop()

    assert ("Kiln and Leaf", "DE", "EUR", "de_DE", "Europe/Berlin", "https://kiln.example/") == (
        profile.name,
        profile.country,
        profile.currency,
        profile.language,
        profile.time_zone,
        profile.url,
    )
    with pytest.raises(UnsupportedFeature, match="set country"):
        shop.adapter(country="").fetch_shop()
