"""What laws forbid in texts, and that nothing we ship says it."""

import tomllib
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.consent.lint_words import law_texts, law_words, opinion_words
from retention_sdk.consent.lints import CheckedText, covered, gift_cap, lint_text
from retention_sdk.inserts import FAMILIES
from retention_sdk.inserts.samples import sample_card
from retention_sdk.l10n import REGISTRY, available_locales, localizer
from retention_sdk.model import ContentKind
from retention_sdk.pipeline.law import lint_finished
from retention_sdk.testing import money

EVERYWHERE = frozenset("EU GB US CA CA-QC FR DE JP CN *".split())
REVIEW = frozenset({ContentKind.REVIEW_REQUEST})


def codes(text, language="en", **changes):
    document = CheckedText(texts={"body": text}, language=language, **changes)
    return [finding.code for finding in lint_text(document)]


def asked(text, language="en", **changes):
    return codes(text, language, content=REVIEW, **changes)


# Reviews ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Give us 5 stars!", "en"),
        ("Wir freuen uns über 5 Sterne.", "de-AT"),
        ("Un avis positif nous aiderait.", "fr"),
        ("星５をお願いします", "ja"),
        ("给个好评吧", "zh-Hans"),
        ("لطفاً پنج ستاره بدهید", "fa"),
    ],
)
def test_asking_for_a_certain_opinion_is_an_error_everywhere(text, language):
    assert ["review_positive_only"] == asked(text, language)


def test_paying_for_a_certain_opinion_is_the_graver_one():
    found = asked("Leave 5 stars and get a voucher.")

    assert ["review_bought", "review_reward_undisclosed"] == found


def test_an_offer_beside_a_request_counts_as_pay():
    assert ["review_reward_undisclosed"] == asked(
        "Tell us what you think.", offers={"coupon": "10 % until 1 May"}
    )
    assert [] == asked(
        "Whatever you think: tell us, and say that you got a code.",
        offers={"coupon": "10 % until 1 May"},
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Loved it? Review us. Unhappy? Write to us first.", "en"),
        ("Unzufrieden? Schreiben Sie uns, bevor Sie bewerten.", "de"),
        ("レビューを書く前にご連絡ください", "ja"),
        ("如不满意，请联系我们", "zh-Hans"),
    ],
)
def test_sending_the_unhappy_elsewhere_is_an_error(text, language):
    assert "review_gating" in asked(text, language)


@pytest.mark.parametrize(
    "text", ["Tell us what you think, praise and criticism alike.", "How was it?"]
)
def test_asking_for_an_opinion_is_fine(text):
    assert [] == asked(text)


def test_words_about_reviews_are_fine_where_nobody_asks_for_one():
    assert [] == codes(
        "Our bowls have 5 stars and a discount.", places=EVERYWHERE - {"FR", "CA-QC"}
    )


# Offers, senders, gifts ---------------------------------------------------------------------


def test_offer_without_its_terms_is_a_warning():
    assert ["offer_without_terms"] == codes("Ten percent.", offers={"coupon": " "})
    assert [] == codes("Ten percent.", offers={"coupon": "until 1 May, once"})


def test_advertising_says_who_it_is_from():
    assert ["sender_missing"] == codes("News.", sender="")
    assert [] == codes("News.", sender="Soap & Sons GmbH")
    assert [] == codes("Your order left.", sender="", is_marketing=False)


@pytest.mark.parametrize(
    ("sale", "cap"),
    [
        ("0 JPY", "200 JPY"),
        ("999 JPY", "200 JPY"),
        ("1000 JPY", "200 JPY"),
        ("1005 JPY", "201 JPY"),
        ("5000 JPY", "1000 JPY"),
    ],
)
def test_a_gift_in_japan_is_worth_200_yen_or_a_fifth_of_the_sale(sale, cap):
    assert cap == str(gift_cap(money(sale)))


@pytest.mark.parametrize(
    ("gift", "sale", "places", "expected"),
    [
        ("200 JPY", "500 JPY", {"JP"}, []),
        ("201 JPY", "500 JPY", {"JP"}, ["gift_above_cap"]),
        ("1000 JPY", "5000 JPY", {"JP"}, []),
        ("1001 JPY", "5000 JPY", {"JP"}, ["gift_above_cap"]),
        ("1001 JPY", "5000 JPY", {"DE"}, []),
        ("5.00 EUR", "5000 JPY", {"JP"}, ["gift_above_cap"]),
        ("100 JPY", None, {"JP"}, ["gift_above_cap"]),
    ],
)
def test_gift_above_the_cap_or_of_unknown_worth_is_an_error(gift, sale, places, expected):
    amounts = {"gift": money(gift), "sale": money(sale) if sale else None}

    assert expected == codes("A gift for you.", places=frozenset(places), **amounts)


# Languages, labels, words -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "places", "expected"),
    [
        ("en", {"FR", "EU"}, ["language_missing_fr"]),
        ("fr", {"FR", "EU"}, []),
        ("fr-CA", {"CA-QC", "CA"}, []),
        ("en", {"CA-QC", "CA"}, ["language_missing_qc"]),
        ("en", {"CA"}, []),
        ("de", {"DE", "EU"}, []),
    ],
)
def test_french_is_asked_for_in_france_and_quebec(language, places, expected):
    assert expected == codes("Bonjour", language, places=frozenset(places))


def test_french_beside_another_language_is_enough():
    beside = frozenset({"fr-CA"})

    assert [] == codes("Hello", places=frozenset({"CA-QC"}), other_languages=beside)


def test_label_has_to_stand_in_the_subject():
    def subject(text, **changes):
        document = CheckedText(
            texts={"subject": text}, language="ko", labels=("(광고) ",), **changes
        )
        return [finding.code for finding in lint_text(document)]

    assert ["label_missing"] == subject("봄 소식")
    assert [] == subject("(광고) 봄 소식")
    assert [] == subject("주문 확인", is_marketing=False)


@pytest.mark.parametrize(
    ("text", "language", "places", "expected"),
    [
        ("国家级品质", "zh-Hans", {"CN"}, ["superlative"]),
        ("国家级品质", "zh-Hans", {"SG"}, []),
        ("19 EUR plus VAT", "en", {"EU"}, ["price_without_tax"]),
        ("19 EUR zzgl. MwSt.", "de", {"DE", "EU"}, ["price_without_tax"]),
        ("19 USD plus VAT", "en", {"US"}, []),
        ("Ask your parents to buy it!", "en", {"US"}, ["children_urged"]),
    ],
)
def test_words_that_a_law_names_are_found_where_it_holds(text, language, places, expected):
    assert expected == codes(text, language, places=frozenset(places))


def test_invisible_and_wide_characters_hide_no_word():
    assert ["review_positive_only"] == asked("Give us 5\u200b stars")
    assert ["review_positive_only"] == asked("Give us ５ ｓｔａｒｓ")


def test_finding_says_where_why_and_the_way_out():
    (finding,) = lint_text(
        CheckedText(texts={"body[1]": "5 stars, please"}, language="en", content=REVIEW)
    )

    assert ("error", "body[1]") == (finding.severity, finding.place)
    assert "16 CFR 465.4" in finding.citation
    assert finding.way_out
    assert str(finding).startswith("body[1]: asks for a review and says '5 star'")


@given(
    text=st.text(max_size=80),
    language=st.sampled_from(["en", "zh-Hant", "fa", "xx", "", "-"]),
    content=st.frozensets(st.sampled_from(ContentKind)),
)
def test_no_text_makes_it_raise_and_errors_come_first(text, language, content):
    document = CheckedText(
        texts={"body": text, "subject": text},
        language=language,
        content=content,
        places=EVERYWHERE,
        offers={"coupon": text},
        sender=text,
        labels=(text,),
    )
    severities = [finding.severity for finding in lint_text(document)]

    assert sorted(severities) == severities
    assert lint_text(document) == lint_text(document)


# The data -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(law_texts()))
def test_every_law_has_a_citation_and_a_way_out(code):
    law = law_texts()[code]

    assert code == law.code
    assert law.severity in {"error", "warning"}
    assert 10 < len(law.citation)
    assert law.way_out


def test_word_lists_belong_to_laws_and_are_in_languages_we_have():
    shipped = {tag.partition("-")[0] for tag in available_locales()}
    lists = {**law_words(), **opinion_words()}

    assert set(law_words()) - set(law_texts()) == {"reward_disclosed"}
    for code, table in lists.items():
        assert set(table) <= shipped, code
        assert all(words and all(map(str.strip, words)) for words in table.values()), code
        assert len(table) == len(dict.fromkeys(table))


def test_what_is_not_covered_is_known():
    """The docs say how many languages each question is asked in; these are the counts."""
    assert {
        "review_positive_only": 24,
        "review_gating": 19,
        "children_urged": 13,
        "price_without_tax": 10,
        "superlative": 1,
        "language_missing_fr": 0,
    } == {
        code: len(covered(code))
        for code in (
            "review_positive_only",
            "review_gating",
            "children_urged",
            "price_without_tax",
            "superlative",
            "language_missing_fr",
        )
    }


def test_no_law_claims_to_be_read_that_was_not():
    source = files("retention_sdk.consent") / "data" / "lints.toml"
    tables = tomllib.loads(source.read_text(encoding="utf-8"))

    assert {"label_missing"} == {
        name for name, table in tables.items() if name != "words" and table["is_read"]
    }


# Ours ---------------------------------------------------------------------------------------


def samples_of(spec):
    known = {"text": "x", "code": "CODE1", "count": 3, "date": date(2026, 5, 1)}
    return {name: known[kind] for name, kind in spec.types.items()}


@pytest.mark.parametrize("locale", available_locales())
def test_no_shipped_text_breaks_a_law(locale):
    """Every message of the catalogue, as if it asked for a review and as if it advertised."""
    found = {}
    for formality in ("formal", "neutral", "warm"):
        words = localizer(locale)
        for key, spec in REGISTRY.items():
            if not words.can_say(key):
                continue
            text = words.message(key, formality=formality, **samples_of(spec))
            content = REVIEW if "review" in key else frozenset({ContentKind.THANKS})
            document = CheckedText(
                texts={key: text},
                language=locale,
                places=EVERYWHERE,
                content=content,
                other_languages=frozenset({"fr"}),
            )
            if findings := lint_text(document):
                found[formality, key] = [str(each) for each in findings]

    assert {} == found


@pytest.mark.parametrize("locale", available_locales())
def test_no_shipped_card_breaks_a_law(locale):
    """Whole cards with their offers; a card in one language is told apart by the place it is for."""
    places = EVERYWHERE - {"FR", "CA-QC"}
    found = {
        template: lint_finished(sample_card(template, locale), places=places)
        for template in FAMILIES
    }

    assert {} == {template: each for template, each in found.items() if each}
