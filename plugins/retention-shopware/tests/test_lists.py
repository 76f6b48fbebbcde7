"""Long lists, read while the shop goes on."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from tests.playing import reply

SINCE = datetime(2026, 11, 22, tzinfo=UTC)
NEW, OLD = "2026-11-22T08:00:00.000+00:00", "2026-11-10T08:00:00.000+00:00"


def numbers(orders):
    return [order.number for order in orders]


def old(shop, number, **fields):
    """Add an order that was placed and paid long ago."""
    parts = {"transactions": [], "deliveries": [], "createdAt": OLD, "orderDateTime": OLD}
    return shop.add_order(number, **{**parts, **fields})


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_every_order_comes_once_whatever_the_page(shop, size):
    for number in range(1, 8):
        old(shop, str(number))

    assert list("1234567") == numbers(shop.adapter(page_size=size).fetch_orders())


def test_orders_that_change_or_go_meanwhile_move_nothing(shop):
    """The first is written to, and the second deleted, after the first page: none is skipped."""
    made = [old(shop, str(number)) for number in range(1, 7)]
    pages = shop.adapter(page_size=2).order_pages()
    seen = numbers(next(pages).items)
    made[0]["updatedAt"] = NEW
    del shop.server.shelf("order")[made[1]["id"]]
    old(shop, "7")
    seen += [number for page in pages for number in numbers(page.items)]

    assert list("1234567") == seen


@pytest.mark.parametrize(
    "fields",
    [
        {"createdAt": NEW},
        {"updatedAt": NEW},
        {"transactions": "paid now"},
        {"deliveries": "sent now"},
        {"transactions": "refunded now"},
    ],
)
def test_change_of_any_part_is_a_change(shop, fields):
    """Shopware does not date an order when it is paid, sent or refunded."""
    refund = shop.goods.capture(("completed", 1.0))
    refund["refunds"][0]["createdAt"] = NEW
    dates = {"createdAt": OLD, "updatedAt": OLD}
    parts = {
        "paid now": [shop.goods.transaction("paid", 43.9, createdAt=OLD, updatedAt=NEW)],
        "sent now": [shop.goods.delivery("shipped", [], createdAt=OLD, updatedAt=NEW)],
        "refunded now": [shop.goods.transaction("paid", 43.9, captures=[refund], **dates)],
    }
    old(shop, "1")
    old(shop, "2", **{name: parts.get(value, value) for name, value in fields.items()})

    assert ["2"] == numbers(shop.adapter().fetch_orders(updated_since=SINCE))


def test_only_one_sales_channel_is_listed(shop):
    old(shop, "1")
    old(shop, "2", salesChannelId=f"{2:032x}")

    assert ["1"] == numbers(shop.adapter(sales_channel_id=f"{1:032x}").fetch_orders())
    assert ["1", "2"] == numbers(shop.adapter().fetch_orders())


def test_order_that_cannot_be_read_is_named_and_stops_no_other(shop):
    old(shop, "1")
    old(shop, "2", total=43.905)
    old(shop, "3")
    (page,) = shop.adapter().order_pages()

    assert ["1", "3"] == numbers(page.items)
    assert ["order 2: shopware: cannot be read (ValueError)"] == list(page.refused)


def test_foreign_cursor_is_refused(shop):
    for cursor in ("abc", "-1", "²"):
        with pytest.raises(PlatformError, match="not one of ours"):
            next(shop.adapter().order_pages(cursor=cursor))


def test_shop_that_does_not_sort_is_no_endless_list(shop):
    made = old(shop, "1")
    body = {"data": [{**made, "lineItems": []}]}
    shop.server.before = lambda method, path, asked: (
        reply(200, body) if path == "search/order" else None
    )
    page = shop.adapter(page_size=1).order_pages()
    next(page)
    with pytest.raises(PlatformError, match="does not sort"):
        next(page)


def test_guests_are_no_customers(shop):
    shop.add_customer()
    shop.add_customer(f"{0x7002:032x}", guest=True)
    (page,) = shop.adapter().customer_pages()

    assert ["marlene.vogt@example.com"] == [each.email for each in page.items]


def test_customer_is_read_as_a_person_reads_them(shop):
    shop.add_customer()
    ((customer,),) = (page.items for page in shop.adapter().customer_pages())

    assert ("Marlene", "Vogt", "04-30", "f") == (
        customer.given_name,
        customer.family_name,
        customer.birthday,
        customer.addressee,
    )
    assert ("regular",) == customer.tags


def test_product_is_read_without_its_marks(shop):
    shop.server.add("product", shop.goods.product("Tea bowl"))
    shop.server.add("product", shop.goods.product("Blue one", parentId=f"{1:032x}"))
    ((product,),) = (page.items for page in shop.adapter().product_pages())

    assert ("Tea bowl", "KL-1", "4006381333931") == (product.title, product.sku, product.gtin)
    assert "Fired twice.\nRinse by hand." == product.description
    assert ("Tableware",) == product.categories


def test_profile_is_that_of_the_only_shop(shop):
    profile = shop.adapter(time_zone="Europe/Berlin").fetch_shop()

    assert ("Kiln and Leaf", "DE", "EUR", "de-DE", "https://kiln.example") == (
        profile.name,
        profile.country,
        profile.currency,
        profile.language,
        profile.url,
    )


def test_of_two_shops_one_has_to_be_named(shop):
    shop.server.add("sales-channel", shop.goods.channel(f"{2:032x}", "Outlet"))
    with pytest.raises(UnsupportedFeature, match="sales_channel_id"):
        shop.adapter().fetch_shop()

    assert "Outlet" == shop.adapter(sales_channel_id=f"{2:032x}").fetch_shop().name
