from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n import available_locales, is_balanced, localizer, strip_isolates
from retention_sdk.model import Customer

ANNA = Customer(given_name="Anna", family_name="Müller")
YAMADA = Customer(given_name="太郎", family_name="山田")


def greet(tag, customer, formality="formal", relation="first", addressee=""):
    found = localizer(tag).salutation(
        customer, formality=formality, relation=relation, addressee=addressee
    )
    return strip_isolates(found.text)


@pytest.mark.parametrize(
    ("tag", "customer", "formality", "expected"),
    [
        ("en", ANNA, "formal", "Dear Anna Müller,"),
        ("en", ANNA, "neutral", "Hello Anna,"),
        ("en", ANNA, "warm", "Hello Anna!"),
        ("de", ANNA, "formal", "Guten Tag Anna Müller,"),
        ("de", ANNA, "warm", "Hallo Anna!"),
        ("fr", ANNA, "warm", "Bonjour Anna\N{NARROW NO-BREAK SPACE}!"),
        ("ru", ANNA, "formal", "Здравствуйте, Anna Müller!"),
        ("ja", YAMADA, "formal", "山田太郎様"),
        ("ja", YAMADA, "neutral", "山田様"),
        ("ja", Customer(given_name="John", family_name="Smith"), "neutral", "John Smith様"),
        ("ja", Customer(given_name="철수", family_name="김"), "neutral", "김철수様"),
        ("ja", Customer(company="山田商店"), "formal", "山田商店 御中"),
        ("ko", Customer(given_name="철수", family_name="김"), "neutral", "김철수님, 안녕하세요"),
        ("zh-Hans", Customer(full_name="李雷"), "formal", "尊敬的李雷："),
        ("th", Customer(given_name="สมชาย", family_name="ใจดี"), "formal", "เรียน คุณสมชาย"),
        ("hi", Customer(given_name="अनिल"), "neutral", "नमस्ते अनिल जी,"),
        ("fa", Customer(full_name="علی رضایی"), "warm", "سلام علی رضایی!"),
        (
            "hy",
            Customer(given_name="ԱՆԻ", family_name="ՍԵՎԱԿՅԱՆ"),
            "formal",
            "Հարգելի՛ Անի Սևակյան,",
        ),
        ("en", YAMADA, "warm", "Hello 山田太郎!"),
        ("zh-Hant", Customer(given_name="怡君", family_name="陳"), "formal", "敬愛的陳怡君："),
        ("zh-Hant", Customer(full_name="陳怡君"), "neutral", "陳怡君，您好："),
        ("vi", Customer(given_name="Mai", family_name="Nguyễn"), "neutral", "Xin chào Mai,"),
        ("id", Customer(given_name="Suharto"), "formal", "Yth. Bapak/Ibu Suharto,"),
        ("id", Customer(given_name="Suharto"), "neutral", "Halo Suharto,"),
    ],
)
def test_a_customer_is_addressed_as_is_polite_in_the_language(tag, customer, formality, expected):
    """Order, honorific and as much of the name as fits the formality."""
    assert expected == greet(tag, customer, formality)


@pytest.mark.parametrize(
    ("tag", "customer", "woman", "man", "untold"),
    [
        (
            "fa",
            Customer(given_name="نگار", family_name="محمدیان"),
            "خانم محمدیان گرامی،",
            "آقای محمدیان گرامی،",
            "نگار محمدیان گرامی،",
        ),
        (
            "fa",
            Customer(family_name="رضایی"),
            "با سلام، خانم رضایی،",
            "با سلام، آقای رضایی،",
            "با سلام و احترام،",
        ),
        (
            "ar",
            Customer(full_name="نور الهاشمي"),
            "السيدة نور الهاشمي، تحية طيبة،",
            "السيد نور الهاشمي، تحية طيبة،",
            "تحية طيبة، نور الهاشمي،",
        ),
        (
            "he",
            Customer(full_name="טל כהן"),
            "לכבוד גב׳ טל כהן,",
            "לכבוד מר טל כהן,",
            "לכבוד טל כהן,",
        ),
        (
            "zh-Hant",
            Customer(given_name="怡君", family_name="陳"),
            "敬愛的陳女士：",
            "敬愛的陳先生：",
            "敬愛的陳怡君：",
        ),
        (
            "zh-Hans",
            Customer(full_name="John Smith"),
            "尊敬的John Smith女士：",
            "尊敬的John Smith先生：",
            "尊敬的John Smith：",
        ),
        (
            "hi",
            Customer(given_name="किरण", family_name="शर्मा"),
            "नमस्कार सुश्री किरण शर्मा जी,",
            "नमस्कार श्री किरण शर्मा जी,",
            "नमस्कार किरण शर्मा जी,",
        ),
        (
            "vi",
            Customer(given_name="Minh", family_name="Nguyễn"),
            "Kính gửi Bà Nguyễn Minh,",
            "Kính gửi Ông Nguyễn Minh,",
            "Kính gửi Quý khách Nguyễn Minh,",
        ),
        (
            "id",
            Customer(full_name="Dewi"),
            "Yth. Ibu Dewi,",
            "Yth. Bapak Dewi,",
            "Yth. Bapak/Ibu Dewi,",
        ),
        ("ja", YAMADA, "山田太郎様", "山田太郎様", "山田太郎様"),
    ],
)
def test_a_title_is_used_where_the_customer_told_a_gender(tag, customer, woman, man, untold):
    """Never guessed from a name; 様 needs no telling."""
    assert woman == greet(tag, customer, addressee="f")
    assert man == greet(tag, customer, addressee="m")
    assert untold == greet(tag, customer)


@pytest.mark.parametrize("tag", available_locales())
def test_a_title_without_a_name_addresses_nobody(tag):
    """No "Dear Mrs," in any language."""
    for formality in ("formal", "neutral", "warm"):
        assert greet(tag, None, formality) == greet(tag, None, formality, addressee="f")


@pytest.mark.parametrize(
    ("tag", "formality", "expected"),
    [
        ("en", "neutral", "Hello,"),
        ("vi", "neutral", "Xin chào bạn,"),
        ("th", "formal", "เรียน ท่านลูกค้า"),
        ("zh-Hans", "formal", "尊敬的顾客："),
    ],
)
def test_a_lone_family_name_is_not_called_out(tag, formality, expected):
    """Checkouts may ask for the family name only; "Hello Smith" is brusque."""
    family = "李" if tag == "zh-Hans" else "Smith"

    assert expected == greet(tag, Customer(family_name=family), formality)


def test_a_lone_family_name_is_polite_with_some_honorifics():
    """様 and जी carry it; in Indonesia it is likely to be the only name there is."""
    assert "佐藤様" == greet("ja", Customer(family_name="佐藤"), "neutral")
    assert "नमस्कार शर्मा जी," == greet("hi", Customer(family_name="शर्मा"))
    assert "Halo Suharto," == greet("id", Customer(family_name="Suharto"), "neutral")
    assert "Hello Anna Müller," == greet("en", Customer(family_name="Anna Müller"), "neutral")


def test_a_family_name_goes_first_where_its_own_language_puts_it():
    """In a Vietnamese text Nguyễn stands before Mai, and Smith behind John."""
    mai = Customer(given_name="Mai", family_name="Nguyen")
    john = Customer(given_name="John", family_name="Smith")

    assert "Kính gửi Quý khách Nguyen Mai," == greet("vi", mai)
    assert "Kính gửi Quý khách John Smith," == greet("vi", john)
    assert "Dear Mai Nguyen," == greet("en", mai)


def test_thai_sets_foreign_letters_off():
    """คุณสมชาย is one word, คุณ John is two."""
    assert "เรียน คุณ John" == greet("th", Customer(given_name="John"))


def test_a_firm_in_the_name_field_is_addressed_as_a_firm():
    """御中, not 様; and nobody is called by the first half of a firm."""
    assert "株式会社山田 御中" == greet("ja", Customer(full_name="株式会社山田"))
    assert "Yth. PT Maju Jaya," == greet("id", Customer(full_name="PT Maju Jaya"))
    assert "Hallo!" == greet("de", Customer(given_name="Müller", family_name="GmbH"), "warm")


def test_a_name_is_left_out_where_the_language_would_have_to_bend_it():
    """Greek vocative: Μαρία stays Μαρία, Γιώργος does not stay Γιώργος."""
    assert "Γεια σας, Μαρία," == greet("el", Customer(given_name="Μαρία"), "neutral")
    assert "Γεια σας," == greet("el", Customer(given_name="Γιώργος"), "neutral")


def test_persian_joins_a_name_only_where_its_ending_allows():
    """«زهرا گرامی» would want an extra letter; «علی محمدیان گرامی» does not."""
    assert "علی محمدیان گرامی،" == greet("fa", Customer(full_name="علی محمدیان"))
    assert "با سلام، زهرا،" == greet("fa", Customer(given_name="زهرا"))


@pytest.mark.parametrize("customer", [None, Customer(), Customer(given_name="-", full_name=".")])
@pytest.mark.parametrize("tag", available_locales())
def test_without_a_name_there_is_still_a_salutation(tag, customer):
    """In every language and formality, for guests and for those who typed a dash."""
    for formality in ("formal", "neutral", "warm"):
        for relation in ("first", "repeat"):
            found = localizer(tag).salutation(customer, formality=formality, relation=relation)

            assert found.text
            assert f"{formality}, no name" == found.reason


def test_somebody_who_comes_back_is_told_so():
    """Warm brands only; formal ones keep the same opening."""
    assert "Hello again, Anna!" == greet("en", ANNA, "warm", "repeat")
    assert "Dear Anna Müller," == greet("en", ANNA, "formal", "repeat")


def test_the_reason_says_which_parts_were_used_and_names_nobody():
    """It is stored with the decision."""
    found = localizer("de").salutation(ANNA, formality="formal")

    assert "formal, full name" == found.reason


@given(
    name=st.text(max_size=200),
    tag=st.sampled_from(available_locales()),
    formality=st.sampled_from(("formal", "neutral", "warm")),
    addressee=st.sampled_from(("", "f", "m")),
)
def test_no_name_can_break_a_salutation(name, tag, formality, addressee):
    """Markup, emoji, controls, two hundred letters: isolated text, nothing else."""
    customer = Customer(given_name=name, family_name=name[::-1])
    found = localizer(tag).salutation(customer, formality=formality, addressee=addressee)

    assert is_balanced(found.text)
