"""Any sequence of claims, orders, refunds, merges and waiting keeps referrals right: R1 to R3.

``RETENTION_SOAK=1`` runs twenty times as many sequences.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import timedelta
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty.referrals import State
from retention_sdk.loyalty.referrals.records import read_referral
from retention_sdk.storage import open_store
from tests.unit.loyalty.referrals.circle import HAND, PEOPLE, RULE, Circle

SCALE = 20 if os.environ.get("RETENTION_SOAK") else 1
NAMES = st.sampled_from(sorted(PEOPLE))
# One person under two spellings of a mailbox.
ALIKE = {"bob", "alias"}
WINDOW = timedelta(days=RULE["return_days"])


class ReferralMachine(RuleBasedStateMachine):
    """Some people who bring each other along, themselves, and their other accounts."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.exit = ExitStack()
        self.store = self.exit.enter_context(
            open_store(self.url, key=bytes(32), random_bytes=Random(0).randbytes)
        )
        self.connection = self.exit.enter_context(self.store.begin())
        self.number, self.paid_at, self.back = 0, dict[str, object](), set[str]()

    def teardown(self) -> None:
        self.connection.rollback()
        self.exit.close()

    @initialize(limit=st.sampled_from([None, 1, 2]))
    def begin(self, limit):
        rules = {**RULE, "yearly_max": limit} if limit else RULE
        self.circle = Circle(self.store, self.connection, rule=rules)

    @rule(member=NAMES, friend=NAMES)
    def claim(self, member, friend):
        code = self.circle.code_of(member)
        assert self.circle.claim(code, friend) == self.circle.claim(code, friend)

    @rule(friend=NAMES, member=st.none() | NAMES, late=st.booleans())
    def buy(self, friend, member, late):
        self.number += 1
        number = str(self.number)
        codes = (self.circle.code_of(member),) if member else ()
        self.circle.pay(friend, number, coupon_codes=codes)
        self.paid_at[f"shop:{number}"] = self.circle.orders[number][1].paid_at
        if late:
            self.circle.pay(friend, number, again="redelivered")

    @rule(data=st.data(), how=st.sampled_from(["refund", "part", "cancel", "repeat"]))
    def change_an_order(self, data, how):
        if not self.circle.orders:
            return
        number = data.draw(st.sampled_from(sorted(self.circle.orders)))
        if how == "repeat":
            self.circle.pay("", number, again=f"again{self.number}")
            return
        if how == "cancel":
            self.circle.cancel(number)
        else:
            self.circle.refund(number, 100 if how == "part" else None, again=f"{self.number}")
        if how != "part":
            self.back.add(f"shop:{number}")

    @rule(data=st.data(), yes=st.booleans())
    def decide(self, data, yes):
        found = self.circle.all()
        if not found:
            return
        stored = data.draw(st.sampled_from(found))
        decide = self.circle.book.approve if yes else self.circle.book.reject
        try:
            decide(self.connection, stored.head.id, hand=HAND, now=self.circle.now)
        except LedgerError:
            assert yes  # a no is possible at any time

    @rule(survivor=NAMES, absorbed=NAMES)
    def merge(self, survivor, absorbed):
        if not PEOPLE[survivor].is_guest:
            self.circle.merge(survivor, absorbed)

    @rule(days=st.sampled_from([0, 1, 13, 14, 40, 200]))
    def wait(self, days):
        self.circle.wait(days)

    @invariant()
    def nobody_refers_themselves(self):
        """R1: neither the same person, nor a mailbox spelled in another way, is ever rewarded."""
        for stored, known in self.known():
            both = {stored.head.referrer_id, stored.head.friend_id}
            if len(both) == 1 or both in self.pairs():
                assert known.state in {State.REJECTED, State.CLAWED}

    @invariant()
    def rewards_wait_for_the_window(self):
        """R2: nothing is given before the return window ends, nor kept once the order is back."""
        for stored, known in self.known():
            rewarded = [step for step in stored.steps if step.state == "rewarded"]
            assert len(rewarded) <= 1
            for step in rewarded:
                assert step.at >= self.paid_at[step.order_id] + WINDOW
            if known.state is State.REWARDED:
                assert known.order_id not in self.back

    @invariant()
    def every_no_tells_why(self):
        """R3, and steps only go forward."""
        for stored, known in self.known():
            if known.state in {State.REJECTED, State.CLAWED}:
                assert known.reasons
                assert all(known.reasons)
            states = [step.state for step in stored.steps]
            assert "rewarded" not in states or "rejected" not in states
            assert "clawed" not in states or "rewarded" in states

    @invariant()
    def points_are_those_of_referrals_that_stand(self):
        """Every person holds exactly what their rewarded referrals gave."""
        if not hasattr(self, "circle"):
            return
        due: dict[str, int] = {}
        for stored, known in self.known():
            if known.state is State.REWARDED:
                for role, _, points in stored.step.grants:
                    head = stored.head
                    who = head.referrer_id if role == "referrer" else head.friend_id
                    name = self.store.subjects.person(self.connection, who)[0]
                    due[name] = due.get(name, 0) + points
        people = {self.circle.who(name) for name in PEOPLE}
        held = {
            who: self.circle.ledger.balance(self.connection, who, now=self.circle.now).balance
            for who in people
        }
        assert {who: points for who, points in held.items() if points} == due

    @invariant()
    def one_friend_is_brought_once(self):
        """No friend stands in two referrals that count, under whatever accounts."""
        counting = [
            self.store.subjects.person(self.connection, stored.head.friend_id)[0]
            for stored, known in self.known()
            if known.state in {State.PENDING, State.REWARDED}
        ]
        assert len(counting) == len(set(counting))

    def known(self):
        if not hasattr(self, "circle"):
            return []
        return [(each, read_referral(each)) for each in self.circle.all()]

    def pairs(self):
        found = [{self.circle.who(name) for name in pair} for pair in combinations(ALIKE, 2)]
        return [pair for pair in found if len(pair) == 2]


ReferralMachine.TestCase.settings = settings(
    max_examples=12 * SCALE,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestReferrals = ReferralMachine.TestCase


class PostgresMachine(ReferralMachine):
    """The same on PostgreSQL; each sequence is one transaction that is rolled back."""


PostgresMachine.TestCase.settings = settings(
    ReferralMachine.TestCase.settings, max_examples=3 * SCALE, stateful_step_count=15
)


@pytest.mark.skipif("RETENTION_SQLITE_ONLY" in os.environ, reason="one database finds faults")
class TestReferralsOnPostgres(PostgresMachine.TestCase):
    @pytest.fixture(autouse=True)
    def server(self, request):
        PostgresMachine.url = request.getfixturevalue("postgres").database(bytes(32))
