"""Orders of a real Medusa server, read, with totals written by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.errors import PlatformError
from retention_sdk.model import FulfilmentStatus, OrderRefunded
from retention_sdk.testing import money

FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def test_order_is_read_whole(shop, adapter):
    """Two soaps: (2 * 12.99 + 5) * 1.19 is 36.8662, of which 5.8862 is tax and 5.95 the parcel."""
    order = adapter.fetch_order(shop.orders["two soaps for Berlin"]["id"])

    assert money("36.87 EUR") == order.total
    assert (money("5.89 EUR"), money("5.95 EUR")) == (order.tax, order.shipping)
    assert (money("0.00 EUR"), None) == (order.discount, order.refunded)
    (line,) = order.lines
    assert ("Rose soap", "SOAP-1", shop.product, 2) == (
        line.title,
        line.sku,
        line.product_id,
        line.quantity,
    )
    assert (money("15.46 EUR"), money("30.92 EUR")) == (line.unit_price, line.total)
    assert order.is_paid
    assert ("de-DE", "pp_system_default") == (order.language, order.payment_method)
    assert ("Ada", "Lovelace", "de@example.com") == (
        order.customer.given_name,
        order.customer.family_name,
        order.customer.email,
    )
    assert ("Hauptstr. 1", "DE") == (
        order.shipping_address.street[0],
        order.shipping_address.country,
    )
    assert order.billing_address == order.shipping_address
    assert 2 == order.insert_fulfilment.lines[0].quantity


@pytest.mark.parametrize(
    ("country", "total", "name"),
    [
        ("fr", "21.59 EUR", "Émilie"),
        ("gb", "18.54 GBP", "Mary"),
        ("jp", "1886 JPY", "小川"),
        ("kw", "5.381 KWD", "نورة"),
    ],
)
def test_order_from_abroad_has_its_currency_and_script(shop, adapter, country, total, name):
    order = adapter.fetch_order(shop.orders[country]["id"])

    assert money(total) == order.total
    assert (country.upper(), name) == (order.shipping_address.country, order.customer.given_name)


def test_parcels_and_refunds_are_followed_to_the_end(shop, adapter):
    """A refund lowers Medusa's total; what the buyer was asked to pay stays."""
    placed = shop.buy("de", quantity=2, is_captured=False)
    assert not adapter.fetch_order(placed["id"]).is_paid

    shop.capture(placed)
    parcel = shop.pack(placed, quantity=1)
    packed = adapter.fetch_order(placed["id"])
    assert packed.is_paid
    assert [1, 1] == [each.lines[0].quantity for each in packed.fulfilments]

    shop.ship(placed, parcel, quantity=1)
    shop.deliver(placed, parcel)
    shop.refund(placed, 10.5)
    order = adapter.fetch_order(placed["id"])

    assert (money("36.87 EUR"), money("10.50 EUR")) == (order.total, order.refunded)
    first, rest = order.fulfilments
    assert (FulfilmentStatus.DELIVERED, FulfilmentStatus.PLANNED) == (first.status, rest.status)
    assert "T-1" == first.parcels[0].tracking_number
    (refund,) = (e for e in adapter.order_events(order) if isinstance(e, OrderRefunded))
    assert f"medusa:soap.example:order:{order.id}:refunded-1050" == refund.id


def test_cancelled_order_keeps_its_total(shop, adapter):
    placed = shop.buy("fr")
    shop.cancel(placed)

    order = adapter.fetch_order(placed["id"])

    assert money("21.59 EUR") == order.total == order.refunded
    assert order.cancelled_at
    assert not order.fulfilments


def test_payment_after_the_poll_is_found_by_the_next_one(shop, adapter):
    """Medusa does not touch an order when it is paid, so recent ones are read again."""
    placed = shop.buy("gb", is_captured=False)
    since = adapter.fetch_order(placed["id"]).placed_at + timedelta(days=1)
    shop.capture(placed)

    found = {order.id: order for order in adapter.fetch_orders(updated_since=since)}

    assert found[placed["id"]].is_paid
    hasty = MedusaAdapter.from_config(shop.settings(lookback_days=0), shop_id="soap.example")
    assert not list(hasty.fetch_orders(updated_since=since))


def test_order_that_changes_while_the_list_is_read_hides_none(shop):
    """It moves to the end of Medusa's list; what came after it moves up."""
    settings = shop.settings(page_size=2)
    adapter = MedusaAdapter.from_config(settings, shop_id="soap.example")
    before = [order.id for order in adapter.fetch_orders()]

    pages = adapter.order_pages()
    seen = [order.id for order in next(pages).items]
    shop.server.admin("POST", f"orders/{seen[0]}", {"metadata": {"touched": "yes"}})
    seen += [order.id for page in pages for order in page.items]

    assert set(before) == set(seen)
    assert before[0] == seen[-1]


@pytest.mark.parametrize("order_id", ["../customers", "1/../2", "?", "", "order 1", "ordér"])
def test_identifier_that_is_none_is_asked_of_nobody(scripted, order_id):
    adapter, play = scripted()

    with pytest.raises(PlatformError, match="letters, digits") as caught:
        adapter.fetch_order(order_id)

    assert not caught.value.retryable
    assert not play.seen


@pytest.mark.parametrize("cursor", ["nonsense", "2026-11-22T09:00:00Z|x", "|1"])
def test_cursor_of_somebody_else_is_refused(scripted, cursor):
    adapter, play = scripted()

    with pytest.raises(PlatformError, match="cursor"):
        list(adapter.order_pages(cursor=cursor))

    assert not play.seen
