"""Discount codes, tried in a real basket."""

import secrets

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


def basket(shop, code):
    """Put one soap (15.46 EUR) into a basket, enter the code, return what Vendure says."""
    add = "mutation ($v: ID!) { addItemToOrder(productVariantId: $v, quantity: 1) { __typename } }"
    _, token = shop.server.ask(shop.server.shop_url, add, {"v": shop.soap})
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

    for other in ({"percent": 20}, {"uses_max": 5}):
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
