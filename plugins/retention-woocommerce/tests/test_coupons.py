"""Coupons, as the shop's database holds them afterwards."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.pipeline.cards.coupons import CouponDesk, note_redemptions
from retention_sdk.storage import open_store
from retention_sdk.testing import NOON, FrozenClock, a_code, money

KEY = bytes(range(32))
ENDS = datetime(2030, 6, 30, 22, tzinfo=UTC)


def only(shop):
    (coupon,) = shop.woo.coupons.values()
    return coupon


def with_tax(shop, *, prices="yes", carts="incl"):
    shop.woo.settings["woocommerce_calc_taxes"] = "yes"
    shop.woo.tax |= {
        "woocommerce_prices_include_tax": prices,
        "woocommerce_tax_display_cart": carts,
    }


@pytest.mark.parametrize(
    ("worth", "kind", "amount", "is_shipped_free"),
    [
        ({"percent": 15}, "percent", "15.00", False),
        ({"amount": money("5.50 EUR")}, "fixed_cart", "5.50", False),
        ({"is_free_shipping": True}, "fixed_cart", "0.00", True),
    ],
)
def test_coupon_is_worth_what_the_code_is(shop, worth, kind, amount, is_shipped_free):
    shop.adapter().create_code(a_code("THANKS-1", **worth))
    coupon = only(shop)

    assert (kind, amount) == (coupon["discount_type"], coupon["amount"])
    assert is_shipped_free is coupon["free_shipping"]
    assert 1 == coupon["usage_limit"]


def test_limits_are_those_of_the_code(shop):
    code = a_code(
        "THANKS-1",
        uses_max=5,
        uses_per_customer_max=2,
        minimum=money("20.00 EUR"),
        title="thank you",
    )
    shop.adapter().create_code(code)
    coupon = only(shop)

    assert (5, 2) == (coupon["usage_limit"], coupon["usage_limit_per_user"])
    assert ("20.00", "thank you") == (coupon["minimum_amount"], coupon["description"])


def test_coupon_ends_at_the_very_second_in_a_shop_with_a_clock_of_its_own(shop):
    """The shop is an hour ahead; it ignores ``date_expires_gmt`` when it is written."""
    made = shop.adapter().create_code(a_code("THANKS-1", ends_at=ENDS))

    assert "2030-06-30T22:00:00" == only(shop)["date_expires_gmt"]
    assert made.ends_at == ENDS


def test_code_is_kept_in_small_letters_and_found_in_any(shop):
    first = shop.adapter().create_code(a_code("THANKS-AB1"))
    again = shop.adapter().create_code(a_code("Thanks-aB1"))

    assert "thanks-ab1" == only(shop)["code"]
    assert ("THANKS-AB1", first.platform_id) == (first.code, again.platform_id)


def test_second_try_gets_the_coupon_of_the_first_with_the_end_it_has(shop):
    first = shop.adapter().create_code(a_code("THANKS-1", ends_at=ENDS))
    again = shop.adapter().create_code(a_code("THANKS-1", ends_at=ENDS + timedelta(days=1)))

    assert first == again


def test_answer_that_was_lost_is_asked_for_again_and_makes_one_coupon(shop):
    """The coupon is made, the answer is an error: the second request finds the code taken."""
    answer, lost = shop.woo.answer, [True]

    def losing(*arguments):
        told = answer(*arguments)
        return (502, {}, {}) if lost and lost.pop() else told

    shop.woo.answer = losing
    made = shop.adapter().create_code(a_code("THANKS-1"))

    assert str(only(shop)["id"]) == made.platform_id


@pytest.mark.parametrize(
    "other",
    [
        {"percent": 20},
        {"uses_max": 5},
        {"uses_per_customer_max": 1},
        {"minimum": money("5.00 EUR")},
        {"percent": None, "is_free_shipping": True},
        {"percent": None, "amount": money("10.00 EUR")},
    ],
)
def test_code_that_is_worth_something_else_is_not_ours(shop, other):
    code = shop.adapter().create_code(a_code("THANKS-1"))

    with pytest.raises(PlatformError, match="something else") as caught:
        shop.adapter().create_code(code.model_copy(update=other))
    assert not caught.value.retryable


def test_coupon_that_staff_narrowed_is_not_ours(shop):
    code = shop.adapter().create_code(a_code("THANKS-1"))
    only(shop)["email_restrictions"] = ["ada@example.com"]

    with pytest.raises(PlatformError, match="something else"):
        shop.adapter().create_code(code)


def test_voided_code_has_ended_and_stays_taken(shop):
    adapter = shop.adapter()
    code = adapter.create_code(a_code("THANKS-1", ends_at=ENDS))
    adapter.void_code(a_code("thanks-1", percent=100))

    assert "2000-01-01T00:00:00" == only(shop)["date_expires_gmt"]
    with pytest.raises(PlatformError, match="voided"):
        adapter.create_code(code)


def test_voiding_a_code_that_is_not_there_or_twice_writes_nothing(shop):
    adapter = shop.adapter()
    adapter.void_code(a_code("THANKS-1"))
    adapter.create_code(a_code("THANKS-1"))
    adapter.void_code(a_code("THANKS-1"))
    adapter.void_code(a_code("THANKS-1"))

    assert 1 == len([r for r in shop.woo.requests if r["method"] == "PUT"])


def test_amount_is_refused_where_prices_are_without_tax(shop):
    with_tax(shop, prices="no")

    with pytest.raises(UnsupportedFeature, match="percentage"):
        shop.adapter().create_code(a_code(amount=money("5.00 EUR")))
    assert not shop.woo.coupons


def test_minimum_is_refused_where_carts_are_without_tax(shop):
    with_tax(shop, carts="excl")

    with pytest.raises(UnsupportedFeature, match="minimums"):
        shop.adapter().create_code(a_code(minimum=money("5.00 EUR")))


def test_amounts_are_taken_where_prices_and_carts_hold_the_tax(shop):
    with_tax(shop)
    shop.adapter().create_code(a_code(amount=money("5.00 EUR"), minimum=money("9.00 EUR")))

    assert ("5.00", "9.00") == (only(shop)["amount"], only(shop)["minimum_amount"])


def test_rial_are_toman_in_a_shop_that_counts_toman(shop):
    shop.woo.settings["woocommerce_currency"] = "IRT"
    shop.adapter().create_code(a_code(amount=money("500000 IRR")))

    assert "50000.00" == only(shop)["amount"]


@pytest.mark.parametrize(
    ("currency", "amount"), [("EUR", "5.00 USD"), ("IRT", "5.00 EUR"), ("KWD", "5.125 KWD")]
)
def test_amount_that_the_shop_cannot_hold_is_refused(shop, currency, amount):
    shop.woo.settings["woocommerce_currency"] = currency

    with pytest.raises(PlatformError) as caught:
        shop.adapter().create_code(a_code(amount=money(amount)))
    assert not caught.value.retryable
    assert not shop.woo.coupons


def test_coupon_begins_at_once_or_not_at_all(shop):
    now = datetime.now(UTC)
    shop.adapter().create_code(a_code("THANKS-1", starts_at=now))

    with pytest.raises(UnsupportedFeature, match="begins at once"):
        shop.adapter().create_code(a_code("THANKS-2", starts_at=now + timedelta(days=1)))


def test_other_refusal_of_a_coupon_is_final_and_quotes_nobody(shop):
    shop.woo.failures = [(400, {})]

    with pytest.raises(PlatformError, match="refused") as caught:
        shop.adapter().create_code(a_code())
    assert not caught.value.retryable
    assert "ada@example.com" not in str(caught.value)


def test_card_is_found_by_the_code_that_the_order_shows_in_small_letters(shop, tmp_path):
    card_id = secrets.randbits(40)
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as store:
        desk = CouponDesk(store=store, adapter=shop.adapter(), keys={0: KEY}, clock=FrozenClock())
        desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3650))
        spent = {"code": only(shop)["code"], "discount": "2.6"}
        order_id = shop.woo.add_order("2026-12-01T12:00:00", coupon_lines=[spent])
        order = shop.adapter().fetch_order(str(order_id))
        with store.begin() as connection:
            cards = note_redemptions(store, connection, order, keys={0: KEY}, now=NOON)

    assert spent["code"].islower()
    assert (card_id,) == cards
