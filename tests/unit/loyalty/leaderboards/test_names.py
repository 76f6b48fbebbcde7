"""Names on a leaderboard tell nothing of who it is, and cannot be taken for another's."""

from __future__ import annotations

import random

import pytest

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty.leaderboards import check_name, likeness, make_names
from retention_sdk.loyalty.leaderboards.display_names import FIRST_WORDS, SECOND_WORDS


@pytest.mark.parametrize(
    "name",
    [
        "Swift Otter",
        "Otter 77",
        "Anne-Marie's cat",
        "Žofie",
        "Ελπίδα",
        "Снегирь",
        "پروانهٔ آبی",
        "می‌خوانم",
        "दीपक",
        "さくら猫",
        "고양이",
        "a.b",
    ],
)
def test_names_of_every_script_are_shown_as_they_are(name):
    assert name == check_name(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x", "2 to 24"),
        ("x" * 25, "2 to 24"),
        ("ada@example.org", "address"),
        ("ada＠example", "address"),
        ("shop.example", "address"),
        ("www ada", "address"),
        ("https ada", "address"),
        ("ada dot com", "address"),
        ("ada 0171 234", "digits"),
        ("۰۹۱۲۳۴ ada", "digits"),
        ("o１２３４５", "digits"),
        ("½¾½¾½ ada", "digits"),
        ("ada\u202eadA", "invisible"),
        ("ada\u200bbob", "invisible"),
        ("ad\u200da", "invisible"),
        ("ada\x07", "invisible"),
        ("ad\ue000a", "invisible"),
        ("ada <b>", "only letters"),
        ("ada 😀", "only letters"),
        ("12-34", "no letter"),
        ("Аda", "one script"),
        ("a\u0301\u0302\u0303\u0304b", "marks"),
        ("Admin", "speaks for the shop"),
        ("adm1n Eve", "speaks for the shop"),
        ("ＳＵＰＰＯＲＴ", "speaks for the shop"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason_and_without_quoting_it(name, reason):
    with pytest.raises(LedgerError, match=reason) as caught:
        check_name(name)

    assert name not in str(caught.value)


@pytest.mark.parametrize("name", ["Lovelace", "the l0velace", "Ada-Lovelace", "ＬＯＶＥＬＡＣＥ"])
def test_ones_own_name_is_refused_however_it_is_written(name):
    with pytest.raises(LedgerError, match="tells nothing"):
        check_name(name, refused=("Lovelace", "Li"))


def test_two_letters_of_a_name_are_in_too_many_words_to_refuse():
    assert "Olive" == check_name("Olive", refused=("Li",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bob", "ВОВ"),  # Cyrillic
        ("BOB", "ΒΟΒ"),  # Greek
        ("Bob", "b0b"),
        ("Mila", "M1la"),
        ("Iris", "lris"),
        ("Max", "rnax"),
        ("will", "vvill"),
        ("Ada", "ＡＤＡ"),
        ("Swift Otter", "swift-otter"),
        ("\u0639\u0644\u06cc", "\u0639\u0644\u064a"),  # Persian and Arabic yeh
    ],
)
def test_names_that_look_alike_have_one_likeness(one, other):
    assert likeness(one) == likeness(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("cat", "oat"), ("Rut", "Tyz"), ("Rose", "Röse"), ("nun", "uuu"), ("en", "hn")],
)
def test_names_that_one_can_tell_apart_have_not(one, other):
    assert likeness(one) != likeness(other)


def test_made_names_pass_the_same_check_and_soon_get_a_number():
    chance = random.Random(7)
    names = make_names(chance.randrange)
    made = [next(names) for _ in range(60)]

    assert made == [check_name(name) for name in made]
    assert made[0].isascii()
    assert not any(char.isdigit() for char in made[0])
    assert made[-1].split()[-1].isdigit()


def test_no_word_tells_of_people_and_each_is_there_once():
    assert (30, 30) == (len(set(FIRST_WORDS)), len(set(SECOND_WORDS)))
    assert all(f"{a} {b}" == check_name(f"{a} {b}") for a in FIRST_WORDS for b in SECOND_WORDS)
