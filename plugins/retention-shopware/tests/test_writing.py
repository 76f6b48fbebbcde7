"""Answers, codes, notes, tags and erasure, as they end up in the shop."""

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import ConsentChannel, ConsentState, OptInLevel, Purpose
from retention_sdk.testing import NOON, a_code, a_consent, money
from tests.playing import reply

MARLENE, ORDER = f"{0x7001:032x}", f"{10001:032x}"


def consents(shop, status, **fields):
    shop.add_customer()
    shop.add_recipient(status, **fields)
    return shop.adapter().fetch_consents(MARLENE)


# Consent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "state", "level"),
    [
        ("optIn", ConsentState.GRANTED, OptInLevel.CONFIRMED),
        ("direct", ConsentState.GRANTED, OptInLevel.SINGLE),
        ("optOut", ConsentState.DENIED, OptInLevel.UNKNOWN),
    ],
)
def test_states_of_the_newsletter(shop, status, state, level):
    (answer,) = consents(shop, status, confirmedAt="2026-11-02T08:00:00.000+00:00")

    assert (state, level) == (answer.state, answer.opt_in_level)


def test_unconfirmed_recipient_has_not_answered(shop):
    assert () == consents(shop, "notSet", confirmedAt="2026-11-02T08:00:00.000+00:00")


def test_no_is_dated_by_its_change_not_by_the_yes_before(shop):
    """Shopware leaves ``confirmedAt`` as it was when somebody leaves."""
    dates = {
        "confirmedAt": "2026-11-02T08:00:00.000+00:00",
        "updatedAt": "2026-11-09T08:00:00.000+00:00",
    }
    (answer,) = consents(shop, "optOut", **dates)

    assert datetime(2026, 11, 9, 8, tzinfo=UTC) == answer.recorded_at


@pytest.mark.parametrize("status", ["direct", "optIn"])
def test_change_of_a_name_makes_no_yes_younger(shop, status):
    """A no that the shop has not heard of yet must stay the newest answer."""
    dates = {
        "createdAt": "2026-11-02T08:00:00.000+00:00",
        "updatedAt": "2026-11-09T08:00:00.000+00:00",
    }
    (answer,) = consents(shop, status, **dates)

    assert datetime(2026, 11, 2, 8, tzinfo=UTC) == answer.recorded_at


def test_recipient_of_another_sales_channel_says_nothing_here(shop):
    assert () == consents(shop, "optIn", salesChannelId=f"{2:032x}")


def test_address_is_compared_without_case(shop):
    assert consents(shop, "optIn", email="Marlene.Vogt@Example.com")


def test_answer_makes_a_recipient_where_there_is_none(shop):
    shop.add_customer()
    shop.adapter().write_consent(MARLENE, a_consent(recorded_at=NOON))
    (made,) = shop.server.shelf("newsletter-recipient").values()

    assert ("marlene.vogt@example.com", "direct") == (made["email"], made["status"])
    assert made["languageId"] == f"{3:032x}"


def test_confirmation_is_never_claimed(shop):
    shop.add_customer()
    adapter = shop.adapter()
    words = []
    for level in (OptInLevel.UNKNOWN, OptInLevel.SINGLE, OptInLevel.CONFIRMED):
        adapter.write_consent(MARLENE, a_consent(opt_in_level=level, recorded_at=NOON))
        words += [each["status"] for each in shop.server.shelf("newsletter-recipient").values()]

    assert ["direct", "direct", "optIn"] == words


def test_own_fields_of_a_recipient_stay(shop):
    shop.add_customer()
    made = shop.add_recipient("optIn", customFields={"acme": "kept"})
    shop.adapter().write_consent(MARLENE, a_consent(ConsentState.DENIED, recorded_at=NOON))

    assert ("kept", "optOut") == (made["customFields"]["acme"], made["status"])


def test_change_in_the_shop_outdates_what_we_wrote(shop):
    shop.add_customer()
    adapter = shop.adapter()
    adapter.write_consent(MARLENE, a_consent(recorded_at=NOON))
    (made,) = shop.server.shelf("newsletter-recipient").values()
    made |= {"status": "optOut", "updatedAt": "2026-12-01T08:00:00.000+00:00"}
    (answer,) = adapter.fetch_consents(MARLENE)

    assert datetime(2026, 12, 1, 8, tzinfo=UTC) == answer.recorded_at


@pytest.mark.parametrize(
    "changes", [{"channel": ConsentChannel.SMS}, {"purpose": Purpose.PROFILING}]
)
def test_other_answers_have_no_place(shop, changes):
    with pytest.raises(UnsupportedFeature):
        shop.adapter().write_consent(MARLENE, a_consent(**changes))


# Codes -------------------------------------------------------------------------------------


def the_promotion(shop):
    (made,) = shop.server.shelf("promotion").values()
    return made


def test_percentage_is_taken_off_the_basket(shop):
    made = shop.adapter().create_code(a_code("TEN-OFF-1", percent=10))
    (discount,) = the_promotion(shop)["discounts"]

    assert ("cart", "percentage", 10.0) == (discount["scope"], discount["type"], discount["value"])
    assert made.platform_id == the_promotion(shop)["individualCodes"][0]["id"]


def test_free_shipping_takes_all_off_the_delivery(shop):
    shop.adapter().create_code(a_code("SHIP-1", is_free_shipping=True))
    (discount,) = the_promotion(shop)["discounts"]

    assert ("delivery", "percentage", 100.0) == (
        discount["scope"],
        discount["type"],
        discount["value"],
    )


def test_amount_is_exact_in_its_currency(shop):
    """5.00 CHF are 5.56 EUR at a factor of 0.9; a buyer with francs saves five of them."""
    shop.adapter().create_code(a_code("FIVE-1", amount=money("5.00 CHF")))
    (discount,) = the_promotion(shop)["discounts"]
    (price,) = discount["promotionDiscountPrices"]

    assert (5.56, 5.0) == (discount["value"], price["price"])


def test_amount_in_a_currency_that_is_not_sold_is_refused(shop):
    with pytest.raises(PlatformError, match="does not sell in SEK"):
        shop.adapter().create_code(a_code("FIVE-1", amount=money("5.00 SEK")))


def test_codes_of_one_worth_share_a_promotion(shop):
    adapter = shop.adapter()
    for code in ("ONE-1111", "TWO-2222", "THREE-33"):
        adapter.create_code(a_code(code, percent=10, ends_at=NOON))
    adapter.create_code(a_code("OTHER-44", percent=15, ends_at=NOON))

    assert [3, 1] == [
        len(each["individualCodes"]) for each in shop.server.shelf("promotion").values()
    ]


def test_code_for_several_uses_has_a_promotion_of_its_own(shop):
    code = a_code("SPRING-26", percent=10, uses_max=100, uses_per_customer_max=1)
    made = shop.adapter().create_code(code)
    promotion = the_promotion(shop)

    assert (made.platform_id, "SPRING-26") == (promotion["id"], promotion["code"])
    assert (100, 1, False) == (
        promotion["maxRedemptionsGlobal"],
        promotion["maxRedemptionsPerCustomer"],
        promotion["useIndividualCodes"],
    )
    assert made == shop.adapter().create_code(code)


def test_dates_are_kept(shop):
    code = a_code("DATED-1", percent=10, starts_at=NOON, ends_at=NOON + timedelta(days=30))

    assert code.ends_at == shop.adapter().create_code(code).ends_at
    assert "2026-11-20T12:00:00.000+00:00" == the_promotion(shop)["validFrom"]


def test_code_works_in_every_shop_unless_one_is_named(shop):
    shop.server.add("sales-channel", shop.goods.channel(f"{2:032x}", "Outlet"))
    shop.adapter().create_code(a_code("EVERY-1", percent=10))

    assert 2 == len(the_promotion(shop)["salesChannels"])


@pytest.mark.parametrize("uses", [1, 5])
def test_voided_code_is_worthless_and_stays_taken(shop, uses):
    adapter, code = shop.adapter(), a_code("GONE-123", percent=10, uses_max=uses)
    adapter.void_code(adapter.create_code(code))
    with pytest.raises(PlatformError, match="voided before"):
        adapter.create_code(code)


def test_voiding_one_code_leaves_the_others(shop):
    adapter = shop.adapter()
    first, second = (a_code(code, percent=10) for code in ("FIRST-1", "SECOND-2"))
    adapter.create_code(second)
    adapter.void_code(adapter.create_code(first))

    assert adapter.create_code(second).platform_id
    assert the_promotion(shop)["active"]


def test_redeemed_code_is_still_the_same_code(shop):
    """The answer to the first call was lost, and the buyer was quick."""
    adapter, code = shop.adapter(), a_code("QUICK-1", percent=10)
    made = adapter.create_code(code)
    the_promotion(shop)["individualCodes"][0]["payload"] = {"orderId": ORDER}

    assert made == adapter.create_code(code)


@pytest.mark.parametrize(
    "code", [{"percent": 20}, {"is_free_shipping": True}, {"percent": 10, "uses_max": 2}]
)
def test_code_that_is_worth_something_else_is_refused(shop, code):
    adapter = shop.adapter()
    adapter.create_code(a_code("SAME-1", percent=10))
    with pytest.raises(PlatformError, match="something else"):
        adapter.create_code(a_code("SAME-1", **code))


def test_promotion_that_staff_changed_gets_no_more_codes(shop):
    adapter = shop.adapter()
    adapter.create_code(a_code("FIRST-1", percent=10))
    the_promotion(shop)["discounts"][0]["value"] = 50.0
    with pytest.raises(PlatformError, match="was changed in the shop"):
        adapter.create_code(a_code("SECOND-2", percent=10))
    assert 1 == len(the_promotion(shop)["individualCodes"])


def test_code_that_another_process_made_meanwhile_is_found(shop):
    """We look, somebody makes it, and our own is refused: there is one, and both get it."""
    adapter, code = shop.adapter(), a_code("RACE-123", percent=10)
    wanted = adapter.create_code(code)
    looks = [reply(200, {"total": 0, "data": []})] * 2
    shop.server.before = lambda method, path, body: (
        looks.pop() if looks and path == "search/promotion" else None
    )

    assert wanted == adapter.create_code(code)
    assert 1 == len(the_promotion(shop)["individualCodes"])


def test_minimum_is_refused(shop):
    with pytest.raises(UnsupportedFeature, match="minimum"):
        shop.adapter().create_code(a_code("MIN-1", percent=10, minimum=money("50.00 EUR")))


# Orders and people -------------------------------------------------------------------------


def test_note_goes_below_what_staff_wrote_and_only_once(shop):
    made = shop.add_order(internalComment="Fragile!")
    for _ in range(2):
        shop.adapter().note_order(ORDER, "Card: thanks,\nprinted")

    assert "Fragile!\nCard: thanks, printed" == made["internalComment"]


def test_tags_are_added_to_those_that_are_there(shop):
    mine = shop.server.add("tag", shop.goods.make("Tag", name="vip"))
    made = shop.add_order(tags=[shop.goods.make("Tag", name="wholesale")])
    for _ in range(2):
        shop.adapter().tag_order(ORDER, ["vip", "card sent"])

    assert ["wholesale", "vip", "card sent"] == [tag["name"] for tag in made["tags"]]
    assert mine["id"] == made["tags"][1]["id"]
    assert 2 == len(shop.server.shelf("tag"))


def test_erased_person_leaves_no_account_and_no_newsletter(shop):
    shop.add_customer()
    shop.add_recipient("optIn")
    shop.add_recipient("optOut", salesChannelId=f"{2:032x}")
    shop.add_recipient("optIn", "somebody.else@example.com")
    shop.adapter().erase_customer(MARLENE)

    assert {} == shop.server.shelf("customer")
    assert ["somebody.else@example.com"] == [
        each["email"] for each in shop.server.shelf("newsletter-recipient").values()
    ]
