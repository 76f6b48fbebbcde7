"""Long lists, while the shop goes on selling: nothing is left out, whatever changes meanwhile."""

from datetime import UTC, datetime
from urllib.parse import unquote_plus

import pytest

from retention_sdk.errors import PlatformError

NOON = "2026-12-01 12:00:00"
SLIP = {"date_add": "2026-12-02 09:00:00", "date_upd": "2026-12-02 09:00:00"}


def stamp(second):
    return f"2026-12-01 12:{second // 60:02}:{second % 60:02}"


def ids(pages):
    return [order.id for page in pages for order in page.items]


@pytest.fixture
def many(shop):
    """Seven orders, a second apart, after the four captured ones."""
    return ["6", "7", "8", "9", *(str(shop.add_order(stamp(second))) for second in range(7))]


@pytest.mark.parametrize("size", [1, 3, 11, 100])
def test_every_order_comes_once_oldest_change_first(shop, many, size):
    assert many == ids(shop.adapter(page_size=size).order_pages())


def test_order_that_cannot_be_read_does_not_stop_the_others(shop, many):
    shop.change("orders", 7, total_paid_tax_incl="a lot")
    pages = list(shop.adapter(page_size=3).order_pages())

    assert ["6", *many[2:]] == ids(pages)
    (sentence,) = [each for page in pages for each in page.refused]
    assert sentence.startswith("order 7: prestashop: cannot be read")


def test_order_that_changes_meanwhile_is_not_lost(shop, many):
    """The first moves to the end; by offsets it would pull another one past us."""
    pages = shop.adapter(page_size=2).order_pages()
    read = ids([next(pages)])
    shop.change("orders", 6, date_upd=stamp(60))
    read += ids(pages)

    assert set(many) == set(read)
    assert "6" == read[-1]


def test_every_order_that_changes_while_each_page_is_answered_still_comes(shop, many):
    moves = iter(range(100, 112))

    def sell(request):
        if "/orders?" in request["path"] and (second := next(moves, None)) is not None:
            oldest = min(shop.tables["orders"].values(), key=lambda order: order["date_upd"])
            oldest["date_upd"] = stamp(second)

    shop.before_answer = sell
    assert set(many) == set(ids(shop.adapter(page_size=3).order_pages()))


def test_more_orders_in_one_second_than_a_page_holds_all_come(shop):
    """As after a bulk action; what has the same date comes in any order."""
    crowd = [str(shop.add_order(NOON)) for _ in range(11)]
    late = str(shop.add_order(stamp(1)))

    assert ["6", "7", "8", "9", *crowd, late] == ids(shop.adapter(page_size=5).order_pages())


def test_another_order_of_the_last_second_still_comes(shop):
    """A page ends within a second, and then more happens in that same second."""
    for second in (0, 1):
        shop.add_order(stamp(second))
    pages = shop.adapter(page_size=6).order_pages()
    first = ids([next(pages)])
    shop.change("orders", 6, date_upd=stamp(1))

    assert 6 == len(first)
    assert "6" in ids(pages)


@pytest.mark.parametrize("size", [2, 4])
def test_each_cursor_goes_on_in_another_process(shop, size):
    orders = {"6", "7", "8", "9", *(str(shop.add_order(stamp(3))) for _ in range(5))}
    read = set()
    for page in shop.adapter(page_size=size).order_pages():
        read |= {order.id for order in page.items}
        if page.cursor:
            rest = shop.adapter(page_size=size).order_pages(cursor=page.cursor)
            assert orders - read <= set(ids(rest))

    assert orders == read
    assert not page.cursor


@pytest.mark.parametrize("cursor", ["x", "2026", "20261122120235-", "r1", "1;drop", "9" * 15])
def test_cursor_that_is_not_ours_is_refused(shop, cursor):
    with pytest.raises(PlatformError, match="cursor"):
        list(shop.adapter().order_pages(cursor=cursor))
    assert shop.requests == []


def test_list_begins_with_the_moment_that_is_asked(shop, many):
    """The shop's clock is an hour ahead of UTC."""
    since = datetime(2026, 12, 1, 11, 0, 5, tzinfo=UTC)

    assert many[-2:] == ids(shop.adapter().order_pages(updated_since=since))


def test_hour_that_the_clock_shows_twice_is_read_as_a_whole(shop):
    """Changed at 02:10 winter time, which is after 02:45 summer time."""
    order_id = str(shop.add_order("2026-10-25 02:10:00"))
    since = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)

    assert order_id in ids(shop.adapter().order_pages(updated_since=since))


def test_refund_that_does_not_date_its_order_anew_is_found(shop):
    """As met on thirty bees: a credit slip leaves ``date_upd`` of its order alone."""
    since = datetime(2026, 12, 2, tzinfo=UTC)
    assert [] == ids(shop.adapter().order_pages(updated_since=since))
    for _ in range(3):
        shop.add("order_slip", like=1, id_order="7", total_products_tax_incl="1.00", **SLIP)
    shop.add("order_slip", like=1, id_order="6", **SLIP)
    for size in (1, 2, 50):
        pages = list(shop.adapter(page_size=size).order_pages(updated_since=since))
        assert {"6", "7"} == set(ids(pages))
        for page in pages:
            if page.cursor:
                rest = shop.adapter(page_size=size).order_pages(
                    updated_since=since, cursor=page.cursor
                )
                assert {order.id for order in page.items} | set(ids(rest)) >= {"6", "7"} - {
                    order.id for each in pages[: pages.index(page)] for order in each.items
                }


def test_refunded_order_that_changed_too_comes_once(shop):
    shop.change("orders", 7, date_upd="2026-12-02 09:00:00")
    shop.add("order_slip", like=1, id_order="7", **SLIP)
    since = datetime(2026, 12, 2, tzinfo=UTC)

    assert ["7"] == ids(shop.adapter().order_pages(updated_since=since))


def test_page_asks_once_for_each_thing_that_orders_refer_to(shop, many):
    list(shop.adapter(page_size=11).order_pages())
    lists = [path.split("?")[0].removeprefix("/api/") for path in shop.paths()]

    assert 2 == lists.count("orders")
    others = [name for name in lists if name != "orders"]
    assert len(others) == len(set(others))


def test_lists_are_asked_for_by_field_and_in_order(shop):
    list(shop.adapter(page_size=50).order_pages())
    asked = next(unquote_plus(path) for path in shop.paths() if "/orders?" in path)

    for wish in ("sort=[date_upd_ASC,id_ASC]", "date=1", "limit=50", "display=[id,reference,"):
        assert wish in asked


def test_one_shop_of_several_is_asked_by_its_number(shop):
    shop.adapter(shop_number=3).fetch_shop()

    assert all("id_shop=3" in path for path in shop.paths())


def test_accounts_come_by_number_without_guests_and_deleted(shop):
    first = shop.add("customers", like=2, newsletter="1")
    shop.add("customers", like=2, deleted="1")
    last = shop.add("customers", like=2, newsletter="0")
    for size in (1, 2, 50):
        pages = shop.adapter(page_size=size).customer_pages()
        assert ["2", str(first), str(last)] == [each.id for page in pages for each in page.items]


def test_products_on_sale_come_in_the_shops_language(shop):
    shop.change("products", 2, active="0")
    shop.change("products", 1, ean13="4006381333931", description_short="<p>Fine<br>wax</p>")
    candle, tea = [each for page in shop.adapter().product_pages() for each in page.items]

    assert ("1", "Candle", "demo_1", ("Gifts",)) == (
        candle.id, candle.title, candle.sku, candle.categories,
    )  # fmt: skip
    assert ("4006381333931", "Fine\nwax") == (candle.gtin, candle.description)
    assert "https://shop.example/index.php?controller=product&id_product=1" == candle.url
    assert ("7", "") == (tea.id, tea.gtin)


def test_profile_is_the_installations_own(shop):
    profile = shop.adapter().fetch_shop()

    assert ("TB Shop", "DE", "EUR", "en-us", "Europe/Berlin") == (
        profile.name, profile.country, profile.currency, profile.language, profile.time_zone,
    )  # fmt: skip
    assert ("admin@example.com", "https://shop.example") == (profile.email, profile.url)


def test_settings_of_one_shop_outrank_those_of_all(shop):
    common = next(
        number
        for number, row in shop.tables["configurations"].items()
        if row["name"] == "PS_SHOP_NAME"
    )
    shop.add("configurations", like=common, value="Third", id_shop="3")
    shop.add("configurations", like=common, value="Second", id_shop="2")

    assert "Third" == shop.adapter(shop_number=3).fetch_shop().name
    assert "TB Shop" == shop.adapter().fetch_shop().name
