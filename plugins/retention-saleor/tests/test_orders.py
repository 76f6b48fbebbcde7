"""Orders: what was paid, what travels, and what is still to be packed."""

import copy
import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, PlatformError
from retention_sdk.model import (
    FulfilmentStatus,
    LineKind,
    OrderCancelled,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    RecordChanged,
    UnknownEvent,
)
from retention_sdk.testing import money

PACKED_AT = "2026-11-22T08:00:00+00:00"
LINE = "T3JkZXJMaW5lOjExMjM2NTkwLWFkYTAtNDEwMS1hZDc4LTUxNGQzZTdlNmQ4MQ=="


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def gross(amount, currency="USD"):
    return {"gross": {"amount": amount, "currency": currency}}


def fulfilment(status, quantity=2, created=PACKED_AT, number="1"):
    return {
        "id": f"RnVsZmlsbG1lbnQ6{number}",
        "status": status,
        "created": created,
        "trackingNumber": "00340434161094042557",
        "lines": [{"quantity": quantity, "orderLine": {"id": LINE}}],
    }


@pytest.fixture
def order(saleor):
    """Return the told order with some fields changed, and one of its line with others."""

    def change(settings=None, *, line=None, more_events=(), **fields):
        told = saleor.document()["order"]
        if line is not None:
            fields["lines"] = [told["lines"][0] | line]
        if more_events:
            more = ({"type": kind, "date": date} for kind, date in more_events)
            fields["events"] = [*told["events"], *more]
        return saleor.order(settings, **fields)

    return change


def kinds(saleor, **fields):
    document = saleor.document()
    document["order"] |= fields
    return [type(event) for event in saleor.events(document)]


# Money -------------------------------------------------------------------------------------


def test_amounts_are_those_of_the_screen(order):
    read = order()

    assert "3.58 USD" == str(read.total)
    assert ("1.99 USD", "3.58 USD") == (str(read.lines[0].unit_price), str(read.lines[0].total))
    assert ("0.40 USD", "0.00 USD") == (str(read.discount), str(read.tax))


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("JPY", 358.0, 358), ("KWD", 3.585, 3585), ("PLN", 3.5, 350)]
)
def test_decimals_are_those_of_the_currency(order, currency, amount, minor):
    nothing, full = {"amount": 0.0, "currency": currency}, gross(amount, currency)
    read = order(
        line={"undiscountedUnitPrice": full, "totalPrice": full},
        total={**full, "tax": nothing},
        undiscountedTotal=full,
        shippingPrice={"gross": nothing},
        totalRefunded=nothing,
    )

    assert (minor, currency) == (read.total.minor, read.total.currency)


def test_more_decimals_than_the_currency_has_are_refused(order):
    with pytest.raises(PayloadError):
        order(total={**gross(3.585), "tax": usd(0)})


def test_total_above_the_undiscounted_one_is_no_discount_below_zero(order):
    assert "0.00 USD" == str(order(undiscountedTotal=gross(3.0)).discount)


def test_refund_is_told_with_its_sum_and_never_above_the_total(saleor, order):
    part, all_of_it = order(totalRefunded=usd(1.5)), order(totalRefunded=usd(99.0))

    assert money("1.50 USD") == part.refunded
    assert money("3.58 USD") == all_of_it.refunded
    assert all_of_it.is_fully_refunded
    assert OrderRefunded in kinds(saleor, totalRefunded=usd(1.5))
    assert order().refunded is None


def test_two_currencies_in_an_order_are_refused(order):
    with pytest.raises(PayloadError):
        order(shippingPrice=gross(1.0, "PLN"))


# When --------------------------------------------------------------------------------------


def test_paid_is_when_the_whole_was_paid(order):
    first = ("ORDER_FULLY_PAID", "2026-11-21T20:39:11+00:00")

    assert datetime(2026, 11, 21, 20, 39, 11, tzinfo=UTC) == order(more_events=[first]).paid_at


def test_refunded_order_was_paid_all_the_same(order):
    """A refund takes the charge back, and Saleor calls the order not charged again."""
    read = order(chargeStatus="NONE", totalRefunded=usd(3.58))

    assert datetime(2026, 11, 21, 20, 39, 12, 109599, tzinfo=UTC) == read.paid_at


@pytest.mark.parametrize("status", ["NONE", "PARTIAL"])
def test_order_that_nobody_paid_whole_is_not_paid(saleor, order, status):
    assert order(chargeStatus=status).is_paid  # its history says so
    assert [OrderPlaced] == kinds(saleor, events=[], chargeStatus=status)


@pytest.mark.parametrize(
    ("transactions", "expected"),
    [
        ([{"createdAt": "2026-11-21T21:00:00+00:00"}], "2026-11-21T21:00:00+00:00"),
        ([], "2026-11-21T20:39:10.027979+00:00"),
    ],
)
def test_imported_order_without_history_is_dated_by_what_there_is(order, transactions, expected):
    given = [{"name": "", "paymentMethodDetails": None, **each} for each in transactions]

    assert datetime.fromisoformat(expected) == order(events=[], transactions=given).paid_at


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED"])
def test_order_that_is_off_is_cancelled(saleor, order, status):
    at = "2026-11-22T09:00:00+00:00"
    read = order(status=status, more_events=[(status, at)])

    assert datetime.fromisoformat(at) == read.cancelled_at
    assert () == read.fulfilments
    assert OrderCancelled in kinds(saleor, status=status)


def test_order_whose_end_is_not_in_its_history_ended_at_its_last_change(order):
    assert (
        datetime(2026, 11, 21, 20, 39, 12, 485438, tzinfo=UTC)
        == order(status="CANCELED").cancelled_at
    )


# What travels ------------------------------------------------------------------------------


def test_goods_that_are_not_packed_are_planned(order):
    (planned,) = order().fulfilments

    assert (FulfilmentStatus.PLANNED, 2) == (planned.status, planned.lines[0].quantity)
    assert order().insert_fulfilment == planned


def test_sent_goods_are_sent_and_the_rest_is_planned(order):
    read = order(line={"quantityToFulfill": 1}, fulfillments=[fulfilment("FULFILLED", quantity=1)])
    sent, planned = read.fulfilments

    assert (FulfilmentStatus.SHIPPED, datetime.fromisoformat(PACKED_AT)) == (
        sent.status,
        sent.shipped_at,
    )
    assert "00340434161094042557" == sent.parcels[0].tracking_number
    assert (FulfilmentStatus.PLANNED, 1) == (planned.status, planned.lines[0].quantity)


def test_order_is_fulfilled_when_everything_left(saleor):
    document = saleor.document()
    line = document["order"]["lines"][0] | {"quantityToFulfill": 0}
    document["order"] |= {"lines": [line], "fulfillments": [fulfilment("FULFILLED")]}
    events = saleor.events(document)

    assert [OrderPlaced, OrderPaid, OrderFulfilled] == [type(event) for event in events]
    assert datetime.fromisoformat(PACKED_AT) == events[-1].occurred_at


@pytest.mark.parametrize(
    ("status", "was_sent", "expected"),
    [
        ("WAITING_FOR_APPROVAL", False, FulfilmentStatus.PLANNED),
        ("FULFILLED", True, FulfilmentStatus.SHIPPED),
        ("RETURNED", True, FulfilmentStatus.SHIPPED),
        ("REPLACED", True, FulfilmentStatus.SHIPPED),
        ("REFUNDED_AND_RETURNED", True, FulfilmentStatus.SHIPPED),
        ("RETURNED", False, FulfilmentStatus.CANCELLED),
        ("REPLACED", False, FulfilmentStatus.CANCELLED),
        ("REFUNDED", False, FulfilmentStatus.CANCELLED),
        ("REFUNDED", True, FulfilmentStatus.CANCELLED),
        ("CANCELED", True, FulfilmentStatus.CANCELLED),
        ("WHATEVER_COMES_NEXT", False, FulfilmentStatus.CANCELLED),
    ],
)
def test_states_of_fulfilments(order, status, was_sent, expected):
    sent = [("FULFILLMENT_FULFILLED_ITEMS", "2026-11-21T22:00:00+00:00")] if was_sent else []
    read = order(line={"quantityToFulfill": 0}, fulfillments=[fulfilment(status)], more_events=sent)

    assert [expected] == [each.status for each in read.fulfilments]


def test_returned_goods_left_when_they_were_sent_and_not_when_they_came_back(order):
    sent = ("FULFILLMENT_FULFILLED_ITEMS", "2026-11-21T22:00:00+00:00")
    read = order(
        line={"quantityToFulfill": 0}, fulfillments=[fulfilment("RETURNED")], more_events=[sent]
    )

    assert datetime(2026, 11, 21, 22, tzinfo=UTC) == read.fulfilments[0].shipped_at


def test_line_from_two_warehouses_is_one_line(order):
    both = fulfilment("FULFILLED", quantity=1)
    both["lines"].append(copy.deepcopy(both["lines"][0]))
    (sent,) = order(line={"quantityToFulfill": 0}, fulfillments=[both]).fulfilments

    assert [2] == [part.quantity for part in sent.lines]


def test_fulfilment_that_lost_its_lines_is_left_out(order):
    emptied = fulfilment("FULFILLED") | {"lines": []}

    assert 1 == len(order(fulfillments=[emptied]).fulfilments)


def test_goods_that_do_not_travel_are_digital(order):
    read = order(line={"isShippingRequired": False})

    assert (LineKind.DIGITAL, ()) == (read.lines[0].kind, read.fulfilments)


def test_goods_that_are_collected_are_picked_up(order):
    read = order(collectionPointName="Shop in the harbour")

    assert (LineKind.PICKUP, ()) == (read.lines[0].kind, read.fulfilments)


def test_gift_card_is_one(saleor, order):
    product = saleor.document()["order"]["lines"][0]["variant"]["product"]
    card = {"product": product | {"productType": {"kind": "GIFT_CARD"}}}

    assert order(line={"variant": card}).lines[0].is_gift_card
    assert not order().lines[0].is_gift_card


def test_product_that_was_deleted_leaves_its_name(order):
    line = order(line={"variant": None}).lines[0]

    assert ("Apple Juice", "", ()) == (line.title, line.product_id, line.categories)


def test_name_in_the_customers_language_comes_first(order):
    assert "Apfelsaft" == order(line={"translatedProductName": "Apfelsaft"}).lines[0].title


def test_line_that_nothing_is_left_of_is_left_out(saleor):
    document = saleor.document()
    first = document["order"]["lines"][0]
    document["order"]["lines"] = [first, first | {"id": "T3JkZXJMaW5lOjI=", "quantity": 0}]

    assert 1 == len(saleor.events(document)[0].order.lines)


# Who ---------------------------------------------------------------------------------------


def test_guest_has_no_account_and_a_name(order):
    guest = order(user=None, languageCodeEnum="PT_BR").customer

    assert guest.is_guest
    assert ("Ada", "ada2@example.com", "pt-BR") == (guest.given_name, guest.email, guest.language)
    assert () == guest.consents


def test_order_of_nobody_has_no_customer(order):
    assert order(user=None, userEmail="").customer is None
    assert order(user=None, userEmail=None).customer is None


def test_address_without_anything_in_it_is_none(saleor, order):
    empty = dict.fromkeys(saleor.document()["order"]["shippingAddress"], "")
    read = order(shippingAddress=empty | {"country": {"code": "US"}, "phone": None})

    assert read.shipping_address is None


@pytest.mark.parametrize(
    ("code", "tag"),
    [("DE", "de"), ("PT_BR", "pt-BR"), ("ZH_HANT_HK", "zh-Hant-HK"), ("EN_GB", "en-GB")],
)
def test_languages_become_tags(order, code, tag):
    assert tag == order(languageCodeEnum=code).language


def test_gift_message_makes_it_a_gift(order):
    named = {"gift_message_field": "gift_message"}
    read = order(named, giftMessage="Happy birthday!")

    assert (True, "Happy birthday!") == (read.is_gift, read.gift_message)
    assert not order().is_gift


def test_way_of_paying_is_named_as_well_as_can_be(order):
    card = {"name": "Adyen", "createdAt": PACKED_AT, "paymentMethodDetails": {"name": "Visa"}}

    assert "Visa" == order(transactions=[card]).payment_method
    assert "Adyen" == order(transactions=[card | {"paymentMethodDetails": None}]).payment_method
    assert "" == order(transactions=[]).payment_method


# What is told ------------------------------------------------------------------------------


@pytest.mark.parametrize("topic", ["OrderCreated", "OrderFullyPaid", "OrderCancelled"])
def test_facts_have_one_name_whatever_topic_tells_of_them(saleor, topic):
    document = saleor.document()
    first = saleor.events(document)
    again = saleor.events(document | {"__typename": topic, "issuedAt": "2026-11-23T00:00:00+00:00"})

    assert [event.id for event in first] == [event.id for event in again]


def test_header_does_not_say_what_happened(saleor):
    """It is not signed: whoever has one delivery could send it under any name."""
    body = json.dumps(saleor.document()).encode()
    named = saleor.request(body, **{"Saleor-Event": "customer_deleted"})

    assert [OrderPlaced, OrderPaid] == [type(e) for e in saleor.adapter().handle(named)]


def test_draft_is_no_order_yet(saleor):
    assert [] == kinds(saleor, status="DRAFT")


def test_order_that_everything_was_taken_out_of_is_left_alone(saleor):
    assert [] == kinds(saleor, lines=[])


@pytest.mark.parametrize("order", [None, 7, "x", [], {}])
def test_delivery_without_its_order_is_refused(saleor, order):
    with pytest.raises(PayloadError):
        saleor.events(saleor.document() | {"order": order})


@pytest.mark.parametrize("topic", ["DraftOrderCreated", "OrderBulkCreated", "GiftCardSent", ""])
def test_other_topics_are_kept_and_nothing_is_done(saleor, topic):
    (event,) = saleor.events(saleor.document() | {"__typename": topic})

    assert (UnknownEvent, topic) == (type(event), event.topic)


# What is left out --------------------------------------------------------------------------


def captured(saleor, name):
    (found,) = [d for d in saleor.captured() if d["name"].startswith(name)]
    return saleor.request(found["body"].encode())


@pytest.mark.parametrize("name", ["04_", "06_", "08_", "10_", "12_"])
def test_delivery_that_says_less_than_we_ask_is_asked_for(saleor, api, name):
    """Those of the captured subscription, and of a webhook that has none."""
    api.shop.add_order()
    adapter = api.adapter()
    (told,) = adapter.handle(captured(saleor, name))

    assert (RecordChanged, "order") == (type(told), told.kind)
    assert [OrderPlaced, OrderPaid] == [type(event) for event in adapter.complete(told)]


def test_several_deliveries_of_one_change_end_in_the_same_facts(saleor, api):
    api.shop.add_order()
    adapter = api.adapter()
    told = [adapter.handle(captured(saleor, name))[0] for name in ("04_", "05_", "06_", "12_")]
    facts = {event.id for each in told for event in adapter.complete(each)}

    assert 2 == len(facts)


def test_redelivery_is_asked_for_once(saleor):
    first, again = (saleor.adapter().handle(captured(saleor, "04_"))[0].id for _ in range(2))

    assert first == again


def test_order_that_is_gone_proves_nothing(saleor, api):
    adapter = api.adapter()
    (told,) = adapter.handle(captured(saleor, "04_"))

    assert () == adapter.complete(told)


def test_api_that_is_away_is_asked_again_later(saleor, api):
    adapter = api.adapter()
    (told,) = adapter.handle(captured(saleor, "04_"))
    api.server.before = lambda _: (503, {}, b"")
    with pytest.raises(PlatformError) as caught:
        adapter.complete(told)

    assert caught.value.retryable


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'[{"id": "1", "meta": {}}]', UnknownEvent),
        (b'[{"type": "Product", "id": "1"}]', UnknownEvent),
        (b'[{"type": "User", "id": "1", "meta": {"issued_at": "2026-11-21T20:39:11Z"}}]', None),
    ],
)
def test_lists_of_other_things_are_kept(saleor, body, expected):
    (event,) = saleor.adapter().handle(saleor.request(body))

    assert (expected or RecordChanged) is type(event)


@pytest.mark.parametrize("body", [b"[]", b"[1]", b"[[]]", b'[{"type": "Order"}]', b"[null]"])
def test_lists_that_tell_nothing_are_refused(saleor, body):
    with pytest.raises(PayloadError):
        saleor.adapter().handle(saleor.request(body))
