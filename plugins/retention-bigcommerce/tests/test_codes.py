"""Coupons and gift certificates: made once, never worth something else, voided for good."""

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money
from tests.playing import reply

END = datetime(2030, 1, 1, tzinfo=UTC)


def only(shop, table="coupons"):
    (found,) = getattr(shop.store, table).values()
    return found


def test_percentage_is_a_coupon_for_the_whole_store(shop):
    code = a_code("THANKS-1", percent=15, ends_at=END, uses_per_customer_max=2, uses_max=3)
    made = shop.adapter().create_code(code)
    coupon = only(shop)

    assert ("percentage_discount", "15.0000", "THANKS-1") == (
        coupon["type"],
        coupon["amount"],
        coupon["code"],
    )
    assert {"entity": "categories", "ids": [0]} == coupon["applies_to"]
    assert (3, 2, True) == (coupon["max_uses"], coupon["max_uses_per_customer"], coupon["enabled"])
    assert "Tue, 01 Jan 2030 00:00:00 +0000" == coupon["expires"]
    assert (str(coupon["id"]), END) == (made.platform_id, made.ends_at)


def test_amount_and_minimum_are_in_the_stores_currency(shop):
    amount, minimum = money("5.00 EUR"), money("20.00 EUR")
    shop.adapter().create_code(a_code(percent=None, amount=amount, minimum=minimum))

    assert ("per_total_discount", "5.0000", "20.0000") == (
        only(shop)["type"],
        only(shop)["amount"],
        only(shop)["min_purchase"],
    )
    with pytest.raises(PlatformError, match="EUR"):
        shop.adapter().create_code(a_code("OTHER-1", percent=None, amount=money("5.00 USD")))


def test_amount_is_refused_where_prices_are_without_tax_unless_the_shop_says_so(shop):
    shop.store.store["is_price_entered_with_tax"] = False
    code = a_code(percent=None, amount=money("5.00 EUR"))

    with pytest.raises(UnsupportedFeature, match="amounts_without_tax"):
        shop.adapter().create_code(code)
    assert {} == shop.store.coupons
    assert shop.adapter(amounts_without_tax=True).create_code(code).platform_id


def test_code_that_is_there_in_another_case_is_the_same(shop):
    first = shop.adapter().create_code(a_code("THANKS-1"))

    assert first.platform_id == shop.adapter().create_code(a_code("thanks-1")).platform_id
    assert 1 == len(shop.store.coupons)


def test_coupon_of_two_at_the_same_moment_is_one(shop):
    """The other was quicker between our look and our request."""

    def quicker(request):
        shop.store.answer(request)
        return reply(409, {})

    shop.store.failures = [None, quicker]
    made = shop.adapter().create_code(a_code("THANKS-1"))

    assert str(only(shop)["id"]) == made.platform_id


def test_lost_answer_makes_no_second_coupon(shop):
    def lost(request):
        shop.store.answer(request)

    shop.store.failures = [None, lost]
    with pytest.raises(PlatformError) as caught:
        shop.adapter().create_code(a_code("THANKS-1"))
    assert caught.value.retryable
    assert str(only(shop)["id"]) == shop.adapter().create_code(a_code("THANKS-1")).platform_id


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "20.0000"},
        {"type": "per_item_discount"},
        {"max_uses": 0},
        {"min_purchase": "5.0000"},
        {"restricted_to": {"countries": "AU"}},
        {"shipping_methods": ["shipping_endicia"]},
        {"applies_to": {"entity": "products", "ids": [1]}},
    ],
)
def test_coupon_that_is_worth_something_else_is_refused(shop, change):
    adapter = shop.adapter()
    adapter.create_code(a_code("THANKS-1"))
    only(shop).update(change)

    with pytest.raises(PlatformError, match="something else") as caught:
        adapter.create_code(a_code("THANKS-1"))
    assert not caught.value.retryable


def test_voided_coupon_keeps_its_terms_and_its_name(shop):
    adapter = shop.adapter()
    made = adapter.create_code(a_code("THANKS-1", ends_at=END))
    before = dict(only(shop))
    adapter.void_code(made)
    adapter.void_code(made)

    assert {**before, "enabled": False} == only(shop)
    assert 1 == len([r for r in shop.store.seen if r["method"] == "PUT"])
    with pytest.raises(PlatformError, match="voided"):
        adapter.create_code(a_code("THANKS-1"))


def test_other_refusal_of_a_coupon_is_final_and_quotes_nobody(shop):
    shop.store.failures = [None, reply(422, {"title": "ada@example.com"})]

    with pytest.raises(PlatformError, match="refused with status 422") as caught:
        shop.adapter().create_code(a_code())
    assert not caught.value.retryable
    assert "ada@" not in str(caught.value)


def test_code_begins_at_once_or_not_at_all(shop):
    now = datetime.now(UTC)
    shop.adapter().create_code(a_code("THANKS-1", starts_at=now))

    with pytest.raises(UnsupportedFeature, match="begins at once"):
        shop.adapter().create_code(a_code("THANKS-2", starts_at=now + timedelta(days=1)))


# Gift certificates ----------------------------------------------------------------------------


def a_card(code="GIFT-1", **changes):
    return a_code(code, percent=None, balance=money("10.00 EUR"), **changes)


def test_balance_is_a_gift_certificate_of_the_shops_own(shop):
    made = shop.adapter().create_code(a_card(ends_at=END))
    certificate = only(shop, "certificates")

    assert ("10.0000", "EUR", "active") == (
        certificate["amount"],
        certificate["currency_code"],
        certificate["status"],
    )
    assert {"hello@soap.example"} == {certificate["to_email"], certificate["from_email"]}
    assert (str(certificate["id"]), END) == (made.platform_id, made.ends_at)


def test_voided_certificate_is_disabled_and_keeps_its_balance(shop):
    adapter = shop.adapter()
    made = adapter.create_code(a_card())
    only(shop, "certificates")["balance"] = "4.0000"
    adapter.void_code(made)
    certificate = only(shop, "certificates")

    assert ("disabled", "4.0000") == (certificate["status"], certificate["balance"])
    with pytest.raises(PlatformError, match="voided"):
        adapter.create_code(a_card())


def test_certificate_of_another_worth_is_refused(shop):
    shop.adapter().create_code(a_card())

    with pytest.raises(PlatformError, match="something else"):
        shop.adapter().create_code(a_code("GIFT-1", percent=None, balance=money("20.00 EUR")))


@pytest.mark.parametrize(
    "card", [a_card("GIFT-CARD-2026-ABCDEF"), a_card(minimum=money("5.00 EUR"))]
)
def test_certificate_that_cannot_be_is_refused(shop, card):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().create_code(card)
    assert {} == shop.store.certificates


def test_without_a_giver_there_are_no_certificates(shop):
    with pytest.raises(UnsupportedFeature):
        shop.adapter(gift_from_email="").create_code(a_card())
