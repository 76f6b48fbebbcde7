"""Codes that we make, redeemed in real checkouts."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money

PAST = datetime(2020, 1, 1, tzinfo=UTC)
LONG_PAST = datetime(2019, 1, 1, tzinfo=UTC)


SOAP = 15.4581
"""One soap with tax: 12.99 * 1.19."""


def total_with(shop, code, *, has_parcel=False, **choices):
    """Return what a basket costs with a code typed in, as the server says it."""
    return shop.cart("de", codes=[code], has_parcel=has_parcel, **choices)["total"]


def test_percentage_is_taken_off_at_the_checkout_and_read_back(shop, adapter):
    """One soap with tax is 15.4581; ten percent of it are 1.54581, so 19.86229 is left to pay."""
    code = adapter.create_code(a_code("TEN-PERCENT", percent=10))

    placed = shop.buy("de", codes=[code.code], total="19.86 EUR")
    order = adapter.fetch_order(placed["id"])

    assert money("19.86 EUR") == order.total
    assert money("1.55 EUR") == order.discount
    assert ("TEN-PERCENT",) == order.coupon_codes
    # It was good for one order.
    assert SOAP == total_with(shop, code.code)


def test_amount_is_taken_off_what_the_buyer_pays(shop, adapter):
    """15.4581 - 5; the minimum of 15.46 is what one soap costs on the screen."""
    asked = a_code(
        "FIVE-OFF", amount=money("5.00 EUR"), percent=None, minimum=money("15.46 EUR"), uses_max=9
    )
    adapter.create_code(asked)

    assert 10.4581 == total_with(shop, "FIVE-OFF")


@pytest.mark.parametrize(
    ("minimum", "quantity", "total"),
    [("15.47 EUR", 1, SOAP), ("15.47 EUR", 2, 25.9162), ("9.00 EUR", 1, 10.4581)],
)
def test_minimum_is_kept_to_the_cent(shop, adapter, minimum, quantity, total):
    name = f"MINIMUM-{money(minimum).minor}-{quantity}"
    adapter.create_code(
        a_code(name, amount=money("5.00 EUR"), percent=None, minimum=money(minimum))
    )

    assert total == total_with(shop, name, quantity=quantity)


def test_free_shipping_makes_the_parcel_free(shop, adapter):
    adapter.create_code(a_code("FREE-PARCEL", is_free_shipping=True))

    assert SOAP == total_with(shop, "FREE-PARCEL", has_parcel=True)


@pytest.mark.parametrize("kind", ["product", "soap"])
def test_one_piece_of_a_product_is_free(shop, adapter, kind):
    name = f"FREE-{kind.upper()}"
    adapter.create_code(a_code(name, free_product=getattr(shop, kind)))

    assert SOAP == total_with(shop, name, quantity=2)


def test_code_that_is_over_is_worth_nothing(shop, adapter):
    code = adapter.create_code(a_code("IS-OVER", starts_at=LONG_PAST, ends_at=PAST))

    assert (LONG_PAST, PAST) == (code.starts_at, code.ends_at)
    assert SOAP == total_with(shop, "IS-OVER")


def test_buyer_uses_a_code_as_often_as_allowed(shop, adapter):
    adapter.create_code(a_code("ONE-EACH", uses_max=9, uses_per_customer_max=1))
    shop.buy("de", codes=["ONE-EACH"], email="first@example.com", total="19.86 EUR")

    assert SOAP == total_with(shop, "ONE-EACH", email="first@example.com")
    assert 13.91229 == total_with(shop, "ONE-EACH", email="second@example.com")


def test_voided_code_is_worth_nothing_and_stays_so(shop, adapter):
    code = adapter.create_code(a_code("GONE-SOON"))
    adapter.void_code(code)

    assert SOAP == total_with(shop, "GONE-SOON")
    with pytest.raises(PlatformError, match="voided before") as caught:
        adapter.create_code(code)
    assert not caught.value.retryable


def test_code_that_is_worth_something_else_is_refused(adapter):
    first = adapter.create_code(a_code("TWICE-ASKED", percent=10))

    assert first == adapter.create_code(a_code("TWICE-ASKED", percent=10))
    for other in (
        a_code("TWICE-ASKED", percent=15),
        a_code("TWICE-ASKED", amount=money("10.00 EUR"), percent=None),
        a_code("TWICE-ASKED", percent=10, minimum=money("1.00 EUR")),
        a_code("TWICE-ASKED", percent=10, uses_max=2),
    ):
        with pytest.raises(PlatformError, match="something else"):
            adapter.create_code(other)


def test_voiding_what_is_not_there_is_safe(adapter):
    adapter.void_code(a_code("NEVER-MADE"))
    adapter.void_code(a_code("NEVER-MADE", balance=money("10.00 EUR")))


def test_amount_and_minimum_of_two_currencies_are_refused(scripted):
    adapter, _ = scripted((200, {}, b'{"promotions": []}'))

    with pytest.raises(UnsupportedFeature, match="one currency"):
        adapter.create_code(
            a_code("TWO-MONEYS", amount=money("5.00 EUR"), percent=None, minimum=money("900 JPY"))
        )
