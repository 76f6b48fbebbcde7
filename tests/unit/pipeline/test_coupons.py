"""A coupon per card: created before it is printed, void when the card is."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retention_sdk.adapter import Capability
from retention_sdk.errors import MissingFont, PlatformError, TextOverflow, UnsupportedFeature
from retention_sdk.inserts.codes import coupon_code
from retention_sdk.pipeline.cards.coupons import CouponDesk, Swept, note_redemptions
from retention_sdk.storage import CardChoice, CardPlace, open_store
from retention_sdk.storage.card_records import CardState
from retention_sdk.testing import NOON, BogusShop, FrozenClock, an_order, money

KEY = bytes(range(32))
ENDS = NOON + timedelta(days=30)
CARD = 77


class Platform(BogusShop):
    """Fails as often as it is told, before or after it did what was asked."""

    def __init__(self):
        super().__init__()
        self.errors = []
        self.voided = []

    def create_code(self, code):
        self._maybe_fail()
        return super().create_code(code)

    def void_code(self, code):
        self._maybe_fail()
        self.voided.append(code.code)
        super().void_code(code)

    def _maybe_fail(self):
        if self.errors:
            raise PlatformError("as the test wants", adapter=self.name, retryable=self.errors.pop())


class Reader(BogusShop):
    capabilities = Capability.CREATE_CODE


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/shop.db", key=KEY) as opened:
        yield opened


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
def make_desk(store, platform):
    def make(**changes):
        wiring = {"store": store, "adapter": platform, "keys": {0: KEY}, "clock": FrozenClock()}
        return CouponDesk(**wiring | changes)

    return make


@pytest.fixture
def desk(make_desk):
    return make_desk()


def states(store, card_id=CARD):
    with store.reading() as connection:
        return [code.state.value for code in store.codes.of_card(connection, card_id)]


def put_card(store, connection, card_id=CARD):
    place = CardPlace(
        card_id=card_id,
        shop_id="soap.example",
        order_id=str(card_id),
        fulfilment_id="1",
        event_id="e",
    )
    choice = CardChoice(template="birthday", locale="de", formality="formal")
    subject = store.subjects.subject_for(connection, "soap.example", "id:42", now=NOON)
    return store.cards.assign(
        connection, place, choice, b"{}", order_number="1", subject_id=subject, now=NOON
    )


def test_coupon_is_on_the_platform_and_in_the_store_before_it_is_printed(desk, platform, store):
    code = desk.issue(
        CARD, worth=10, starts_at=NOON, ends_at=ENDS, minimum=money("30.00 EUR"), title="Birthday"
    )

    assert coupon_code(CARD, key=KEY) == code.code
    assert (10, None, ENDS, money("30.00 EUR"), 1) == (
        code.percent, code.amount, code.ends_at, code.minimum, code.uses_max,
    )  # fmt: skip
    assert {code.code: code} == platform.codes
    assert ["created"] == states(store)


def test_an_amount_is_an_amount(desk):
    assert money("5.00 EUR") == desk.issue(CARD, worth=money("5.00 EUR"), ends_at=ENDS).amount


def test_asking_again_gives_the_same_coupon(desk, platform, store):
    first = desk.issue(CARD, worth=10, ends_at=ENDS)
    again = desk.issue(CARD, worth=10, ends_at=ENDS + timedelta(days=1))

    assert first == again
    assert 1 == len(platform.codes)
    assert ["created"] == states(store)


def test_the_store_does_not_tell_what_to_type(desk, tmp_path, store):
    text = desk.issue(CARD, worth=10, ends_at=ENDS).code
    store.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert text.encode() not in kept
    assert text.replace("-", "").encode() not in kept


def test_rotating_keys_does_not_change_a_coupon_that_was_given(make_desk):
    first = make_desk().issue(CARD, worth=10, ends_at=ENDS)
    later = make_desk(keys={0: KEY, 1: bytes(reversed(KEY))}, current=1)

    assert first == later.issue(CARD, worth=10, ends_at=ENDS)
    assert first.code != later.issue(CARD + 1, worth=10, ends_at=ENDS).code
    assert later.void(CARD)


def test_platform_that_is_away_is_asked_again(desk, platform, store):
    platform.errors = [True]
    with pytest.raises(PlatformError):
        desk.issue(CARD, worth=10, ends_at=ENDS)

    assert {} == platform.codes
    assert ["created"] == states(store)
    assert desk.issue(CARD, worth=10, ends_at=ENDS).code in platform.codes


def test_platform_that_refuses_is_not_asked_again(desk, platform, store):
    platform.errors = [False]
    with pytest.raises(PlatformError):
        desk.issue(CARD, worth=10, ends_at=ENDS)

    assert ["voided"] == states(store)
    with pytest.raises(PlatformError, match="voided before"):
        desk.issue(CARD, worth=10, ends_at=ENDS)


def test_coupon_that_is_worth_something_else_by_now_can_still_be_voided(desk, platform, store):
    """The shop changed its offer between two prints of a card; the first code is out there."""
    code = desk.issue(CARD, worth=10, ends_at=ENDS)
    platform.errors = [False]
    with pytest.raises(PlatformError):
        desk.issue(CARD, worth=15, ends_at=ENDS)

    assert ["created"] == states(store)
    assert desk.void(CARD)
    assert [code.code] == platform.voided


def test_void_is_for_good_and_safe_to_repeat(desk, platform, store):
    code = desk.issue(CARD, worth=10, ends_at=ENDS)

    assert [True, False, False] == [desk.void(CARD), desk.void(CARD), desk.void(CARD + 1)]
    assert ({}, [code.code], ["voided"]) == (platform.codes, platform.voided, states(store))
    with pytest.raises(PlatformError, match="voided before"):
        desk.issue(CARD, worth=10, ends_at=ENDS)


def test_sweep_voids_the_coupons_of_void_cards_and_tries_again(desk, platform, store):
    with store.begin() as connection:
        cards = [put_card(store, connection, number) for number in (1, 2, 3)]
    for card in cards:
        desk.issue(card.card_id, worth=10, ends_at=ENDS)
    with store.begin() as connection:
        for card in cards[:2]:
            store.cards.advance(connection, card, CardState.VOIDED, reason="cancelled", now=NOON)
    platform.errors = [True]

    first, second, third = desk.sweep(), desk.sweep(), desk.sweep()

    assert Swept(voided=(2,), failed=(1,)) == first
    assert Swept(voided=(1,)) == second
    assert Swept() == third
    assert [["voided"], ["voided"], ["created"]] == [states(store, number) for number in (1, 2, 3)]


def test_coupon_of_a_card_that_cannot_be_printed_is_voided(desk, platform, store):
    with pytest.raises(TextOverflow), desk.issued(CARD, worth=10, ends_at=ENDS):
        raise TextOverflow("too long")

    assert ({}, ["voided"]) == (platform.codes, states(store))


def test_coupon_of_a_card_that_waits_for_a_font_is_kept(desk, platform, store):
    with pytest.raises(MissingFont), desk.issued(CARD, worth=10, ends_at=ENDS):
        raise MissingFont("not installed")
    with desk.issued(CARD, worth=10, ends_at=ENDS) as code:
        printed = code

    assert {printed.code: printed} == platform.codes
    assert ["created"] == states(store)


def test_order_that_used_a_coupon_marks_its_card_once(desk, store):
    code = desk.issue(CARD, worth=10, ends_at=ENDS).code
    order = an_order(coupon_codes=("SUMMER", code.lower(), coupon_code(99, key=KEY)))

    def note():
        with store.begin() as connection:
            return note_redemptions(store, connection, order, keys={1: bytes(32), 0: KEY}, now=NOON)

    assert [(CARD,), ()] == [note(), note()]
    assert ["redeemed"] == states(store)
    assert not desk.void(CARD)


def test_platform_without_codes_is_refused_at_once(store):
    with pytest.raises(UnsupportedFeature, match="for everybody"):
        CouponDesk(store=store, adapter=Reader(), keys={0: KEY}, clock=FrozenClock())


CRASH = """
import json, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from retention_sdk.pipeline.cards.coupons import CouponDesk
from retention_sdk.storage import open_store
from retention_sdk.testing import BogusShop

class Dying(BogusShop):
    def create_code(self, code):
        if sys.argv[2] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        Path(sys.argv[1], "platform.json").write_text(json.dumps([code.code]))
        os.kill(os.getpid(), signal.SIGKILL)

store = open_store(f"sqlite:///{sys.argv[1]}/shop.db", key=bytes(range(32)))
desk = CouponDesk(store=store, adapter=Dying(), keys={0: bytes(range(32))}, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
desk.issue(77, worth=10, ends_at=datetime(2026, 2, 1, tzinfo=UTC))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_process_that_is_killed_while_creating_leaves_a_coupon_that_is_found(
    moment, tmp_path, make_desk, store, platform
):
    """It made the code and could not tell: a second try makes no second one, a sweep finds it."""
    done = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path), moment], check=False)
    assert -signal.SIGKILL == done.returncode
    there = Path(tmp_path, "platform.json")
    made = json.loads(there.read_text()) if there.exists() else []

    assert ["created"] == states(store)
    code = make_desk().issue(CARD, worth=10, ends_at=datetime(2026, 2, 1, tzinfo=UTC))
    assert made in ([], [code.code])
    with store.begin() as connection:
        store.cards.advance(connection, put_card(store, connection), CardState.VOIDED, now=NOON)
    assert (CARD,) == make_desk().sweep().voided
    assert [code.code] == platform.voided
