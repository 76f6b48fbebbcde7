"""Whoever is erased leaves no code behind that is worth anything, as far as platforms let us."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.errors import ConfigError, PlatformError
from retention_sdk.pipeline.cards.coupons import CouponDesk
from retention_sdk.pipeline.privacy.erasure import Eraser
from retention_sdk.pipeline.privacy.erasure_codes import CodesOfErased
from retention_sdk.pipeline.rewards.orders import note_rewards
from retention_sdk.storage import CardChoice, CardPlace, CardState, open_store
from retention_sdk.testing import NOON, FrozenClock, an_order

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
def eraser(desk, coupons, clock):
    return Eraser(
        store=desk.store,
        shop_id=SHOP,
        channel=lambda _: None,
        platforms={},
        clock=clock,
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


def test_a_platform_that_the_shop_left_is_asked_nothing(desk, platform, coupons, eraser, ada):
    packed_card(desk.store, ada)
    coupons.issue(CARD, worth=10, ends_at=NOON + timedelta(days=30))
    desk.redeem(ada, "five")
    platform.script = ["no", "no"]
    report = eraser.erase((), subjects=(ada,), source="bogus", is_suppressed=False)

    assert {"unused codes on bogus": 2} == left(report)
    assert ["no", "no"] == platform.script
