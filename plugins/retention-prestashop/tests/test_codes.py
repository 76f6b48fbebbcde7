"""Codes as cart rules: made once although the platform takes a code twice, and void for good."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import a_code, money


def rule(shop, code):
    (found,) = (row for row in shop.tables["cart_rules"].values() if row["code"] == code)
    return found


def worth(shop, **terms):
    """What is stored for a code with these terms, as far as it is not nothing."""
    made = a_code("SOAP-2026", **terms)
    shop.adapter().create_code(made)
    stored = rule(shop, made.code)
    nothing = {None, "", "0", "0.00", "0.000000"}
    return {name: value for name, value in stored.items() if str(value or "") not in nothing}


def test_percentage_holds_for_one_use_of_the_whole_order(shop):
    stored = worth(shop, percent=15, title="Thank you <3")

    assert ("15.00", "1", "1", "1") == tuple(
        stored[name] for name in ("reduction_percent", "quantity", "quantity_per_user", "active")
    )
    assert ("2000-01-01 00:00:00", "2099-12-31 23:59:59") == (
        stored["date_from"],
        stored["date_to"],
    )
    assert {(1, "Thank you 3"), (2, "Thank you 3")} == {
        (name["id"], name["value"]) for name in stored["name"]
    }
    assert not {"partial_use", "reduction_amount", "free_shipping", "gift_product"} & stored.keys()


def test_amount_has_a_currency_and_tax_inside(shop):
    stored = worth(shop, percent=None, amount=money("5.00 USD"), minimum=money("20.00 EUR"))

    assert ("5.000000", "2", "1") == tuple(
        stored[name] for name in ("reduction_amount", "reduction_currency", "reduction_tax")
    )
    assert ("20.000000", "1", "1") == tuple(
        stored[name] for name in ("minimum_amount", "minimum_amount_currency", "minimum_amount_tax")
    )


def test_free_postage_and_gifts_are_worth_only_that(shop):
    assert "1" == worth(shop, percent=None, is_free_shipping=True)["free_shipping"]
    shop.tables["cart_rules"].clear()
    stored = worth(shop, percent=None, free_product="7-23")

    assert ("7", "23") == (stored["gift_product"], stored["gift_product_attribute"])
    assert "reduction_percent" not in stored


def test_code_begins_and_ends_by_the_shops_clock(shop):
    starts, ends = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    made = shop.adapter().create_code(a_code("SOAP-2026", starts_at=starts, ends_at=ends))

    stored = rule(shop, "SOAP-2026")
    assert ("2026-12-01 01:00:00", "2026-12-31 23:59:59") == (
        stored["date_from"],
        stored["date_to"],
    )
    assert (ends, str(stored["id"])) == (made.ends_at, made.platform_id)


def test_code_that_is_there_is_found_in_whatever_case(shop):
    first = shop.adapter().create_code(a_code("SOAP-2026"))
    second = shop.adapter().create_code(a_code("soap-2026"))

    assert first.platform_id == second.platform_id
    assert 2 == len(shop.tables["cart_rules"])


def test_code_that_was_used_since_is_still_the_same(shop):
    """PrestaShop counts the uses that are left."""
    shop.adapter().create_code(a_code("SOAP-2026"))
    rule(shop, "SOAP-2026")["quantity"] = "0"

    assert shop.adapter().create_code(a_code("SOAP-2026")).platform_id


@pytest.mark.parametrize(
    "change",
    [
        {"reduction_percent": "50.00"},
        {"free_shipping": "1"},
        {"id_customer": "2"},
        {"product_restriction": "1"},
        {"quantity": "5"},
        {"date_to": "2026-12-01 00:00:00"},
    ],
)
def test_code_that_is_worth_something_else_is_refused(shop, change):
    shop.adapter().create_code(a_code("SOAP-2026"))
    rule(shop, "SOAP-2026").update(change)
    with pytest.raises(PlatformError, match="worth something else") as caught:
        shop.adapter().create_code(a_code("SOAP-2026"))
    assert not caught.value.retryable


def test_of_two_made_at_once_the_older_one_stays(shop):
    """The other one was made between our look and our own."""

    def twin(request):
        if request["method"] == "POST":
            shop.before_answer = lambda _request: None
            shop.answer({**request, "headers": request["headers"]})

    shop.before_answer = twin
    made = shop.adapter().create_code(a_code("SOAP-2026"))

    assert made.platform_id == str(rule(shop, "SOAP-2026")["id"])


def test_code_whose_answer_is_lost_is_found_the_next_time(shop):
    def lose(request):
        if request["method"] == "POST":
            shop.before_answer = lambda _request: None
            shop.requests.append(shop.answer(request))
            shop.failures.append((500, {}, b""))

    shop.before_answer = lose
    with pytest.raises(PlatformError) as caught:
        shop.adapter().create_code(a_code("SOAP-2026"))
    assert caught.value.retryable
    assert shop.adapter().create_code(a_code("SOAP-2026")).platform_id == str(
        rule(shop, "SOAP-2026")["id"]
    )


def test_voiding_switches_every_rule_off_and_leaves_the_rest_alone(shop):
    made = shop.adapter().create_code(a_code("SOAP-2026"))
    before = dict(rule(shop, "SOAP-2026"))
    twin = shop.add("cart_rules", like=int(made.platform_id))
    shop.adapter().void_code(made)

    assert {"0"} == {shop.tables["cart_rules"][n]["active"] for n in (int(made.platform_id), twin)}
    after = shop.tables["cart_rules"][int(made.platform_id)]
    assert {"active"} == {
        name for name, value in before.items() if (value or "") != (after[name] or "")
    }
    with pytest.raises(PlatformError, match="voided before"):
        shop.adapter().create_code(a_code("SOAP-2026"))


def test_voiding_what_is_not_there_is_safe(shop):
    shop.adapter().void_code(a_code("NEVER-MADE"))

    assert {"GET"} == {request["method"] for request in shop.requests}


@pytest.mark.parametrize("product", ["soap", "12-", "1;2", "-3"])
def test_product_is_named_by_numbers(shop, product):
    with pytest.raises(UnsupportedFeature, match="number"):
        shop.adapter().create_code(a_code("SOAP-2026", percent=None, free_product=product))


def test_currency_that_the_shop_has_not_is_refused(shop):
    with pytest.raises(PlatformError, match="no JPY"):
        shop.adapter().create_code(a_code("SOAP-2026", percent=None, amount=money("500 JPY")))


def test_currency_that_was_deleted_is_in_old_orders_and_in_no_code(shop):
    """As met on thirty bees: a deleted currency is listed for good."""
    shop.change("currencies", 2, deleted="1")
    assert "20.00 USD" == str(shop.adapter().fetch_order("9").total)
    with pytest.raises(PlatformError, match="no USD"):
        shop.adapter().create_code(a_code("SOAP-2026", percent=None, amount=money("5.00 USD")))
    anew = shop.add("currencies", like=2, deleted="0")

    stored = worth(shop, percent=None, amount=money("5.00 USD"))
    assert str(anew) == stored["reduction_currency"]


def test_gift_cards_are_refused_without_asking(shop):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().create_code(a_code("SOAP-2026", percent=None, balance=money("5.00 EUR")))
    assert [] == shop.requests
