"""What an order of the API becomes, and how lists are read."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_zid.paging import window
from zid.models import Customer, Order, StoreProfile

from retention_sdk.errors import PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.model import FulfilmentStatus, LineKind, WebhookRequest
from retention_sdk.testing import a_code, money
from tests.playing import reply

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANGED = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
PLANNED, SHIPPED = FulfilmentStatus.PLANNED, FulfilmentStatus.SHIPPED
DELIVERED, CANCELLED = FulfilmentStatus.DELIVERED, FulfilmentStatus.CANCELLED


def numbers(pages):
    return [order.id for page in pages for order in page.items]


def known(model, body):
    """Every field is one of the model's, which keeps what it does not know."""
    return set(body) <= {*model.model_fields, "pivotEmail", "pivotMobile"}


def test_synthetic_records_are_those_of_zids_own_library(shop):
    """Its models are used in tests alone."""
    order, customer = shop.make_order(118), shop.make_customer(20)

    assert known(Order, order)
    assert known(Customer, customer)
    assert 118 == Order.model_validate(order).id
    assert 20 == Customer.model_validate(customer).id
    assert "SAR" == StoreProfile.model_validate(shop.profile).user.store.currency.code


def test_order_is_what_a_person_reads(shop):
    order = shop.adapter().fetch_order("118")
    (line,) = order.lines

    assert ("118", "C118", NOON, CHANGED) == (
        order.id,
        order.number,
        order.placed_at,
        order.paid_at,
    )
    assert (money("115.00 SAR"), money("50.00 SAR"), money("100.00 SAR")) == (
        order.total,
        line.unit_price,
        line.total,
    )
    assert ("SOAP-1", LineKind.PHYSICAL) == (line.sku, line.kind)
    assert ("20", "Sara Example", "sara@example.com", "966500000000") == (
        order.customer.id,
        order.customer.full_name,
        order.customer.email,
        order.customer.phone,
    )
    address = order.shipping_address
    assert ("Riyadh", "12211", "SA") == (address.city, address.postcode, address.country)
    assert (("SOAP-2",), "zid_mada", ("first order",)) == (
        order.coupon_codes,
        order.payment_method,
        order.tags,
    )
    assert not order.is_gift
    assert () == order.customer.consents


@pytest.mark.parametrize("amount", ["NaN", None, True, "115 SAR", []])
def test_amount_that_is_none_is_refused(shop, amount):
    with pytest.raises(PayloadError):
        shop.order(order_total=amount)


def test_amounts_may_be_numbers_and_are_exact(shop):
    assert money("0.30 SAR") == shop.order(order_total=0.3).total


@pytest.mark.parametrize(
    ("payment", "is_paid"),
    [("paid", True), ("refunded", True), ("pending", False), ("voided", False), (None, False)],
)
def test_payment_status_tells_whether_the_money_came(shop, payment, is_paid):
    assert is_paid is shop.order(payment_status=payment).is_paid


def test_refunded_order_is_refunded_whole(shop):
    assert money("115.00 SAR") == shop.order(payment_status="refunded").refunded


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("new", PLANNED),
        ("preparing", PLANNED),
        ("ready", PLANNED),
        ("indelivery", SHIPPED),
        ("inDelivery", SHIPPED),
        ("delivered", DELIVERED),
        ("canceled", CANCELLED),
        ("cancelled", CANCELLED),
        ("of the future", PLANNED),
        (7, PLANNED),
    ],
)
def test_status_tells_where_the_parcel_is(shop, code, expected):
    (fulfilment,) = shop.order(order_status={"name": "…", "code": code}).fulfilments

    assert expected is fulfilment.status


def test_events_of_an_order(shop):
    adapter = shop.adapter()

    def told(code):
        order = shop.order(order_status={"name": "…", "code": code})
        return [event.type.removeprefix("order_") for event in adapter.order_events(order)]

    assert ["placed", "paid"] == told("new")
    assert ["placed", "paid", "fulfilled"] == told("indelivery")
    assert ["placed", "paid", "fulfilled", "delivered"] == told("delivered")
    assert ["placed", "paid", "cancelled"] == told("cancelled")


def test_tracking_stands_at_the_parcel(shop):
    method = {"id": 1, "name": "SMSA", "tracking": {"number": "290001"}}
    (fulfilment,) = shop.order(shipping={"method": method, "address": None}).fulfilments

    assert ("SMSA", "290001") == (
        fulfilment.parcels[0].carrier,
        fulfilment.parcels[0].tracking_number,
    )


@pytest.mark.parametrize("nothing", [None, [], {}])
def test_order_that_is_not_shipped_has_digital_lines_and_no_parcel(shop, nothing):
    order = shop.order(requires_shipping=False, shipping=nothing, payment=nothing)

    assert [LineKind.DIGITAL] == [line.kind for line in order.lines]
    assert ((), None) == (order.fulfilments, order.shipping_address)


def test_line_with_a_download_is_digital(shop):
    product = {**shop.make_order(118)["products"][0], "downloadables": [{"download_url": "x"}]}

    assert [LineKind.DIGITAL] == [line.kind for line in shop.order(products=[product]).lines]


@pytest.mark.parametrize("field", ["is_gift_order", "has_different_consignee"])
def test_parcel_that_somebody_else_opens_is_a_gift(shop, field):
    order = shop.order(**{field: 1, "gift_message": "Mabrook!"})

    assert (True, "Mabrook!") == (order.is_gift, order.gift_message)


def test_guest_has_no_account(shop):
    assert shop.order(is_guest_customer=1).customer.is_guest


def test_date_with_a_zone_keeps_it(shop):
    assert NOON == shop.order(created_at="2026-11-20T12:00:00Z").placed_at


def test_saved_answers_are_read(shop):
    adapter, order = shop.adapter(), shop.make_order(118)

    for body in ({"order": order}, {"orders": [order]}):
        assert ["118"] == [each.id for each in adapter.load_orders(json.dumps(body).encode())]


# Lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 6, 100])
def test_every_order_comes_once_oldest_first(shop, size):
    added = [shop.store.add() for _ in range(5)]

    assert ["118", *added] == numbers(shop.adapter(page_size=size).order_pages())


def test_order_that_cannot_be_read_does_not_stop_the_others(shop):
    added = [shop.store.add() for _ in range(3)]
    shop.store.orders[int(added[0])]["order_total"] = "a lot"
    pages = list(shop.adapter(page_size=2).order_pages())

    assert ["118", *added[1:]] == numbers(pages)
    (sentence,) = [each for page in pages for each in page.refused]
    assert sentence.startswith(f"order {added[0]}: zid: cannot be read")


def test_orders_of_the_days_before_are_read_again(shop):
    old = shop.store.add(created_at="2026-09-25 10:00:00")
    older = shop.store.add(created_at="2026-09-15 10:00:00")
    found = numbers(shop.adapter().order_pages(updated_since=NOON))

    assert {"118", old} == set(found)
    assert older not in found
    assert "date_from=2026-09-21" in shop.store.seen[0]["path"]


def test_list_that_gives_the_same_page_for_ever_is_told(shop):
    same = [shop.make_order(number) for number in (118, 119, 120)]
    shop.store.answer = lambda *_: (200, {"orders": same})

    with pytest.raises(PlatformError, match="does not go on"):
        list(shop.adapter().fetch_orders())


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10, 100])
@pytest.mark.parametrize("listed", ["order_pages", "customer_pages"])
def test_what_is_deleted_between_pages_pulls_nobody_past_us(shop, listed, size):
    """One leaves the front of the list before each page; it was read, so nothing is missed."""
    table = shop.store.orders if listed == "order_pages" else shop.store.customers
    make = shop.make_order if listed == "order_pages" else shop.make_customer
    table.update({number: make(number) for number in range(200, 240)})
    everybody, gone, read = set(map(str, table)), [], []
    for page in getattr(shop.adapter(page_size=size), listed)():
        read += [each.id for each in page.items]
        if len(gone) < 12 and (left := [each for each in read if each not in gone]):
            gone.append(left[0])
            del table[int(left[0])]

    assert everybody == set(read)
    assert len(read) == len(set(read))


def test_list_that_was_cut_while_nobody_looked_is_taken_up_earlier(shop):
    added = [shop.store.add() for _ in range(30)]
    first, second, *_ = shop.adapter(page_size=10).order_pages()
    read = {order.id for page in (first, second) for order in page.items}
    for number in read:
        del shop.store.orders[int(number)]
    rest = set(numbers(shop.adapter(page_size=10).order_pages(cursor=second.cursor)))

    assert {"118", *added} == read | rest
    assert not read & rest


@pytest.mark.parametrize("size", [2, 5, 100])
def test_what_comes_in_front_between_pages_pushes_nobody_out(shop, size):
    """As if Zid listed the newest first: what was read comes again, and is left out."""
    for _ in range(20):
        shop.store.add()
    there = set(map(str, shop.store.orders))

    def newest_first(path, wishes):
        shop.store.orders = dict(sorted(shop.store.orders.items(), reverse=True))
        table = list(shop.store.orders.values())
        start = (int(wishes["page"]) - 1) * int(wishes["per_page"])
        return 200, {"orders": table[start : start + int(wishes["per_page"])]}

    shop.store.answer = newest_first
    read = []
    for turn, page in enumerate(shop.adapter(page_size=size).order_pages()):
        read += [order.id for order in page.items]
        if turn < 5:
            shop.store.add()

    assert there <= set(read)
    assert len(read) == len(set(read))


@given(st.integers(1, 10**6), st.integers(2, 100))
def test_window_holds_the_last_that_was_read_and_something_after_it(position, size):
    page, per_page = window(position, size)
    start = (page - 1) * per_page

    assert start < position < start + per_page


def test_most_of_a_window_is_new():
    """Overlapping must not double the requests."""
    position, requests = 100, 1
    while position < 10_000:
        page, per_page = window(position, 100)
        position, requests = page * per_page, requests + 1

    assert requests < 120


def test_every_customer_comes_once(shop):
    for number in range(30, 34):
        shop.store.customers[number] = shop.make_customer(number)
    found = [c for page in shop.adapter(page_size=2).customer_pages() for c in page.items]

    assert ["20", "30", "31", "32", "33"] == [customer.id for customer in found]
    assert "c20@example.com" == found[0].email
    assert () == found[0].consents


@pytest.mark.parametrize("listed", ["order_pages", "customer_pages"])
@pytest.mark.parametrize("cursor", ["3", "x", "1:2;drop", ":1", "9" * 12 + ":1"])
def test_cursor_that_is_not_ours_is_refused(shop, listed, cursor):
    with pytest.raises(PlatformError, match="cursor"):
        list(getattr(shop.adapter(), listed)(cursor=cursor))
    assert [] == shop.store.seen


@pytest.mark.parametrize("order_id", ["", "118/view", "../118", "C118", "١١٨"])
def test_identifier_that_is_no_number_leads_nowhere(shop, order_id):
    with pytest.raises(PlatformError):
        shop.adapter().fetch_order(order_id)
    assert [] == shop.store.seen


def test_profile_of_the_store(shop):
    found = shop.adapter().fetch_shop()

    assert ("Kiln & Leaf", "SA", "SAR", "ar") == (
        found.name,
        found.country,
        found.currency,
        found.language,
    )


@pytest.mark.parametrize("body", [b"{}", b'{"orders": null}', b'{"orders": [1]}'])
def test_answer_that_is_no_list_is_refused(shop, body):
    shop.store.failures = [(200, {}, body)]

    with pytest.raises(PayloadError):
        list(shop.adapter().fetch_orders())


def test_tokens_are_never_shown(shop):
    shop.store.failures = [reply(401, {"message": "sara@example.com"})]

    with pytest.raises(PlatformError, match="revoked") as caught:
        shop.adapter().fetch_shop()
    shown = f"{caught.value} {caught.value!r} {shop.adapter().settings!r}"
    assert not [secret for secret in ("invented", "sara@") if secret in shown]


def test_there_are_no_webhooks_and_no_codes(shop):
    adapter = shop.adapter()

    with pytest.raises(UnsupportedFeature):
        adapter.handle(WebhookRequest(headers={}, body=b"{}"))
    with pytest.raises(UnsupportedFeature):
        adapter.create_code(a_code())
