"""Long lists, page by page, while the store goes on selling."""

from datetime import timedelta

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import ConsentState
from tests.playing import reply


def numbers(pages):
    return [order.id for page in pages for order in page.items]


@pytest.fixture
def many(shop):
    """Seven orders, a second apart, after the synthetic one."""
    later = (shop.NOON + timedelta(seconds=each) for each in range(1, 8))
    return ["118", *(str(shop.store.add_order(moment)) for moment in later)]


def touch(shop, number, seconds):
    moment = shop.NOON + timedelta(seconds=seconds)
    shop.store.orders[int(number)]["date_modified"] = shop.make.mail(moment)


def exclusive(shop):
    """A store in which a minimum does not belong to the list."""
    shop.store.is_in = lambda moment, bound: moment > bound


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 50])
@pytest.mark.parametrize("is_exclusive", [False, True])
def test_every_order_comes_once_oldest_change_first(shop, many, size, is_exclusive):
    if is_exclusive:
        exclusive(shop)
    assert many == numbers(shop.adapter(page_size=size).order_pages())


def test_order_that_changes_meanwhile_is_not_lost(shop, many):
    pages = shop.adapter(page_size=2).order_pages()
    read = numbers([next(pages)])
    touch(shop, many[1], 60)
    read += numbers(pages)

    assert set(many) == set(read)
    assert many[1] == read[-1]


def test_every_order_that_changes_while_each_page_is_answered_still_comes(shop, many):
    moves = iter(range(100, 112))

    def sell(request):
        if "v2/orders?" in request["path"] and (seconds := next(moves, None)) is not None:
            oldest = min(shop.store.orders, key=lambda n: shop.make.parsedate_to_datetime(
                shop.store.orders[n]["date_modified"]))  # fmt: skip
            touch(shop, oldest, seconds)

    shop.store.after_answer = sell
    assert set(many) == set(numbers(shop.adapter(page_size=3).order_pages()))


@pytest.mark.parametrize("size", [2, 5])
def test_more_orders_in_one_second_than_a_page_holds_all_come(shop, size):
    crowd = {str(shop.store.add_order()) for _ in range(11)}
    late = str(shop.store.add_order(shop.NOON + timedelta(seconds=1)))
    read = numbers(shop.adapter(page_size=size).order_pages())

    assert {"118", *crowd, late} == set(read)
    assert late == read[-1]


def test_order_that_leaves_a_crowded_second_pulls_nobody_past_us(shop):
    crowd = [str(shop.store.add_order()) for _ in range(9)]
    moves = iter(crowd[:3])

    def change(request):
        if "max_date_modified" in request["path"] and (moved := next(moves, None)):
            touch(shop, moved, 30)

    shop.store.after_answer = change
    assert {"118", *crowd} == set(numbers(shop.adapter(page_size=4).order_pages()))


@pytest.mark.parametrize("size", [2, 4])
def test_each_cursor_goes_on_in_another_process(shop, many, size):
    crowd = [str(shop.store.add_order(shop.NOON + timedelta(seconds=3))) for _ in range(4)]
    pages = list(shop.adapter(page_size=size).order_pages())
    read = set()
    for page in pages:
        read |= {order.id for order in page.items}
        if page.cursor:
            rest = shop.adapter(page_size=size).order_pages(cursor=page.cursor)
            assert {*many, *crowd} - read <= set(numbers(rest))

    assert not pages[-1].cursor


@pytest.mark.parametrize(
    ("listed", "cursor"),
    [
        ("order_pages", "x"),
        ("order_pages", "1:2:3"),
        ("order_pages", "-1"),
        ("order_pages", "9" * 13),
        ("product_pages", "x"),
        ("customer_pages", "a cursor"),
    ],
)
def test_cursor_that_is_not_ours_is_refused(shop, listed, cursor):
    with pytest.raises(PlatformError, match="cursor"):
        list(getattr(shop.adapter(), listed)(cursor=cursor))


def test_list_begins_with_the_moment_that_is_asked(shop, many):
    since = shop.NOON + timedelta(seconds=5)

    assert many[5:] == numbers(shop.adapter().order_pages(updated_since=since))


def test_checkouts_that_were_not_ended_are_left_out_of_pages(shop):
    shop.store.add_order(status_id=0)

    assert ["118"] == numbers(shop.adapter(page_size=1).order_pages())


def test_a_page_asks_for_its_parts_at_the_same_time_and_keeps_the_order(shop, many):
    assert many == numbers(shop.adapter(concurrency=8).order_pages())


def test_order_that_cannot_be_read_does_not_stop_the_others(shop, many):
    shop.store.orders[int(many[2])]["total_inc_tax"] = "a lot"
    pages = list(shop.adapter(page_size=2).order_pages())

    assert [*many[:2], *many[3:]] == numbers(pages)
    (sentence,) = [each for page in pages for each in page.refused]
    assert sentence.startswith(f"order {many[2]}: bigcommerce: cannot be read")


def test_quota_that_is_used_up_is_waited_for(shop):
    """No Retry-After: the headers of the quota say when it is full again."""
    spent = {"X_Rate_Limit_Requests_Left": 0, "X_Rate_Limit_Time_Reset_Ms": 1500}
    shop.store.failures = [reply(429, **spent)]
    shop.adapter().fetch_order("118")

    assert any(1 < wait <= 1.5 for wait in shop.slept)


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"null", b'[{"id": 1, "status_id": 11}]'])
def test_answer_that_is_no_list_of_orders_is_refused(shop, body):
    shop.store.failures = [(200, {}, body)]

    with pytest.raises(PayloadError):
        list(shop.adapter().fetch_orders())


def test_key_that_was_revoked_says_so_and_shows_nothing(shop, library):
    shop.store.failures = [reply(401, {"title": "ada@example.com"})]

    with pytest.raises(PlatformError, match="revoked") as caught:
        shop.adapter(library).fetch_shop()
    assert "ada@" not in str(caught.value)
    assert shop.settings()["access_token"] not in repr(caught.value)


# Customers and products ----------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 6, 50])
def test_every_customer_comes_once_with_what_was_agreed(shop, size):
    added = [str(shop.store.add_customer()) for _ in range(5)]
    shop.store.subscribe("ADA@example.com", "marketing_newsletter")
    shop.store.subscribe(f"c{added[2]}@example.com")
    found = [c for page in shop.adapter(page_size=size).customer_pages() for c in page.items]

    assert ["20", *added] == [customer.id for customer in found]
    assert {"20": ConsentState.GRANTED, added[2]: ConsentState.DENIED} == {
        customer.id: customer.consents[0].state for customer in found if customer.consents
    }


def test_list_of_customers_goes_on_after_each_cursor(shop):
    added = [str(shop.store.add_customer()) for _ in range(5)]
    first = next(shop.adapter(page_size=2).customer_pages())
    rest = shop.adapter(page_size=2).customer_pages(cursor=first.cursor)

    assert added[1:] == [customer.id for page in rest for customer in page.items]


def test_customers_are_asked_for_by_their_change_with_a_day_to_spare(shop):
    list(shop.adapter().customer_pages(updated_since=shop.NOON))

    assert "date_modified%3Amin=2026-11-19T12%3A00%3A00" in shop.store.seen[-1]["path"]


def test_product_is_read_as_a_person_sees_it(shop):
    shop.store.products[78] = shop.store.a_listed(78, is_visible=False)
    (product,) = (p for page in shop.adapter().product_pages() for p in page.items)

    assert ("77", "Rose soap", "SOAP-1") == (product.id, product.title, product.sku)
    assert ("4006381333931", "Rose & clay.") == (product.gtin, product.description)
    assert "https://soap.example/rose-soap/" == product.url


@pytest.mark.parametrize("size", [1, 2, 5])
def test_every_product_comes_once(shop, size):
    for number in range(80, 84):
        shop.store.products[number] = shop.store.a_listed(number)
    pages = shop.adapter(page_size=size).product_pages()

    assert ["77", "80", "81", "82", "83"] == [p.id for page in pages for p in page.items]


def test_profile_of_the_store(shop):
    found = shop.adapter().fetch_shop()

    assert ("Kiln & Leaf", "DE", "EUR", "de") == (
        found.name,
        found.country,
        found.currency,
        found.language,
    )
    assert ("Europe/Berlin", "orders@soap.example") == (found.time_zone, found.email)
