"""What the companion keeps, refuses and tells."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from retention_oscar.adapter import OscarAdapter

from retention_sdk.adapter import Capability
from retention_sdk.errors import ConfigError, PlatformError, SignatureError, UnsupportedFeature
from retention_sdk.model import ConsentState, OrderPaid, OrderPlaced, WebhookRequest
from retention_sdk.testing import a_code, a_consent

PERMISSIONS = """
order.view_order order.view_line auth.view_user catalogue.view_product voucher.add_voucher
voucher.change_voucher offer.add_conditionaloffer retention_companion.add_answer
retention_companion.change_answer order.add_ordernote auth.delete_user
"""
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def as_user(shop, email, password="buyer"):
    settings = shop.settings(username=email, password=password)
    return OscarAdapter.from_config(settings, shop_id="soap.example")


def delivered(sink, topic, order_id):
    """Wait for a delivery about an order."""
    for _ in range(200):
        for each in sink.seen:
            is_it = each["headers"]["x-retention-topic"] == topic
            if is_it and f'/admin/orders/{order_id}/"'.encode() in each["body"]:
                return WebhookRequest(headers=each["headers"], body=each["body"])
        time.sleep(0.05)
    raise AssertionError(f"no {topic} of {order_id} in 10 s")


def test_deliveries_of_a_real_sale_are_signed_and_read(shop, adapter, sink):
    order_id = shop.buy("8.00", {shop.towel: 1}, shop.buyers["IR"])
    shop.server.act("pay", order=order_id, amount="8.00")

    placed = adapter.handle(delivered(sink, "order.placed", order_id))
    paid = adapter.handle(delivered(sink, "order.changed", order_id))

    assert [OrderPlaced] == [type(event) for event in placed]
    assert [OrderPlaced, OrderPaid] == [type(event) for event in paid]
    assert placed[0].id == paid[0].id
    assert "fa" == placed[0].order.language


def test_companion_that_was_not_migrated_costs_no_sale(shop, alone):
    shop.server.act("lose_a_table")
    try:
        order_id = shop.buy("8.00", {shop.towel: 1}, shop.buyers["IR"])
    finally:
        shop.server.act("find_the_table")

    assert "8.00 EUR" == str(alone.fetch_order(str(order_id)).total)


def test_polled_and_delivered_orders_are_one(shop, adapter, sink):
    order_id = shop.buy("8.00", {shop.towel: 1}, shop.buyers["IR"])
    told = adapter.handle(delivered(sink, "order.placed", order_id))[0]

    assert adapter.fetch_order(str(order_id)) == told.order


def test_delivery_under_an_older_secret_is_taken_and_others_are_not(shop, sink):
    request = delivered(sink, "order.placed", shop.orders["DE"])

    def reader(*secrets):
        settings = shop.settings(webhook_secrets=secrets)
        return OscarAdapter.from_config(settings, shop_id="soap.example")

    assert reader("a-newer-secret-2027", "companion-secret-2026").handle(request)
    for secrets in ((), ("a-newer-secret-2027",)):
        with pytest.raises(SignatureError):
            reader(*secrets).handle(request)


def test_webhook_secrets_need_the_companion(shop):
    with pytest.raises(ConfigError, match="companion"):
        OscarAdapter.from_config(
            shop.settings(companion=False, webhook_secrets=["a-newer-secret-2027"]), shop_id="x"
        )


def test_adapter_declares_what_its_shop_can_do(adapter, alone):
    alone_can = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
    )

    assert alone_can == alone.capabilities
    assert OscarAdapter.capabilities == adapter.capabilities
    with pytest.raises(UnsupportedFeature, match="companion"):
        alone.create_code(a_code())


def test_older_answer_does_not_undo_a_newer_one(shop, adapter):
    customer = shop.new_customer()
    no = a_consent(ConsentState.DENIED, recorded_at=NOON + timedelta(hours=1))
    adapter.write_consent(customer, no)
    adapter.write_consent(customer, a_consent(ConsentState.GRANTED, recorded_at=NOON))

    assert [ConsentState.DENIED] == [each.state for each in adapter.fetch_consents(customer)]


def test_undated_no_undoes_a_yes(shop, adapter):
    customer = shop.new_customer()
    adapter.write_consent(customer, a_consent(ConsentState.GRANTED, recorded_at=NOON))
    adapter.write_consent(customer, a_consent(ConsentState.DENIED, recorded_at=None))

    assert [ConsentState.DENIED] == [each.state for each in adapter.fetch_consents(customer)]


def test_undated_yes_does_not_undo_a_no(shop, adapter):
    customer = shop.new_customer()
    adapter.write_consent(customer, a_consent(ConsentState.DENIED, recorded_at=NOON))
    adapter.write_consent(customer, a_consent(ConsentState.GRANTED, recorded_at=None))

    assert [ConsentState.DENIED] == [each.state for each in adapter.fetch_consents(customer)]


def test_answer_comes_with_the_orders_of_its_customer(shop, adapter):
    adapter.write_consent(shop.buyers["JP"].id, a_consent())
    customer = adapter.fetch_order(str(shop.orders["JP"])).customer

    assert [ConsentState.GRANTED] == [each.state for each in customer.consents]


def test_silence_is_no_answer(shop, adapter):
    assert () == adapter.fetch_consents(shop.new_customer())


def test_note_is_written_once(shop, adapter):
    for _ in range(2):
        adapter.note_order(str(shop.orders["IR"]), "A card was printed.")

    assert ["A card was printed."] == shop.server.act("notes", order=shop.orders["IR"])


def test_used_voucher_stays_used_when_its_buyer_is_erased(shop, adapter):
    buyer = shop.somebody()
    made = adapter.create_code(a_code("USED-UP", percent=50))
    order_id = shop.buy("4.00", {shop.towel: 1}, buyer, code=made.code)
    adapter.erase_customer(buyer.id)

    assert not shop.server.act("exists", email=buyer.email)
    assert 1 == shop.server.act("voucher", code="USED-UP")[0]["uses"]
    assert "" == adapter.fetch_order(str(order_id)).customer.email


def test_staff_is_nobody_s_customer(adapter):
    for act in (adapter.erase_customer, adapter.fetch_consents):
        with pytest.raises(PlatformError) as caught:
            act("1")
        assert not caught.value.retryable


@pytest.mark.parametrize(
    "act",
    [
        lambda adapter: adapter.fetch_order("1"),
        lambda adapter: list(adapter.fetch_orders()),
        lambda adapter: list(adapter.customer_pages()),
        lambda adapter: adapter.fetch_consents("2"),
        lambda adapter: adapter.write_consent("2", a_consent()),
        lambda adapter: adapter.create_code(a_code("MINE-ALL", percent=100)),
        lambda adapter: adapter.void_code(a_code("THANKS-TEN")),
        lambda adapter: adapter.note_order("1", "hello"),
        lambda adapter: adapter.erase_customer("2"),
        lambda adapter: adapter.fetch_shop(),
    ],
)
def test_nothing_is_for_customers(shop, act):
    with pytest.raises(PlatformError, match="403") as caught:
        act(as_user(shop, shop.buyers["FR"].email))
    assert not caught.value.retryable


def test_staff_may_do_what_django_allows_them(shop):
    email = "reader@example.com"
    shop.server.act("customer", email=email, is_staff=True)
    reader = as_user(shop, email)
    with pytest.raises(PlatformError, match="403"):
        reader.fetch_order(str(shop.orders["DE"]))

    seen = ["order.view_order", "order.view_line", "auth.view_user"]
    shop.server.act("grant", email=email, permissions=seen)

    assert reader.fetch_order(str(shop.orders["DE"]))
    with pytest.raises(PlatformError, match="403"):
        reader.create_code(a_code("NOT-MINE"))


def test_permissions_that_the_readme_names_are_enough(shop):
    email, order, customer = "cards@example.com", str(shop.orders["DE"]), shop.new_customer()
    shop.server.act("customer", email=email, is_staff=True)
    shop.server.act("grant", email=email, permissions=PERMISSIONS.split())
    cards = as_user(shop, email)
    code = cards.create_code(a_code("BY-CARDS"))

    cards.void_code(code)
    cards.note_order(order, "hello")
    cards.write_consent(customer, a_consent())
    assert cards.fetch_consents(customer)
    cards.erase_customer(customer)
    assert cards.fetch_order(order)
    assert cards.fetch_shop()
    assert list(cards.product_pages())
    assert list(cards.customer_pages())
    settings = shop.settings(username=email, password="buyer", companion=False)
    alone = OscarAdapter.from_config(settings, shop_id="soap.example")
    assert alone.fetch_order(order)
    assert list(alone.customer_pages())


def test_wrong_password_is_said_and_not_shown(shop):
    with pytest.raises(PlatformError, match="401") as caught:
        as_user(shop, "staff@example.com", "not-the-password").fetch_order("1")

    assert "not-the-password" not in f"{caught.value} {caught.value!r}"


def test_companion_tells_no_password(sink, shop):
    delivery = delivered(sink, "order.placed", shop.orders["FR"])

    assert {"id", "email", "first_name", "last_name", "consents"} == set(
        json.loads(delivery.body)["order"]["retention"]["customer"]
    )
