"""Redeeming in any order, with a platform that fails and processes that die: nothing is had twice.

After every step the books are those of a model that only knows what was promised; at the end one
sweep leaves nothing open, and on the platform exactly the codes that somebody paid for.
``RETENTION_SOAK=1`` runs twenty times as many sequences.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
)

from retention_sdk.errors import LedgerError, PlatformError, RewardRefused
from retention_sdk.loyalty import Hand
from retention_sdk.loyalty.rewards import IssueState
from retention_sdk.pipeline.rewards.book import HELD_FOR
from retention_sdk.pipeline.rewards.orders import note_rewards
from retention_sdk.storage import open_store
from retention_sdk.testing import FrozenClock, an_order

from .redeeming import Killed, Platform, give, make_desk, make_program

KEY = bytes(range(32))
SCALE = 20 if os.environ.get("RETENTION_SOAK") else 1
STOCK, LIMIT = 4, 2
PROGRAM = make_program(
    [
        {"id": "code", "kind": "percent", "points": 30, "percent": 10, "stock": STOCK},
        {"id": "gift", "kind": "gift", "points": 20, "per_customer": LIMIT},
    ]
)
TROUBLE = st.lists(
    st.sampled_from(["", "", "away", "lost", "no", "killed", "killed-late"]), max_size=3
)
PEOPLE = ("ada", "bob")


class RewardMachine(RuleBasedStateMachine):
    """Two customers, one platform, and orders whose news comes late."""

    @staticmethod
    def make_url():
        return "sqlite://"

    codes = Bundle("codes")

    @initialize()
    def open(self):
        self.platform, self.clock = Platform(), FrozenClock()
        self.store = open_store(self.make_url(), key=KEY)
        self.desk = make_desk(self.store, self.platform, program=PROGRAM, clock=self.clock)
        self.people = {name: give(self.desk, name, 60) for name in PEOPLE}
        self.given = dict.fromkeys(PEOPLE, 60)
        self.shown, self.used, self.count = set(), set(), 0
        self.retaken = 0

    def teardown(self):
        if "store" not in self.__dict__:
            return
        try:
            self.platform.script.clear()
            self.desk.retry_open()
            assert () == self.desk.retry_open().waiting
            codes = {self.code(each) for each in self.all() if each.state in {"issued", "redeemed"}}
            assert codes - {""} - self.used == set(self.platform.codes) - self.used
            self.books_are_those_of_the_model()
        finally:
            self.store.close()

    # What happens ------------------------------------------------------------------------------

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(1, 60))
    def earn(self, who, points):
        self.count += 1
        with self.store.begin() as connection:
            self.desk.book.ledger("").adjust(
                connection,
                self.people[who],
                points,
                hand=Hand(actor="test", reason="test"),
                key=f"earn {self.count}",
                now=self.clock(),
            )
        self.given[who] += points

    @rule(
        target=codes,
        who=st.sampled_from(PEOPLE),
        reward=st.sampled_from(["code", "code", "gift"]),
        script=TROUBLE,
        tries=st.integers(1, 3),
    )
    def redeem(self, who, reward, script, tries):
        self.count += 1
        self.platform.script[:] = script
        issued = None
        for _ in range(tries):
            with suppress(Killed, RewardRefused):
                issued = self.desk.redeem(self.people[who], reward, key=f"key {self.count}")
        self.platform.script.clear()
        return self.show(issued) if issued else multiple()

    @rule(script=TROUBLE, count=st.integers(0, 9))
    def cancel_one(self, script, count):
        issues = self.all()
        if not issues:
            return
        self.platform.script[:] = script
        with suppress(Killed, LedgerError, PlatformError):
            self.desk.cancel(issues[count % len(issues)].id, reason="test")
        self.platform.script.clear()

    @rule(script=TROUBLE)
    def sweep(self, script):
        self.platform.script[:] = script
        with suppress(Killed):
            self.desk.retry_open()
        self.platform.script.clear()

    @rule(count=st.integers(0, 9))
    def pack(self, count):
        gifts = [each for each in self.all() if each.kind == "gift"]
        if gifts:
            with suppress(LedgerError):
                self.desk.fulfil(gifts[count % len(gifts)].id)

    orders = Bundle("orders")

    @rule(target=orders, code=consumes(codes))
    def buy(self, code):
        """Use a code at a checkout, where the platform takes it; the shop is told later."""
        if code not in self.platform.codes or code in self.used:
            return multiple()
        self.used.add(code)
        return code

    @rule(code=consumes(orders))
    def tell(self, code):
        before = {each.id: each.state for each in self.all()}
        with self.store.begin() as connection:
            (issue,) = note_rewards(
                self.store,
                connection,
                an_order(coupon_codes=(code,)),
                shop_id="soap.example",
                ledgers=self.desk.book.ledgers.values(),
                now=self.clock(),
            )
        self.retaken += before[issue] == "cancelled"

    @rule(hours=st.sampled_from([1, 24, 24 * 8]))
    def wait(self, hours):
        self.clock.advance(timedelta(hours=hours))

    # What must hold ----------------------------------------------------------------------------

    @invariant()
    def books_are_those_of_the_model(self):
        if "store" not in self.__dict__:
            return
        ledger = self.desk.book.ledger("")
        for name, subject in self.people.items():
            spent = sum(each.points for each in self.of(subject) if self.is_paid(each))
            with self.store.reading() as connection:
                state = ledger.balance(connection, subject, now=self.clock())
            assert self.given[name] - spent == state.balance - state.debt
        with self.store.reading() as connection:
            assert ledger.verify(connection).is_clean

    @invariant()
    def stock_and_limits_hold(self):
        if "store" not in self.__dict__:
            return
        gone = [each for each in self.all() if IssueState(each.state).is_gone]
        assert sum(each.reward_id == "code" for each in gone) <= STOCK + self.retaken
        for subject in self.people.values():
            mine = [each for each in gone if each.subject_id == subject]
            assert sum(each.reward_id == "gift" for each in mine) <= LIMIT

    @invariant()
    def codes_on_the_platform_are_somebodys(self):
        if "store" not in self.__dict__:
            return
        mine = self.all()
        assert set(self.platform.codes) <= {self.code(each) for each in mine}
        for each in mine:
            if each.state == "issued" and each.platform:
                assert self.code(each) in self.platform.codes
            if each.state in {"returned", "cancelled"}:
                assert self.code(each) not in self.platform.codes

    # Small things ------------------------------------------------------------------------------

    def show(self, issued):
        """Return the code that a customer sees; what is not paid shows none."""
        if not issued.code:
            assert issued.kind == "gift" or issued.state not in {"issued", "redeemed"}
            return multiple()
        if issued.code in self.shown:
            return multiple()
        self.shown.add(issued.code)
        return issued.code

    def is_paid(self, issue):
        """Whether points are away: paid, or set aside for less than a week."""
        if issue.state == "held":
            return self.clock() < issue.made_at + HELD_FOR
        return IssueState(issue.state).is_gone

    def all(self):
        return [each for subject in self.people.values() for each in self.of(subject)]

    def of(self, subject):
        with self.store.reading() as connection:
            return self.store.rewards.of_person(connection, subject)

    def code(self, issue):
        with self.store.reading() as connection:
            return self.desk.book.code_of(connection, issue)


RewardMachine.TestCase.settings = settings(
    max_examples=12 * SCALE,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestRewards = RewardMachine.TestCase


class PostgresMachine(RewardMachine):
    """The same on PostgreSQL, each sequence in a database of its own."""


PostgresMachine.TestCase.settings = settings(
    RewardMachine.TestCase.settings, max_examples=3 * SCALE, stateful_step_count=15
)


class TestRewardsOnPostgres(PostgresMachine.TestCase):
    @pytest.fixture(autouse=True)
    def server(self, request):
        cluster = request.getfixturevalue("postgres")
        PostgresMachine.make_url = staticmethod(lambda: cluster.database(KEY))
