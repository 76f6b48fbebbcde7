"""What customers read of points, levels, rewards, friends and goals, word for word and in all."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest

from retention_sdk.l10n import available_locales, is_balanced, localizer, strip_isolates
from retention_sdk.l10n.loyalty_mail_specs import LOYALTY_MAIL_SPECS
from retention_sdk.l10n.loyalty_specs import LOYALTY_SPECS

DAY = date(2026, 12, 31)
SPECS = dict((*LOYALTY_SPECS, *LOYALTY_MAIL_SPECS))
# Written in other letters; what they say needs none of ours.
NON_LATIN = "ar el fa he hi hy ja ko ru th uk zh-Hans zh-Hant".split()
NATIVE = {"ar": "٠١٢٣٤٥٦٧٨٩", "fa": "۰۱۲۳۴۵۶۷۸۹", "hi": "०१२३४५६७८९"}


def said(tag, key, **values):
    return strip_isolates(localizer(tag).message(key, **values))


@pytest.mark.parametrize(
    ("tag", "points", "expected"),
    [
        ("en", 0, "You have no points yet."),
        ("en", 1, "You have 1 point."),
        ("en", 1240, "You have 1,240 points."),
        ("de", 1, "Sie haben 1 Punkt."),
        ("de", 1240, "Sie haben 1.240 Punkte."),
        ("fa", 0, "هنوز امتیازی ندارید."),
        ("fa", 1240, "۱٬۲۴۰ امتیاز دارید."),
        ("ja", 1240, "ポイント残高は1,240ポイントです。"),
        ("ar", 1, "في رصيدك نقطة واحدة."),
        ("ar", 2, "في رصيدك نقطتان."),
        ("ar", 5, "في رصيدك 5 نقاط."),
        ("ar", 22, "في رصيدك 22 نقطة."),
        ("hy", 1240, "Ձեր հաշվին 1240 միավոր կա։"),
        ("pl", 1, "Na koncie jest 1 punkt."),
        ("pl", 2, "Na koncie są 2 punkty."),
        ("pl", 12, "Na koncie jest 12 punktów."),
        ("pl", 22, "Na koncie są 22 punkty."),
    ],
)
def test_a_balance_is_told_in_the_plural_of_the_language(tag, points, expected):
    assert expected == said(tag, "loyalty.balance", points=points)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "300 points expire on December 31, 2026."),
        ("de", "300 Punkte verfallen am 31. Dezember 2026."),
        ("fa", "۳۰۰ امتیاز در ۱۰ دی ۱۴۰۵ منقضی می‌شود."),
        ("ja", "300ポイントの有効期限は2026年12月31日です。"),
        ("ar", "300 نقطة تنتهي صلاحيتها في 31 ديسمبر 2026."),
        ("hy", "300 միավորի ժամկետը լրանում է 31 դեկտեմբերի, 2026 թ.-ին։"),
        ("pl", "300 punktów traci ważność 31 grudnia 2026."),
    ],
)
def test_the_day_on_which_points_expire_is_of_the_calendar_of_the_region(tag, expected):
    assert expected == said(tag, "loyalty.expiring", points=300, date=DAY)


@pytest.mark.parametrize(
    ("tag", "orders", "expected"),
    [
        ("en", 1, "1 more order until Gold."),
        ("en", 3, "3 more orders until Gold."),
        ("de", 1, "Noch 1 Bestellung bis Gold."),
        ("de", 3, "Noch 3 Bestellungen bis Gold."),
        ("fa", 3, "۳ سفارش دیگر تا سطح Gold."),
        ("ja", 3, "Goldまであと3回のご注文です。"),
        ("ar", 1, "طلب واحد آخر إلى مستوى Gold."),
        ("ar", 3, "3 طلبات أخرى إلى مستوى Gold."),
        ("hy", 3, "Եվս 3 պատվեր մինչև Gold մակարդակ։"),
        ("pl", 1, "Jeszcze 1 zamówienie do poziomu Gold."),
        ("pl", 3, "Jeszcze 3 zamówienia do poziomu Gold."),
        ("pl", 5, "Jeszcze 5 zamówień do poziomu Gold."),
    ],
)
def test_the_way_to_the_next_level_is_counted(tag, orders, expected):
    assert expected == said(tag, "loyalty.progress.orders", orders=orders, tier="Gold")


@pytest.mark.parametrize(
    ("tag", "formality", "expected"),
    [
        ("de", "neutral", "Sie haben 3 Punkte."),
        ("de", "warm", "Du hast 3 Punkte."),
        ("fr", "neutral", "Vous avez 3 points."),
        ("fr", "warm", "Tu as 3 points."),
    ],
)
def test_a_brand_that_says_du_says_it_of_points_too(tag, formality, expected):
    text = localizer(tag).message("loyalty.balance", formality=formality, points=3)

    assert expected == strip_isolates(text)


def sample(spec, count):
    """Return values without a Latin letter or digit, so that those in the text are the text's."""
    values = {"text": "★", "code": "★", "count": count, "date": DAY}
    return {name: values[kind] for name, kind in spec.types.items()}


@pytest.mark.parametrize("tag", available_locales())
def test_nothing_is_left_to_fill_in_and_every_isolate_is_closed(tag):
    for formality in ("formal", "neutral", "warm"):
        for key, spec in SPECS.items():
            for count in (0, 1, 2, 5, 1234):
                values = sample(spec, count)
                text = localizer(tag).message(key, formality=formality, **values)
                assert not set("{}#|") & set(text), key
                assert is_balanced(text), key
                assert text == text.strip(), key
                assert "  " not in text, key


@pytest.mark.parametrize("tag", NON_LATIN)
def test_no_word_in_our_letters_stands_among_theirs(tag):
    foreign = {
        key: text
        for key, spec in SPECS.items()
        if re.search(r"[A-Za-z]{2}", text := said(tag, key, **sample(spec, 5)))
    }

    assert {} == foreign


@pytest.mark.parametrize("tag", NATIVE)
def test_native_digits_are_used_for_every_number_where_they_are_asked_for(tag):
    words = localizer(tag, digits="native")
    for key, spec in SPECS.items():
        text = words.message(key, **sample(spec, 1234))
        digits = {char for char in text if unicodedata.category(char) == "Nd"}
        assert digits <= set(NATIVE[tag]), key


@pytest.mark.parametrize("tag", available_locales())
def test_nobody_is_hurried_by_a_mark_of_exclamation(tag):
    """Base texts are calm; only a warm voice may be glad aloud."""
    loud = [
        key for key, spec in SPECS.items() if set("!！¡") & set(said(tag, key, **sample(spec, 5)))
    ]

    assert [] == loud


@pytest.mark.parametrize("tag", available_locales())
def test_a_label_of_the_history_ends_without_a_stop(tag):
    stops = ".。։।।"
    labels = [key for key in SPECS if key.startswith("loyalty.history.")]
    ending = [key for key in labels if said(tag, key, **sample(SPECS[key], 5))[-1] in stops]

    assert [] == ending
