"""The coupon of a card, from its creation to a checkout, on a real Vendure server."""

import secrets
from datetime import timedelta

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.errors import PlatformError
from retention_sdk.pipeline.cards.coupons import CouponDesk, note_redemptions
from retention_sdk.storage import CardChoice, CardPlace, open_store
from retention_sdk.storage.card_records import CardState
from retention_sdk.testing import NOON, FrozenClock, money

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as opened:
        yield opened


@pytest.fixture
def desk(shop, store):
    adapter = VendureAdapter.from_config(shop.settings(), shop_id="soap.example")
    return CouponDesk(store=store, adapter=adapter, keys={0: KEY}, clock=FrozenClock())


@pytest.fixture
def card_id():
    """The server keeps its codes for the whole run, so each test has a card of its own."""
    return secrets.randbits(40)


def states(store, card_id):
    with store.reading() as connection:
        return [code.state.value for code in store.codes.of_card(connection, card_id)]


def test_card_pays_off_in_a_checkout_and_its_order_leads_back_to_it(shop, desk, store, card_id):
    """Soap at 12.99, less 10 % is 11.69, with 19 % tax 13.91 instead of 15.46."""
    code = desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3650))
    placed = shop.buy(method="pickup", coupon=code.code, total="13.91 EUR")
    order = desk._adapter.fetch_order(placed["id"])
    with store.begin() as connection:
        cards = note_redemptions(store, connection, order, keys={0: KEY}, now=NOON)

    assert money("13.91 EUR") == order.total
    assert (card_id,) == cards
    assert ["redeemed"] == states(store, card_id)


def test_coupon_of_a_void_card_is_refused_at_the_checkout(shop, desk, store, card_id):
    code = desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3650))
    place = CardPlace(
        card_id=card_id, shop_id="soap.example", order_id="1", fulfilment_id="1", event_id="e"
    )
    choice = CardChoice(template="birthday", locale="en", formality="formal")
    with store.begin() as connection:
        subject = store.subjects.for_shop(connection, "soap.example", now=NOON)
        card = store.cards.assign(
            connection, place, choice, b"{}", order_number="1", subject_id=subject, now=NOON
        )
        store.cards.advance(connection, card, CardState.VOIDED, reason="cancelled", now=NOON)

    assert (card_id,) == desk.sweep().voided
    assert ["voided"] == states(store, card_id)
    with pytest.raises(AssertionError, match="COUPON_CODE_INVALID_ERROR"):
        shop.buy(method="pickup", coupon=code.code, total="13.91 EUR")
    with pytest.raises(PlatformError, match="voided"):
        desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3650))


def test_second_try_finds_the_code_that_the_first_one_made(shop, desk, card_id):
    """As after a crash: the platform has one promotion, whatever the second try asked for."""
    first = desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3650))
    again = desk.issue(card_id, worth=10, ends_at=NOON + timedelta(days=3651))

    assert (first.platform_id, first.ends_at) == (again.platform_id, again.ends_at)
