"""What a parcel of the API becomes, and how long lists are read."""

from datetime import UTC, datetime, timedelta

import pytest
from basalam_sdk.order_processing.models import ParcelResponse, ParcelStatus

from retention_sdk.errors import ConfigError, PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.model import FulfilmentStatus, WebhookRequest
from retention_sdk.testing import a_code, money
from retention_sdk.testing.mutants import paths_of, replaced
from tests.playing import reply

PLANNED, SHIPPED = FulfilmentStatus.PLANNED, FulfilmentStatus.SHIPPED
DELIVERED, CANCELLED = FulfilmentStatus.DELIVERED, FulfilmentStatus.CANCELLED


def status(number):
    return {"id": number, "title": "…"}


def numbers(pages):
    return [order.id for page in pages for order in page.items]


def test_synthetic_parcel_is_one_of_the_vendors_own_library(shop):
    """The models of basalam-sdk are Basalam's; they are used in tests alone."""
    ParcelResponse.model_validate(shop.vendor.parcels[118])


def test_parcel_is_what_a_person_reads(shop):
    order = shop.adapter().fetch_order("118")
    (line,) = order.lines

    assert ("118", "5118") == (order.id, order.number)
    assert (shop.NOON, shop.NOON + timedelta(minutes=3)) == (order.placed_at, order.paid_at)
    assert (money("2950000 IRR"), money("450000 IRR")) == (order.total, order.shipping)
    assert (money("1250000 IRR"), money("2500000 IRR"), 2) == (
        line.unit_price,
        line.total,
        line.quantity,
    )
    assert ("20", "سارا نمونه", "09120000000") == (
        order.customer.id,
        order.customer.full_name,
        order.customer.phone,
    )
    address = order.shipping_address
    assert ("IR", "کاشان", "اصفهان") == (address.country, address.city, address.region)
    assert ("خیابان نمونه", "12 3") == address.street
    assert () == order.customer.consents
    assert shop.NOON + timedelta(days=2) == order.ship_by


def test_toman_are_ten_rial(shop):
    assert money("29500000 IRR") == shop.order({"amounts_in": "toman"}).total


def test_what_amounts_count_has_to_be_said(shop):
    settings = shop.settings()
    del settings["amounts_in"]

    with pytest.raises(ConfigError, match="amounts_in"):
        type(shop.adapter()).from_config(settings, shop_id="sabun.example")


@pytest.mark.parametrize("amount", [1.5, "2500000", None, True])
def test_amount_that_is_no_whole_number_is_refused(shop, amount):
    with pytest.raises(PayloadError):
        shop.order(total_items_price=amount)


def test_price_may_be_that_of_all_pieces(shop):
    """The description does not say it; the sum of the parcel does."""
    (line,) = shop.order(total_items_price=1_250_000).lines

    assert (money("625000 IRR"), money("1250000 IRR")) == (line.unit_price, line.total)


def test_date_without_a_zone_is_one_of_tehran(shop):
    parcel = shop.parcel(118)
    order = shop.order(order={**parcel["order"], "created_at": "2026-11-20 15:30:00"})

    assert shop.NOON == order.placed_at


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (ParcelStatus.NEW_ORDER, PLANNED),
        (ParcelStatus.PREPARATION_IN_PROGRESS, PLANNED),
        (ParcelStatus.OVERDUE_AGREEMENT_REQUEST_FROM_VENDOR, PLANNED),
        (ParcelStatus.CUSTOMER_CANCEL_REQUEST_FROM_CUSTOMER, PLANNED),
        (ParcelStatus.POSTED, SHIPPED),
        (ParcelStatus.WRONG_TRACKING_CODE, SHIPPED),
        (ParcelStatus.PRODUCT_IS_NOT_DELIVERED, SHIPPED),
        (ParcelStatus.PROBLEM_IS_REPORTED, SHIPPED),
        (ParcelStatus.SATISFIED, DELIVERED),
        (ParcelStatus.CANCEL, CANCELLED),
        (ParcelStatus.DEFINITIVE_DISSATISFACTION, CANCELLED),
        (6440, PLANNED),
        (9999, PLANNED),
    ],
)
def test_status_tells_where_the_parcel_is(shop, number, expected):
    (fulfilment,) = shop.order(status=status(int(number))).fulfilments

    assert expected is fulfilment.status


def test_parcel_that_left_has_its_carrier_tracking_and_moment(shop):
    left = "2026-11-21T09:00:00+03:30"
    receipt = {"id": 1, "tracking_code": "IR1234567890", "created_at": left, "updated_at": left}
    (fulfilment,) = shop.order(status=status(3238), post_receipt=receipt).fulfilments

    assert datetime(2026, 11, 21, 5, 30, tzinfo=UTC) == fulfilment.shipped_at
    assert ("IR1234567890", "پست پیشتاز") == (
        fulfilment.parcels[0].tracking_number,
        fulfilment.parcels[0].carrier,
    )


def test_events_of_parcels(shop):
    adapter = shop.adapter()

    def told(number):
        order = shop.order(status=status(number))
        return [event.type.removeprefix("order_") for event in adapter.order_events(order)]

    assert ["placed", "paid"] == told(3739)
    assert ["placed", "paid", "fulfilled"] == told(3238)
    assert ["placed", "paid", "fulfilled", "delivered"] == told(3195)
    assert ["placed", "paid", "refunded"] == told(3233)
    assert ["placed", "paid", "cancelled"] == told(3067)


# Lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3, 30])
def test_every_parcel_comes_once(shop, size):
    added = [shop.vendor.add() for _ in range(5)]

    assert sorted(["118", *added]) == sorted(numbers(shop.adapter(page_size=size).order_pages()))


@pytest.mark.parametrize("bad", [None, "118", {"ada": 1}, -1])
def test_parcel_without_a_number_is_told_by_its_place_and_the_others_come(shop, bad):
    added = [shop.vendor.add() for _ in range(2)]
    listed = shop.vendor.page_of_parcels

    def spoiled(wishes):
        page = listed(wishes)
        page["data"][1]["id"] = bad
        return page

    shop.vendor.page_of_parcels = spoiled
    (page,) = shop.adapter().order_pages()

    assert {"118", added[1]} == {order.id for order in page.items}
    assert ["item 2 of the page: basalam: cannot be read (TypeError)"] == [*page.refused]


def test_bad_value_in_a_parcel_refuses_no_other(shop):
    """Each value of a parcel in turn; some are never looked at."""
    added, refusals = shop.vendor.add(), 0
    good = shop.parcel(118)
    listed = shop.vendor.page_of_parcels({"items.vendor_ids": "456", "per_page": "9"})
    shop.vendor.page_of_parcels = lambda _wishes: listed
    for path in paths_of(good):
        shop.vendor.parcels[118] = replaced(good, path, {"ada": ["ada@example.com"]})
        (page,) = shop.adapter().order_pages()

        assert added in {order.id for order in page.items}, path
        assert len(page.items) + len(page.refused) == 2, path
        assert "ada" not in f"{page.refused}", path
        refusals += len(page.refused)
    assert refusals > 20


def test_platform_that_refuses_one_parcel_stops_the_page(shop):
    shop.vendor.add()
    answer = shop.vendor.answer
    shop.vendor.answer = lambda path, wishes: (
        (403, {}) if path.endswith("/118") else answer(path, wishes)
    )
    with pytest.raises(PlatformError, match="403"):
        list(shop.adapter().order_pages())


def test_product_that_cannot_be_read_is_named_and_the_others_come(shop):
    for number in (78, 79):
        shop.vendor.products[number] = shop.product(number)
    shop.vendor.products[78]["title"] = None
    (page,) = shop.adapter().product_pages()

    assert ["79", "77"] == [each.id for each in page.items]
    assert ["product 78: basalam: Input should be a valid string at title"] == [*page.refused]


def test_parcels_of_the_days_before_are_read_again(shop):
    old = shop.vendor.add(shop.NOON - timedelta(days=59))
    older = shop.vendor.add(shop.NOON - timedelta(days=61))
    found = numbers(shop.adapter().order_pages(updated_since=shop.NOON))

    assert old in found
    assert older not in found
    assert ["118"] == numbers(shop.adapter(lookback_days=0).order_pages(updated_since=shop.NOON))


@pytest.mark.parametrize(("listed", "cursor"), [("order_pages", "a b"), ("product_pages", "0")])
def test_cursor_that_is_not_ours_is_refused(shop, listed, cursor):
    with pytest.raises(PlatformError, match="cursor"):
        list(getattr(shop.adapter(), listed)(cursor=cursor))
    assert [] == shop.vendor.seen


@pytest.mark.parametrize("order_id", ["", "118/set-posted", "../118", "۱۱۸"])
def test_identifier_that_is_no_number_leads_nowhere(shop, order_id):
    with pytest.raises(PlatformError):
        shop.adapter().fetch_order(order_id)
    assert [] == shop.vendor.seen


@pytest.mark.parametrize("size", [1, 2, 3, 30])
def test_every_product_comes_once(shop, size):
    for number in range(80, 84):
        shop.vendor.products[number] = shop.product(number)
    pages = shop.adapter(page_size=size).product_pages()

    assert ["83", "82", "81", "80", "77"] == [p.id for page in pages for p in page.items]


def test_products_that_go_meanwhile_pull_nobody_past_us(shop):
    for number in range(80, 86):
        shop.vendor.products[number] = shop.product(number)
    gone = iter([85, 84])
    shop.vendor.after_answer = lambda _path: shop.vendor.products.pop(next(gone, 0), None)
    pages = shop.adapter(page_size=2).product_pages()

    assert {"83", "82", "81", "80", "77"} <= {p.id for page in pages for p in page.items}


def test_profile_is_that_of_an_iranian_shop(shop):
    found = shop.adapter().fetch_shop()

    assert ("صابون نمونه", "IR", "IRR", "fa") == (
        found.name,
        found.country,
        found.currency,
        found.language,
    )
    assert ("Asia/Tehran", "https://basalam.com/sabun") == (found.time_zone, found.url)


@pytest.mark.parametrize("body", [b"{}", b'{"data": null}', b'{"data": [1]}'])
def test_answer_that_is_no_list_is_refused(shop, body):
    shop.vendor.failures = [(200, {}, body)]

    with pytest.raises(PayloadError):
        list(shop.adapter().fetch_orders())


def test_token_that_was_revoked_says_so_and_is_not_shown(shop):
    shop.vendor.failures = [reply(401, {"message": "سارا نمونه"})]

    with pytest.raises(PlatformError, match="revoked") as caught:
        shop.adapter().fetch_shop()
    assert "سارا" not in str(caught.value)
    assert shop.settings()["token"] not in f"{caught.value!r} {shop.adapter().settings!r}"


def test_there_are_no_webhooks_and_no_codes(shop):
    adapter = shop.adapter()

    with pytest.raises(UnsupportedFeature):
        adapter.handle(WebhookRequest(headers={}, body=b"{}"))
    with pytest.raises(UnsupportedFeature):
        adapter.create_code(a_code())
