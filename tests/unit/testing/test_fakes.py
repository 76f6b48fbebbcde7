"""Builders and fakes: what a test may rely on."""

import subprocess
import sys
from datetime import timedelta

import pytest

import retention_sdk.testing as kit
from retention_sdk.errors import DeliveryError, PlatformError, SignatureError
from retention_sdk.model import (
    Artifact,
    Delivery,
    FulfilmentStatus,
    Money,
    OrderCancelled,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    ReceiptState,
    WebhookRequest,
)
from retention_sdk.testing import (
    NOON,
    BogusSettings,
    BogusShop,
    FrozenClock,
    MemoryChannel,
    a_brand,
    a_code,
    a_context,
    a_customer,
    a_line,
    an_order,
    failing,
    money,
)


def a_delivery(name="d-1"):
    artifact = Artifact(name="card.pdf", media_type="application/pdf", data=b"%PDF")
    return Delivery(
        id=name,
        event_id="e-1",
        decision_id="decision-1",
        surface="card",
        channel="memory",
        artifacts=(artifact,),
    )


@pytest.mark.parametrize(
    ("number", "kinds"),
    [
        ("1001", [OrderPlaced, OrderPaid]),
        ("1005", [OrderPlaced]),
        ("1006", [OrderPlaced, OrderPaid, OrderFulfilled]),
        ("1007", [OrderPlaced, OrderPaid, OrderRefunded]),
        ("1008", [OrderPlaced, OrderCancelled]),
    ],
)
def test_number_decides_what_becomes_of_an_order(number, kinds):
    shop = BogusShop()

    assert kinds == [type(event) for event in shop.handle(shop.webhook(number))]
    assert shop.fetch_order(number) == shop.handle(shop.webhook(number))[0].order


def test_shop_whose_order_ends_in_nine_is_away():
    with pytest.raises(PlatformError) as caught:
        BogusShop().fetch_order("1009")
    assert caught.value.retryable


def test_unsigned_delivery_is_refused_by_the_bogus_shop_too():
    shop = BogusShop()

    with pytest.raises(SignatureError):
        shop.handle(WebhookRequest(headers={"X-Bogus-Topic": "order"}, body=b"{}"))


def test_second_secret_verifies_old_deliveries():
    old, new = BogusSettings(secrets=("old-secret",)), BogusSettings(secrets=("new", "old-secret"))
    request = BogusShop(old).webhook("1001")

    assert len(BogusShop(new).handle(request)) == 2


def test_order_follows_from_its_total():
    order = an_order("1200 JPY", id="7")

    assert Money(minor=1200, currency="JPY") == order.total == order.lines[0].total
    assert FulfilmentStatus.PLANNED is order.insert_fulfilment.status
    assert order.number == "7"


def test_builders_take_changes():
    order = an_order(paid_at=None, customer=a_customer(given_name="Grace"))

    assert not order.is_paid
    assert order.customer.given_name == "Grace"
    assert money("4.00 EUR") == a_line("12.00 EUR", quantity=3).unit_price
    assert a_brand(name="Kiln").name == "Kiln"
    assert a_context(locale="fa", order=None).customer is None
    assert a_code(amount=money("5.00 EUR")).percent is None


def test_builders_refuse_fields_that_do_not_exist():
    with pytest.raises(ValueError, match="favourite_colour"):
        an_order(favourite_colour="red")


def test_clock_moves_only_when_told():
    clock = FrozenClock()

    assert NOON == clock() == clock()
    assert clock.advance(timedelta(days=1)) == NOON + timedelta(days=1) == clock()


def test_channel_keeps_one_of_two_equal_deliveries():
    channel = MemoryChannel()
    states = [channel.send(a_delivery(), now=NOON).state for _ in range(2)]

    assert [ReceiptState.ACCEPTED, ReceiptState.DUPLICATE] == states
    assert [a_delivery()] == channel.sent


def test_channel_fails_as_often_as_it_is_told():
    channel = MemoryChannel(before_send=failing(2, retryable=False))
    for _ in range(2):
        with pytest.raises(DeliveryError) as caught:
            channel.send(a_delivery(), now=NOON)
        assert not caught.value.retryable

    assert ReceiptState.ACCEPTED is channel.send(a_delivery(), now=NOON).state


def test_every_public_name_is_there():
    assert all(getattr(kit, name) is not None for name in kit.__all__)
    with pytest.raises(AttributeError):
        _ = kit.favourite_colour


def test_pytest_plugin_costs_nothing():
    """It is loaded in every test run of every project that has the SDK."""
    heavy = {"pydantic", "hypothesis", "retention_sdk.model", "retention_sdk.adapter", "pluggy"}
    code = (
        "import sys, retention_sdk.testing.pytest_plugin;"
        f"print(*sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == ""
