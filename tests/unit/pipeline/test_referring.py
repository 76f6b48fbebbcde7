"""Referrals in a shop: events in, points and news out, on both sides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from retention_sdk import Retention
from retention_sdk.errors import LedgerError, SubjectErased
from retention_sdk.loyalty import Hand, Program, Rate
from retention_sdk.loyalty.partners import read_message
from retention_sdk.model import (
    Context,
    CustomerErased,
    CustomersMerged,
    Erasure,
    Money,
    OrderRefunded,
    ReferralRewarded,
)
from retention_sdk.pipeline.loyalty.referring import ClaimSignals
from retention_sdk.testing import a_customer, a_paid_event, an_order

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = a_customer(address=None)
BOB = a_customer(id="8", email="bob@example.com", address=None)
RULE = {
    "referrer_points": 500,
    "friend_points": 200,
    "return_days": 14,
    "link": "https://soap.example/friends?r={code}",
}


class Shop:
    """A shop in memory whose clock is moved by hand."""

    def __init__(self, *, rewards=(), partners=(), points=None, **rule):
        self.now = NOON
        self.app = Retention.offline("Soap", sender="Ann", clock=lambda: self.now)
        program = Program(
            rates={"EUR": Rate(points=1, per_minor=100)},
            referral={**RULE, **rule},
            rewards=rewards,
            partners=partners,
        )
        changes = {"loyalty": program, "points": points or {}}
        self.app.config = self.app.config.model_copy(update=changes)
        self.friends = self.app.loyalty.referrals

    def pay(self, customer, number, name="", **changes):
        order = an_order(
            "50.00 EUR",
            id=number,
            customer=customer,
            placed_at=self.now,
            paid_at=self.now,
            shipping_address=None,
            **changes,
        )
        return self.tell(
            a_paid_event(order, id=name or f"paid-{number}", shop_id=self.app.config.shop.id)
        )

    def refund(self, paid):
        back = paid.order.model_copy(update={"refunded": Money(minor=50_00, currency="EUR")})
        return self.tell(
            OrderRefunded(
                id=f"back-{paid.id}", shop_id=paid.shop_id, occurred_at=self.now, order=back
            )
        )

    def tell(self, event):
        (outcome,) = self.app.ingest([event])
        assert "done" == outcome.state
        return event

    def run(self, days):
        """Let days pass; return what both sides are told of."""
        self.now += timedelta(days=days)
        report = self.app.run_due()
        events = [self.app.intake.stored(name).event for name in report.events]
        return [each for each in events if isinstance(each, ReferralRewarded)]

    def points(self, customer):
        with self.app.store.reading() as connection:
            who = self.app.store.subjects.find(
                connection, self.app.config.shop.id, f"id:{customer.id}"
            )
            state = self.app.ledger.balance(connection, who, now=self.now)
        return state.balance - state.debt

    def states(self):
        return [view.state for view in self.friends.listed()]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """Cards and mails go to a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shop():
    opened = Shop()
    yield opened
    opened.app.close()


def test_both_sides_are_told_once_of_what_they_got(shop):
    shop.pay(ADA, "1")
    code = shop.friends.code_of(ADA)
    assert shop.friends.link_of(ADA) == f"https://soap.example/friends?r={code}"
    paid = shop.pay(BOB, "2", coupon_codes=(code,))
    shop.tell(paid)
    assert [] == shop.run(13)

    told = shop.run(1)
    assert [] == shop.run(0)
    assert [("referrer", 500, "77"), ("friend", 200, "8")] == [
        (each.role, each.points, each.customer.id) for each in told
    ]
    assert {NOON + timedelta(days=14)} == {each.occurred_at for each in told}
    assert (550, 250) == (shop.points(ADA), shop.points(BOB))

    shop.refund(paid)
    assert (["clawed"], 50, 0) == (shop.states(), shop.points(ADA), shop.points(BOB))


def test_a_referral_of_points_that_are_given_no_more_is_not_looked_at_for_ever(shop):
    shop.pay(BOB, "1", coupon_codes=(shop.friends.code_of(ADA),))
    other = shop.app.config.loyalty.model_copy(update={"id": "other"})
    config = shop.app.config.model_copy(update={"loyalty": other})
    with Retention(config, clock=lambda: NOON + timedelta(days=20)) as later:
        later.__dict__["store"] = shop.app.store
        assert [] == [each for each in later.run_due().events if "referral" in each]


def test_a_claim_says_how_it_stands_and_is_the_same_when_repeated(shop):
    code = shop.friends.code_of(ADA)
    first = shop.friends.claim(code, BOB, ClaimSignals(device="d1"))

    assert ("claimed", ()) == (first.state, first.reasons)
    assert first == shop.friends.claim(code.lower(), BOB)
    assert None is shop.friends.claim("AAAA-AAAA-AAAA-AAAA", BOB)
    assert "rejected" == shop.friends.claim(code, ADA).state
    with pytest.raises(LedgerError, match="an account or an e-mail address"):
        shop.friends.claim(code, a_customer(id="", email=""))


def test_what_waits_is_listed_until_a_person_decides(shop):
    code = shop.friends.code_of(ADA)
    other = a_customer(id="9", email="cyd@example.com", address=None)
    shop.pay(BOB, "0")
    assert "rejected" == shop.friends.claim(code, BOB, ClaimSignals(device="same")).state
    shop.friends.claim(shop.friends.code_of(BOB), other, ClaimSignals(device="same"))
    shop.pay(other, "1")
    (view,) = shop.friends.waiting()
    assert (("both used the same device",), True) == (view.reasons, view.needs_decision)

    hand = Hand(actor="support", reason="brothers")
    assert "pending" == shop.friends.approve(view.id, hand).state
    assert () == shop.friends.waiting()
    assert ["referrer", "friend"] == [each.role for each in shop.run(20)]
    after = shop.friends.show(view.id)
    assert {"referrer": 500, "friend": 200} == after.points
    assert "brothers" in after.reasons
    assert "clawed" == shop.friends.reject(view.id, hand).state
    with pytest.raises(LedgerError, match="no referral"):
        shop.friends.show("nothing")


def test_accounts_that_become_one_lose_the_reward(shop):
    shop.pay(ADA, "1")
    shop.pay(BOB, "2", coupon_codes=(shop.friends.code_of(ADA),))
    shop.run(14)
    merged = CustomersMerged(
        id="m", shop_id=shop.app.config.shop.id, occurred_at=shop.now, customer=ADA, absorbed=("8",)
    )
    shop.tell(merged)

    assert (["clawed"], 100) == (shop.states(), shop.points(ADA))


def test_the_erased_leave_no_marks_and_can_neither_claim_nor_be_claimed(shop):
    shop.pay(BOB, "1")
    code = shop.friends.code_of(BOB)
    erased = CustomerErased(
        id="gone",
        shop_id=shop.app.config.shop.id,
        occurred_at=shop.now,
        erasure=Erasure(customer_id="8", email="bob@example.com"),
    )
    shop.tell(erased)

    with shop.app.store.reading() as connection:
        assert 0 == connection.exec_driver_sql("SELECT count(*) FROM referral_mark").scalar()
    assert None is shop.friends.claim(code, ADA)
    with pytest.raises(SubjectErased):
        shop.friends.claim(shop.friends.code_of(ADA), BOB)


def test_a_shop_without_the_table_has_no_referrals():
    with Retention.offline("Soap", sender="Ann", clock=lambda: NOON) as app:
        program = Program(rates={"EUR": Rate(points=1, per_minor=100)})
        app.config = app.config.model_copy(update={"loyalty": program})

        assert None is app.loyalty.referrals


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"referrer_points": 0, "friend_points": 0}, "rewards nobody"),
        ({"link": "https://soap.example/friends"}, "{code}"),
        ({"friend_reward": "tea"}, "no reward is called 'tea'"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(rule, message):
    with pytest.raises(ValueError, match=message):
        Program(rates={"EUR": Rate(points=1, per_minor=100)}, referral={**RULE, **rule})


WELCOME = {
    "kind": "invitation",
    "event": "tea",
    "id": "welcome",
    "points": 100,
    "names": {"en": "Tea for two"},
}


def test_a_friend_gets_a_reward_for_the_first_order_at_once_and_once():
    shop = Shop(rewards=[WELCOME], friend_reward="welcome")
    with shop.app:
        code = shop.friends.code_of(ADA)
        first, again = shop.friends.claim(code, BOB), shop.friends.claim(code, BOB)
        (given,) = shop.app.loyalty.rewards.list(BOB)

        assert ("claimed", "issued", 0) == (first.state, given.state, shop.points(BOB))
        assert first.gift == again.gift == given.code != ""
        assert given.code not in repr(first)
        assert "" == shop.friends.claim(code, ADA).gift


def test_a_reward_that_cannot_be_had_leaves_no_points():
    shop = Shop(rewards=[{**WELCOME, "stock": 0}], friend_reward="welcome")
    with shop.app:
        code = shop.friends.code_of(ADA)
        views = [shop.friends.claim(code, BOB) for _ in range(2)]

        assert [("claimed", "")] * 2 == [(view.state, view.gift) for view in views]
        assert 0 == shop.points(BOB)
        with shop.app.store.reading() as connection:
            assert shop.app.ledger.verify(connection).is_clean


STAMPS = Program(
    id="stamps",
    rates={"EUR": Rate(points=1, per_minor=1000)},
    rewards=[WELCOME],
    referral={"referrer_points": 3, "friend_reward": "welcome", "return_days": 7},
)


def test_every_programme_that_rewards_friends_is_served():
    """The code tells its programme; lists hold all, or those of one."""
    shop = Shop(points={"stamps": STAMPS})
    with shop.app:
        first, second = shop.friends.code_of(ADA), shop.friends.code_of(ADA, program="stamps")
        views = [shop.friends.claim(first, BOB)]
        shop.now += timedelta(hours=1)
        views.append(shop.friends.claim(second, BOB))

        assert ["points", "stamps"] == [view.program for view in views]
        assert ["", True] == [views[0].gift, bool(views[1].gift)]
        assert ("", True) == (
            shop.friends.link_of(ADA, program="stamps"),
            bool(shop.friends.link_of(ADA)),
        )
        assert [view.id for view in views] == [view.id for view in shop.friends.listed()]
        assert [views[1].id] == [v.id for v in shop.friends.listed(limit=1)]
        assert [views[1].id] == [v.id for v in shop.friends.listed(program="stamps")]
        hand = Hand(actor="support", reason="one household")
        assert "rejected" == shop.friends.reject(views[1].id, hand).state
        assert "claimed" == shop.friends.show(views[0].id).state
        with pytest.raises(LedgerError, match="no programme 'moons'"):
            shop.friends.code_of(ADA, program="moons")


def test_the_snapshot_of_an_order_tells_the_code_that_its_card_prints(shop):
    paid = shop.pay(ADA, "1")
    with shop.app.store.reading() as connection:
        payload = shop.app.store.stages.get(connection, paid.id, "context")

    assert shop.friends.code_of(ADA) == Context.model_validate_json(payload).loyalty.referral_code
    shop.pay(a_customer(id="", email=""), "2")


def test_a_card_of_a_batch_prints_the_code_that_somebody_has(shop):
    paid = shop.pay(ADA, "1")
    with shop.app.store.reading() as connection:
        who = shop.app.store.inbox.get(connection, paid.id).subject_id
    with shop.app.store.begin() as connection:
        stranger = shop.app.store.subjects.subject_for(
            connection, paid.shop_id, "id:stranger", now=shop.app.clock()
        )
    snapshots, now = shop.app.press_room.snapshots, shop.app.clock()

    known = snapshots.fresh(paid, who, now=now).loyalty
    assert (shop.friends.code_of(ADA), 0) == (known.referral_code, known.balance)
    assert "" == snapshots.fresh(paid, stranger, now=now).loyalty.referral_code


def test_partners_of_a_shop_are_told_by_their_messages_what_is_exchanged(shop):
    assert None is shop.app.loyalty.partners
    miles = {
        "id": "miles",
        "out": {"give": 10, "get": 4, "minimum": 10},
        "into": {"give": 5, "get": 10},
    }
    shop = Shop(partners=[miles])
    with shop.app:
        shop.pay(ADA, "1")
        desk = shop.app.loyalty.partners
        assert 16 == desk.quote(ADA, "miles", "out", 40).got
        sent = desk.send(ADA, "miles", 40, reference="a")
        desk.confirm("miles", "a", partner_reference="T")
        desk.send(ADA, "miles", 10, reference="b")
        desk.refuse("miles", "b", reason="closed")
        body = (
            b'{"kind": "receive", "partner": "miles", "reference": "R", "units": 5, "member": "77"}'
        )
        assert desk.apply(read_message(body)) == desk.receive(ADA, "miles", 5, reference="R")
        whole = desk.statement("miles", start=NOON, end=NOON + timedelta(days=1))

        assert (16, 20, 0) == (sent.exchange.units, shop.points(ADA), desk.sweep())
        assert (40, 10, 11, ()) == (
            whole.points_sent,
            whole.points_received,
            whole.units_due,
            whole.differences,
        )
        with pytest.raises(LedgerError, match="does not know"):
            desk.send(BOB, "miles", 10, reference="c")
