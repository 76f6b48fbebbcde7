"""Answers, coupons and comments, as they end up in the shop."""

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, Purpose
from retention_sdk.testing import NOON, a_code, a_consent, money
from tests.playing import reply


def consents(shop, attributes, **settings):
    shop.add("customers", shop.goods.customer(extension_attributes=attributes))
    return shop.adapter(**settings).fetch_consents("7")


# Consent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state"), [(True, ConsentState.GRANTED), (False, ConsentState.DENIED)]
)
def test_newsletter_is_a_yes_or_a_no(shop, word, state):
    (answer,) = consents(shop, {"is_subscribed": word})

    assert (state, None) == (answer.state, answer.recorded_at)


@pytest.mark.parametrize("attributes", [None, {}])
def test_silence_is_no_answer(shop, attributes):
    assert () == consents(shop, attributes)


def test_answer_leaves_the_rest_of_the_account_as_it_was(shop):
    kept = {"attribute_code": "shoe_size", "value": "41"}
    before = shop.add("customers", shop.goods.customer(custom_attributes=[kept]))
    shop.adapter().write_consent("7", a_consent(recorded_at=NOON))
    after = shop.server.shelf("customers")[7]

    assert {**before, "extension_attributes": {"is_subscribed": True}} == after


def test_date_of_an_answer_is_kept_where_the_shop_has_a_place_for_it(shop):
    shop.add("customers", shop.goods.customer())
    adapter = shop.adapter(consent_at_attribute="answered_at")
    for hours in (0, 1):
        at = NOON + timedelta(hours=hours)
        adapter.write_consent("7", a_consent(recorded_at=at))

    assert [at] == [answer.recorded_at for answer in adapter.fetch_consents("7")]
    (kept,) = shop.server.shelf("customers")[7]["custom_attributes"]
    assert "granted 2026-11-20T13:00:00+00:00" == kept["value"]


def test_date_of_another_answer_is_not_that_of_this_one(shop):
    shop.add("customers", shop.goods.customer())
    adapter = shop.adapter(consent_at_attribute="answered_at")
    adapter.write_consent("7", a_consent(recorded_at=NOON))
    shop.server.shelf("customers")[7]["extension_attributes"]["is_subscribed"] = False

    assert [None] == [answer.recorded_at for answer in adapter.fetch_consents("7")]


@pytest.mark.parametrize(
    "changes", [{"channel": ConsentChannel.SMS}, {"purpose": Purpose.PROFILING}]
)
def test_other_answers_have_no_place(shop, changes):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().write_consent("7", a_consent(**changes))


def test_nobody_is_no_customer(shop):
    for call in (
        lambda adapter: adapter.fetch_consents("9"),
        lambda adapter: adapter.write_consent("9", a_consent()),
    ):
        with pytest.raises(PlatformError, match="no such customer"):
            call(shop.adapter())


# Coupons -----------------------------------------------------------------------------------


def the_rule(shop):
    (rule,) = shop.server.shelf("salesRules").values()
    return rule


def test_percentage_and_amount_are_rules(shop):
    adapter = shop.adapter()
    adapter.create_code(a_code("TEN-OFF-1", percent=10))
    adapter.create_code(a_code("FIVE-EUR-1", amount=money("5.00 EUR")))

    assert [("by_percent", 10.0), ("cart_fixed", 5.0)] == [
        (rule["simple_action"], rule["discount_amount"])
        for rule in shop.server.shelf("salesRules").values()
    ]


def test_rule_is_for_everybody_on_every_website(shop):
    shop.adapter().create_code(a_code("TEN-OFF-1", percent=10))

    assert ([1], [0, 1]) == (the_rule(shop)["website_ids"], the_rule(shop)["customer_group_ids"])


def test_codes_of_one_worth_share_a_rule(shop):
    adapter = shop.adapter()
    made = [adapter.create_code(a_code(code, percent=10)) for code in ("ONE-1111", "TWO-2222")]

    assert 1 == len(shop.server.shelf("salesRules"))
    assert 2 == len({code.platform_id for code in made})


def test_last_day_is_a_whole_one_where_the_shop_is(shop):
    """23:30 in Greenwich is the next day in Berlin; nobody loses an hour."""
    ends = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    code = a_code("DATED-1", percent=10, starts_at=NOON, ends_at=ends)
    made = shop.adapter().create_code(code)

    assert ("2026-11-20", "2027-01-01") == (the_rule(shop)["from_date"], the_rule(shop)["to_date"])
    assert datetime(2027, 1, 1, 22, 59, 59, tzinfo=UTC) == made.ends_at
    assert made == shop.adapter().create_code(code)


def test_code_without_dates_gets_far_ones(shop):
    """A rule without dates ended on the day it was made in some versions."""
    made = shop.adapter().create_code(a_code("LONG-123", percent=10))

    assert ("2000-01-01", "2099-12-31") == (the_rule(shop)["from_date"], the_rule(shop)["to_date"])
    assert (None, None) == (made.starts_at, made.ends_at)


def test_shop_that_keeps_other_dates_gets_no_coupon(shop):
    """Shops reported it of Magento 2.4.3: rules came back with 0000-00-00."""

    def spoilt(method, path, body):
        if (method, path) == ("POST", "salesRules"):
            body["rule"]["to_date"] = "0000-00-00"

    shop.server.before = spoilt
    with pytest.raises(PlatformError, match="is not what was asked for"):
        shop.adapter().create_code(a_code("DATED-1", percent=10))
    assert {} == shop.server.shelf("coupons")


def test_coupon_that_another_process_made_meanwhile_is_found(shop):
    adapter, code = shop.adapter(), a_code("RACE-123", percent=10)
    wanted = adapter.create_code(code)
    looks = [reply(200, {"items": [], "total_count": 0})]
    shop.server.before = lambda method, path, body: (
        looks.pop() if looks and path == "coupons/search" else None
    )

    assert wanted == adapter.create_code(code)
    assert 1 == len(shop.server.shelf("coupons"))


@pytest.mark.parametrize("other", [{"percent": 20}, {"percent": 10, "uses_max": 2}])
def test_code_that_is_worth_something_else_is_refused(shop, other):
    adapter = shop.adapter()
    adapter.create_code(a_code("SAME-123", percent=10))
    with pytest.raises(PlatformError, match="something else"):
        adapter.create_code(a_code("SAME-123", **other))


def test_rule_with_conditions_is_another_one(shop):
    adapter, code = shop.adapter(), a_code("SAME-123", percent=10)
    adapter.create_code(code)
    inner = {"condition_type": "Address", "operator": ">=", "value": "50"}
    the_rule(shop)["condition"] = {**inner, "conditions": [inner]}
    with pytest.raises(PlatformError, match="something else"):
        adapter.create_code(code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ({"percent": 10, "minimum": money("50.00 EUR")}, "minimum"),
        ({"is_free_shipping": True}, "free shipping"),
    ],
)
def test_what_a_rule_cannot_be_is_refused(shop, code, why):
    with pytest.raises(UnsupportedFeature, match=why):
        shop.adapter().create_code(a_code("NEVER-1", **code))


def test_amount_in_another_currency_is_refused(shop):
    with pytest.raises(PlatformError, match="are in EUR"):
        shop.adapter().create_code(a_code("FIVE-1", amount=money("5.00 CHF")))


def test_voided_coupon_is_gone_and_others_stay(shop):
    adapter = shop.adapter()
    first, second = (adapter.create_code(a_code(c, percent=10)) for c in ("ONE-1111", "TWO-2222"))
    adapter.void_code(first)

    assert [second.code] == [each["code"] for each in shop.server.shelf("coupons").values()]
    assert the_rule(shop)["is_active"]


# Orders and people -------------------------------------------------------------------------


def test_comment_is_for_staff_and_written_once(shop):
    made = shop.add("orders", shop.goods.order())
    for _ in range(2):
        shop.adapter().note_order("1", "Card printed")
    (comment,) = made["status_histories"]

    assert ("Card printed", 0, 0, "processing") == (
        comment["comment"],
        comment["is_customer_notified"],
        comment["is_visible_on_front"],
        comment["status"],
    )


def test_comment_needs_its_order(shop):
    with pytest.raises(PlatformError, match="no such order"):
        shop.adapter().note_order("9", "Card printed")
