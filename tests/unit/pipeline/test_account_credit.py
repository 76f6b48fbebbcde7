"""Points for money in an account: paid in once whatever breaks, and never without its points."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from retention_sdk.adapter import Capability
from retention_sdk.errors import RewardRefused, UnsupportedFeature
from retention_sdk.pipeline.rewards.book import HELD_FOR
from retention_sdk.pipeline.rewards.credit import CALL_FOR, account_on
from retention_sdk.storage import open_store
from retention_sdk.testing import NOON, FrozenClock, a_customer, a_paid_event, an_order, money

from .redeeming import Killed, Platform, balance, give, is_clean, make_desk, make_program, states

KEY = bytes(range(32))
LATER = NOON + timedelta(minutes=1)
REWARDS = [
    {"id": "credit", "kind": "account_credit", "points": 100, "worth_minor": {"EUR": 500}},
]


class Bank(Platform):
    """A platform that pays a key once, and runs what a test wants in the middle of a call."""

    def __init__(self):
        super().__init__()
        self.calls, self.meanwhile = [], None

    def give_credit(self, customer_id, amount, *, key):
        self.calls.append(key)
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act()
        self._before()
        super().give_credit(customer_id, amount, key=key)
        self._after()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    url = f"sqlite:///{tmp_path}/shop.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database(KEY)
    with open_store(url, key=KEY) as opened:
        yield opened


@pytest.fixture
def bank():
    return Bank()


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def desk(store, bank, clock):
    return make_desk(store, bank, clock=clock, program=make_program(REWARDS))


@pytest.fixture
def ada(desk):
    """Somebody with points whose order told of an account."""
    order = an_order(customer=a_customer(id="ada"))
    paid = a_paid_event(order, id="bogus:paid:1", shop_id="soap.example")
    with desk.store.begin() as connection:
        desk.store.inbox.receive(connection, [paid], now=NOON)
    return give(desk, "ada", 250)


def test_points_pay_money_into_the_account_and_no_code_is_shown(desk, bank, ada):
    redeemed = desk.redeem(ada, "credit", key="form")
    again = desk.redeem(ada, "credit", key="form")

    assert ("issued", "", 150) == (redeemed.state, redeemed.code, balance(desk, ada))
    assert {("ada", f"reward:{redeemed.id}"): money("5.00 EUR")} == bank.credits
    assert (redeemed.id, 1) == (again.id, len(bank.calls))
    assert is_clean(desk)


def test_a_refusal_gives_the_points_back(desk, bank, ada):
    bank.script = ["no"]
    redeemed = desk.redeem(ada, "credit")

    assert ("returned", "bogus: no", 250) == (redeemed.state, redeemed.reason, balance(desk, ada))
    assert {} == bank.credits


@pytest.mark.parametrize("how", ["away", "lost"])
def test_an_answer_that_is_lost_is_asked_for_again_after_a_pause_and_pays_once(
    desk, bank, ada, clock, how
):
    bank.script = [how]
    held = desk.redeem(ada, "credit", key="form")
    soon = desk.redeem(ada, "credit", key="form")
    clock.now += timedelta(minutes=2)
    done = desk.redeem(ada, "credit", key="form")

    assert ["held", "held", "issued"] == [held.state, soon.state, done.state]
    assert (2, 1, 150) == (len(bank.calls), len(bank.credits), balance(desk, ada))


def test_two_workers_do_not_ask_at_the_same_time(desk, bank, ada):
    """Medusa would pay both: it looks for the key before it pays, and keeps no key unique."""
    seen = []
    bank.meanwhile = lambda: seen.append(desk.redeem(ada, "credit", key="form").state)
    done = desk.redeem(ada, "credit", key="form")

    assert (["held"], "issued", 1) == (seen, done.state, len(bank.calls))


def test_many_workers_at_once_ask_once(desk, bank, ada):
    seen = []

    def redeem():
        seen.append(desk.redeem(ada, "credit", key="form").state)

    workers = [Thread(target=redeem) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (4, 1, 150) == (len(seen), len(bank.calls), balance(desk, ada))
    assert {"issued"} <= set(seen) <= {"held", "issued"}


@pytest.mark.parametrize("moment", ["killed", "killed-late"])
def test_a_process_that_dies_while_it_asks_is_followed_after_its_time(
    desk, bank, ada, clock, moment
):
    bank.script = [moment]
    with pytest.raises(Killed):
        desk.redeem(ada, "credit", key="form")
    assert 1 == len(desk.retry_open().waiting)
    clock.now += CALL_FOR

    assert 1 == len(desk.retry_open().ended)
    assert (1, 150) == (len(bank.credits), balance(desk, ada))


def test_what_may_have_been_paid_is_said_where_the_points_go_back(desk, bank, ada, clock):
    bank.script = ["lost"]
    held = desk.redeem(ada, "credit")
    clock.now += HELD_FOR
    done = desk.retry(held.id)

    assert ("returned", 250) == (done.state, balance(desk, ada))
    assert done.reason.startswith("an answer was lost before: look")


def test_money_that_arrives_after_the_points_went_back_is_paid_for(desk, bank, ada):
    """The hold is refused by another hand while the platform pays."""

    def refuse():
        (issue,) = desk.list(ada)
        with desk.store.begin() as connection:
            desk.book.refuse(connection, issue.id, reason="by hand", now=NOON)

    bank.meanwhile = refuse
    desk.redeem(ada, "credit")

    assert (1, 150) == (len(bank.credits), balance(desk, ada))
    assert is_clean(desk)


def test_money_that_was_given_cannot_be_cancelled(desk, ada):
    redeemed = desk.redeem(ada, "credit")

    with pytest.raises(UnsupportedFeature, match="cannot be taken back"):
        desk.cancel(redeemed.id, reason="mistake")
    assert ("issued", 150) == (states(desk, redeemed.id)[-1], balance(desk, ada))


def test_who_has_no_account_there_is_refused_and_keeps_the_points(desk):
    bob = give(desk, "bob", 250)

    with pytest.raises(RewardRefused, match="no account on bogus is known"):
        desk.redeem(bob, "credit")
    assert 250 == balance(desk, bob)


def test_a_platform_without_accounts_offers_it_to_nobody(desk, bank, ada):
    bank.capabilities = ~Capability.STORE_CREDIT

    (offer,) = desk.offers(ada)
    assert ["platform"] == [each.code for each in offer.refusals]


def test_an_account_that_changes_meanwhile_is_not_paid_twice(desk, bank, ada, clock):
    """Every try credits the account that was known when the points were set aside."""
    bank.script = ["lost"]
    held = desk.redeem(ada, "credit")
    bob = give(desk, "bob", 1)
    order = an_order(id="2", customer=a_customer(id="bob"))
    paid = a_paid_event(order, id="bogus:paid:2", shop_id="soap.example", occurred_at=LATER)
    with desk.store.begin() as connection:
        desk.store.inbox.receive(connection, [paid], now=NOON)
        desk.book.ledger("").merge(connection, ada, bob, now=NOON)
        desk.store.subjects.merge(connection, ada, bob, now=NOON)
        assert "bob" == account_on(desk.store, connection, ada, "bogus")
    clock.now += timedelta(minutes=2)

    assert "issued" == desk.retry(held.id).state
    assert ["ada"] == [who for who, _ in bank.credits]
