"""Rewards: points are set aside, the code is made, then they are paid; or everything is back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk.adapter import Capability
from retention_sdk.errors import (
    ConfigError,
    IdempotencyConflict,
    LedgerError,
    PlatformError,
    RewardRefused,
)
from retention_sdk.loyalty import Hand
from retention_sdk.loyalty.rewards import IssueState
from retention_sdk.pipeline.rewards.book import HELD_FOR
from retention_sdk.pipeline.rewards.codes import read_reward_code
from retention_sdk.pipeline.rewards.orders import note_rewards
from retention_sdk.pipeline.rewards.standing import Market
from retention_sdk.storage import open_store
from retention_sdk.testing import NOON, FrozenClock, a_customer, an_order, money

from .redeeming import (
    REWARDS,
    Killed,
    Platform,
    balance,
    give,
    is_clean,
    make_desk,
    make_program,
    states,
)

KEY = bytes(range(32))


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    url = "sqlite://"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database(KEY)
    with open_store(url, key=KEY) as opened:
        yield opened


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def desk(store, platform, clock):
    return make_desk(store, platform, clock=clock)


@pytest.fixture
def ada(desk):
    return give(desk, "ada", 250)


def used_in_order(desk, code, order_id="1001"):
    with desk.store.begin() as connection:
        return note_rewards(
            desk.store,
            connection,
            an_order(id=order_id, coupon_codes=(code,)),
            shop_id="soap.example",
            ledgers=desk.book.ledgers.values(),
            now=NOON,
        )


# All is well ---------------------------------------------------------------------------------


def test_coupon_is_on_the_platform_and_paid(desk, platform, ada):
    redeemed = desk.redeem(ada, "five")

    made = platform.codes[redeemed.code]
    assert ("issued", 100, 150) == (redeemed.state, redeemed.points, balance(desk, ada))
    assert (money("5.00 EUR"), 1, NOON) == (made.amount, made.uses_max, made.starts_at)
    assert ["held", "issued"] == states(desk, redeemed.id)
    assert is_clean(desk)


def test_last_day_of_a_coupon_ends_where_the_programme_is(desk, ada):
    """From 20 November on, 90 days: all of 18 February in Berlin, which is one hour ahead."""
    assert datetime(2027, 2, 18, 23, tzinfo=UTC) == desk.redeem(ada, "five").ends_at


def test_code_has_80_bits_and_nobody_mistakes_a_character(desk, ada):
    code = desk.redeem(ada, "five").code

    assert (20, set()) == (len(code), set("01IOAEU") & set(code))
    assert code.replace("-", "") == read_reward_code(f" {code.lower()} ")
    for place, char in enumerate(code):
        if char != "-":
            other = "2" if char != "2" else "3"
            assert read_reward_code(code[:place] + other + code[place + 1 :]) is None


def test_code_stands_in_the_store_for_nobody_to_read(tmp_path, platform):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as store:
        desk = make_desk(store, platform)
        code = desk.redeem(give(desk, "ada", 250), "five").code

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


@pytest.mark.parametrize("reward", ["sample", "tree"])
def test_what_the_store_hands_over_needs_no_platform(desk, platform, ada, reward):
    redeemed = desk.redeem(ada, reward)

    assert ("issued", "") == (redeemed.state, redeemed.code)
    assert {} == platform.codes
    assert ["issued", "fulfilled"] == states(desk, desk.fulfil(redeemed.id).id)[1:]


def test_invitation_has_a_code_to_show_at_the_door(desk, platform, ada):
    redeemed = desk.redeem(ada, "party")

    assert read_reward_code(redeemed.code)
    assert {} == platform.codes


def test_gift_card_holds_its_balance(desk, platform, ada):
    code = desk.redeem(ada, "voucher").code

    assert money("10.00 EUR") == platform.codes[code].balance


def test_packer_sees_gifts_that_are_not_packed_yet(desk, ada):
    first, second = desk.redeem(ada, "sample"), desk.redeem(ada, "once")
    desk.fulfil(first.id, reason="in parcel 7")

    waiting = desk.list(states=[IssueState.ISSUED], kinds=["gift"])
    assert [second.id] == [each.id for each in waiting]


def test_gift_lies_in_the_next_parcel_of_its_customer_until_its_last_day(store, platform, clock):
    gift = {"id": "sample", "kind": "gift", "points": 30, "valid_days": 10}
    desk = make_desk(store, platform, program=make_program([gift]), clock=clock)
    ada = give(desk, "77", 100)
    with store.begin() as connection:
        order = an_order(id="1002")
        store.orders.record(connection, order, shop_id="soap.example", subject_id=ada)
    waiting = desk.redeem(ada, "sample")

    assert [waiting.id] == [each.id for each in desk.to_pack("1002")]
    assert () == desk.to_pack("1003")
    clock.advance(timedelta(days=11))
    assert () == desk.to_pack("1002")


def test_customer_of_the_platform_is_the_person_with_the_points(desk, store):
    ada = a_customer()
    give(desk, ada.id, 100)

    assert "issued" == desk.redeem(ada, "five").state
    assert ["five"] == [each.reward for each in desk.list(ada)]
    with pytest.raises(LedgerError, match="not known"):
        desk.redeem(a_customer(id="78", email="bob@example.com"), "five")


def test_each_currency_of_points_has_a_catalogue_of_its_own(store, platform, ada):
    stamps = make_program(
        [{"id": "coffee", "kind": "partner", "points": 10, "partner": "cafe"}], id="stamps"
    )
    desk = make_desk(store, platform, more=[stamps])
    with store.begin() as connection:
        hand = Hand(actor="test", reason="test")
        desk.book.ledger("stamps").adjust(connection, ada, 10, hand=hand, key="s", now=NOON)

    assert ["coffee"] == [each.reward.id for each in desk.offers(ada, program="stamps")]
    redeemed = desk.redeem(ada, "coffee", program="stamps")
    assert ("issued", "stamps", 250) == (redeemed.state, redeemed.program, balance(desk, ada))
    assert "cancelled" == desk.cancel(redeemed.id, reason="closed").state
    with pytest.raises(ConfigError, match="no reward 'coffee'"):
        desk.redeem(ada, "coffee")
    with pytest.raises(ConfigError, match="no points called 'miles'"):
        desk.redeem(ada, "coffee", program="miles")


# Once ----------------------------------------------------------------------------------------


def test_same_key_is_one_redemption(desk, platform, ada):
    first, again = (desk.redeem(ada, "five", key="form 1") for _ in range(2))

    assert (first.id, first.code, False) == (again.id, again.code, again.is_new)
    assert (1, 150) == (len(platform.codes), balance(desk, ada))


def test_key_of_something_else_is_a_conflict(desk, ada):
    desk.redeem(ada, "five", key="form 1")
    bob = give(desk, "bob", 250)

    for who, reward in ((ada, "ten-percent"), (bob, "five")):
        with pytest.raises(IdempotencyConflict):
            desk.redeem(who, reward, key="form 1")
    assert (150, 250) == (balance(desk, ada), balance(desk, bob))


def test_too_few_points_set_nothing_aside(desk, platform, store):
    bob = give(desk, "bob", 99)

    with pytest.raises(RewardRefused) as caught:
        desk.redeem(bob, "five")
    assert {"points": "1 points are missing"} == caught.value.reasons
    assert (99, ()) == (balance(desk, bob), desk.list(bob))


def test_stock_ends_and_what_comes_back_is_there_again(desk, ada):
    first = desk.redeem(ada, "last-two")
    desk.redeem(ada, "last-two")

    with pytest.raises(RewardRefused, match="none is left"):
        desk.redeem(ada, "last-two")
    desk.cancel(first.id, reason="mistake")
    assert "issued" == desk.redeem(ada, "last-two").state


def test_limit_of_a_customer_is_theirs_alone(desk, ada):
    desk.redeem(ada, "once")

    with pytest.raises(RewardRefused, match="at most 1 for each customer"):
        desk.redeem(ada, "once")
    assert "issued" == desk.redeem(give(desk, "bob", 10), "once").state


def test_limit_does_not_count_what_was_taken_back(desk, ada):
    first = desk.redeem(ada, "once")
    desk.cancel(first.id, reason="mistake")

    assert "issued" == desk.redeem(ada, "once").state


def test_limit_holds_for_a_person_who_was_two(desk, store, ada):
    bob = give(desk, "bob", 50)
    desk.redeem(bob, "once")
    with store.begin() as connection:
        store.subjects.merge(connection, ada, bob, now=NOON)
        desk.book.ledger("").merge(connection, ada, bob, now=NOON)

    with pytest.raises(RewardRefused, match="at most 1"):
        desk.redeem(bob, "once")
    assert ["once"] == [each.reward for each in desk.list(ada)]


def test_unknown_reward_lists_those_there_are(desk, ada):
    with pytest.raises(ConfigError, match="five, ten-percent"):
        desk.redeem(ada, "six")


# Failures ------------------------------------------------------------------------------------


def test_platform_that_is_away_holds_the_points_until_it_is_back(desk, platform, ada):
    platform.script = ["away"]
    held = desk.redeem(ada, "five", key="form 1")

    assert ("held", "", 150) == (held.state, held.code, balance(desk, ada))
    assert (held.id,) == desk.retry_open().ended
    (now,) = desk.list(ada)
    assert ("issued", [now.code]) == (now.state, platform.made)


def test_lost_answer_is_asked_for_again_with_the_same_code(desk, platform, ada):
    platform.script = ["lost", "lost"]
    held = desk.redeem(ada, "five", key="form 1")
    waiting = desk.retry_open().waiting
    done = desk.redeem(ada, "five", key="form 1")

    assert ("held", (held.id,), "issued") == (held.state, waiting, done.state)
    assert ([done.code] * 3, [done.code]) == (platform.made, list(platform.codes))
    assert 150 == balance(desk, ada)


def test_platform_that_refuses_gives_everything_back(desk, platform, ada):
    platform.script = ["no"]
    refused = desk.redeem(ada, "five")

    assert ("returned", "", 250) == (refused.state, refused.code, balance(desk, ada))
    assert ["held", "refused", "returned"] == states(desk, refused.id)
    assert "bogus: no" == refused.reason
    assert ({}, True) == (platform.codes, is_clean(desk))


def test_code_of_a_lost_try_is_void_when_the_next_one_is_refused(desk, platform, ada):
    platform.script = ["lost", "no", "away"]
    held = desk.redeem(ada, "five")
    assert 1 == len(platform.codes)

    desk.retry_open()
    assert ("refused", 250) == (desk.list(ada)[0].state, balance(desk, ada))
    assert (held.id,) == desk.retry_open().ended
    assert {} == platform.codes


@pytest.mark.parametrize("moment", ["killed", "killed-late"])
def test_killed_beside_the_platform_ends_with_one_code_and_one_payment(desk, platform, ada, moment):
    platform.script = [moment]
    with pytest.raises(Killed):
        desk.redeem(ada, "five", key="form 1")

    assert "issued" == desk.redeem(ada, "five", key="form 1").state
    assert (1, 150, True) == (len(platform.codes), balance(desk, ada), is_clean(desk))


def test_points_set_aside_for_a_week_are_back_and_the_code_is_void(desk, platform, clock, ada):
    platform.script = ["lost"]
    desk.redeem(ada, "five")
    clock.advance(HELD_FOR + timedelta(minutes=1))

    desk.retry_open()
    (ended,) = desk.list(ada)
    assert ("returned", {}, 250) == (ended.state, platform.codes, balance(desk, ada))


def test_erased_customer_gets_no_code_and_the_points_are_released(desk, platform, store, ada):
    platform.script = ["away"]
    held = desk.redeem(ada, "five")
    with store.begin() as connection:
        store.subjects.erase(connection, ada, now=NOON)

    assert (held.id,) == desk.retry_open().ended
    assert ["held", "refused", "returned"] == states(desk, held.id)
    assert {} == platform.codes


def test_redemption_goes_on_for_who_became_somebody_else(desk, platform, store, ada):
    """Two accounts become one while a platform is away: the survivor's points are set aside."""
    bob = give(desk, "bob", 100)
    platform.script = ["lost"]
    held = desk.redeem(bob, "five", key="form 1")
    with store.begin() as connection:
        store.subjects.merge(connection, ada, bob, now=NOON)
        desk.book.ledger("").merge(connection, ada, bob, now=NOON)

    assert (held.id,) == desk.retry_open().ended
    done = desk.redeem(ada, "five", key="form 1")
    assert (held.id, "issued", 250) == (done.id, done.state, balance(desk, ada))
    assert "cancelled" == desk.cancel(held.id, reason="mistake").state
    assert (350, {}, True) == (balance(desk, ada), platform.codes, is_clean(desk))


def test_one_reward_that_fails_does_not_hold_up_the_others(desk, platform, clock, ada):
    platform.script = ["away", "away"]
    first = desk.redeem(ada, "five")
    clock.advance(timedelta(seconds=1))
    second = desk.redeem(ada, "ten-percent")
    platform.script = ["away"]

    report = desk.retry_open()
    assert ((second.id,), (first.id,)) == (report.ended, report.waiting)


def test_code_made_after_another_worker_gave_the_points_back_is_void(desk, platform, store, ada):
    create = platform.create_code

    def create_late(code):
        (held,) = desk.list(ada)
        with store.begin() as connection:
            desk.book.refuse(connection, held.id, reason="another worker", now=NOON)
        desk.retry(held.id)
        return create(code)

    platform.create_code = create_late
    redeemed = desk.redeem(ada, "five")

    assert ["held", "refused", "returned"] == states(desk, redeemed.id)
    assert ({}, 250, "") == (platform.codes, balance(desk, ada), redeemed.code)


def test_redemption_that_another_worker_ended_meanwhile_is_paid_once(desk, platform, ada):
    create = platform.create_code

    def create_twice(code):
        platform.create_code = create
        desk.retry(desk.list(ada)[0].id)
        return create(code)

    platform.create_code = create_twice
    redeemed = desk.redeem(ada, "five")

    assert ["held", "issued"] == states(desk, redeemed.id)
    assert ([redeemed.code], 150) == (list(platform.codes), balance(desk, ada))


# Taking back ---------------------------------------------------------------------------------


def test_cancelled_reward_is_void_and_its_points_are_back(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    cancelled = desk.cancel(issued.id, reason="ordered by mistake")

    assert ("cancelled", {}, 250) == (cancelled.state, platform.codes, balance(desk, ada))
    assert cancelled == desk.cancel(issued.id, reason="again")
    assert is_clean(desk)


def test_points_wait_until_the_code_is_void(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    platform.script = ["away"]

    assert "cancelling" == desk.cancel(issued.id, reason="mistake").state
    assert 150 == balance(desk, ada)
    assert (issued.id,) == desk.retry_open().ended
    assert ({}, 250) == (platform.codes, balance(desk, ada))


def test_reward_that_cannot_be_void_stays_the_customers(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    platform.script = ["no"]

    with pytest.raises(PlatformError):
        desk.cancel(issued.id, reason="mistake")
    assert ("issued", 150) == (desk.list(ada)[0].state, balance(desk, ada))


def test_killed_while_cancelling_goes_on(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    platform.script = ["killed-late"]
    with pytest.raises(Killed):
        desk.cancel(issued.id, reason="mistake")

    assert (issued.id,) == desk.retry_open().ended
    assert ("cancelled", 250) == (desk.list(ada)[0].state, balance(desk, ada))


def test_gift_that_was_packed_cannot_be_cancelled(desk, ada):
    gift = desk.redeem(ada, "sample")
    desk.fulfil(gift.id)

    with pytest.raises(LedgerError, match="fulfilled"):
        desk.cancel(gift.id, reason="mistake")
    assert 220 == balance(desk, ada)


# Orders --------------------------------------------------------------------------------------


def test_order_leads_back_to_the_reward_however_the_platform_writes_the_code(desk, ada):
    issued = desk.redeem(ada, "five")

    assert (issued.id,) == used_in_order(desk, issued.code.lower())
    assert () == used_in_order(desk, issued.code)
    (used,) = desk.list(ada)
    assert ("redeemed", "order 1001") == (used.state, used.reason)
    with pytest.raises(LedgerError, match="redeemed"):
        desk.cancel(issued.id, reason="mistake")


def test_codes_of_others_are_passed_over(desk, ada):
    desk.redeem(ada, "five")

    assert () == used_in_order(desk, "SUMMER10")
    assert () == used_in_order(desk, "BCDFGH-BCDFGH-BCDFGH")


def test_code_used_before_it_was_void_costs_its_points_again(desk, platform, ada):
    """The order's news came after the points had gone back: they are taken again, once."""
    issued = desk.redeem(ada, "five")
    desk.cancel(issued.id, reason="mistake")
    desk.redeem(ada, "ten-percent")
    desk.redeem(ada, "sample")
    assert 120 == balance(desk, ada)

    assert (issued.id,) == used_in_order(desk, issued.code)
    assert () == used_in_order(desk, issued.code)
    assert (20, True) == (balance(desk, ada), is_clean(desk))


def test_code_used_while_it_is_being_cancelled_stays_paid(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    platform.script = ["away"]
    desk.cancel(issued.id, reason="mistake")
    used_in_order(desk, issued.code)

    assert ((), ()) == (desk.retry_open().ended, desk.retry_open().waiting)
    assert ("redeemed", 150) == (desk.list(ada)[0].state, balance(desk, ada))


def test_order_that_comes_between_voiding_and_refunding_keeps_the_points(desk, platform, ada):
    issued = desk.redeem(ada, "five")
    void = platform.void_code

    def void_late(code):
        void(code)
        used_in_order(desk, issued.code)

    platform.void_code = void_late
    assert "redeemed" == desk.cancel(issued.id, reason="mistake").state
    assert (150, True) == (balance(desk, ada), is_clean(desk))


# The catalogue -------------------------------------------------------------------------------


def test_offers_tell_why_not_and_how_far(desk):
    bob = give(desk, "bob", 60)
    offers = {offer.reward.id: offer for offer in desk.offers(bob)}

    assert (40, 60, True) == (
        offers["five"].missing, offers["five"].spendable, offers["five"].is_in_reach,
    )  # fmt: skip
    assert (True, 2) == (offers["last-two"].is_available, offers["last-two"].left)
    assert [reward["id"] for reward in REWARDS] == list(offers)


def test_what_the_platform_cannot_make_is_offered_to_nobody(store, platform, ada):
    platform.capabilities = ~Capability.GIFT_CARD_CODE
    desk = make_desk(store, platform)

    offers = {offer.reward.id: offer for offer in desk.offers(ada)}
    assert ["platform"] == [refusal.code for refusal in offers["voucher"].refusals]
    with pytest.raises(RewardRefused, match="nothing here can make"):
        desk.redeem(ada, "voucher")


def test_amount_is_that_of_the_market_and_nothing_is_converted(store, platform, ada):
    reward = {**REWARDS[0], "worth_minor": {"EUR": 500, "CHF": 600}}
    desk = make_desk(store, platform, program=make_program([reward]))

    code = desk.redeem(ada, "five", market=Market(currency="CHF")).code
    assert money("6.00 CHF") == platform.codes[code].amount
    with pytest.raises(RewardRefused, match="has no amount in USD"):
        desk.redeem(ada, "five", market=Market(currency="USD"))


def test_terms_are_those_of_the_day_it_was_redeemed(store, platform, ada):
    """The shop doubles the price and halves the worth while a redemption waits."""
    platform.script = ["away"]
    held = make_desk(store, platform).redeem(ada, "five", key="form 1")
    changed = {**REWARDS[0], "points": 200, "worth_minor": {"EUR": 250}}
    later = make_desk(store, platform, program=make_program([changed]))

    done = later.redeem(ada, "five", key="form 1")
    assert (held.id, 100, money("5.00 EUR")) == (
        done.id, done.points, platform.codes[done.code].amount,
    )  # fmt: skip
