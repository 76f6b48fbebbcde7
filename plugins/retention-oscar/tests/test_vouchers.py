"""Codes made here are taken, limited and refused by a real checkout."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money


def test_code_made_here_is_redeemed_once(shop, adapter):
    """10 % of 25.98 are 2.598: a buyer pays 23.38."""
    made = adapter.create_code(a_code("THANKS-TEN", percent=10))
    order_id = shop.buy("23.38", {shop.soap: 2}, shop.somebody(), code=made.code)
    order = adapter.fetch_order(str(order_id))

    assert ("THANKS-TEN",) == order.coupon_codes
    assert money("2.60 EUR") == order.discount
    with pytest.raises(AssertionError, match="already been used"):
        shop.buy("0", {shop.soap: 2}, shop.somebody(), code=made.code)


def test_oscarapi_alone_shows_the_code_too(shop, adapter, alone):
    made = adapter.create_code(a_code("THANKS-SEEN", percent=50))
    order_id = shop.buy("4.00", {shop.towel: 1}, shop.somebody(), code=made.code)

    assert ("THANKS-SEEN",) == alone.fetch_order(str(order_id)).coupon_codes


def test_amount_is_taken_once_and_not_for_each_piece(shop, adapter):
    made = adapter.create_code(a_code("FIVE-OFF", percent=None, amount=money("5.00 EUR")))

    shop.buy("33.97", {shop.soap: 3}, shop.somebody(), code=made.code)


def test_one_piece_of_a_product_is_free(shop, adapter):
    """Two soaps and a towel: 25.98 and 8.00, less one soap."""
    code = a_code("FREE-SOAP", percent=None, free_product=str(shop.soap))
    made = adapter.create_code(code)

    with pytest.raises(AssertionError, match="does not qualify"):
        shop.buy("0", {shop.towel: 1}, shop.somebody(), code=made.code)
    shop.buy("20.99", {shop.soap: 2, shop.towel: 1}, shop.somebody(), code=made.code)


def test_minimum_is_asked_for(shop, adapter):
    made = adapter.create_code(a_code("FROM-TWENTY", percent=50, minimum=money("20.00 EUR")))

    with pytest.raises(AssertionError, match="does not qualify"):
        shop.buy("0", {shop.towel: 1}, shop.somebody(), code=made.code)
    shop.buy("12.25", {shop.oil: 1}, shop.somebody(), code=made.code)


def test_two_uses_are_two(shop, adapter):
    made = adapter.create_code(a_code("TWICE-HALF", percent=50, uses_max=2))

    for _ in range(2):
        shop.buy("4.00", {shop.towel: 1}, shop.somebody(), code=made.code)
    with pytest.raises(AssertionError, match="does not qualify"):
        shop.buy("0", {shop.towel: 1}, shop.somebody(), code=made.code)


def test_customer_uses_it_once(shop, adapter):
    code = a_code("ONCE-EACH", percent=50, uses_max=5, uses_per_customer_max=1)
    made = adapter.create_code(code)

    one, two = shop.somebody(), shop.somebody()

    for buyer in (one, two):
        shop.buy("4.00", {shop.towel: 1}, buyer, code=made.code)
    with pytest.raises(AssertionError, match="already used this voucher"):
        shop.buy("0", {shop.towel: 1}, one, code=made.code)


def test_voided_code_is_not_taken(shop, adapter):
    made = adapter.create_code(a_code("NO-MORE", percent=50))
    adapter.void_code(made)

    with pytest.raises(AssertionError, match="expired"):
        shop.buy("0", {shop.towel: 1}, shop.somebody(), code=made.code)


def test_voided_code_is_not_made_again(adapter):
    code = a_code("DEAD-CODE")
    adapter.void_code(adapter.create_code(code))

    with pytest.raises(PlatformError, match="voided"):
        adapter.create_code(code)


def test_code_begins_and_ends(shop, adapter):
    now = datetime.now(UTC)
    later = a_code("NOT-YET", starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    made = adapter.create_code(later)

    assert not shop.server.act("voucher", code="NOT-YET")[0]["is_active"]
    adapter.void_code(made)
    assert not shop.server.act("voucher", code="NOT-YET")[0]["is_active"]


def test_what_comes_back_is_what_works(adapter):
    assert "SMALL-PRINT" == adapter.create_code(a_code("small-print")).code


def test_code_that_is_worth_something_else_is_refused(adapter):
    adapter.create_code(a_code("WORTH-TEN", percent=10))

    with pytest.raises(PlatformError, match="something else") as caught:
        adapter.create_code(a_code("WORTH-TEN", percent=20))
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (a_code("IN-POUNDS", percent=None, amount=money("5.00 GBP")), "OSCAR_DEFAULT_CURRENCY"),
        (a_code("TWICE-EACH", uses_max=9, uses_per_customer_max=2), "one use"),
        (a_code("GIFT-CARD", percent=None, balance=money("5.00 EUR")), "a balance"),
    ],
)
def test_what_oscar_cannot_hold_is_refused(adapter, code, why):
    with pytest.raises(UnsupportedFeature, match=why):
        adapter.create_code(code)


def test_product_that_is_not_there_is_refused(adapter):
    with pytest.raises(PlatformError, match="no such product"):
        adapter.create_code(a_code("FREE-AIR", percent=None, free_product="987654"))


def test_many_at_once_make_one(shop, adapter):
    code = a_code("AT-ONCE", percent=10)
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: adapter.create_code(code).platform_id, range(4)))

    assert [each["id"] for each in shop.server.act("voucher", code="AT-ONCE")] == [
        int(each) for each in made
    ]
