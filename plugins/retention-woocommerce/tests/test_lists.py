"""Long lists, page by page, while the shop goes on selling."""

import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import Money

NOON = "2026-12-01T12:00:00"


def stamp(second):
    return f"2026-12-01T12:{second // 60:02}:{second % 60:02}"


def numbers(pages):
    return [order.id for page in pages for order in page.items]


@pytest.fixture
def many(shop):
    """Seven orders, a second apart, after the recorded one."""
    return ["12", *(str(shop.woo.add_order(stamp(second))) for second in range(7))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100])
def test_every_order_comes_once_oldest_change_first(shop, many, size):
    assert many == numbers(shop.adapter(page_size=size).order_pages())


def test_order_that_changes_meanwhile_is_not_lost(shop, many):
    """The first moves to the end; by page numbers it would pull another one past us."""
    pages = shop.adapter(page_size=2).order_pages()
    read = numbers([next(pages)])
    shop.woo.touch(int(many[1]), stamp(60))
    read += numbers(pages)

    assert set(many) == set(read)
    assert many[1] == read[-1]


def test_every_order_that_changes_while_each_page_is_answered_still_comes(shop, many):
    """After each answer the oldest order of the list changes again, up to twenty times."""
    moves = iter(range(100, 120))

    def sell(_request):
        if (second := next(moves, None)) is not None:
            oldest = min(shop.woo.orders.values(), key=lambda o: o["date_modified_gmt"])
            shop.woo.touch(oldest["id"], stamp(second))

    shop.woo.after_answer = sell
    assert set(many) == set(numbers(shop.adapter(page_size=3).order_pages()))


def test_more_orders_in_one_second_than_a_page_holds_all_come(shop):
    """As after a bulk action; the database sorts them anew each time."""
    crowd = {str(shop.woo.add_order(NOON)) for _ in range(23)}
    late = str(shop.woo.add_order(stamp(1)))
    read = numbers(shop.adapter(page_size=5).order_pages())

    assert sorted({"12", *crowd, late}) == sorted(read)
    assert ("12", late) == (read[0], read[-1])


def test_order_that_leaves_a_crowded_second_pulls_nobody_past_us(shop):
    crowd = [str(shop.woo.add_order(NOON)) for _ in range(12)]
    moves = iter(crowd[:3])

    def change(request):
        if "modified_before" in request["path"] and (moved := next(moves, None)):
            shop.woo.touch(int(moved), stamp(30))

    shop.woo.after_answer = change
    assert {"12", *crowd} == set(numbers(shop.adapter(page_size=4).order_pages()))


@pytest.mark.parametrize("size", [2, 4])
def test_each_cursor_goes_on_in_another_process(shop, many, size):
    crowd = [str(shop.woo.add_order(stamp(3))) for _ in range(5)]
    pages = list(shop.adapter(page_size=size).order_pages())
    read = []
    for page in pages:
        read += [order.id for order in page.items]
        if page.cursor:
            rest = shop.adapter(page_size=size).order_pages(cursor=page.cursor)
            assert {*many, *crowd} - set(read) <= set(numbers(rest))

    assert not pages[-1].cursor


@pytest.mark.parametrize("cursor", ["x", "1:2", "-1", "1:2:3:4", "9" * 13, "1;drop"])
def test_cursor_that_is_not_ours_is_refused(shop, cursor):
    with pytest.raises(PlatformError, match="cursor"):
        list(shop.adapter().order_pages(cursor=cursor))
    assert shop.woo.requests == []


def test_list_begins_with_the_moment_that_is_asked(shop, many):
    since = datetime(2026, 12, 1, 12, 0, 5, tzinfo=UTC)

    assert many[-2:] == numbers(shop.adapter().order_pages(updated_since=since))


def test_pages_are_asked_for_in_utc_and_by_date_of_change(shop):
    list(shop.adapter(page_size=50).order_pages())
    (asked,) = (request["path"] for request in shop.woo.requests)

    for wish in ("orderby=modified", "order=asc", "dates_are_gmt=true", "per_page=50"):
        assert wish in asked


def test_drafts_are_left_out_and_guests_are_not(shop):
    shop.woo.add_order(NOON, status="checkout-draft")
    guest = str(shop.woo.add_order(NOON, customer_id=0))
    orders = list(shop.adapter().fetch_orders())

    assert ["12", guest] == [order.id for order in orders]
    assert orders[1].customer.is_guest
    with pytest.raises(PlatformError, match="draft"):
        shop.adapter().fetch_order("101")


def test_toman_is_rial_over_the_api_too(shop):
    order_id = shop.woo.add_order(NOON, currency="IRT", total="125000")

    assert Money.parse(1_250_000, "IRR") == shop.adapter().fetch_order(str(order_id)).total


@pytest.mark.parametrize(
    "order_id", ["", "12/notes", "../orders/12", "12?x=1", "1e3", "\u0661\u0662"]
)
def test_identifier_that_is_no_number_leads_nowhere(shop, order_id):
    with pytest.raises(PlatformError) as caught:
        shop.adapter().fetch_order(order_id)

    assert not caught.value.retryable
    assert shop.woo.requests == []


@pytest.mark.parametrize(
    "body", [b"{}", b'{"code": "x"}', b"[1]", b"null", b'[{"id": 1, "status": "pending"}]']
)
def test_answer_that_is_no_list_of_orders_is_refused(shop, body):
    shop.woo.answer = lambda *_: (200, {}, json.loads(body))

    with pytest.raises(PayloadError):
        list(shop.adapter().fetch_orders())


def test_order_that_cannot_be_read_does_not_stop_the_others(shop, many, caplog):
    shop.woo.orders[int(many[2])]["total"] = "a lot"
    pages = list(shop.adapter(page_size=2).order_pages())
    fetched = [order.id for order in shop.adapter().fetch_orders()]

    assert [*many[:2], *many[3:]] == numbers(pages) == fetched
    (sentence,) = [each for page in pages for each in page.refused]
    assert sentence.startswith(f"order {many[2]}: woocommerce: cannot be read")
    assert 1 == caplog.text.count(sentence)


def test_short_page_in_a_long_list_is_not_its_end(shop, many):
    """A key that may not read some orders gets short pages; X-WP-TotalPages says there are more."""
    answer = shop.woo.answer

    def hiding(*arguments):
        status, counts, items = answer(*arguments)
        return status, counts, [item for item in items if str(item["id"]) != many[1]]

    shop.woo.answer = hiding
    assert [many[0], *many[2:]] == numbers(shop.adapter(page_size=2).order_pages())


def test_list_without_counts_goes_on_while_pages_are_full(shop, many):
    answer = shop.woo.answer
    shop.woo.answer = lambda *a: (answer(*a)[0], {}, answer(*a)[2])

    assert many == numbers(shop.adapter(page_size=3).order_pages())


# Accounts and products -----------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 6, 100])
def test_every_account_comes_once(shop, size):
    added = [str(shop.woo.add_customer()) for _ in range(5)]
    pages = shop.adapter(page_size=size).customer_pages()

    assert ["2", *added] == [customer.id for page in pages for customer in page.items]


def test_accounts_that_go_meanwhile_pull_nobody_past_us(shop):
    """The first three are read and gone before the second page is asked for."""
    added = [shop.woo.add_customer() for _ in range(12)]
    read_first = [2, *added[:2]]

    def erase(_request):
        while read_first:
            shop.woo.customers.pop(read_first.pop())

    shop.woo.after_answer = erase
    pages = shop.adapter(page_size=3).customer_pages()

    assert ["2", *map(str, added)] == [customer.id for page in pages for customer in page.items]


def test_list_of_accounts_goes_on_after_each_cursor(shop):
    added = [str(shop.woo.add_customer()) for _ in range(7)]
    pages = list(shop.adapter(page_size=3).customer_pages())
    (second, *_) = (page.cursor for page in pages)
    shop.woo.customers.pop(2)
    rest = shop.adapter(page_size=3).customer_pages(cursor=second)

    assert added[2:] == [customer.id for page in rest for customer in page.items]


def test_staff_are_no_customers(shop):
    shop.woo.add_customer(role="administrator")

    assert ["2"] == [c.id for page in shop.adapter().customer_pages() for c in page.items]


def test_key_that_may_not_read_all_accounts_is_told(shop):
    added = [shop.woo.add_customer() for _ in range(5)]
    answer = shop.woo.answer

    def hiding(*arguments):
        status, counts, items = answer(*arguments)
        return status, counts, [item for item in items if item["id"] != added[2]]

    shop.woo.answer = hiding
    with pytest.raises(PlatformError, match="may not read all"):
        list(shop.adapter(page_size=3).customer_pages())


def test_product_is_read_as_a_person_sees_it(shop):
    """The recorded soap, with what the recorded shop left empty."""
    shop.woo.products[10] |= {
        "short_description": "<p>Rose &amp; clay.</p>\n<p>100&nbsp;g<br/>vegan</p>",
        "categories": [{"id": 15, "name": "Soap &amp; Co", "slug": "soap"}],
        "global_unique_id": "4006381-333931",
    }
    shop.woo.add_product(status="draft")
    (product,) = (p for page in shop.adapter().product_pages() for p in page.items)

    assert ("10", "Rose soap", "SOAP-1") == (product.id, product.title, product.sku)
    assert "4006381333931" == product.gtin
    assert ("Soap & Co",) == product.categories
    assert "Rose & clay.\n\n100\u00a0g\nvegan" == product.description
    assert "https://127.0.0.1:8088/product/rose-soap/" == product.url


def test_number_of_a_product_that_is_no_gtin_is_left_out(shop):
    shop.woo.products[10]["global_unique_id"] = "ISBN 3-86680"
    (product,) = (p for page in shop.adapter().product_pages() for p in page.items)

    assert product.gtin == ""


# The shop ------------------------------------------------------------------------------------


def test_profile_of_the_recorded_shop(shop):
    """Germany, Berlin, euro; what the settings of WooCommerce do not hold is from ours."""
    values = {"shop_name": "Kiln & Leaf", "shop_language": "de", "time_zone": "Europe/Berlin"}
    found = shop.adapter(**values).fetch_shop()

    assert ("DE", "EUR", "de") == (found.country, found.currency, found.language)
    assert ("Kiln & Leaf", "Europe/Berlin") == (found.name, found.time_zone)
    assert ("https://127.0.0.1:8088", "woocommerce") == (found.url, found.platform)


def test_shop_that_sells_in_toman_counts_rial(shop):
    shop.woo.settings |= {"woocommerce_currency": "IRT", "woocommerce_default_country": "IR:THR"}
    found = shop.adapter().fetch_shop()

    assert ("IR", "IRR") == (found.country, found.currency)
