"""Ways to pay are offered as a shop of the place would offer them, and every place has a reason."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import ConfigError
from retention_sdk.l10n.payments import (
    PaymentKind,
    PaymentMethod,
    advise_payment,
    load_methods,
    payment_methods,
    read_methods,
)
from retention_sdk.testing import money

EXAMPLES = 5000 if os.environ.get("RETENTION_SOAK") else 60
METHODS = load_methods()
BY_ID = {method.method_id: method for method in METHODS}

# Written by hand: what comes first, in order, and what must not be there at all.
BY_HAND = {
    "IR": (
        "1500000 IRR",
        "fa",
        ("درگاه کارت‌های عضو شتاب", "زرین‌پال"),
        "پرداخت در محل",
        {"card_visa", "card_mastercard", "paypal", "apple_pay"},
    ),
    "AM": ("12000 AMD", "hy", ("Idram", "Telcell wallet and terminals"), "Cash / card to courier", {"mir"}),
    "DE": ("40.00 EUR", "de", ("Wero", "girocard"), None, {"giropay", "sofort", "billie"}),
    "NL": ("40.00 EUR", "nl", ("iDEAL",), None, {"sofort"}),
    "JP": ("4000 JPY", "ja", ("PayPay", "d払い / au PAY", "JCB", "ペイジー"), "代金引換", {"ideal"}),
    "BR": ("100.00 BRL", "pt-BR", ("Pix", "PicPay"), None, {"upi", "paypal"}),
    "IN": ("999.00 INR", "en", ("UPI",), "Cash on delivery", {"paypal"}),
    "US": ("60.00 USD", "en", ("Venmo", "Cash App Pay"), None, {"ideal"}),
    "KE": ("1000.00 KES", "en", ("M-Pesa", "Airtel Money"), "Cash on delivery", {"paypal"}),
    "RU": ("5000.00 RUB", "ru", ("СБП", "SberPay", "T-Pay"), None, {"card_visa", "google_pay", "paypal"}),
}  # fmt: skip


@pytest.mark.parametrize("country", BY_HAND)
def test_a_country_is_offered_what_people_pay_with_there(country):
    total, locale, first, last, absent = BY_HAND[country]
    amount = money(total)

    offered = payment_methods(country, amount.currency, amount=amount, locale=locale)

    names = [choice.name for choice in offered]
    assert list(first) == names[: len(first)]
    assert last is None or last == names[-1]
    assert set() == absent & {choice.method_id for choice in offered}


def test_the_table_is_whole():
    assert 265 == len(METHODS) == len(BY_ID)
    assert 126 == len({country for method in METHODS for country in method.countries})
    assert {"giropay", "sofort"} == {m.method_id for m in METHODS if m.status == "discontinued"}
    assert all(method.source and method.confidence for method in METHODS)


def ids(*arguments, **wishes):
    return [choice.method_id for choice in payment_methods(*arguments, **wishes)]


def test_what_the_customer_paid_with_comes_first_the_last_one_foremost():
    offered = ids("NL", "EUR", past_methods=["paypal", "klarna", "nonsense"])

    assert ["paypal", "klarna", "ideal"] == offered[:3]


def test_a_provider_code_names_a_method():
    assert ["ideal"] == ids("NL", "EUR", enabled_on_platform=["mollie:ideal"])
    assert ["klarna", "ideal"] == ids(
        "NL", "EUR", past_methods=["adyen:klarna_account"], enabled_on_platform=["ideal", "klarna"]
    )


def test_domestic_stands_before_regional_and_regional_before_international():
    offered = ids("NL", "EUR")

    assert offered.index("ideal") < offered.index("sepa_dd") < offered.index("card_visa")


def test_credit_is_offered_behind_what_is_paid_at_once_and_names_the_law():
    offered = payment_methods("DE", "EUR", amount=money("40 EUR"))
    credit = [choice.needs_credit_text for choice in offered]
    invoice = next(choice for choice in offered if choice.method_id == "pay_upon_invoice")

    assert credit == sorted(credit)
    assert invoice.credit_citation.startswith("Directive (EU) 2023/2225")
    assert any("Directive (EU) 2023/2225" in reason for reason in invoice.reasons)


@pytest.mark.parametrize(
    ("country", "currency", "method", "law"),
    [
        ("GB", "GBP", "clearpay", "Consumer Credit Act"),
        ("US", "USD", "zip", "Regulation Z"),
        ("AU", "AUD", "zip", "the consumer credit law of AU"),
        ("BR", "BRL", "br_parcelado", "the consumer credit law of BR"),
    ],
)
def test_credit_names_the_law_of_the_customer(country, currency, method, law):
    (choice,) = payment_methods(country, currency, enabled_on_platform=[method])

    assert law in choice.credit_citation


@pytest.mark.parametrize(
    ("total", "is_offered"), [("4.99 EUR", False), ("5.00 EUR", True), ("2500.01 EUR", False)]
)
def test_an_amount_beyond_the_limits_is_not_offered(total, is_offered):
    offered = ids("DE", "EUR", amount=money(total))

    assert is_offered == ("pay_upon_invoice" in offered)


def test_a_countrys_own_limit_counts_before_the_common_one():
    below = money("20 EUR")

    assert "klarna" in ids("NL", "EUR", amount=below)
    assert "klarna" not in ids("FR", "EUR", amount=below)


def test_limits_that_sources_word_differently_are_told_and_hide_nothing():
    (choice,) = payment_methods(
        "ID", "IDR", amount=money("15000000.00 IDR"), enabled_on_platform=["ovo"]
    )

    assert "Limits as the source words them: to 2000000 non-KYC; 20000000 KYC." in choice.reasons


def test_what_is_not_verified_is_said():
    (choice,) = payment_methods("CH", "CHF", enabled_on_platform=["postfinance"])

    assert "Nothing about it has been verified with its operator." in choice.reasons


def test_a_discontinued_method_is_caught_in_the_settings():
    advice = advise_payment("DE", "EUR", enabled_on_platform=["stripe:giropay", "wero"])
    refused = {refusal.method_id: refusal.reason for refusal in advice.refused}

    assert ["wero"] == [choice.method_id for choice in advice.choices]
    assert refused["giropay"].startswith("giropay was discontinued: take it out of the shop's")


def test_a_method_nobody_knows_is_told():
    advice = advise_payment("DE", "EUR", enabled_on_platform=["snailpay"])

    assert "snailpay" == advice.refused[-1].method_id
    assert "a plugin can register it" in advice.refused[-1].reason


def test_what_people_use_there_but_the_shop_has_not_is_told():
    advice = advise_payment("NL", "EUR", enabled_on_platform=["card_visa"])
    refused = {refusal.method_id: refusal.reason for refusal in advice.refused}

    assert "iDEAL is used in NL, but the shop has not enabled it." == refused["ideal"]


@pytest.mark.parametrize(("country", "currency"), [("QQ", "QQQ"), (None, None), ("?!", "")])
def test_an_unknown_place_is_offered_what_is_used_in_most_countries(country, currency):
    offered = payment_methods(country, currency)

    assert {
        "card_visa",
        "card_mastercard",
        "card_amex",
        "apple_pay",
        "google_pay",
        "click_to_pay",
    } == {choice.method_id for choice in offered}
    assert all("No domestic method is known" in " ".join(c.reasons) for c in offered)


def test_names_are_in_the_customers_script():
    def name(locale):
        return payment_methods("CN", "CNY", locale=locale, enabled_on_platform=["alipay"])[0].name

    assert "支付宝" == name("zh-CN")
    assert "Alipay" == name("zh-Hant") == name("en") == name("rubbish!")


def test_cash_on_delivery_comes_first_only_to_who_paid_so_before():
    assert "cod_jp" == ids("JP", "JPY")[-1]
    assert "cod_jp" == ids("JP", "JPY", past_methods=["cod_jp"])[0]


def test_business_buyers_see_what_is_for_them():
    assert "billie" in ids("DE", "EUR", is_business=True)
    assert "billie" not in ids("DE", "EUR")


def test_methods_of_ones_own_can_be_passed():
    own = PaymentMethod(method_id="snailpay", name="SnailPay", kind=PaymentKind.WALLET)

    assert ["snailpay"] == ids("DE", "EUR", methods=[own])


def test_a_broken_row_is_named():
    with pytest.raises(ConfigError, match=r"methods\.csv: ideal\.status"):
        read_methods(_table(status="gone"))
    with pytest.raises(ConfigError, match=r"methods\.csv: ideal"):
        read_methods(_table(max_limit="many EUR"))


def _table(**changes):
    from retention_sdk.l10n.payments.method import _FILE

    head, *rows = _FILE.read_text("utf-8").splitlines()
    row = next(row for row in rows if row.startswith("ideal,")).split(",")
    for name, value in changes.items():
        row[head.split(",").index(name)] = value
    return "\n".join((head, ",".join(row)))


names = st.sampled_from([*BY_ID, "stripe:card", "nonsense", "", "x" * 900])
countries = st.one_of(st.none(), st.text(max_size=3), st.sampled_from(sorted(BY_HAND)))
amounts = st.sampled_from(["0 JPY", "0.01 EUR", "40 EUR", "99999.99 USD", "-5 EUR", "1000000 IRR"])


checkouts = st.fixed_dictionaries(
    {
        "country": countries,
        "currency": st.one_of(st.none(), st.sampled_from(["EUR", "USD", "JPY", "IRR", "QQQ", ""])),
        "amount": st.one_of(st.none(), amounts.map(money)),
        "enabled_on_platform": st.one_of(st.none(), st.sets(names, max_size=40)),
        "locale": st.one_of(st.text(max_size=8), st.sampled_from(["fa", "de", "zh-TW"])),
        "is_business": st.booleans(),
    }
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(checkout=checkouts, past=st.lists(names, max_size=4))
def test_advice_keeps_its_rules_whatever_is_asked(checkout, past):
    advice = advise_payment(**checkout, past_methods=past)
    unused = advise_payment(**checkout)
    enabled = checkout["enabled_on_platform"]
    offered = [choice.method_id for choice in advice.choices]

    assert len(offered) == len(set(offered))
    assert sorted(offered) == sorted(choice.method_id for choice in unused.choices)
    assert set() == set(offered) & {refusal.method_id for refusal in advice.refused}
    for choice in advice.choices:
        method = BY_ID[choice.method_id]
        assert method.status != "discontinued"
        assert enabled is None or method.is_called(frozenset(enabled))
        assert choice.name
        assert choice.reasons
        assert choice.needs_credit_text == bool(choice.credit_citation)
