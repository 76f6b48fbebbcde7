"""Deliveries ring a bell; what changed is asked of the shop."""

import json

import pytest

from retention_sdk.errors import PayloadError, PlatformError, SignatureError
from retention_sdk.model import (
    ConsentChanged,
    ConsentState,
    CustomerCreated,
    CustomerUpdated,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    RecordChanged,
    UnknownEvent,
)

ORDER, CUSTOMER = f"{10001:032x}", f"{0x7001:032x}"


def rung(shop, request):
    """Return what a delivery becomes once the shop was asked."""
    adapter = shop.adapter()
    (event,) = adapter.handle(request)
    return adapter.complete(event)


@pytest.mark.parametrize("name", ["order_placed", "transaction_paid", "order_written"])
def test_order_that_changed_is_asked(shop, delivery, name):
    shop.add_order("10001")
    events = rung(shop, delivery(name))

    assert [OrderPlaced, OrderPaid] == [type(event) for event in events]
    assert events[0].order == shop.adapter().fetch_order(ORDER)


def test_parcel_and_refund_are_heard(shop, delivery):
    capture = shop.goods.capture(("completed", 6.5))
    part = shop.goods.transaction(
        "refunded_partially", 43.9, captures=[capture], updatedAt="2026-11-23T10:00:00.000+00:00"
    )
    shop.add_order("10001", sent="shipped", transactions=[part])
    event = "state_enter.order_delivery.state.shipped"
    told = rung(shop, delivery("transaction_paid", event=event))

    assert [OrderPlaced, OrderPaid, OrderFulfilled, OrderRefunded] == [type(e) for e in told]
    assert "2026-11-23T10:00:00+00:00" == told[-1].occurred_at.isoformat()


def test_redelivery_and_another_event_are_the_same_facts(shop, delivery):
    shop.add_order("10001")
    told = [
        {event.id for event in rung(shop, delivery(name))}
        for name in ("order_placed", "order_placed", "transaction_paid")
    ]

    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("name", ["order_placed", "order_written", "newsletter_confirm"])
def test_delivery_that_is_sent_again_rings_the_same_bell(shop, delivery, sign, name):
    """Shopware writes a new timestamp into each try; ``eventId`` stays."""
    first = delivery(name)
    body = first.body.replace(b"1795162503", b"1795162599")
    second = first.model_copy(
        update={"body": body, "headers": {"shopware-shop-signature": sign(body)}}
    )
    adapter = shop.adapter()

    assert [e.id for e in adapter.handle(first)] == [e.id for e in adapter.handle(second)]


def test_order_that_is_gone_proves_nothing(shop, delivery):
    assert () == rung(shop, delivery("order_placed"))


def test_order_of_another_sales_channel_is_not_ours(shop, delivery):
    shop.add_order("10001", salesChannelId=f"{2:032x}")
    adapter = shop.adapter(sales_channel_id=f"{1:032x}")
    (event,) = adapter.handle(delivery("order_placed"))

    assert () == adapter.complete(event)


def test_draft_of_an_order_rings_no_bell(shop, delivery):
    draft = {"primaryKey": {"id": ORDER, "versionId": f"{9:032x}"}, "entity": "order"}
    (event,) = shop.adapter().handle(delivery("order_written", payload=[draft]))

    assert isinstance(event, UnknownEvent)


def test_several_orders_in_one_delivery_are_several_bells(shop, delivery):
    written = [{"primaryKey": f"{number:032x}"} for number in (1, 2, 2)]
    events = shop.adapter().handle(delivery("order_written", payload=written))

    assert [f"{1:032x}", f"{2:032x}"] == [event.reference for event in events]
    assert 2 == len({event.id for event in events})


def test_new_account_comes_with_its_answers(shop, delivery):
    shop.add_customer(updatedAt="2026-11-21T10:00:00.000+00:00")
    shop.add_recipient("optIn", confirmedAt="2026-11-20T09:00:00.000+00:00")
    created, updated, answered = rung(shop, delivery("customer_register"))

    assert (CustomerCreated, CustomerUpdated) == (type(created), type(updated))
    assert ("04-30", 1990) == (created.customer.birthday, created.customer.birth_year)
    assert ConsentState.GRANTED is answered.consent.state
    assert "2026-11-20T09:00:00+00:00" == answered.occurred_at.isoformat()


def test_account_of_a_guest_is_none(shop, delivery):
    shop.add_customer(guest=True)

    assert () == rung(shop, delivery("customer_register"))


def test_tidied_up_guest_erases_nobody(shop, delivery):
    guest = {"customer": {"id": CUSTOMER, "guest": True}}
    (event,) = shop.adapter().handle(delivery("customer_deleted", payload=guest))

    assert isinstance(event, UnknownEvent)


def test_newsletter_bell_tells_what_was_answered_shortly_before(shop, delivery):
    """The delivery itself says nothing of the recipient."""
    shop.add_recipient("optIn", "a@example.com", confirmedAt="2026-11-20T08:14:00.000+00:00",
                       updatedAt="2026-11-20T08:14:00.000+00:00")  # fmt: skip
    shop.add_recipient("optOut", "b@example.com", updatedAt="2026-11-20T08:13:00.000+00:00")
    shop.add_recipient("notSet", "c@example.com", createdAt="2026-11-20T08:13:00.000+00:00")
    shop.add_recipient("direct", "old@example.com", updatedAt="2026-11-19T08:13:00.000+00:00")
    events = rung(shop, delivery("newsletter_confirm"))

    assert {ConsentChanged} == {type(event) for event in events}
    assert {"a@example.com": "granted", "b@example.com": "denied"} == {
        event.customer.email: event.consent.state for event in events
    }


def test_account_and_bell_tell_one_answer(shop, delivery):
    shop.add_customer()
    shop.add_recipient("optIn", updatedAt="2026-11-20T08:14:00.000+00:00")
    by_account = rung(shop, delivery("customer_register"))[-1]
    (by_bell,) = rung(shop, delivery("newsletter_confirm"))

    assert by_account.id == by_bell.id


def test_payload_shows_no_more_than_a_storefront(storefront, delivery):
    """Each entity in our payloads has the fields that Shopware leaves in a webhook."""
    for name, entity in (("order_placed", "order"), ("transaction_paid", "order")):
        order = json.loads(delivery(name).body)["data"]["payload"][entity]
        assert order.keys() <= storefront.component("Order")["properties"].keys()
        buyer = order.get("orderCustomer", {})
        assert buyer.keys() <= storefront.component("OrderCustomer")["properties"].keys()
    account = json.loads(delivery("customer_register").body)["data"]["payload"]["customer"]
    assert account.keys() <= storefront.component("Customer")["properties"].keys()


def test_description_of_the_storefront_says_why_orders_are_asked(storefront):
    """If this fails, Shopware shows more: webhooks may then be read without asking."""
    buyer = storefront.component("OrderCustomer")["properties"]

    assert not {"customerId", "customer"} & buyer.keys()


@pytest.mark.parametrize("secret", ["s3cr3t-of-the-shop", "the-one-before"])
def test_both_secrets_are_good_while_they_change(shop, delivery, secret):
    assert shop.adapter().handle(delivery("order_placed", secret))


def test_without_a_secret_nothing_is_believed(shop, delivery):
    with pytest.raises(SignatureError):
        shop.adapter(webhook_secrets=[]).handle(delivery("order_placed", ""))


@pytest.mark.parametrize("number", ["", "1", "../customer", ORDER.upper().replace("0", "g")])
def test_identifier_of_another_shape_asks_nobody(shop, delivery, number):
    with pytest.raises(PayloadError):
        shop.adapter().handle(delivery("order_placed", payload={"order": {"id": number}}))
    assert [] == shop.server.asked


def test_bell_of_an_unknown_kind_is_refused(shop, delivery):
    adapter = shop.adapter()
    (event,) = adapter.handle(delivery("order_placed"))
    with pytest.raises(PlatformError, match="kind moon"):
        adapter.complete(event.model_copy(update={"kind": "moon"}))


def test_bell_names_the_platform(shop, delivery):
    (event,) = shop.adapter().handle(delivery("order_placed"))

    assert isinstance(event, RecordChanged)
    assert ("shopware", "order", ORDER) == (event.platform, event.kind, event.reference)
