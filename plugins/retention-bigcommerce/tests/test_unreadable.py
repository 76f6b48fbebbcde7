"""What belongs to one record and cannot be read refuses that record alone."""

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.testing.mutants import dotted, paths_of, replaced, without

REFUND = {
    "id": 1,
    "order_id": 118,
    "created": "2026-11-20T10:00:00+00:00",
    "total_amount": 5.25,
    "payments": [{"id": 1, "amount": 5.25, "is_declined": False}],
}
COUPON = {"id": 3, "coupon_id": 1, "order_id": 118, "code": "SOAP-2"}
CAPTURE = {
    "id": 1,
    "order_id": "118",
    "event": "capture",
    "status": "ok",
    "date_created": "2026-11-19T12:00:05+00:00",
}


def the_parts(shop):
    return {
        "coupons_of": [COUPON],
        "shipments": [shop.make.a_shipment((1180, 1))],
        "refunds": [REFUND],
        "transactions": [CAPTURE],
    }


def spoils(parts):
    """Each value of a part, removed, and replaced by something that it never is."""
    for path in paths_of(parts):
        yield f"{dotted(path)} removed", without(parts, path)
        for bad in (None, {"ada": "ada@example.com"}):
            yield f"{dotted(path)} = {bad}", replaced(parts, path, bad)


@pytest.fixture
def three(shop):
    """The order with all its parts between two others."""
    shop.store.orders[118]["items_shipped"] = 1
    for table, items in the_parts(shop).items():
        getattr(shop.store, table)[118] = items
    return [str(shop.store.add_order()), "118", str(shop.store.add_order())]


def read(shop, **changes):
    pages = list(shop.adapter(**changes).order_pages())
    found = {order.id for page in pages for order in page.items}
    return found, [sentence for page in pages for sentence in page.refused]


def test_parts_as_they_are_described_are_read(shop, three):
    assert (set(three), []) == read(shop)


@pytest.mark.parametrize("table", ["coupons_of", "shipments", "refunds", "transactions"])
def test_bad_part_refuses_its_own_order_and_no_other(shop, three, table):
    """A part may also be one that the order does without."""
    first, spoiled, last = three
    outcomes = []
    for done, items in spoils(the_parts(shop)[table]):
        getattr(shop.store, table)[118] = items
        found, refused = read(shop)

        assert {first, last} <= found, done
        assert (spoiled in found) is not bool(refused), done
        assert len(refused) <= 1, done
        assert all(each.startswith("order 118: bigcommerce: ") for each in refused), done
        assert "ada" not in f"{refused}", done
        outcomes += [bool(refused)]
    assert any(outcomes)


@pytest.mark.parametrize("bad", [None, "118", {}])
def test_refund_that_names_no_order_refuses_the_one_it_belongs_to(shop, three, bad):
    shop.store.refunds[118] = [{**REFUND, "order_id": bad}]
    found, (sentence,) = read(shop)

    assert {three[0], three[2]} == found
    assert sentence.startswith("order 118: ")


@pytest.mark.parametrize("path", ["/coupons", "/shipments", "/transactions", "/products"])
def test_list_of_parts_that_is_none_refuses_its_own_order(shop, three, path):
    if path == "/products":
        shop.store.orders[118]["items_total"] = 99
    answer = shop.store.answer
    shop.store.answer = lambda request: (
        (200, {"data": "ada@example.com"})
        if f"118{path}" in request["path"] and "v3" in request["path"]
        else (200, ["ada@example.com"])
        if f"118{path}" in request["path"]
        else answer(request)
    )
    found, (sentence,) = read(shop)

    assert {three[0], three[2]} == found
    assert sentence.startswith("order 118: ")
    assert "ada" not in sentence


@pytest.mark.parametrize("concurrency", [1, 3])
def test_platform_that_refuses_a_part_still_stops_the_page(shop, three, concurrency):
    answer = shop.store.answer

    def refuse(request):
        if "118/coupons" in request["path"]:
            raise shop.make.RefusedError(403)
        return answer(request)

    shop.store.answer = refuse
    with pytest.raises(PlatformError, match="403"):
        read(shop, concurrency=concurrency)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda store: store.customers[20].update(first_name=None),
        lambda store: store.customers[20].update(email=7),
        lambda store: store.customers[20].update(addresses=[{}]),
        lambda store: store.subscribe("ADA@example.com", consents="yes"),
        lambda store: store.subscribe("ada@example.com", "marketing_newsletter", date_created=7),
    ],
)
def test_customer_who_cannot_be_read_is_named_and_the_next_one_comes(shop, spoil):
    other = str(shop.store.add_customer())
    spoil(shop.store)
    (page,) = shop.adapter().customer_pages()

    assert [other] == [each.id for each in page.items]
    (sentence,) = page.refused
    assert sentence.startswith("customer 20: bigcommerce: ")


@pytest.mark.parametrize("email", [None, 7, {}])
def test_subscriber_without_an_address_is_nobody_and_stops_nobody(shop, email):
    shop.store.subscribe(email, "marketing_newsletter")
    (page,) = shop.adapter().customer_pages()

    ((customer,), refused) = page.items, page.refused
    assert ((), ()) == (customer.consents, refused)


def test_product_that_cannot_be_read_is_named_and_the_next_one_comes(shop):
    shop.store.products[78] = shop.store.a_listed(78)
    shop.store.products[77]["name"] = None
    (page,) = shop.adapter().product_pages()

    assert ["78"] == [each.id for each in page.items]
    assert ["product 77: bigcommerce: Input should be a valid string at title"] == [*page.refused]
