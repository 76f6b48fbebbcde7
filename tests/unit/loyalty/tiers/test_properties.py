"""What holds for every ladder, whatever was bought: more is never less, and nothing lingers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from retention_sdk.loyalty.tiers import (
    Qualifying,
    TierLadder,
    TierStanding,
    evaluate,
    qualifying_orders,
)
from retention_sdk.model import Money
from retention_sdk.storage import OrderFact

START = datetime(2023, 12, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu")
CURRENCIES = ("EUR", "JPY")
LADDERS = st.builds(
    lambda steps, scale, **rest: TierLadder.model_validate(
        {
            "ranks": [
                {"key": f"rank{n}", "from_minor": {"EUR": sum(steps[:n]), "JPY": scale * sum(steps[:n])}}
                for n in range(1, len(steps) + 1)
            ],
            **rest,
        }
    ),
    st.lists(st.integers(1, 2000), min_size=1, max_size=4),
    st.integers(1, 3),
    period=st.sampled_from(("rolling", "year", "quarter", "month", "anniversary")),
    rolling_days=st.integers(1, 400),
    grace_days=st.integers(0, 60),
    downgrade=st.sampled_from(("one_down", "by_balance", "never")),
)  # fmt: skip
MOMENTS = st.integers(0, 1500 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
FACTS = st.builds(Qualifying, MOMENTS, st.integers(1, 3000), st.sampled_from(CURRENCIES))
LISTS = st.lists(FACTS, max_size=8)
JOINED = datetime(2024, 2, 29, 12, tzinfo=UTC)


def look(ladder, facts, now, zone="UTC", current=None):
    return evaluate(ladder, facts, now, current, time_zone=zone, joined_at=JOINED)


def height(ladder, tier):
    return [rank.key for rank in ladder.ranks].index(tier) if tier else -1


def standing(decision):
    return TierStanding(
        tier=decision.tier, since=decision.since, until=decision.until, ladder=decision.ladder
    )


@given(LADDERS, LISTS, FACTS, MOMENTS, st.sampled_from(ZONES))
def test_buying_more_never_lowers_a_rank_or_its_end(ladder, facts, more, now, zone):
    before, after = look(ladder, facts, now, zone), look(ladder, [*facts, more], now, zone)

    assert height(ladder, before.tier) <= height(ladder, after.tier)
    if before.tier == after.tier:
        assert (before.until or date.max) <= (after.until or date.max)


@given(LADDERS, LISTS, st.data(), MOMENTS)
def test_an_order_in_parts_counts_like_one(ladder, facts, data, now):
    assume(facts)
    whole = facts[0]
    part = data.draw(st.integers(0, whole.amount))
    parts = [replace(whole, amount=part), replace(whole, amount=whole.amount - part)]

    assert look(ladder, facts, now) == look(ladder, [*parts, *facts[1:]], now)


@given(LADDERS, LISTS, MOMENTS, st.randoms(use_true_random=False))
def test_the_order_of_facts_does_not_matter(ladder, facts, now, random):
    mixed = random.sample(facts, len(facts))

    assert look(ladder, facts, now) == look(ladder, mixed, now)


@given(LADDERS, LISTS, st.lists(MOMENTS, min_size=1, max_size=5), st.sampled_from(ZONES))
def test_a_rank_does_not_depend_on_how_often_it_was_looked_up(ladder, facts, moments, zone):
    current = None
    for now in sorted(moments):
        decision = look(ladder, facts, now, zone, current)
        current = standing(decision)
    once = look(ladder, facts, max(moments), zone)

    assert (once.tier, once.until, once.progress) == (
        decision.tier,
        decision.until,
        decision.progress,
    )


@given(LADDERS, LISTS, MOMENTS, MOMENTS)
def test_a_rank_lasts_to_its_last_day_and_not_a_day_longer(ladder, facts, now, other):
    facts = [each for each in facts if each.at <= now]
    decision = look(ladder, facts, now)
    assume(decision.tier and decision.until)
    end = datetime.combine(decision.until + timedelta(days=1), datetime.min.time(), UTC)
    later = min(max(now, other), end - timedelta(microseconds=1))

    assert decision.tier == look(ladder, facts, later).tier
    assert height(ladder, decision.tier) > height(ladder, look(ladder, facts, end).tier)


@given(LADDERS, LISTS, MOMENTS)
def test_what_is_missing_is_exactly_what_is_missing(ladder, facts, now):
    decision = look(ladder, facts, now)
    assume(decision.progress)
    progress, level = decision.progress, height(ladder, decision.tier)
    enough = Qualifying(now, progress.missing, progress.currency)
    short = replace(enough, amount=progress.missing - 1)

    assert 1 <= progress.missing
    assert level < height(ladder, look(ladder, [*facts, enough], now).tier)
    assert level == height(ladder, look(ladder, [*facts, short], now).tier)


@given(LADDERS, LISTS, MOMENTS)
def test_the_future_does_not_count(ladder, facts, now):
    assert look(ladder, facts, now) == look(ladder, [f for f in facts if f.at <= now], now)


def an_order(fact, refunded=0, **changes):
    values = {
        "order_id": "1",
        "placed_at": fact.at,
        "paid_at": fact.at,
        "cancelled_at": None,
        "total": Money(minor=fact.amount, currency=fact.currency),
        "refunded": Money(minor=refunded, currency=fact.currency),
    }
    return OrderFact(**{**values, **changes})


@given(LADDERS, st.lists(FACTS, max_size=5), FACTS, MOMENTS, st.sampled_from(("spend", "orders")))
def test_a_full_refund_is_as_if_nothing_had_been_bought(ladder, facts, fact, now, qualify):
    orders = [an_order(each) for each in facts]
    given_back = an_order(fact, refunded=fact.amount)
    cancelled = an_order(fact, cancelled_at=now)
    unpaid = an_order(fact, paid_at=None)
    never = qualifying_orders(orders, qualify)

    for gone in (given_back, cancelled, unpaid):
        assert never == qualifying_orders([*orders, gone], qualify)
    assert look(ladder, never, now) == look(
        ladder, qualifying_orders([given_back, *orders], qualify), now
    )


@given(LADDERS, FACTS, st.data(), MOMENTS)
def test_a_refund_in_part_leaves_the_smaller_order(ladder, fact, data, now):
    refunded = data.draw(st.integers(0, fact.amount - 1))
    facts = qualifying_orders([an_order(fact, refunded)], "spend")

    assert (replace(fact, amount=fact.amount - refunded),) == facts
    assert height(ladder, look(ladder, facts, now).tier) <= height(
        ladder, look(ladder, [fact], now).tier
    )
