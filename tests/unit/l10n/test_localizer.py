from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import MessageError
from retention_sdk.l10n import (
    REGISTRY,
    available_locales,
    is_balanced,
    isolate,
    isolate_ltr,
    localizer,
    strip_isolates,
)
from retention_sdk.model import Money

NBSP = "\N{NO-BREAK SPACE}"
FORMALITIES = ("formal", "neutral", "warm")
# A text that is being translated is not said yet everywhere.
REQUIRED = sorted(key for key, spec in REGISTRY.items() if spec.is_required)
WORDS_MAX = 10
SAMPLES = {"text": "Kaffee & Söhne", "code": "A-1024", "count": 3, "date": date(2026, 11, 21)}


def price(tag, minor, currency, **options):
    return localizer(tag).money(Money(minor=minor, currency=currency), **options)


@pytest.mark.parametrize(
    ("tag", "minor", "currency", "expected"),
    [
        ("en", 3890, "EUR", "€38.90"),
        ("en-GB", 123450, "USD", "US$1,234.50"),
        ("de", 123450, "EUR", f"1.234,50{NBSP}€"),
        ("de-AT", 123450, "EUR", f"€{NBSP}1.234,50"),
        ("de-CH", 123450, "CHF", f"CHF{NBSP}1'234.50"),
        ("es", 123450, "EUR", f"1234,50{NBSP}€"),
        ("hy", 1200000, "AMD", f"12{NBSP}000{NBSP}֏"),
        ("hy", 1200050, "AMD", f"12{NBSP}000,50{NBSP}֏"),
        ("ja", 12000, "JPY", "￥12,000"),
        ("en", 1234500, "KWD", f"KWD{NBSP}1,234.500"),
        ("hi", 12345600, "INR", "₹1,23,456.00"),
        ("ru", 250000, "RUB", f"2{NBSP}500,00{NBSP}₽"),
        ("de", -500, "EUR", f"-5,00{NBSP}€"),
        ("en", 150000000, "IRR", f"IRR{NBSP}1,500,000"),
    ],
)
def test_money_reads_like_a_price_tag_of_the_place(tag, minor, currency, expected):
    """Whole amounts without the decimals nobody pays; never rounded."""
    assert expected == price(tag, minor, currency)


@pytest.mark.parametrize("currency", ["HUF", "IDR", "TWD", "AMD", "CZK", "SEK"])
def test_no_amount_is_ever_rounded_away(currency):
    """CLDR prints these without decimals; a price that has some keeps them."""
    assert "1,500" in price("en", 150000, currency)
    assert "1,500.05" in price("en", 150005, currency)


def test_iranians_count_in_toman():
    """ISO 4217 gives the rial two decimals: 150,000,000 minor units are 1,500,000 rial."""
    assert "۱۵۰٬۰۰۰ تومان" == price("fa-IR", 150_000_000, "IRR")
    assert "۱۲۳٫۴۵ تومان" == price("fa", 123_450, "IRR")
    assert "‎IRR ۱٬۵۰۰٬۰۰۰" == price("fa", 150_000_000, "IRR", display="code").replace(NBSP, " ")


def test_afghans_do_not_count_in_toman():
    """The unit belongs to a region, not to the language."""
    assert "تومان" not in price("fa-AF", 150_000_000, "IRR")


def test_the_code_can_replace_the_sign():
    """For tables in several currencies."""
    assert f"38,90{NBSP}EUR" == price("de", 3890, "EUR", display="code")


def test_numbers_and_percentages_follow_the_locale_and_the_wish_for_digits():
    """A Gulf shop may want 0-9, an Iranian one its own digits."""
    assert "۱۲٫۵" == localizer("fa").number(Decimal("12.5"))
    assert "12.5" == localizer("fa", digits="latn").number(Decimal("12.5"))
    assert "١٢٫٥" == localizer("ar", digits="native").number(Decimal("12.5"))
    assert "۲۵٪" == localizer("fa").percent(Fraction(1, 4))


@pytest.mark.parametrize(
    ("tag", "direction", "script", "formality"),
    [
        ("fa", "rtl", "Arab", "formal"),
        ("he-IL", "rtl", "Hebr", "neutral"),
        ("de-AT", "ltr", "Latn", "formal"),
        ("hy-AM", "ltr", "Armn", "formal"),
        ("zh-CN", "ltr", "Hans", "formal"),
        ("en", "ltr", "Latn", "neutral"),
    ],
)
def test_a_localizer_knows_its_direction_script_and_manner(tag, direction, script, formality):
    """What layouts and composers ask for."""
    found = localizer(tag)

    assert (direction, script, formality) == (
        found.direction,
        found.script,
        found.default_formality,
    )


def test_the_same_wish_gets_the_same_object():
    """Localizers are immutable, so sharing is safe and fast."""
    assert localizer("fa") is localizer("fa")
    assert localizer("fa") is not localizer("fa", digits="latn")
    with pytest.raises(AttributeError):
        localizer("fa").tag = "de"
    with pytest.raises(AttributeError):
        localizer("fa")._chain = ()


@pytest.mark.parametrize("tag", ["xx", "", "sr-Latn", "nonsense"])
def test_a_locale_without_catalogue_is_refused_with_the_choices(tag):
    """Never silently English."""
    with pytest.raises(MessageError, match=r"choose one of ar, de"):
        localizer(tag)


def test_arguments_are_isolated_by_their_kind():
    """Names in FSI, codes in LRI, numbers and dates too."""
    fa = localizer("fa")

    assert f"سفارش {isolate_ltr('A-1024')}" == fa.message("card.order.number", number="A-1024")
    assert f"تاریخ سفارش: {isolate('۳۰ آبان ۱۴۰۵')}" == fa.message(
        "card.order.date", date=date(2026, 11, 21)
    )
    assert f"موجودی: {isolate('۱٬۲۳۴')} امتیاز" == fa.message("card.points.balance", points=1234)


@pytest.mark.parametrize(
    ("tag", "points", "expected"),
    [
        ("en", 1, "1 point for this order"),
        ("en", 2, "2 points for this order"),
        ("ru", 1, "1 балл за этот заказ"),
        ("ru", 3, "3 балла за этот заказ"),
        ("ru", 11, "11 баллов за этот заказ"),
        ("ru", 21, "21 балл за этот заказ"),
        ("ar", 1, "نقطة واحدة عن هذا الطلب"),
        ("ar", 2, "نقطتان عن هذا الطلب"),
        ("ar", 5, "5 نقاط عن هذا الطلب"),
        ("ar", 11, "11 نقطة عن هذا الطلب"),
        ("he", 1, "נקודה אחת על הזמנה זו"),
        ("fa", 1, "۱ امتیاز برای این سفارش"),
        ("ja", 1, "今回のご注文で1ポイント"),
    ],
)
def test_a_count_takes_the_form_the_language_has_for_it(tag, points, expected):
    """CLDR plural categories."""
    text = localizer(tag).message("card.points.earned", points=points)

    assert expected == strip_isolates(text)


@pytest.mark.parametrize(
    ("count", "expected"), [(2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (22, "22nd")]
)
def test_english_ordinals_are_right(count, expected):
    """selectordinal with the categories of CLDR."""
    text = localizer("en").message("card.repeat.body", brand="X", count=count)

    assert f" {expected} order" in strip_isolates(text)


def test_a_variant_is_used_where_the_language_has_one_and_the_base_text_elsewhere():
    """Sparse: German distinguishes, a label does not."""
    de = localizer("de")

    assert "Ihre Bestellung" == de.message("email.summary.title", formality="formal")
    assert "Deine Bestellung" == de.message("email.summary.title", formality="warm")
    assert "Gesamt" == de.message("label.total", formality="warm")
    assert "Gesamt" == de.message("label.total", addressee="f")


def test_a_region_reads_its_languages_texts():
    """de-AT has formats of its own and the words of de."""
    assert localizer("de").message("label.total") == localizer("de-AT").message("label.total")


def test_an_unknown_key_is_refused_and_similar_ones_are_offered():
    """A typo is found when it is made."""
    with pytest.raises(MessageError, match=r"card\.signoff"):
        localizer("en").message("card.sign_off")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"points": 3, "brand": "X"},
        {"point": 3},
        {"points": "3"},
        {"points": True},
        {"points": 3.0},
        {"points": None},
    ],
)
def test_missing_surplus_and_wrong_arguments_are_refused(arguments):
    """The registry is the contract."""
    with pytest.raises(MessageError, match=r"card\.points\.earned"):
        localizer("en").message("card.points.earned", **arguments)


@pytest.mark.parametrize("tag", available_locales())
def test_every_message_can_be_said_in_every_manner(tag):
    """All keys, all formalities: balanced, complete, no brace left over."""
    speaker = localizer(tag)
    for key in REQUIRED:
        spec = REGISTRY[key]
        arguments = {param.name: SAMPLES[param.type] for param in spec.params}
        for formality in FORMALITIES:
            text = speaker.message(key, formality=formality, **arguments)

            assert text.strip() == text != ""
            assert is_balanced(text)
            assert "{" not in text
            assert "#" not in text


@given(
    text=st.text(max_size=200),
    count=st.integers(min_value=0, max_value=10**9),
    tag=st.sampled_from(available_locales()),
    key=st.sampled_from(REQUIRED),
)
def test_no_argument_can_break_a_message(text, count, tag, key):
    """Bidi controls, emoji, combining marks, markup: each stays in its isolate, digits in order."""
    spec = REGISTRY[key]
    values = {"text": text, "code": text, "count": count, "date": date(2026, 11, 21)}
    speaker = localizer(tag)
    said = speaker.message(key, **{param.name: values[param.type] for param in spec.params})

    assert is_balanced(said)
    for param in spec.params:
        # Up to the tenth order many languages have a word and write no digit.
        if param.type == "count" and key == "card.repeat.body" and count > WORDS_MAX:
            assert isolate(speaker.number(count)) in said


@pytest.mark.parametrize(
    ("tag", "count", "expected"),
    [
        ("fa", 2, "این دومین سفارش شما"),
        ("fa", 12, "این ۱۲مین سفارش شما"),
        ("ar", 3, "هذا طلبك الثالث من"),
        ("hi", 6, "आपका छठा ऑर्डर"),
        ("hi", 11, "आपका 11वाँ ऑर्डर"),
        ("ko", 4, "네 번째 주문"),
        ("vi", 4, "đơn hàng thứ tư"),
        ("id", 2, "yang kedua di"),
    ],
)
def test_an_ordinal_is_a_word_where_people_say_one(tag, count, expected):
    """Order number 4 could be read as its identifier; the fourth order cannot."""
    text = localizer(tag).message("card.repeat.body", brand="X", count=count)

    assert expected in strip_isolates(text)
