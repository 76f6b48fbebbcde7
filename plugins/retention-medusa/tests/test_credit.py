"""Gift cards and store credit of the loyalty plugin, spent in real checkouts."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money


def test_gift_card_pays_a_part_and_the_order_keeps_its_total(shop, adapter):
    adapter.create_code(a_code("CARD-TEN", balance=money("10.00 EUR")))
    cart = shop.cart("de")

    left = shop.server.store("POST", f"carts/{cart['id']}/gift-cards", {"code": "CARD-TEN"})
    assert 11.4081 == left["cart"]["total"]
    order = adapter.fetch_order(shop.pay(cart, total="21.41 EUR")["id"])

    assert money("21.41 EUR") == order.total
    assert order.is_paid
    assert money("0.00 EUR") == order.discount


def test_gift_card_pays_everything(shop, adapter):
    """There is no payment then, and the order is paid all the same."""
    adapter.create_code(a_code("CARD-HUNDRED", balance=money("100.00 EUR")))
    cart = shop.cart("de")
    shop.server.store("POST", f"carts/{cart['id']}/gift-cards", {"code": "CARD-HUNDRED"})

    placed = shop.complete(cart, total="21.41 EUR", is_captured=False)
    order = adapter.fetch_order(placed["id"])

    assert money("21.41 EUR") == order.total
    assert order.placed_at == order.paid_at


def test_voided_gift_card_is_refused_at_the_checkout(shop, adapter):
    card = adapter.create_code(a_code("CARD-GONE", balance=money("10.00 EUR")))
    adapter.void_code(card)
    cart = shop.cart("de", has_parcel=False)

    with pytest.raises(AssertionError, match="has expired"):
        shop.server.store("POST", f"carts/{cart['id']}/gift-cards", {"code": "CARD-GONE"})
    with pytest.raises(PlatformError, match="voided before"):
        adapter.create_code(card)


def test_gift_card_of_another_worth_is_refused(adapter):
    adapter.create_code(a_code("CARD-TWICE", balance=money("10.00 EUR")))

    for other in ("20.00 EUR", "10.00 GBP"):
        with pytest.raises(PlatformError, match="something else"):
            adapter.create_code(a_code("CARD-TWICE", balance=money(other)))


def test_credit_is_given_once_for_each_key_and_can_be_spent(shop, adapter):
    account = shop.new_account()
    for key in ("birthday-2026", "birthday-2026", "order-17"):
        adapter.give_credit(account["id"], money("5.05 EUR"), key=key)
    found = shop.server.admin("GET", f"store-credit-accounts?customer_id={account['id']}")
    assert [10.1] == [each["balance"] for each in found["store_credit_accounts"]]

    cart = shop.cart("de", email=account["email"], token=account["token"])
    path = f"carts/{cart['id']}/store-credits"
    left = shop.server.store("POST", path, {"amount": 10.1}, account["token"])
    assert 11.3081 == left["cart"]["total"]
    order = adapter.fetch_order(shop.pay(cart, total="21.41 EUR")["id"])

    assert money("21.41 EUR") == order.total
    assert account["id"] == order.customer.id


def test_key_of_another_amount_is_refused(shop, adapter):
    account = shop.new_account()["id"]
    adapter.give_credit(account, money("5.00 EUR"), key="k-1")

    with pytest.raises(PlatformError, match="another amount"):
        adapter.give_credit(account, money("6.00 EUR"), key="k-1")


def test_credit_for_somebody_unknown_is_refused(adapter):
    with pytest.raises(PlatformError, match="404") as caught:
        adapter.give_credit("cus_nobody", money("5.00 EUR"), key="k-1")

    assert not caught.value.retryable


@pytest.mark.parametrize("what", ["create_code", "void_code"])
def test_without_the_plugin_gift_cards_are_refused_and_nobody_is_asked(scripted, what):
    adapter, play = scripted()

    with pytest.raises(UnsupportedFeature, match="loyalty_plugin = true"):
        getattr(adapter, what)(a_code("CARD-NONE", balance=money("10.00 EUR")))

    assert not play.seen


def test_without_the_plugin_credit_is_refused_and_nobody_is_asked(scripted):
    adapter, play = scripted()

    with pytest.raises(UnsupportedFeature, match="loyalty_plugin = true"):
        adapter.give_credit("cus_1", money("10.00 EUR"), key="k-1")

    assert not play.seen


@pytest.mark.parametrize(
    "changes",
    [{"minimum": money("20.00 EUR")}, {"starts_at": datetime(2030, 1, 1, tzinfo=UTC)}],
)
def test_gift_card_that_medusa_cannot_keep_is_refused(scripted, changes):
    adapter, play = scripted(loyalty_plugin=True)

    with pytest.raises(UnsupportedFeature, match="gift cards have neither"):
        adapter.create_code(a_code("CARD-ODD", balance=money("10.00 EUR"), **changes))

    assert not play.seen
