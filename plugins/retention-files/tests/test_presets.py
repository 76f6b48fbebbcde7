"""Exports as shops download them: the headings are real, the rows are invented."""

import shutil
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from retention_files.presets import preset_names, preset_table, read_mapping

from retention_sdk.model import FulfilmentStatus, LineKind

EXPORTS = Path(__file__).parent / "exports"


@pytest.fixture
def exported(export):
    def choose(name):
        shutil.copy(EXPORTS / f"{name}.csv", export.path)
        return export

    return choose


def test_shopify_has_the_total_in_the_first_row_of_an_order(exported):
    first, second = exported("shopify").orders("shopify")

    assert ["56.29 USD", "25.00 USD"] == [str(first.total), str(second.total)]
    assert [("Fern Print", 2, "32.00 USD"), ("Care Guide", 1, "20.00 USD")] == [
        (line.title, line.quantity, str(line.total)) for line in first.lines
    ]
    assert [LineKind.PHYSICAL, LineKind.DIGITAL] == [line.kind for line in first.lines]
    assert datetime(2026, 9, 3, 14, 15, tzinfo=UTC) == first.paid_at
    assert "16.00 USD" == str(first.refunded)
    assert ("vip", "early") == first.tags
    assert "Ring\ntwice" == first.customer_note
    assert FulfilmentStatus.SHIPPED is first.fulfilments[0].status
    assert ("1 Test Lane", "Apt 2") == first.shipping_address.street
    assert (None, None) == (second.paid_at, second.cancelled_at)
    assert second.insert_fulfilment is not None


def test_shopifys_marketing_column_is_nobodys_consent(exported):
    assert {()} == {order.customer.consents for order in exported("shopify").orders("shopify")}


def test_woocommerces_status_says_what_happened(exported):
    mapping = {"preset": "woocommerce", "currency": "EUR", "time_zone": "Europe/Vienna"}
    paid, waiting = exported("woocommerce").orders(mapping)

    assert ["38.90 EUR", "12.00 EUR"] == [str(paid.total), str(waiting.total)]
    assert (paid.placed_at, None) == (paid.paid_at, waiting.paid_at)
    assert datetime(2026, 11, 20, 9, 14, tzinfo=UTC) == paid.placed_at
    assert [("Cup, green", "11.11 EUR"), ("Plate", "11.11 EUR")] == [
        (line.title, str(line.unit_price)) for line in paid.lines
    ]
    assert ("WELCOME5",) == paid.coupon_codes
    assert ("Ana", "AT") == (paid.customer.given_name, paid.shipping_address.country)


def test_a_status_of_the_shops_own_is_not_guessed(exported):
    shop = exported("woocommerce")
    shop.write(shop.path.read_text().replace("Processing", "Picking"))
    mapping = {"preset": "woocommerce", "currency": "EUR", "time_zone": "Europe/Vienna"}
    (reason,) = shop.refused(mapping)

    assert "row 2, column 'Order Status': a word that the mapping does not list" == reason


def test_etsys_orders_have_no_products(exported):
    first, second = exported("etsy").orders({"preset": "etsy", "time_zone": "America/New_York"})

    assert ["55.00 USD", "76.00 CAD"] == [str(first.total), str(second.total)]
    assert [("Etsy order", "50.00 USD")] == [(li.title, str(li.total)) for li in first.lines]
    assert ["US", "CA"] == [order.shipping_address.country for order in (first, second)]
    assert datetime(2026, 9, 25, 4, tzinfo=UTC) == first.placed_at
    assert [FulfilmentStatus.SHIPPED, FulfilmentStatus.PLANNED] == [
        order.fulfilments[0].status for order in (first, second)
    ]
    assert None is first.paid_at


def test_ebays_orders_of_several_items_begin_with_a_row_without_a_title(exported):
    mapping = {"preset": "ebay", "currency": "AUD", "time_zone": "Australia/Sydney"}
    shop = exported("ebay")
    mapping["signs"] = ["AU $"]
    one, two = shop.orders(mapping)

    assert ["3013.00 AUD", "211.60 AUD"] == [str(one.total), str(two.total)]
    assert ["Card, rare", "Card, new"] == [line.title for line in two.lines]
    assert ["112", "113"] == [line.id for line in two.lines]
    assert datetime(2026, 5, 25, 14, tzinfo=UTC) == one.placed_at
    assert ["row 9: 3 cells, but the heading has 23"] == shop.refused(mapping)


def test_an_amount_of_another_currency_is_not_read_as_this_one(exported):
    mapping = {"preset": "ebay", "currency": "USD", "time_zone": "Australia/Sydney"}

    assert [] == exported("ebay").orders(mapping)


def test_our_own_columns_are_read_as_by_the_adapter_of_one_file(exported):
    from retention_sdk.adapters.orders_file import OrdersFileAdapter

    shop = exported("languages")
    whole = OrdersFileAdapter.from_config({"path": str(shop.path)}, shop_id="s").fetch_orders()

    def bare(order):
        customer = order.customer and order.customer.model_copy(update={"consents": ()})
        return order.model_copy(update={"customer": customer})

    assert sorted(map(repr, map(bare, whole))) == sorted(map(repr, shop.orders("retention")))


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_is_complete_but_for_what_its_file_does_not_say(name):
    table = preset_table(name)
    own = {"preset": name, "currency": "EUR", "time_zone": "UTC"}

    assert table["columns"].keys() <= read_mapping(own).columns.keys()
    assert not table.get("consent")


def test_the_presets_are_those_the_readme_names():
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")

    assert ("ebay", "etsy", "retention", "shopify", "woocommerce") == preset_names()
    assert [] == [name for name in preset_names() if f"`{name}`" not in readme]


def test_presets_are_toml():
    folder = Path(__file__).parents[1] / "retention_files" / "data"
    for path in folder.glob("*.toml"):
        assert tomllib.loads(path.read_text("utf-8"))["columns"]
