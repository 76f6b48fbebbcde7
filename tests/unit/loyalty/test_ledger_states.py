"""Any sequence of earning, refunding, spending, repeating and waiting keeps the books right.

Amounts are drawn relative to what is there and some rules are directed: drawn blindly they would
miss the rare states, such as points that expire while they are held. ``RETENTION_SOAK=1`` runs
twenty times as many sequences; ``test_mutations`` proves that these invariants notice faults.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from retention_sdk.errors import InsufficientPoints, LedgerError
from retention_sdk.loyalty import Hand, PointsLedger, Program, Rate, order_points
from retention_sdk.model import Award, Money, Order, OrderLine, OrderPaid
from retention_sdk.storage import open_store

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SCALE = 20 if os.environ.get("RETENTION_SOAK") else 1
PEOPLE = ("ada", "bob")
# Where only the verdict counts, as in the mutation run, nobody needs the smallest example.
PHASES = [Phase.generate] if os.environ.get("RETENTION_NO_SHRINK") else list(Phase)


def paid(order_id: str, minor: int, at: datetime) -> OrderPaid:
    price = Money(minor=minor, currency="EUR")
    line = OrderLine(id="l", title="Tea", quantity=1, unit_price=price, total=price)
    order = Order(id=order_id, number="1", placed_at=at, currency="EUR", total=price, lines=(line,))
    return OrderPaid(id=f"e{order_id}", shop_id="shop", occurred_at=at, order=order)


class LedgerMachine(RuleBasedStateMachine):
    """Two people, one ledger, and a clock that we hold."""

    url = "sqlite://"

    def __init__(self) -> None:
        super().__init__()
        self.exit = ExitStack()
        # Identifiers are drawn from a seeded source, so that a failing sequence can be repeated.
        randomness = Random(0).randbytes
        store = self.exit.enter_context(
            open_store(self.url, key=bytes(32), random_bytes=randomness)
        )
        self.connection = self.exit.enter_context(store.begin())
        self.store, self.now, self.number = store, START, 0
        self.subjects = {
            name: store.subjects.subject_for(self.connection, "shop", f"id:{name}", now=START)
            for name in PEOPLE
        }
        self.events: dict[str, tuple[str, OrderPaid, int]] = {}
        self.ratios: dict[str, Fraction] = {}
        self.holds: dict[str, tuple[str, int]] = {}
        self.resolved: set[str] = set()
        self.last = lambda: None

    def teardown(self) -> None:
        # The next sequence begins with empty books.
        self.connection.rollback()
        self.exit.close()

    # Helpers ---------------------------------------------------------------------------------

    def ledger_with(self, matures=0, expires=None) -> PointsLedger:
        program = Program(
            rates={"EUR": Rate(points=1, per_minor=100)},
            matures_after_days=matures,
            expires_after_days=expires,
            clawback=self.policy,
        )
        return PointsLedger(self.store, program)

    def key(self) -> str:
        self.number += 1
        return f"key {self.number}"

    def sql(self, query: str):
        return self.connection.exec_driver_sql(query).all()

    def state(self, who: str, now: datetime | None = None):
        return self.ledger.balance(self.connection, self.subjects[who], now=now or self.now)

    def net(self, who: str) -> int:
        return sum(each.points for each in self.ledger.history(self.connection, self.subjects[who]))

    def once(self, request):
        """Do it twice with the same key: L5, and remember it to be repeated much later."""
        posted = request()
        count = self.sql("SELECT count(*) FROM txn")
        again = request()
        assert (posted.txn_id, posted.points, posted.balance) == (
            again.txn_id,
            again.points,
            again.balance,
        )
        assert (True, False) == (posted.is_new, again.is_new)
        assert count == self.sql("SELECT count(*) FROM txn")
        self.last = request
        return posted

    # Rules -----------------------------------------------------------------------------------

    @initialize(policy=st.sampled_from(["debt", "debt", "debt", "clamp", "only_pending"]))
    def choose(self, policy):
        self.policy = policy
        self.ledger = self.ledger_with()

    @rule(
        who=st.sampled_from(PEOPLE),
        points=st.integers(0, 300),
        cents=st.integers(0, 99),
        award=st.one_of(st.none(), st.integers(1, 50)),
        matures=st.sampled_from([0, 0, 3]),
        expires=st.sampled_from([None, 1, 2, 10]),
        late=st.sampled_from([0, 0, 0, 5]),
    )
    def earn(self, who, points, cents, award, matures, expires, late):  # noqa: PLR0917 - drawn by name
        order_id = f"o{len(self.events)}"
        event = paid(order_id, points * 100 + cents, self.now - late * DAY)
        ledger = self.ledger_with(matures, expires)
        awards = [Award(points=award, reason="thanks", plugin="p")] if award else []
        now, subject_id = self.now, self.subjects[who]
        posted = self.once(
            lambda: ledger.earn(
                self.connection, event, subject_id=subject_id, now=now, awards=awards
            )
        )
        assert points + (award or 0) == posted.points
        self.events[order_id] = (who, event, posted.points)
        breakdown = ledger.explain(self.connection, posted.txn_id).facts["breakdown"]
        assert posted.points == sum(part["points"] for part in breakdown["parts"])  # L13
        assert points == order_points(
            breakdown["basis_minor"],
            tax_minor=0,
            total_minor=breakdown["total_minor"],
            rate=Rate.model_validate(breakdown["rate"]),
        )

    @precondition(lambda self: self.events)
    @rule(data=st.data(), part=st.integers(1, 10))
    def refund(self, data, part):
        order_id = data.draw(st.sampled_from(sorted(self.events)))
        ratio = Fraction(part, 10)
        self.ratios[order_id] = max(ratio, self.ratios.get(order_id, Fraction(0)))
        self._claw(order_id, ratio)

    def _claw(self, order_id, ratio):
        who, event, _ = self.events[order_id]
        key, now, subject_id = self.key(), self.now, self.subjects[who]
        return self.once(
            lambda: self.ledger.claw_back(
                self.connection, event, subject_id=subject_id, now=now, ratio=ratio, key=key
            )
        )

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(1, 300), part=st.integers(1, 10))
    def refund_before_payment(self, who, points, part):
        order_id = f"o{len(self.events)}"
        event = paid(order_id, points * 100, self.now)
        self.events[order_id] = (who, event, points)
        self.ratios[order_id] = Fraction(part, 10)
        assert 0 == self._claw(order_id, Fraction(part, 10)).points
        self.ledger.earn(self.connection, event, subject_id=self.subjects[who], now=self.now)

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(1, 300), parts=st.integers(1, 4))
    def earn_and_refund_in_full(self, who, points, parts):
        """L11: as if it had not happened, whatever is owed, in however many parts."""
        before = self.state(who)
        order_id = f"o{len(self.events)}"
        event = paid(order_id, points * 100, self.now)
        self.ledger.earn(self.connection, event, subject_id=self.subjects[who], now=self.now)
        self.events[order_id] = (who, event, points)
        self.ratios[order_id] = Fraction(1)
        for part in range(1, parts + 1):
            self._claw(order_id, Fraction(part, parts))
        after = self.state(who)
        if self.policy == "debt":
            assert (before.balance, before.debt) == (after.balance, after.debt)

    @rule(who=st.sampled_from(PEOPLE), data=st.data(), days=st.integers(1, 5))
    def hold(self, who, data, days):
        available = self.state(who).balance
        points = data.draw(st.integers(1, max(1, available) + 5))
        key, now, subject_id = self.key(), self.now, self.subjects[who]

        def request():
            return self.ledger.holds.place(
                self.connection,
                subject_id,
                points,
                key=key,
                now=now,
                expires_at=now + days * DAY,
            )

        if points > available:
            with pytest.raises(InsufficientPoints):
                request()
        else:
            posted = self.once(request)
            self.holds[posted.hold_id] = (who, points)
            assert available - points == self.state(who).balance

    @precondition(lambda self: self.holds)
    @rule(data=st.data(), what=st.sampled_from(["all", "part", "release"]))
    def resolve(self, data, what):
        hold_id = data.draw(st.sampled_from(sorted(self.holds)))
        _, amount = self.holds[hold_id]
        points = data.draw(st.integers(1, amount)) if what == "part" else None
        key, now, holds = self.key(), self.now, self.ledger.holds

        def request():
            if what == "release":
                return holds.release(self.connection, hold_id, key=key, now=now)
            return holds.capture(self.connection, hold_id, key=key, now=now, points=points)

        try:
            self.once(request)
        except LedgerError:
            states = dict(self.sql("SELECT id, state FROM hold"))
            ends = dict(self.sql("SELECT id, expires_at FROM hold"))
            is_over = ends[hold_id] <= (now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
                microseconds=1
            )
            assert hold_id in self.resolved or states[hold_id] != "open" or is_over
        else:
            assert hold_id not in self.resolved  # L7
            self.resolved.add(hold_id)

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(2, 200), days=st.integers(1, 5))
    def refund_while_held(self, who, points, days):
        """What was refunded while it was held is owed, until the hold gives it back."""
        order_id = f"o{len(self.events)}"
        event = paid(order_id, points * 100, self.now)
        self.ledger.earn(self.connection, event, subject_id=self.subjects[who], now=self.now)
        self.events[order_id] = (who, event, points)
        if available := self.state(who).balance:
            held = self.ledger.holds.place(
                self.connection,
                self.subjects[who],
                available,
                key=self.key(),
                now=self.now,
                expires_at=self.now + days * DAY,
            )
            self.holds[held.hold_id] = (who, available)
        self.ratios[order_id] = Fraction(1)
        self._claw(order_id, Fraction(1))

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(2, 200), data=st.data())
    def expire_while_held(self, who, points, data):
        ledger = self.ledger_with(0, 1)
        order_id = f"o{len(self.events)}"
        event = paid(order_id, points * 100, self.now)
        ledger.earn(self.connection, event, subject_id=self.subjects[who], now=self.now)
        self.events[order_id] = (who, event, points)
        available = self.state(who).balance
        if available:
            held = ledger.holds.place(
                self.connection,
                self.subjects[who],
                available,
                key=self.key(),
                now=self.now,
                expires_at=self.now + 5 * DAY,
            )
            self.holds[held.hold_id] = (who, available)
            self.now += DAY
            if data.draw(st.booleans()):
                kept = data.draw(st.integers(1, available))
                ledger.holds.capture(
                    self.connection, held.hold_id, key=self.key(), now=self.now, points=kept
                )
                self.resolved.add(held.hold_id)

    @precondition(lambda self: self.resolved)
    @rule(data=st.data(), part=st.integers(1, 3), grace=st.sampled_from([0, 0, 2]))
    def give_back(self, data, part, grace):
        """L7, L8: a redemption goes back in parts, and never more than was redeemed."""
        hold_id = data.draw(st.sampled_from(sorted(self.resolved)))
        lefts = dict(self.sql("SELECT id, captured - refunded FROM hold"))
        latest = max((name for name in lefts if name.rstrip("+") == hold_id), key=len)
        left, key, now = lefts[latest], self.key(), self.now
        points = max(1, left // part)

        def request():
            return self.ledger.holds.refund(
                self.connection, hold_id, key=key, now=now, points=points, grace_days=grace
            )

        if left:
            assert points == self.once(request).points
        else:
            with pytest.raises(LedgerError):
                request()

    @rule(who=st.sampled_from(PEOPLE), data=st.data(), sign=st.sampled_from([1, -1, -1]))
    def adjust(self, who, data, sign):
        before = self.state(who)
        points = sign * data.draw(st.integers(1, max(1, before.balance)))
        may_owe = data.draw(st.booleans())
        key, now, hand = self.key(), self.now, Hand(actor="support", reason="late parcel")

        def request():
            return self.ledger.adjust(
                self.connection,
                self.subjects[who],
                points,
                hand=hand,
                key=key,
                now=now,
                may_owe=may_owe,
            )

        if sign < 0 and -points > before.balance and not may_owe:
            with pytest.raises(InsufficientPoints):
                request()
        else:
            self.once(request)
            after = self.state(who)
            assert before.balance - before.debt + points == after.balance - after.debt

    @rule(who=st.sampled_from(PEOPLE), data=st.data(), to=st.sampled_from(["donate", *PEOPLE]))
    def give_away(self, who, data, to):
        available = self.state(who).balance
        if not available or who == to:
            return
        points, key, now = data.draw(st.integers(1, available)), self.key(), self.now
        owner, ledger = self.subjects[who], self.ledger
        if to == "donate":
            self.once(
                lambda: ledger.donate(
                    self.connection, owner, points, cause_id="trees", key=key, now=now
                )
            )
        else:
            self.once(
                lambda: ledger.transfer(
                    self.connection, owner, points, to=self.subjects[to], key=key, now=now
                )
            )
        assert available - points == self.state(who).balance

    @rule(who=st.sampled_from(PEOPLE), points=st.integers(10, 200), data=st.data())
    def merge_a_guest(self, who, points, data):
        """Somebody earns, spends and is refunded as a guest, and turns out to be one of us."""
        guest, order_id = f"guest {len(self.subjects)}", f"o{len(self.events)}"
        subject_id = self.store.subjects.subject_for(
            self.connection, "shop", f"id:{guest.replace(' ', '')}", now=self.now
        )
        self.subjects[guest] = subject_id
        event = paid(order_id, points * 100, self.now)
        ledger = self.ledger_with(0, data.draw(st.sampled_from([None, 2])))
        ledger.earn(self.connection, event, subject_id=subject_id, now=self.now)
        self.events[order_id] = (who, event, points)
        held = ledger.holds.place(
            self.connection,
            subject_id,
            data.draw(st.integers(1, points)),
            key=self.key(),
            now=self.now,
            expires_at=self.now + 3 * DAY,
        )
        self.holds[held.hold_id] = (who, held.points)
        if data.draw(st.booleans()):
            self.ledger.holds.capture(self.connection, held.hold_id, key=self.key(), now=self.now)
            self.resolved.add(held.hold_id)
        if part := data.draw(st.integers(0, 10)):
            self.ratios[order_id] = Fraction(part, 10)
            self._claw(order_id, Fraction(part, 10))
        self.now += data.draw(st.sampled_from([0, 1, 3])) * DAY
        before, guests = self.state(who), self.state(guest)
        key, now = self.key(), self.now
        self.once(
            lambda: ledger.merge(self.connection, self.subjects[who], subject_id, now=now, key=key)
        )
        after = self.state(who)
        assert (0, 0, 0) == (self.state(guest).balance, self.state(guest).debt, self.net(guest))
        together = before.balance + guests.balance - before.debt - guests.debt
        assert together == after.balance - after.debt

    @rule(days=st.integers(1, 12), split=st.integers(0, 12), sweeps=st.booleans())
    def wait(self, days, split, sweeps):
        """L8, L12: what is lazily seen from today is what is found then, in any steps."""
        end = self.now + days * DAY
        foreseen = {who: self.state(who, end) for who in PEOPLE}
        for moment in sorted({self.now + min(split, days) * DAY, end}) if sweeps else ():
            for who in PEOPLE:
                self.ledger.advance(self.connection, self.subjects[who], now=moment)
        self.now = end
        assert foreseen == {who: self.state(who) for who in PEOPLE}

    @rule()
    def sweep(self):
        """L8 in the rows: after a sweep nothing due is left."""
        for who in PEOPLE:
            self.ledger.advance(self.connection, self.subjects[who], now=self.now)
        now = (self.now - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        assert [] == self.sql(
            f"SELECT id FROM lot WHERE expires_at <= {now} AND available > 0 "
            f"UNION SELECT id FROM lot WHERE matures_at <= {now} AND pending > 0 "
            f"UNION SELECT id FROM hold WHERE expires_at <= {now} AND state = 'open'"
        )

    @rule()
    def repeat_something_old(self):
        before = self.sql("SELECT count(*) FROM txn"), [self.state(who) for who in PEOPLE]
        if posted := self.last():
            assert not posted.is_new
        assert before == (
            self.sql("SELECT count(*) FROM txn"),
            [self.state(who) for who in PEOPLE],
        )

    # Invariants ------------------------------------------------------------------------------

    @invariant()
    def books_agree(self):
        """L1-L4 by the ledger's own replay."""
        assert () == self.ledger.verify(self.connection).findings

    @invariant()
    def caches_agree(self):
        """L2, L3, L10 by arithmetic in SQL that shares no code with the ledger."""
        assert [] == self.sql(
            "SELECT a.id FROM account a LEFT JOIN ("
            "  SELECT account_id, sum(pending) p, sum(available) v, sum(held) h"
            "  FROM lot GROUP BY account_id) l ON l.account_id = a.id "
            "WHERE a.pending <> coalesce(p, 0) OR a.available <> coalesce(v, 0) "
            "   OR a.held <> coalesce(h, 0) OR (a.debt > 0 AND a.available > 0)"
        )
        assert [] == self.sql(
            "SELECT a.id FROM account a WHERE a.held <> (SELECT coalesce(sum(h.amount), 0) "
            "FROM hold h WHERE h.account_id = a.id AND h.state = 'open')"
        )
        assert [] == self.sql(
            "SELECT l.id FROM lot l WHERE l.earned <> (SELECT coalesce(sum(p.amount), 0) "
            "FROM posting p WHERE p.lot_id = l.id AND p.src = 'issued')"
        )
        assert [] == self.sql(
            "SELECT h.id FROM hold h WHERE h.captured <> (SELECT coalesce(sum(p.amount), 0) "
            "FROM posting p WHERE p.hold_id = h.id AND p.dst = 'redeemed') "
            "AND h.id NOT IN (SELECT id FROM hold WHERE substr(id, length(id)) = '+')"
        )
        # L7: as much went back as the postings say, and never more than was redeemed.
        assert [] == self.sql(
            "SELECT h.id FROM hold h WHERE h.refunded <> (SELECT coalesce(sum(p.amount), 0) "
            "FROM posting p WHERE p.hold_id = h.id AND p.src = 'redeemed') "
            "AND NOT EXISTS (SELECT 1 FROM hold m "
            "  WHERE m.id = h.id || '+' OR (m.id = h.id AND substr(m.id, length(m.id)) = '+'))"
        )

    @invariant()
    def points_are_conserved(self):
        """L14: issued less redeemed, expired and reversed is what people hold, less what they owe."""
        net = dict.fromkeys(
            ("issued", "pending", "available", "held", "redeemed", "expired", "reversed", "debt"), 0
        )
        for src, dst, points in self.sql("SELECT src, dst, amount FROM posting"):
            net[src] -= points
            net[dst] += points
        closing = net["pending"] + net["available"] + net["held"] + net["debt"]
        gone = net["redeemed"] + net["expired"] + net["reversed"]
        assert closing == -net["issued"] - gone
        assert closing == sum(self.net(who) for who in self.subjects)

    @invariant()
    def refunds_took_what_they_must(self):
        """L9: the sum over any split is the target of the largest part."""
        for order_id, ratio in self.ratios.items():
            _, _, earned = self.events[order_id]
            rows = self.sql(
                f"SELECT body FROM txn WHERE kind = 'clawback' AND cause_id = 'shop:{order_id}'"
            )
            taken = sum(json.loads(body)["points"] for (body,) in rows)
            assert earned - int(earned * (1 - ratio)) == taken


LedgerMachine.TestCase.settings = settings(
    max_examples=15 * SCALE,
    stateful_step_count=30,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLedger = LedgerMachine.TestCase


class PostgresMachine(LedgerMachine):
    """The same on PostgreSQL; each sequence is one transaction that is rolled back."""


PostgresMachine.TestCase.settings = settings(
    LedgerMachine.TestCase.settings, max_examples=4 * SCALE, stateful_step_count=20
)


@pytest.mark.skipif("RETENTION_SQLITE_ONLY" in os.environ, reason="one database finds faults")
class TestLedgerOnPostgres(PostgresMachine.TestCase):
    @pytest.fixture(autouse=True)
    def server(self, request):
        PostgresMachine.url = request.getfixturevalue("postgres").database(bytes(32))
