"""What customers are written about points, ranks, rewards, friends and goals, and when not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConsentError
from retention_sdk.l10n import localizer
from retention_sdk.messages import compose_email, message_candidates, render_text
from retention_sdk.model import (
    Block,
    Candidate,
    ConsentChannel,
    ConsentState,
    ContentKind,
    LoyaltyState,
    MessageClass,
    Purpose,
)
from retention_sdk.model.news import News
from tests.unit.messages.loyalty_cases import DAY, NEWS

PURPOSES = {
    "points_expiring": {Purpose.LOYALTY},
    "points_matured": {Purpose.LOYALTY},
    "anniversary": {Purpose.OFFERS},
    "tier_up": {Purpose.LOYALTY},
    "tier_down": {Purpose.LOYALTY},
    "tier_lost": {Purpose.LOYALTY},
    "tier_at_risk": {Purpose.LOYALTY},
    "reward": set(),
    "present": {Purpose.OFFERS},
    "referral_rewarded": {Purpose.LOYALTY},
    "referral_welcomed": {Purpose.LOYALTY},
    "achievement": {Purpose.LOYALTY},
    "winback": {Purpose.OFFERS},
}


@pytest.mark.parametrize("template", NEWS)
def test_each_event_brings_its_e_mail_for_the_purpose_it_has(make_news, template):
    (only,) = message_candidates(make_news(template))

    assert template == only.template
    assert PURPOSES[template] == set(only.purposes)


def without_consent(context):
    customer = context.customer.model_copy(update={"consents": ()})
    return context.model_copy(update={"customer": customer})


@pytest.mark.parametrize("template", NEWS)
def test_only_what_was_bought_with_points_is_sent_without_a_yes(make_news, template):
    """BGH VI ZR 225/17: all that furthers sales is advertising, friendly or not."""
    context = without_consent(make_news(template))
    (only,) = message_candidates(context)

    assert (template == "reward") is decide(only, context, rules=load_rules()).allowed


@pytest.mark.parametrize("template", NEWS)
def test_nobody_hears_of_it_who_said_no_but_gets_what_they_paid_for(
    make_news, make_context, template
):
    denied = make_context(state=ConsentState.DENIED).customer.consents
    context = make_news(template)
    customer = context.customer.model_copy(update={"consents": denied})
    context = context.model_copy(update={"customer": customer})
    (only,) = message_candidates(context)

    assert (template == "reward") is decide(only, context, rules=load_rules()).allowed


def test_a_reward_is_handed_over_with_its_code_and_how_to_use_it(make_news, make_message):
    message = make_message(make_news("reward"))

    assert MessageClass.TRANSACTIONAL is message.message_class
    assert "Your reward from Ardent Provisions" == message.subject
    assert (
        "You exchanged 500 points at Ardent Provisions. This is yours: 5 € off.",
    ) == message.paragraphs
    assert (
        "Your code: GRX7-PL4M",
        "Enter the code at the checkout.",
        "For orders from €25.00",
        "Valid until December 31, 2026",
    ) == message.highlights
    assert message.unsubscribe is None
    assert "GRX7" not in repr(message)


def test_a_shop_that_says_nothing_of_itself_still_hands_over_what_was_bought(make_news):
    silent = make_news("reward").brand.model_copy(update={"legal_footer": {}})

    for template, expected in (("reward", 1), ("present", 0), ("points_expiring", 0)):
        context = make_news(template).model_copy(update={"brand": silent})
        assert expected == len(message_candidates(context))


def test_a_present_is_no_redemption_whatever_a_candidate_says(make_news):
    context = make_news("present")
    claimed = Candidate(
        id="email:reward:x",
        surface="email",
        channel=ConsentChannel.EMAIL,
        template="reward",
        content=frozenset({ContentKind.REDEMPTION}),
    )
    decision = decide(claimed, context, rules=load_rules())

    assert not decision.allowed
    assert "nothing was exchanged for points that this could hand over" in decision.reasons


def test_no_plugin_may_call_its_block_a_redemption(make_news):
    block = Block(content=ContentKind.REDEMPTION, text="Buy more", plugin="greedy")
    context = make_news("reward")
    smuggled = message_candidates(context)[0].model_copy(update={"blocks": (block,)})
    decision = decide(smuggled, context, rules=load_rules())

    assert not decision.allowed
    assert "only the shop itself hands over what points were exchanged for" in decision.reasons


def test_points_that_expire_are_told_with_number_day_and_balance(make_news, make_message):
    message = make_message(make_news("points_expiring"))

    assert "About your points at Ardent Provisions" == message.subject
    assert "120 points expire on December 31, 2026." == message.preheader
    assert ("You have 1,240 points.",) == message.highlights
    assert message.footer[0].endswith("because you collect points at Ardent Provisions.")


def test_a_balance_of_another_programme_is_told_by_its_name(make_news, make_message):
    stamps = LoyaltyState(balance=7)
    news = News(points=3, on=DAY, program="stamps", program_name="Tea stamps")
    context = make_news("points_expiring", news=news)
    loyalty = context.loyalty.model_copy(update={"more": {"stamps": stamps}})
    message = make_message(context.model_copy(update={"loyalty": loyalty}))

    assert ("Tea stamps: You have 7 points.",) == message.highlights


def test_nothing_is_said_of_a_balance_that_has_to_wait(make_news, make_message):
    message = make_message(make_news("referral_rewarded", loyalty=LoyaltyState(pending=200)))

    assert () == message.highlights


def test_what_keeps_a_rank_is_named_and_nobody_is_sent_shopping(make_news, make_message):
    message = make_message(make_news("tier_at_risk"))

    assert (
        "€50.00 more by December 31, 2026, and your level stays Gold.",
        "After that, your level would be Silver.",
    ) == message.highlights
    assert message.call_to_action is None
    assert "that is fine, too" in message.paragraphs[1]


@pytest.mark.parametrize(
    ("missing", "expected"),
    [
        (("points", 1, ""), "1 more point by December 31, 2026, and your level stays Gold."),
        (("orders", 2, ""), "2 more orders by December 31, 2026, and your level stays Gold."),
        (("spend", 99, "JPY"), "¥99 more by December 31, 2026, and your level stays Gold."),
    ],
)
def test_what_is_missing_is_counted_as_the_ladder_counts(
    make_news, make_message, missing, expected
):
    measure, count, currency = missing
    news = News(name="Gold", on=DAY, measure=measure, missing=count, currency=currency)
    message = make_message(make_news("tier_at_risk", news=news))

    assert (expected,) == message.highlights


@pytest.mark.parametrize(
    ("template", "changes"),
    [
        ("tier_up", {"name": ""}),
        ("tier_down", {"name": ""}),
        ("tier_at_risk", {"name": ""}),
        ("reward", {"name": ""}),
        ("achievement", {"name": ""}),
        ("points_expiring", {"on": date(2026, 11, 19)}),
        ("tier_at_risk", {"on": date(2026, 11, 19)}),
        ("reward", {"on": date(2026, 11, 19)}),
        ("anniversary", {"on": date(2026, 11, 16)}),
        ("anniversary", {"on": date(2026, 11, 21)}),
        ("referral_rewarded", {"points": 0}),
    ],
)
def test_what_nobody_named_or_is_over_is_not_written_about(make_news, template, changes):
    news = NEWS[template][1].model_copy(update=changes)

    assert () == message_candidates(make_news(template, news=news))


@pytest.mark.parametrize(("day", "expected"), [(16, 0), (17, 1), (20, 1), (21, 0)])
def test_an_anniversary_is_remembered_on_the_day_and_not_long_after(make_news, day, expected):
    news = News(years=1, on=date(2026, 11, day))

    assert expected == len(message_candidates(make_news("anniversary", news=news)))


def test_the_last_day_of_points_is_the_shops_own(make_news):
    """At 23:00 UTC the next day has begun in Berlin."""
    news = News(points=5, on=date(2026, 12, 31))
    late = make_news("points_expiring", news=news).model_copy(
        update={"now": datetime(2026, 12, 31, 23, 30, tzinfo=UTC)}
    )
    berlin = late.model_copy(
        update={"shop": late.shop.model_copy(update={"time_zone": "Europe/Berlin"})}
    )

    assert 1 == len(message_candidates(late))
    assert () == message_candidates(berlin)


@pytest.mark.parametrize("template", ["anniversary", "winback"])
def test_a_greeting_takes_what_plugins_add_and_stands_without_it(make_news, template):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    full, plain = message_candidates(make_news(template), blocks=[coupon])

    assert ((coupon,), ()) == (full.blocks, plain.blocks)
    assert full.id != plain.id


def test_plugins_add_nothing_to_notices(make_news):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")

    assert 1 == len(message_candidates(make_news("tier_down"), blocks=[coupon]))


def test_an_event_without_a_message_brings_none(make_news):
    context = make_news("points_matured", event_type="points_earned")

    assert () == message_candidates(context)


@pytest.mark.parametrize("template", NEWS)
def test_nothing_is_left_to_fill_in_and_nobody_is_hurried(make_news, make_message, template):
    text = render_text(make_message(make_news(template)))

    assert not re.search(r"[{}]|None", text)
    assert not re.search(r"!|\bonly\b|last chance|don’t miss", text)


def test_a_denied_one_cannot_be_composed(make_news):
    context = without_consent(make_news("winback"))
    (only,) = message_candidates(context)
    decision = decide(only, context, rules=load_rules())

    with pytest.raises(ConsentError, match="does not allow"):
        compose_email(context, only, decision, localizer("en"))
