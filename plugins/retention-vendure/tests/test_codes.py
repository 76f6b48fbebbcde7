"""Discount codes, tried in a real basket."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money

APPLY = """mutation ($c: String!) { r: applyCouponCode(couponCode: $c) {
  __typename ... on Order { totalWithTax } ... on ErrorResult { code: errorCode }
} }"""


@pytest.fixture
def adapter(shop):
    return VendureAdapter.from_config(shop.settings(), shop_id="soap.example")


def new_code(**changes):
    return a_code(f"THANKS-{secrets.token_hex(4).upper()}", **changes)


def basket(shop, code, *, quantity=1):
    """Put soaps (15.46 EUR each) into a basket, enter the code, return what Vendure says."""
    add = "mutation ($v: ID!, $q: Int!) { addItemToOrder(productVariantId: $v, quantity: $q) { __typename } }"
    _, token = shop.server.ask(shop.server.shop_url, add, {"v": shop.soap, "q": quantity})
    data, _ = shop.server.ask(shop.server.shop_url, APPLY, {"c": code.code}, token)
    return data["r"]


@pytest.fixture
def gross_channel(shop):
    """The channel's prices include tax for one test: the soap costs 12.99 EUR."""
    shop.set_prices_include_tax(True)
    yield
    shop.set_prices_include_tax(False)


def test_percentage_is_taken_off(shop, adapter):
    """10 % of 15.46 are 1.55."""
    code = adapter.create_code(new_code(percent=10))

    assert basket(shop, code)["totalWithTax"] == 1391


def test_shipping_is_free_and_the_goods_are_not(shop, adapter):
    """Soap at 15.46; sending it costs 5.95 and is free with the code."""
    code = adapter.create_code(new_code(is_free_shipping=True))

    placed = shop.buy(method="post", coupon=code.code, total="15.46 EUR")

    assert money("15.46 EUR") == adapter.fetch_order(placed["id"]).total


def test_one_piece_of_a_product_is_free_and_only_one(shop, adapter):
    """Of three soaps at 12.99 two are paid: 25.98, with 19 % tax 30.92."""
    code = adapter.create_code(new_code(free_product=shop.soap))

    assert 0 == basket(shop, code)["totalWithTax"]
    assert 3092 == basket(shop, code, quantity=3)["totalWithTax"]


def test_another_product_stays_what_it_costs(shop, adapter):
    code = adapter.create_code(new_code(free_product="987654"))

    assert 1546 == basket(shop, code)["totalWithTax"]


def test_gift_cards_are_refused_because_vendure_has_none(adapter):
    with pytest.raises(UnsupportedFeature, match="balance"):
        adapter.create_code(new_code(balance=money("5.00 EUR")))


def test_amount_is_taken_off_where_prices_include_tax(shop, adapter, gross_channel):
    code = adapter.create_code(new_code(amount=money("5.00 EUR")))

    assert basket(shop, code)["totalWithTax"] == 799


def test_amount_is_refused_where_prices_are_without_tax(adapter):
    """Vendure would take 5.95 EUR off for a code of 5.00 EUR."""
    with pytest.raises(UnsupportedFeature, match="percentage"):
        adapter.create_code(new_code(amount=money("5.00 EUR")))


def test_voided_code_is_worth_nothing(shop, adapter):
    code = adapter.create_code(new_code())
    adapter.void_code(code)

    assert basket(shop, code)["code"] == "COUPON_CODE_INVALID_ERROR"
    with pytest.raises(PlatformError, match="voided"):
        adapter.create_code(code)


def test_code_that_is_worth_something_else_is_not_ours(adapter):
    code = adapter.create_code(new_code(percent=10))

    differences = (
        {"percent": 20},
        {"uses_max": 5},
        {"uses_per_customer_max": 1},
        {"minimum": money("5.00 EUR")},
        {"percent": None, "is_free_shipping": True},
        {"percent": None, "free_product": "1"},
    )
    for other in differences:
        with pytest.raises(PlatformError, match="something else"):
            adapter.create_code(code.model_copy(update=other))


def test_of_two_promotions_with_one_code_the_older_counts(shop, adapter):
    """Vendure accepts a coupon code twice; voiding it switches off both."""
    code = new_code()
    action = {
        "code": "order_percentage_discount",
        "arguments": [{"name": "discount", "value": "10"}],
    }
    twins = [
        shop.server.admin(
            """mutation ($i: CreatePromotionInput!) { r: createPromotion(input: $i) {
                 ... on Promotion { id } } }""",
            i={
                "enabled": True,
                "couponCode": code.code,
                "usageLimit": 1,
                "conditions": [],
                "actions": [action],
                "translations": [{"languageCode": "en", "name": "twin"}],
            },
        )["r"]["id"]
        for _ in range(2)
    ]

    assert twins[0] == adapter.create_code(code).platform_id
    adapter.void_code(code)
    assert basket(shop, code)["code"] == "COUPON_CODE_INVALID_ERROR"


def test_amount_in_another_currency_is_refused(adapter, gross_channel):
    with pytest.raises(PlatformError, match="EUR"):
        adapter.create_code(new_code(amount=money("5.00 USD")))


def test_code_is_redeemed_in_a_checkout_and_then_used_up(shop, adapter):
    """Soap at 12.99, less 10 % is 11.69, with 19 % tax 13.91: nothing is paid for picking it up."""
    code = adapter.create_code(new_code(percent=10))

    placed = shop.buy(method="pickup", coupon=code.code, total="13.91 EUR")
    order = adapter.fetch_order(placed["id"])

    assert money("13.91 EUR") == order.total
    assert (code.code,) == order.coupon_codes
    assert "COUPON_CODE_LIMIT_ERROR" == basket(shop, code)["code"]


def test_code_waits_for_its_minimum_tax_included(shop, adapter):
    """One soap is 15.46 and stays so. Two are 25.98 net, less 2.60, with 19 % tax 27.82."""
    code = adapter.create_code(new_code(percent=10, minimum=money("30.92 EUR")))

    assert 1546 == basket(shop, code)["totalWithTax"]
    assert 2782 == basket(shop, code, quantity=2)["totalWithTax"]


def test_code_ends_when_it_says(shop, adapter):
    now = datetime.now(UTC)
    code = adapter.create_code(
        new_code(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    )

    assert "COUPON_CODE_EXPIRED_ERROR" == basket(shop, code)["code"]


def test_code_that_is_there_comes_back_with_the_dates_it_has(adapter):
    """A card prints the end that the platform knows, not the one of a second try a day later."""
    ends = datetime(2030, 1, 31, 22, tzinfo=UTC)
    first = adapter.create_code(new_code(ends_at=ends))
    again = adapter.create_code(first.model_copy(update={"ends_at": ends + timedelta(days=1)}))

    assert (ends, first.platform_id) == (again.ends_at, again.platform_id)


def test_code_voided_before_it_was_created_leaves_nothing_to_void(shop, adapter):
    """A process that died before creating a code may void it all the same."""
    code = new_code()
    adapter.void_code(code)

    assert "COUPON_CODE_INVALID_ERROR" == basket(shop, code)["code"]
