"""Whoever is erased leaves no code behind that is worth anything, as far as platforms let us."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest

from retention_sdk.errors import ConfigError, PlatformError, SubjectErased
from retention_sdk.pipeline.cards.coupons import CouponDesk
from retention_sdk.pipeline.privacy.erasure import Eraser
from retention_sdk.pipeline.privacy.erasure_codes import CodesOfErased
from retention_sdk.pipeline.rewards.book import Wish
from retention_sdk.pipeline.rewards.orders import note_rewards
from retention_sdk.pipeline.rewards.standing import Market
from retention_sdk.storage import CardChoice, CardPlace, CardState, open_store
from retention_sdk.testing import (
    NOON,
    BogusShop,
    FrozenClock,
    a_customer,
    a_paid_event,
    an_order,
)

from .redeeming import Platform, balance, give, is_clean, make_desk, states

KEY = bytes(range(32))
SHOP = "soap.example"
CARD = 77


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
def coupons(store, platform, clock):
    return CouponDesk(store=store, adapter=platform, keys={0: KEY}, clock=clock)


@pytest.fixture
def ada(desk):
    return give(desk, "ada", 500)


@pytest.fixture
def eraser(desk, coupons):
    return make_eraser(desk, coupons)


def make_eraser(desk, coupons=None):
    return Eraser(
        store=desk.store,
        shop_id=SHOP,
        channel=lambda _: None,
        platforms={},
        clock=desk.clock,
        count_points=lambda connection, who: 0,
        codes=CodesOfErased(desk=desk, coupons=coupons, reason="erasure"),
    )


def left(report):
    return {each.what: each.count for each in report.remains if "codes" in each.what}


def packed_card(store, who):
    """A card of somebody that was packed and sent."""
    place = CardPlace(card_id=CARD, shop_id=SHOP, order_id="1", fulfilment_id="1", event_id="e")
    choice = CardChoice(template="birthday", locale="de", formality="formal")
    with store.begin() as connection:
        record = store.cards.assign(
            connection, place, choice, b"{}", order_number="1", subject_id=who, now=NOON
        )
        for state in (CardState.RENDERED, CardState.PRINTED, CardState.PACKED):
            store.cards.advance(connection, record, state, now=NOON)
            record = store.cards.get(connection, CARD)


def test_unused_codes_and_gift_cards_are_void_and_told(desk, platform, eraser, ada):
    five, card = desk.redeem(ada, "five"), desk.redeem(ada, "voucher")
    gift = desk.redeem(ada, "sample")
    report = eraser.erase((), subjects=(ada,))

    assert {} == platform.codes
    assert (2, {}) == (report.rewards_voided, left(report))
    assert ["held", "issued", "cancelling", "cancelled"] == states(desk, five.id)
    assert "cancelled" == states(desk, card.id)[-1]
    assert ["held", "issued"] == states(desk, gift.id)
    assert is_clean(desk)


def test_what_was_used_or_is_over_is_left_alone(desk, platform, eraser, ada, clock):
    used = desk.redeem(ada, "five")
    desk.redeem(ada, "ten-percent")
    with desk.store.begin() as connection:
        order = an_order(coupon_codes=(used.code,))
        ledgers = desk.book.ledgers.values()
        note_rewards(desk.store, connection, order, shop_id=SHOP, ledgers=ledgers, now=NOON)
    clock.now += timedelta(days=100)
    platform.script = ["away", "away"]
    report = eraser.erase((), subjects=(ada,))

    assert (0, {}) == (report.rewards_voided, left(report))
    assert ["away", "away"] == platform.script


def test_the_coupon_of_a_card_that_left_the_house_is_void(desk, platform, coupons, eraser, ada):
    packed_card(desk.store, ada)
    coupons.issue(CARD, worth=10, ends_at=NOON + timedelta(days=30))
    report = eraser.erase((), subjects=(ada,))

    assert (1, {}) == (report.coupons_voided, platform.codes)


@pytest.mark.parametrize("what", ["reward", "coupon", "held"])
def test_a_platform_that_is_away_holds_the_erasure_up_and_the_next_try_finishes(
    desk, platform, eraser, ada, what
):
    if what == "coupon":
        packed_card(desk.store, ada)
        eraser.codes.coupons.issue(CARD, worth=10, ends_at=NOON + timedelta(days=30))
    else:
        platform.script = ["lost"] if what == "held" else []
        desk.redeem(ada, "five")
    platform.script = ["away"]
    with pytest.raises(PlatformError) as caught:
        eraser.erase((), subjects=(ada,))
    with desk.store.reading() as connection:
        assert not desk.store.subjects.is_erased(connection, ada)
    eraser.erase((), subjects=(ada,))

    assert caught.value.retryable
    assert {} == platform.codes
    with desk.store.reading() as connection:
        assert desk.store.subjects.is_erased(connection, ada)
    assert (500, True) == (balance(desk, ada), is_clean(desk))


def test_what_a_platform_does_not_void_is_told_as_remaining(desk, platform, eraser, ada):
    desk.redeem(ada, "five")
    desk.redeem(ada, "ten-percent")
    platform.script = ["", "no"]
    report = eraser.erase((), subjects=(ada,))

    assert (1, {"unused codes on bogus": 1}) == (report.rewards_voided, left(report))
    assert 1 == len(platform.codes)


def test_a_platform_that_is_not_set_up_any_more_is_told_as_remaining(desk, eraser, ada):
    desk.redeem(ada, "five")

    def gone(name):
        raise ConfigError(f"{name} is not set up")

    object.__setattr__(desk, "adapter", gone)

    assert {"unused codes on bogus": 1} == left(eraser.erase((), subjects=(ada,)))


class Account(BogusShop):
    """Where somebody has an account. Something happens while it is erased there."""

    name = "bogus"

    def __init__(self, meanwhile):
        super().__init__()
        self.meanwhile = meanwhile

    def erase_customer(self, customer_id):
        self.meanwhile()


@pytest.fixture
def member(desk):
    """Somebody with points, and an account on the platform."""
    told = a_paid_event(an_order(customer=a_customer(id="7")), id="bogus:1:paid", shop_id=SHOP)
    with desk.store.begin() as connection:
        assert desk.store.inbox.receive(connection, [told], now=NOON)
    return give(desk, "7", 500)


def is_erased(desk, who):
    with desk.store.reading() as connection:
        return desk.store.subjects.is_erased(connection, who)


@pytest.mark.parametrize("script", [[], ["lost"]], ids=["issued", "held"])
def test_what_is_redeemed_between_the_voiding_and_the_destruction_is_void_too(
    desk, platform, eraser, member, script
):
    """The account on the platform is erased after the codes and before the keys."""
    redeemed = []

    def redeem():
        platform.script = list(script)
        redeemed.append(desk.redeem(member, "five"))

    desk.redeem(member, "ten-percent")
    account = Account(redeem)
    report = replace(eraser, platforms={"bogus": lambda: account}).erase((), subjects=(member,))

    assert ["held" if script else "issued"] == [each.state for each in redeemed]
    assert ({}, True) == (platform.codes, is_erased(desk, member))
    assert (2, {}) == (report.rewards_voided + bool(script), left(report))
    assert (500, True) == (balance(desk, member), is_clean(desk))


def test_what_a_platform_does_not_void_is_asked_once(desk, platform, eraser, member):
    def redeem():
        desk.redeem(member, "five")
        platform.script = ["no"]

    account = Account(redeem)
    report = replace(eraser, platforms={"bogus": lambda: account}).erase((), subjects=(member,))

    assert {"unused codes on bogus": 1} == left(report)
    assert is_erased(desk, member)


def test_what_was_held_and_is_paid_just_now_is_void_too(desk, platform, eraser, ada):
    platform.script = ["away"]
    held = desk.redeem(ada, "five")
    calls = iter((lambda: desk.retry(held.id),))

    def adapter(name):
        next(calls, lambda: None)()  # another process goes on with it
        return platform

    object.__setattr__(desk, "adapter", adapter)
    report = eraser.erase((), subjects=(ada,))

    assert ["held", "issued", "cancelling", "cancelled"] == states(desk, held.id)
    assert ({}, 1) == (platform.codes, report.rewards_voided)


@pytest.mark.parametrize("reward", ["five", "sample"])
def test_who_is_erased_redeems_nothing_and_a_repetition_finds_what_was(desk, eraser, ada, reward):
    before = desk.redeem(ada, reward, key="1")
    eraser.erase((), subjects=(ada,))

    assert before.id == desk.redeem(ada, reward, key="1").id
    with pytest.raises(SubjectErased):
        desk.redeem(ada, reward, key="2")


def test_an_erasure_waits_for_a_redemption_that_is_being_written(postgres, platform, clock):
    """PostgreSQL: neither sees what the other has not committed."""
    with open_store(postgres.database(KEY), key=KEY) as store:
        desk = make_desk(store, platform, clock=clock)
        ada, ledger = give(desk, "ada", 500), desk.book.ledger("")
        market = desk.book.standings.market
        eraser, reports = make_eraser(desk), []
        erasing = Thread(target=lambda: reports.append(eraser.erase((), subjects=(ada,))))
        with store.begin() as connection:
            wish = Wish(
                subject_id=ada,
                reward=desk.find(ledger, "five"),
                key="1",
                market=market(connection, ada, Market()),
                platform="bogus",
            )
            issue, _ = desk.book.place(connection, ledger, wish, now=NOON)
            erasing.start()
            while erasing.is_alive() and not is_waited_for(store):
                erasing.join(0.01)
            assert erasing.is_alive()
        erasing.join()

        assert "returned" == states(desk, issue.id)[-1]
        assert ([1], True) == ([each.subjects for each in reports], is_erased(desk, ada))
        assert (500, {}) == (balance(desk, ada), platform.codes)


def is_waited_for(store):
    with store.reading() as connection:
        query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return connection.exec_driver_sql(query).scalar_one() > 0


def test_a_platform_that_the_shop_left_is_asked_nothing(desk, platform, coupons, eraser, ada):
    packed_card(desk.store, ada)
    coupons.issue(CARD, worth=10, ends_at=NOON + timedelta(days=30))
    desk.redeem(ada, "five")
    platform.script = ["no", "no"]
    report = eraser.erase((), subjects=(ada,), source="bogus", is_suppressed=False)

    assert {"unused codes on bogus": 2} == left(report)
    assert ["no", "no"] == platform.script
