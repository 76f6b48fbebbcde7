"""Vouchers and gift cards: one code, one worth, given once."""

import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.testing import NOON, a_code, money

USD, PLN = "Q2hhbm5lbDox", "Q2hhbm5lbDoy"
LATER = datetime(2026, 12, 31, 22, 30, tzinfo=UTC)


def listings(api):
    (voucher,) = api.shop.vouchers.values()
    return {each["channel"]["id"]: each for each in voucher["channelListings"]}


def refused(call, match):
    with pytest.raises(PlatformError, match=match) as caught:
        call()
    assert not caught.value.retryable


def card_code(**changes):
    return a_code("CARD-2026-1", balance=money("10.00 USD"), **changes)


# Vouchers ----------------------------------------------------------------------------------


def test_percentage_is_good_in_every_channel(api):
    made = api.adapter().create_code(a_code("THANKS-10", percent=10, title="Thank you"))
    (voucher,) = api.shop.vouchers.values()

    assert ("ENTIRE_ORDER", "PERCENTAGE", 1) == (
        voucher["type"],
        voucher["discountValueType"],
        voucher["usageLimit"],
    )
    assert {USD: 10.0, PLN: 10.0} == {key: e["discountValue"] for key, e in listings(api).items()}
    assert voucher["id"] == made.platform_id


def test_amount_is_good_where_its_currency_is(api):
    api.adapter().create_code(a_code("THANKS-5", amount=money("5.50 USD")))

    assert {USD: 5.5} == {key: each["discountValue"] for key, each in listings(api).items()}


def test_minimum_is_asked_where_its_currency_is(api):
    api.adapter().create_code(a_code("THANKS-MIN", percent=10, minimum=money("30.00 PLN")))

    assert {PLN: {"amount": 30.0, "currency": "PLN"}} == {
        key: each["minSpent"] for key, each in listings(api).items()
    }


def test_free_shipping_takes_all_of_it(api):
    api.adapter().create_code(a_code("FREE-SHIP", is_free_shipping=True))
    (voucher,) = api.shop.vouchers.values()

    assert ("SHIPPING", "PERCENTAGE") == (voucher["type"], voucher["discountValueType"])
    assert {100.0} == {each["discountValue"] for each in listings(api).values()}


def test_amounts_are_sent_as_written(api):
    """Text is read exactly; a float would be rounded on the way."""
    api.adapter().create_code(a_code("THANKS-5", amount=money("5.10 USD")))
    (listed,) = api.server.asked[-1]["variables"]["input"]["addChannels"]

    assert "5.10" == listed["discountValue"]


def test_codes_are_good_in_the_channels_of_the_settings(api):
    api.adapter(code_channels=["channel-pln"]).create_code(a_code("THANKS-10", percent=10))

    assert {PLN} == set(listings(api))


@pytest.mark.parametrize(
    "change", [{"isActive": False}, {"taxConfiguration": {"pricesEnteredWithTax": False}}]
)
def test_amount_is_not_promised_where_the_buyer_would_save_another(api, change):
    for channel in api.shop.channels:
        channel.update(change)
    code = a_code("THANKS-5", amount=money("5.00 USD"))

    refused(lambda: api.adapter().create_code(code), "no active channel in USD")
    assert {} == api.shop.vouchers


def test_percentage_is_the_same_before_and_after_tax(api):
    for channel in api.shop.channels:
        channel["taxConfiguration"] = {"pricesEnteredWithTax": False}
    api.adapter().create_code(a_code("THANKS-10", percent=10))

    assert 2 == len(listings(api))


def test_currency_that_no_channel_has_is_refused(api):
    code = a_code("THANKS-5", amount=money("5.00 EUR"))

    refused(lambda: api.adapter().create_code(code), "no active channel in EUR")


def test_dates_and_limits_are_passed_on(api):
    code = a_code(
        "THANKS-10",
        percent=10,
        starts_at=NOON,
        ends_at=LATER,
        uses_max=3,
        uses_per_customer_max=1,
    )
    made = api.adapter().create_code(code)
    (voucher,) = api.shop.vouchers.values()

    assert (NOON, LATER) == (made.starts_at, made.ends_at)
    assert (3, True) == (voucher["usageLimit"], voucher["applyOncePerCustomer"])


def test_more_than_once_for_a_customer_is_refused(api):
    code = a_code("THANKS-10", percent=10, uses_per_customer_max=2)
    with pytest.raises(UnsupportedFeature, match="once for each customer"):
        api.adapter().create_code(code)
    assert {} == api.shop.vouchers


def test_creation_that_was_cut_off_is_finished(api):
    """Between its two steps a voucher is good nowhere."""
    code = a_code("THANKS-10", percent=10)
    api.server.after = lambda asked: "voucherCreate" in asked["query"]
    with pytest.raises(PlatformError) as caught:
        api.adapter().create_code(code)
    assert caught.value.retryable
    assert {} == listings(api)
    api.server.after = None
    api.adapter().create_code(code)

    assert (1, 2) == (len(api.shop.vouchers), len(listings(api)))


def test_code_that_somebody_was_faster_with_is_theirs(api):
    """Two of us at once: one creates, the other finds."""
    code = a_code("THANKS-10", percent=10)
    hidden = [b'{"data": {"channels": %s, "found": {"edges": []}}}']
    first = api.adapter().create_code(code)
    channels = json.dumps(api.shop.channels).encode()

    def look_away(asked):
        if hidden and "vouchers(" in asked["query"]:
            return 200, {}, hidden.pop() % channels
        return None

    api.server.before = look_away

    assert first == api.adapter().create_code(code)
    assert 1 == len(api.shop.vouchers)


@pytest.mark.parametrize(
    "change",
    [
        {"usageLimit": 5},
        {"usageLimit": None, "singleUse": True},
        {"type": "SPECIFIC_PRODUCT"},
        {"discountValueType": "FIXED"},
        {"applyOncePerOrder": True},
        {"onlyForStaff": True},
        {"minCheckoutItemsQuantity": 3},
        {"countries": [{"code": "DE"}]},
    ],
)
def test_code_that_is_worth_something_else_is_refused(api, change):
    code = a_code("THANKS-10", percent=10)
    api.adapter().create_code(code)
    (voucher,) = api.shop.vouchers.values()
    voucher.update(change)

    refused(lambda: api.adapter().create_code(code), "worth something else")


def test_code_that_is_worth_more_somewhere_is_refused(api):
    code = a_code("THANKS-10", percent=10)
    api.adapter().create_code(code)
    listings(api)[PLN]["discountValue"] = 20.0

    refused(lambda: api.adapter().create_code(code), "worth something else")


def test_voucher_of_many_codes_is_not_ours(api):
    """Ending it would end a campaign of the shop's."""
    code = a_code("THANKS-10", percent=10)
    api.adapter().create_code(code)
    (voucher,) = api.shop.vouchers.values()
    voucher["all_codes"].append("SUMMER-10")

    refused(lambda: api.adapter().create_code(code), "worth something else")
    refused(lambda: api.adapter().void_code(code), "not ours")
    assert voucher["endDate"] is None


def test_code_that_another_only_contains_is_another(api):
    api.adapter().create_code(a_code("THANKS-100", percent=10))
    api.adapter().create_code(a_code("THANKS-10", percent=10))

    assert 2 == len(api.shop.vouchers)


def test_code_of_a_gift_card_is_taken(api):
    api.adapter().create_code(card_code())

    refused(lambda: api.adapter().create_code(a_code("CARD-2026-1", percent=10)), "taken")


def test_voided_voucher_has_ended_and_its_code_stays_taken(api):
    """One that is deleted would give its code free to be made again."""
    code = a_code("THANKS-10", percent=10, ends_at=LATER)
    adapter = api.adapter()
    adapter.void_code(adapter.create_code(code))
    (voucher,) = api.shop.vouchers.values()

    assert datetime(2000, 1, 2, tzinfo=UTC) == datetime.fromisoformat(voucher["endDate"])
    refused(lambda: adapter.create_code(code), "voided")
    asked = len(api.mutations())
    adapter.void_code(code)
    assert asked == len(api.mutations())


def test_voiding_what_is_not_there_does_nothing(api):
    api.adapter().void_code(a_code("THANKS-10", percent=10))
    api.adapter().void_code(card_code())

    assert [] == api.mutations()


def test_free_product_is_not_pretended(api):
    with pytest.raises(UnsupportedFeature, match="free product"):
        api.adapter().create_code(a_code("A-GIFT", free_product="UHJvZHVjdDoxNTI="))
    assert [] == api.server.asked


# Gift cards --------------------------------------------------------------------------------


def test_gift_card_has_our_code_and_our_mark(api):
    made = api.adapter().create_code(card_code(title="Thank you", ends_at=LATER))
    (card,) = api.shop.cards.values()

    assert (card["id"], "CARD-2026-1", True) == (made.platform_id, card["code"], card["isActive"])
    assert {"amount": 10.0, "currency": "USD"} == card["initialBalance"]
    assert "2026-12-31" == card["expiryDate"]
    assert {"retention-sdk": "1"} == card["privateMetadata"]


def test_card_whose_answer_was_lost_is_not_paid_for_twice(api):
    api.server.after = lambda asked: "giftCardCreate" in asked["query"]
    with pytest.raises(PlatformError) as caught:
        api.adapter().create_code(card_code())
    assert caught.value.retryable
    api.server.after = None
    made = api.adapter().create_code(card_code())

    assert [made.platform_id] == list(api.shop.cards)


def test_card_that_was_sold_is_not_handed_out_again_nor_voided(api):
    api.adapter().create_code(card_code())
    (card,) = api.shop.cards.values()
    card["privateMetadata"] = {}

    refused(lambda: api.adapter().create_code(card_code()), "taken")
    refused(lambda: api.adapter().void_code(card_code()), "not one of ours")
    assert card["isActive"]


def test_card_of_another_balance_is_refused(api):
    api.adapter().create_code(card_code())
    other = a_code("CARD-2026-1", balance=money("20.00 USD"))

    refused(lambda: api.adapter().create_code(other), "worth something else")


def test_code_of_a_voucher_is_taken_for_a_card(api):
    api.adapter().create_code(a_code("CARD-2026-1", percent=10))

    refused(lambda: api.adapter().create_code(card_code()), "taken")


def test_voided_card_is_off(api):
    adapter = api.adapter()
    adapter.void_code(adapter.create_code(card_code()))
    (card,) = api.shop.cards.values()

    assert not card["isActive"]
    refused(lambda: adapter.create_code(card_code()), "voided")


@pytest.mark.parametrize(
    "code",
    [
        a_code("SHORT-1", balance=money("10.00 USD")),
        a_code("LONGER-THAN-16-CH", balance=money("10.00 USD")),
        card_code(minimum=money("1.00 USD")),
        card_code(starts_at=LATER),
        card_code(uses_per_customer_max=1),
    ],
    ids=["7 characters", "17 characters", "minimum", "later start", "once each"],
)
def test_what_a_gift_card_cannot_do_is_refused(api, code):
    with pytest.raises(UnsupportedFeature, match="gift cards"):
        api.adapter().create_code(code)
    assert [] == api.server.asked
