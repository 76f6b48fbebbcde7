"""Codes, gift cards and store credit: worth what was asked, and never given twice."""

from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import Money
from retention_sdk.testing import a_code, money


def test_code_is_worth_what_was_asked(admin):
    code = a_code("THANKS-10", percent=None, amount=money("5.00 EUR"), minimum=money("30.00 EUR"))

    admin.adapter().create_code(code)

    discount = admin.shop.discounts["thanks-10"]["codeDiscount"]
    value = discount["customerGets"]["value"]
    assert ("5.00", False) == (value["amount"]["amount"], value["appliesOnEachItem"])
    assert 1 == discount["usageLimit"]
    least = discount["minimumRequirement"]["greaterThanOrEqualToSubtotal"]
    assert {"amount": "30.00", "currencyCode": "EUR"} == least


@pytest.mark.parametrize("percent", [1, 7, 29, 58, 100])
def test_percentage_survives_as_a_number_with_a_point(admin, percent):
    """Shopify's Float is a share: 0.07, and 0.29 is not 0.29000000000000004."""
    code = a_code("THANKS-7", percent=percent)

    assert admin.adapter().create_code(code) == admin.adapter().create_code(code)


def test_code_whose_first_answer_was_lost_is_found(admin):
    """The shop made it, the connection broke, and the second call gets the same one."""
    admin.server.after = lambda asked: "CreateBasic" in asked["query"]
    with pytest.raises(PlatformError):
        admin.adapter().create_code(a_code())
    admin.server.after = None

    code = admin.adapter().create_code(a_code())

    assert [code.platform_id] == [each["id"] for each in admin.shop.discounts.values()]


def test_code_that_another_process_made_first_is_the_first_ones(admin):
    other = admin.adapter()

    def race(asked):
        if "mutation CreateBasic" in asked["query"] and not admin.shop.discounts:
            admin.shop.discountCodeBasicCreate(asked["variables"]["input"])

    admin.server.before = race
    code = other.create_code(a_code())

    assert [code.platform_id] == [each["id"] for each in admin.shop.discounts.values()]


@pytest.mark.parametrize(
    "changes",
    [
        {"percent": 20},
        {"uses_max": 5},
        {"uses_per_customer_max": 1},
        {"minimum": money("5.00 EUR")},
        {"percent": None, "amount": money("5.00 EUR")},
        {"percent": None, "is_free_shipping": True},
    ],
)
def test_code_that_is_worth_something_else_is_not_ours(admin, changes):
    admin.adapter().create_code(a_code())

    with pytest.raises(PlatformError, match="something else"):
        admin.adapter().create_code(a_code().model_copy(update=changes))


@pytest.mark.parametrize("worth", [{}, {"balance": money("5.00 EUR")}])
def test_voided_code_is_not_given_out_again(admin, worth):
    code = admin.adapter().create_code(a_code("THANKS-1001", **worth))
    admin.adapter().void_code(code)

    with pytest.raises(PlatformError, match="voided"):
        admin.adapter().create_code(code)


@pytest.mark.parametrize("worth", [{}, {"balance": money("5.00 EUR")}])
def test_code_that_was_never_made_is_voided_in_peace(admin, worth):
    admin.adapter().void_code(a_code("THANKS-1001", **worth))


@pytest.mark.parametrize(
    "changes", [{"percent": None, "amount": money("5.00 USD")}, {"minimum": money("5 JPY")}]
)
def test_amount_in_another_currency_is_refused(admin, changes):
    with pytest.raises(PlatformError, match="EUR"):
        admin.adapter().create_code(a_code().model_copy(update=changes))


def test_limit_for_a_customer_is_one_or_none(admin):
    with pytest.raises(UnsupportedFeature, match="once"):
        admin.adapter().create_code(a_code(uses_max=9, uses_per_customer_max=3))


def test_gift_card_is_written_without_hyphens_and_ends_on_a_day_of_the_shop(admin):
    """23:30 UTC is the next day in Leipzig."""
    ends = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    code = a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR"), ends_at=ends)

    admin.adapter().create_code(code)

    (card,) = admin.shop.gift_cards.values()
    assert ("abcdefghjklm", "2027-01-01") == (card["code"], card["expiresOn"])
    assert {"amount": "25.00", "currencyCode": "EUR"} == card["initialValue"]
    assert "abcd" not in card["note"].casefold()


def test_gift_card_whose_first_answer_was_lost_is_not_made_twice(admin):
    code = a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR"))
    admin.server.after = lambda asked: "CreateGiftCard" in asked["query"]
    with pytest.raises(PlatformError):
        admin.adapter().create_code(code)
    admin.server.after = None

    again = admin.adapter().create_code(code)

    assert [again.platform_id] == [card["id"] for card in admin.shop.gift_cards.values()]


def test_gift_card_of_somebody_else_is_not_ours(admin):
    wish = {"code": "abcdefghjklm", "note": "Happy birthday", "expiresOn": None}
    amount = {"amount": "25.00", "currencyCode": "EUR"}
    admin.shop.giftCardCreate({**wish, "initialAmount": amount})

    with pytest.raises(PlatformError, match="another gift card"):
        admin.adapter().create_code(a_code("ABCD-EFGH-JKLM", balance=money("25.00 EUR")))


@pytest.mark.parametrize("code", ["ABC-DEF", "ABCDEFG-HIJKLMN-OPQRSTU"])
def test_gift_card_of_another_length_is_refused(admin, code):
    with pytest.raises(UnsupportedFeature, match="8 to 20"):
        admin.adapter().create_code(a_code(code, balance=money("25.00 EUR")))


def test_store_credit_is_paid_once_for_a_key(admin):
    admin.shop.add_customer(1)
    for key in ("spring", "spring", "summer"):
        admin.adapter().give_credit("1", money("5.00 EUR"), key=key)

    assert 2 == len(admin.shop.credit)


def test_store_credit_that_was_cut_off_is_left_to_a_person(admin):
    """The shop paid, and we do not know it: nobody pays again."""
    admin.shop.add_customer(1)
    admin.server.after = lambda asked: "GiveCredit" in asked["query"]
    for _ in range(2):
        with pytest.raises(PlatformError):
            admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")
        admin.server.after = None

    with pytest.raises(PlatformError, match=r"metafield retention_sdk\.credit-") as caught:
        admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")
    assert not caught.value.retryable
    assert 1 == len(admin.shop.credit)


@pytest.mark.parametrize(("word", "paid"), [("paid", 1), ("refused", 2)])
def test_person_settles_what_was_cut_off(admin, word, paid):
    """As the error says: the metafield set to what the transactions show."""
    admin.shop.add_customer(1)
    admin.server.after = lambda asked: "GiveCredit" in asked["query"]
    with pytest.raises(PlatformError):
        admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")
    admin.server.after = None
    (claim,) = admin.shop.metafields.values()
    claim["value"] = f"{word} 5.00 EUR"

    admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    assert paid == len(admin.shop.credit)


def test_of_two_processes_one_pays(admin):
    """Another process claims the key between our look and our claim."""
    admin.shop.add_customer(1)
    other = {"value": "asked 5.00 EUR", "compareDigest": "its"}

    def race(asked):
        if "mutation SetClaim" in asked["query"]:
            field = asked["variables"]["field"]
            place = (field["ownerId"], field["namespace"], field["key"])
            admin.shop.metafields.setdefault(place, other)

    admin.server.before = race
    with pytest.raises(PlatformError, match="another process") as caught:
        admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    assert caught.value.retryable
    assert [] == admin.shop.credit


def test_store_credit_that_was_refused_may_be_tried_again(admin):
    """A currency that the shop does not take; afterwards the shop takes it."""
    admin.shop.add_customer(1)
    for _ in range(2):
        with pytest.raises(PlatformError, match="UNSUPPORTED_CURRENCY"):
            admin.adapter().give_credit("1", Money.parse("500", "JPY"), key="spring")

    assert [] == admin.shop.credit


def test_one_key_is_one_amount(admin):
    admin.shop.add_customer(1)
    admin.adapter().give_credit("1", money("5.00 EUR"), key="spring")

    with pytest.raises(PlatformError, match="another amount"):
        admin.adapter().give_credit("1", money("6.00 EUR"), key="spring")


def test_nobody_is_given_no_store_credit(admin):
    with pytest.raises(PlatformError, match="no such customer"):
        admin.adapter().give_credit("404", money("5.00 EUR"), key="spring")
