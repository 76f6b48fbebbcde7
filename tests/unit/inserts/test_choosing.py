"""Which card is chosen, and the reason that is told: one row per case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import PluginError
from retention_sdk.inserts import FAMILIES, InsertSettings, choose_insert
from retention_sdk.inserts.facts import days_to, read_facts
from retention_sdk.inserts.rules import Rule, When, conditions, why_met
from retention_sdk.inserts.settings import is_held_out, share_of, variant_of
from retention_sdk.model import (
    Block,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    History,
    LoyaltyState,
    Parcel,
)
from retention_sdk.testing import builders as b

DAY = timedelta(days=1)
ALL = {"holdout_ratio": 0}
TIERS = {"gold": {"name": {"en": "Gold"}, "benefits": {"en": ["Free shipping"]}}}
CARE = [{"skus": ["SOAP-1"], "steps": {"en": ["Keep it dry"]}, "url": "https://soap.example/care"}]
REFERRAL = {"friend": {"percent": 10}, "own": {"amount": "5.00 EUR"}, "url": "https://a.example"}


def shop_settings(**values):
    return InsertSettings.model_validate(ALL | values)


def chosen(context, **values):
    return choose_insert(context, shop_settings(**values))


def yes_to_inserts(**changes):
    consent = b.a_consent(ConsentState.GRANTED, channel=ConsentChannel.PARCEL_INSERT)
    return b.a_customer(consents=(consent,), **changes)


def rule(template, **when):
    return {"rules": [{"template": template, "when": when}]}


def line(**changes):
    return b.an_order(lines=(b.a_line(**changes),))


BUILT_IN = [
    ("first order of an account", {}, {}, "first_order_welcome", "the first order"),
    ("repeat", {"history": History(orders_count=2)}, {}, "repeat_customer", "ordered before"),
    ("guest", {"customer": b.a_customer(id="")}, {}, "thank_you", "any order deserves"),
    (
        "tier reached",
        {"loyalty": LoyaltyState(tier="gold", tier_before="silver")},
        {"tiers": TIERS},
        "vip_tier_up",
        "reached a tier",
    ),
    (
        "birthday in three days, and a yes",
        {"customer": yes_to_inserts(birthday="11-23")},
        {},
        "birthday",
        "birthday",
    ),
    (
        "a year since the first order, and a yes",
        {
            "customer": yes_to_inserts(),
            "history": History(orders_count=3, first_order_at=b.NOON - 367 * DAY),
        },
        {},
        "anniversary",
        "day of the first order",
    ),
    (
        "back after a year",
        {"history": History(orders_count=3, last_order_at=b.NOON - 366 * DAY)},
        {},
        "winback_gift",
        "366 days before",
    ),
    (
        "three days late",
        {"order": b.an_order(ship_by=b.NOON - 3 * DAY)},
        {},
        "apology_late",
        "3 days later than promised",
    ),
    (
        "the last box",
        {"order": b.an_order(subscription="last")},
        {"survey": {"url": "https://a.example/why"}},
        "exit_survey",
        "last",
    ),
    (
        "a product with a guide, bought by a guest",
        {"customer": b.a_customer(id="")},
        {"care": CARE},
        "care_guide",
        "there is a guide",
    ),
    ("gift", {"order": b.an_order(is_gift=True)}, {}, "gift_message", "a gift"),
]


@pytest.mark.parametrize(
    ("changes", "values", "template", "why"),
    [case[1:] for case in BUILT_IN],
    ids=[case[0] for case in BUILT_IN],
)
def test_our_rules_choose_and_say_why(changes, values, template, why):
    decision = chosen(b.a_context(**changes), **values)

    assert template == decision.template
    assert why in decision.reasons[0]
    assert "plain_thanks" == decision.candidates[-1].template


NOT_CHOSEN = [
    ("birthday without a yes", {"customer": b.a_customer(birthday="11-23")}, {}, "birthday"),
    ("birthday eight days off", {"customer": yes_to_inserts(birthday="11-28")}, {}, "birthday"),
    (
        "anniversary without a yes",
        {"history": History(orders_count=3, first_order_at=b.NOON - 366 * DAY)},
        {},
        "anniversary",
    ),
    (
        "a first order this week is no anniversary",
        {
            "customer": yes_to_inserts(),
            "history": History(orders_count=1, first_order_at=b.NOON - 2 * DAY),
        },
        {},
        "anniversary",
    ),
    (
        "back after half of the days",
        {"history": History(orders_count=3, last_order_at=b.NOON - 90 * DAY)},
        {},
        "winback_gift",
    ),
    ("one day late", {"order": b.an_order(ship_by=b.NOON - DAY)}, {}, "apology_late"),
    ("nothing promised", {}, {}, "apology_late"),
    ("a middle box", {"order": b.an_order(subscription="renewal")}, {}, "exit_survey"),
    (
        "the tier is as before",
        {"loyalty": LoyaltyState(tier="gold", tier_before="gold")},
        {"tiers": TIERS},
        "vip_tier_up",
    ),
    (
        "another product",
        {"order": line(sku="OTHER"), "customer": b.a_customer(id="")},
        {"care": CARE},
        "care_guide",
    ),
]


@pytest.mark.parametrize(
    ("changes", "values", "template"),
    [case[1:] for case in NOT_CHOSEN],
    ids=[case[0] for case in NOT_CHOSEN],
)
def test_our_rules_leave_what_does_not_fit(changes, values, template):
    decision = chosen(b.a_context(**changes), **values)
    assert template not in {candidate.template for candidate in decision.candidates}


OWN = [
    ("nth", {"order": [3]}, {"history": History(orders_count=2)}, "order number 3"),
    ("every", {"every": 5}, {"history": History(orders_count=9)}, "a multiple of 5"),
    ("tier", {"tiers": ["Gold"]}, {"loyalty": LoyaltyState(tier="gold")}, "tier is Gold"),
    ("product", {"products": ["p-7"]}, {"order": line(product_id="P-7")}, "product p-7"),
    ("sku", {"skus": ["SOAP-1"]}, {}, "holds SOAP-1"),
    ("category", {"categories": ["Knives"]}, {"order": line(categories=("knives",))}, "Knives"),
    ("country", {"countries": ["DE", "AT"]}, {}, "goes to DE"),
    ("amount", {"total_min": "12.00 EUR"}, {}, "12.00 EUR or more"),
    ("small amount", {"total_max": "12.00 EUR"}, {}, "12.00 EUR or less"),
    ("tag of the customer", {"tags": ["vip"]}, {"customer": b.a_customer(tags=("VIP",))}, "vip"),
    ("tag of the order", {"tags": ["press"]}, {"order": b.an_order(tags=("press",))}, "press"),
    ("segment of a plugin", {"tags": ["b2b"]}, {"extras": {"crm": {"card": {"tags": ["b2b"]}}}}, "b2b"),
    ("channel", {"sales_channels": ["pos"]}, {"order": b.an_order(sales_channel="POS / Berlin")}, "pos"),
    ("no first order", {"is_first": False}, {"history": History(orders_count=1)}, "not the first"),
    ("all of several", {"countries": ["DE"], "total_min": "1.00 EUR"}, {}, "goes to DE, the order"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "changes", "why"), [case[1:] for case in OWN], ids=[case[0] for case in OWN]
)
def test_a_rule_of_the_shop_goes_before_ours(when, changes, why):
    decision = chosen(b.a_context(**changes), referral=REFERRAL, **rule("referral", **when))

    assert "referral" == decision.template
    assert why in decision.reasons[0]


OWN_NOT = [
    ("another number", {"order": [3]}, {}),
    ("not a multiple", {"every": 5}, {"history": History(orders_count=5)}),
    ("no tier", {"tiers": ["gold"]}, {}),
    ("another country", {"countries": ["AT"]}, {}),
    ("a cent too little", {"total_min": "12.01 EUR"}, {}),
    ("another currency", {"total_min": "1.00 USD"}, {}),
    ("a cent too much", {"total_max": "11.99 EUR"}, {}),
    ("one of two fails", {"countries": ["DE"], "skus": ["OTHER"]}, {}),
]


@pytest.mark.parametrize(
    ("when", "changes"), [case[1:] for case in OWN_NOT], ids=[case[0] for case in OWN_NOT]
)
def test_a_rule_that_is_not_met_changes_nothing(when, changes):
    context = b.a_context(**changes)
    with_rule = chosen(context, referral=REFERRAL, **rule("referral", **when))
    assert chosen(context).candidates == with_rule.candidates


def test_every_condition_has_a_case_here():
    tried = {name for _, when, *_ in OWN for name in when}
    ours = set(When(birthday_days=1, anniversary_days=1, away_days=1, late_days=1, is_repeat=True,
                    is_new_tier=True, subscription=("last",), has_permission=True)
               .model_dump(exclude_defaults=True))  # fmt: skip

    assert set(conditions()) == tried | ours
    assert set(conditions()) == set(When.model_fields)


# Slots ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("referral", "referral_url"),
        ("review_request", "review_url"),
        ("return_instructions", "returns_url"),
        ("brand_story", "story"),
        ("vip_tier_up", "benefits"),
        ("exit_survey", "survey_url"),
        ("care_guide", "care_steps"),
        ("gift_message", "not a gift"),
        ("midsummer", "no plugin"),
    ],
)
def test_a_family_without_its_words_is_skipped_and_told(template, missing):
    decision = chosen(b.a_context(), **rule(template))

    assert "first_order_welcome" == decision.template
    assert any(missing in each for each in decision.skipped if each.startswith(template))


def test_words_in_another_language_are_no_words():
    context = b.a_context(
        customer=b.a_customer(id=""),
        locale="de",
        loyalty=LoyaltyState(tier="gold", tier_before=""),
    )
    decision = chosen(context, tiers=TIERS, care=CARE)
    assert ["thank_you", "plain_thanks"] == [each.template for each in decision.candidates]


def test_families_a_shop_skips_are_never_chosen():
    late = b.a_context(order=b.an_order(ship_by=b.NOON - 9 * DAY))
    assert "first_order_welcome" == chosen(late, skip=["apology_late"]).template


def test_a_rule_for_the_plain_card_ends_the_list():
    decision = chosen(b.a_context(), **rule("plain_thanks", countries=["DE"]))
    assert ["plain_thanks"] == [each.template for each in decision.candidates]
    assert "goes to DE" in decision.reasons[0]


def test_an_apology_is_owed_to_who_wants_no_advertising():
    """With the name it is marketing, and may be refused; without it is about the order."""
    named, unnamed, *_ = chosen(b.a_context(order=b.an_order(ship_by=b.NOON - 3 * DAY))).candidates

    assert ("apology_late", "apology_late") == (named.template, unnamed.template)
    assert (True, False) == (named.is_personalised, unnamed.is_personalised)
    assert "transactional" == unnamed.message_class


def test_offers_are_declared_before_anybody_decides():
    back = {"history": History(orders_count=3, last_order_at=b.NOON - 366 * DAY)}
    bare = chosen(b.a_context(**back)).candidates[0]
    offer = chosen(b.a_context(**back), offers={"winback_gift": {"percent": 10}}).candidates[0]

    assert ContentKind.COUPON not in bare.content
    assert ContentKind.COUPON in offer.content


def test_blocks_of_plugins_keep_off_apologies():
    coupon = Block(content=ContentKind.COUPON, text="THANKS-10", surface="card")
    late = b.a_context(order=b.an_order(ship_by=b.NOON - 3 * DAY))
    decision = choose_insert(late, shop_settings(), blocks=(coupon,))

    assert not any(c.blocks for c in decision.candidates if c.template == "apology_late")
    assert any(c.blocks for c in decision.candidates)


# Parcels and channels ------------------------------------------------------------------------


def split_order(*statuses):
    """An order whose lines leave in one parcel each."""
    lines = tuple(b.a_line(id=f"l{i}") for i, _ in enumerate(statuses))
    fulfilments = tuple(
        Fulfilment(
            id=f"f{i}",
            status=status,
            lines=(FulfilmentLine(line_id=f"l{i}", quantity=1),),
            parcels=(Parcel(id=f"p{i}"),),
        )
        for i, status in enumerate(statuses)
    )
    return b.an_order(f"{12 * len(statuses)}.00 EUR", lines=lines, fulfilments=fulfilments)


SHIPPED, PLANNED = FulfilmentStatus.SHIPPED, FulfilmentStatus.PLANNED


@pytest.mark.parametrize(
    ("statuses", "further", "expected"),
    [
        ((PLANNED, PLANNED), "none", "first_order_welcome"),
        ((SHIPPED, PLANNED), "none", ""),
        ((SHIPPED, PLANNED), "plain", "plain_thanks"),
        ((SHIPPED, PLANNED), "same", "first_order_welcome"),
        ((FulfilmentStatus.CANCELLED, PLANNED), "none", "first_order_welcome"),
        ((SHIPPED, SHIPPED), "same", ""),
    ],
)
def test_one_card_lies_in_the_first_parcel_unless_the_shop_wants_more(statuses, further, expected):
    context = b.a_context(order=split_order(*statuses))
    assert expected == chosen(context, further_parcels=further).template


def test_cards_of_two_parcels_are_two_cards():
    first = chosen(b.a_context(order=split_order(PLANNED, PLANNED))).candidates[0]
    later = b.a_context(order=split_order(SHIPPED, PLANNED))
    assert first.id != chosen(later, further_parcels="same").candidates[0].id


@pytest.mark.parametrize(
    ("channel", "own", "expected"),
    [
        ("checkout", {}, "first_order_welcome"),
        ("Amazon.de", {}, ""),
        ("eBay", {}, "plain_thanks"),
        ("eBay", {"ebay": "all"}, "first_order_welcome"),
        ("amazon_fba", {"amazon": "plain"}, "plain_thanks"),
        ("Fair Market", {"fair": "none"}, ""),
    ],
)
def test_marketplaces_restrict_what_lies_in_a_parcel(channel, own, expected):
    context = b.a_context(order=b.an_order(sales_channel=channel))
    decision = chosen(context, sales_channels=own)

    assert expected == decision.template
    assert decision.reasons[0]


def test_no_card_comes_with_its_reason():
    decision = chosen(b.a_context(order=b.an_order(fulfilments=())))
    assert ("", ()) == (decision.template, decision.candidates)
    assert "no parcel" in decision.reasons[0]


# Experiments ---------------------------------------------------------------------------------


def of_customer(number, **changes):
    customer = b.a_customer(id=str(number))
    order = b.an_order(id=f"o{number}", customer=customer)
    return b.a_context(order=order, customer=customer, **changes)


def test_about_the_share_that_was_set_is_held_out():
    """A twentieth of 4,000 is 200; three standard deviations are 41."""
    counted = sum(is_held_out(of_customer(n), InsertSettings()) for n in range(4000))
    assert 200 - 41 <= counted <= 200 + 41


def test_who_is_held_out_gets_the_plain_card_and_is_marked():
    held = next(c for c in map(of_customer, range(200)) if is_held_out(c, InsertSettings()))
    decision = choose_insert(held)

    assert ("plain_thanks", True) == (decision.template, decision.is_holdout)
    assert "held out" in decision.reasons[0] or "for comparison" in decision.reasons[0]


@pytest.mark.parametrize("change", [{"is_gift": True}, {"ship_by": b.NOON - 5 * DAY}])
def test_gifts_and_apologies_are_no_experiment(change):
    order = b.an_order(customer=b.a_customer(), **change)
    decision = choose_insert(
        b.a_context(order=order), InsertSettings(holdout_ratio=0.5, experiment="x")
    )
    assert decision.template in {"gift_message", "apology_late"}


@given(
    customer=st.integers(0, 10**9), orders=st.lists(st.integers(0, 10**9), min_size=2, max_size=5)
)
@settings(max_examples=40, deadline=None)
def test_a_customer_keeps_group_and_variant_across_orders(customer, orders):
    values = shop_settings(
        holdout_ratio=0.3, variants={"thank_you": [{"name": "a"}, {"name": "b", "weight": 3}]}
    )
    who = b.a_customer(id=str(customer))
    contexts = [b.a_context(order=b.an_order(id=str(n), customer=who)) for n in orders]

    assert 1 == len({is_held_out(context, values) for context in contexts})
    assert 1 == len({variant_of("thank_you", context, values) for context in contexts})


def test_guests_are_dealt_by_order():
    guest = b.a_customer(id="")
    contexts = [b.a_context(order=b.an_order(id=str(n), customer=guest)) for n in range(60)]
    assert {True, False} == {
        is_held_out(each, InsertSettings(holdout_ratio=0.5)) for each in contexts
    }


def test_variants_are_dealt_by_weight():
    """Three of four get b: 1,500 of 2,000, give or take 58 (three standard deviations)."""
    arms = [{"name": "a", "weight": 1}, {"name": "b", "weight": 3, "style": "editorial"}]
    values = shop_settings(variants={"first_order_welcome": arms})
    dealt = [variant_of("first_order_welcome", of_customer(n), values).name for n in range(2000)]

    assert 1500 - 58 <= dealt.count("b") <= 1500 + 58


def test_the_variant_is_on_the_candidate_and_told():
    arms = [{"name": "bold", "style": "editorial"}]
    decision = chosen(b.a_context(), variants={"first_order_welcome": arms})

    assert ("bold", "editorial") == (decision.variant, decision.style)
    assert "variant bold" in decision.reasons[1]
    assert "" == decision.candidates[-1].variant


def test_a_new_name_deals_anew():
    contexts = [of_customer(n) for n in range(300)]
    first, second = (
        [is_held_out(c, InsertSettings(experiment=name, holdout_ratio=0.5)) for c in contexts]
        for name in ("spring", "autumn")
    )
    assert first != second


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_share_is_a_part_of_one_and_always_the_same(experiment, key):
    share = share_of(experiment, "holdout", key)
    assert 0 <= share < 1
    assert isinstance(share, Fraction)
    assert share == share_of(experiment, "holdout", key)


# Facts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        ("11-23", date(2026, 11, 20), 3),
        ("11-18", date(2026, 11, 20), 2),
        ("01-02", date(2026, 12, 30), 3),
        ("12-30", date(2027, 1, 2), 3),
        ("02-29", date(2027, 2, 28), 0),
        ("02-29", date(2028, 2, 28), 1),
    ],
)
def test_the_nearest_day_counts_on_both_sides_of_the_year(day, today, expected):
    assert expected == days_to(day, today)[0]


def test_years_are_those_of_the_anniversary_that_is_near():
    first = datetime(2023, 11, 22, 9, tzinfo=UTC)
    facts = read_facts(b.a_context(history=History(orders_count=5, first_order_at=first)))
    assert (2, 3) == (facts.anniversary_days, facts.years)


def test_days_are_counted_where_the_shop_is():
    """23:30 in London is the next day in Berlin."""
    promised = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    facts = read_facts(b.a_context(order=b.an_order(ship_by=promised)))
    assert 2 == facts.late_days


def test_what_the_platform_says_goes_before_what_a_plugin_says():
    extras = {"crm": {"card": {"tier": "silver", "birthday": "01-01", "tier_until": "2027-01-31"}}}
    context = b.a_context(extras=extras, loyalty=LoyaltyState(tier="gold", tier_before="silver"))
    facts = read_facts(context)

    assert ("gold", True) == (facts.tier, facts.is_new_tier)
    assert date(2027, 1, 31) == facts.tier_until
    assert facts.birthday_days is not None


@pytest.mark.parametrize("facts", [{"tier": 7}, {"segment": "x"}, {"birthday": "02-30"}, "gold"])
def test_a_plugin_with_other_facts_is_named(facts):
    with pytest.raises(PluginError, match="'crm'"):
        read_facts(b.a_context(extras={"crm": {"card": facts}}))


# Properties ----------------------------------------------------------------------------------

PRICED = {ContentKind.COUPON, ContentKind.POINTS_BALANCE, ContentKind.REFERRAL}
contexts = st.builds(
    lambda count, days, points, tier, birthday: b.a_context(
        customer=yes_to_inserts(birthday=birthday),
        history=History(
            orders_count=count,
            first_order_at=b.NOON - days * DAY if count else None,
            last_order_at=b.NOON - days * DAY if count else None,
        ),
        loyalty=LoyaltyState(balance=points, tier=tier),
    ),
    st.integers(0, 20),
    st.integers(1, 2000),
    st.integers(0, 500),
    st.sampled_from(["", "gold"]),
    st.sampled_from(["", "11-20", "03-01"]),
)
EVERYTHING = {
    "tiers": TIERS, "care": CARE, "referral": REFERRAL, "holdout_ratio": 0.2,
    "offers": {"birthday": {"percent": 10}, "winback_gift": {"amount": "5.00 EUR"}},
    "rules": [{"template": "referral", "when": {"every": 3}}, {"template": "review_request"}],
    "review": {"url": "https://a.example/review"},
}  # fmt: skip


@given(contexts)
@settings(max_examples=60, deadline=None)
def test_every_candidate_is_explained_unique_and_ends_with_the_plain_card(context):
    decision = chosen(context, **EVERYTHING)
    identifiers = [each.id for each in decision.candidates]

    assert all(each.reason for each in decision.candidates)
    assert len(identifiers) == len(set(identifiers))
    assert "plain_thanks" == decision.candidates[-1].template
    assert decision == chosen(context, **EVERYTHING)


@given(contexts)
@settings(max_examples=40, deadline=None)
def test_a_gift_is_never_marketing_whatever_the_shop_sets(context):
    order = b.an_order(is_gift=True, gift_message="For you")
    decision = chosen(context.model_copy(update={"order": order}), **EVERYTHING)

    assert ["gift_message", "plain_thanks"] == [each.template for each in decision.candidates]
    assert not any(each.is_personalised or each.blocks for each in decision.candidates)
    assert not any(PRICED & each.content for each in decision.candidates)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_rule_without_conditions_is_met_and_explained(family):
    facts = read_facts(b.a_context())
    assert why_met(Rule(template=family.name), facts)
