"""A shop whose customers bring each other along, within one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from retention_sdk.loyalty import Hand, PointsLedger, Program, Rate
from retention_sdk.loyalty.referrals import REFERRAL, ReferralBook
from retention_sdk.loyalty.referrals.records import read_referral
from retention_sdk.model import (
    Customer,
    CustomersMerged,
    Money,
    OrderCancelled,
    OrderPaid,
    OrderRefunded,
)
from retention_sdk.storage import StoredEvent
from retention_sdk.testing import an_order

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
# No two things happen at the same time, so that their order is known.
SECOND = timedelta(seconds=1)
RULE = {"referrer_points": 500, "friend_points": 200, "return_days": 14}
# Orders in euros earn nothing, so that all points in the books come from referrals.
RATES = {"JPY": Rate(points=1, per_minor=100)}
PEOPLE = {
    "ada": Customer(id="ada", email="ada@example.org"),
    "bob": Customer(id="bob", email="b.o.b@gmail.com"),
    "cyd": Customer(id="cyd", email="cyd@example.org"),
    "alias": Customer(id="alias", email="BOB+friend@googlemail.com"),
    "guest": Customer(email="dot@example.org"),
}
HAND = Hand(actor="support", reason="looked at by Zenobia")


def make_program(rule=None, **changes):
    return Program.model_validate({"rates": RATES, "referral": rule or RULE, **changes})


class Circle:
    """Does what the pipeline does with events, and keeps the time."""

    def __init__(self, store, connection, *, rule=None, **changes) -> None:
        self.store, self.connection, self.now = store, connection, NOON
        self.ledger = PointsLedger(store, make_program(rule, **changes))
        self.book = ReferralBook(store, self.ledger, self.ledger.program.referral)
        self.orders, self.codes, self.due = {}, {}, []

    def who(self, name: str) -> str:
        vault = self.store.subjects
        found = vault.for_customer(self.connection, "shop", PEOPLE[name], now=NOON)
        return vault.person(self.connection, found)[0]

    def code_of(self, name: str) -> str:
        self.codes[name] = self.book.code_of(
            self.connection, self.who(name), PEOPLE[name], shop_id="shop", now=self.now
        )
        return self.codes[name]

    def claim(self, code: str, name: str, **changes):
        claimed = self.book.claim(
            self.connection,
            code,
            self.who(name),
            PEOPLE[name],
            shop_id="shop",
            now=self.now,
            **changes,
        )
        self.now += SECOND
        return claimed

    def pay(self, name: str, number: str, total="50.00 EUR", *, again="", **changes):
        """Tell of a paid order; ``again`` makes it another event about the same order."""
        if number not in self.orders:
            values = {"placed_at": self.now, "paid_at": self.now, "customer": PEOPLE[name]}
            order = an_order(total, id=number, shipping_address=None, **values | changes)
            self.orders[number] = (name, order)
        name, order = self.orders[number]
        told = self.tell(OrderPaid, f"paid:{number}:{again}", order.paid_at, order, name)
        self.now += SECOND
        return told

    def refund(self, number: str, cents: int | None = None, *, again=""):
        """Tell of a refund, in full without an amount."""
        name, order = self.orders[number]
        back = order.total.minor if cents is None else cents
        order = order.model_copy(update={"refunded": Money(minor=back, currency=order.currency)})
        return self.tell(OrderRefunded, f"refund:{number}:{back}:{again}", self.now, order, name)

    def cancel(self, number: str):
        name, order = self.orders[number]
        order = order.model_copy(update={"cancelled_at": self.now})
        return self.tell(OrderCancelled, f"cancel:{number}", self.now, order, name)

    def tell(self, kind, name, at, order, customer):
        event = kind(id=name, shop_id="shop", occurred_at=at, order=order)
        who = self.who(customer)
        self.store.orders.record(self.connection, order, shop_id="shop", subject_id=who)
        if kind is OrderPaid:
            self.ledger.earn(self.connection, event, subject_id=who, now=self.now)
        else:
            self.ledger.claw_back(self.connection, event, subject_id=who, now=self.now)
        self.note(event, who)
        return event

    def merge(self, survivor: str, absorbed: str) -> None:
        kept, gone = self.who(survivor), self.who(absorbed)
        if kept == gone:
            return
        now, connection = self.now, self.connection
        self.store.consents.merge(connection, kept, gone, at=now, now=now)
        self.store.orders.reassign(connection, gone, to=kept)
        self.ledger.merge(connection, kept, gone, now=now)
        event = CustomersMerged(
            id=f"merge:{survivor}:{absorbed}",
            shop_id="shop",
            occurred_at=now,
            customer=PEOPLE[survivor],
            absorbed=(absorbed,),
        )
        self.note(event, kept)

    def note(self, event, who) -> None:
        stored = StoredEvent(event=event, subject_id=who, state="pending", received_at=self.now)
        self.book.note(self.connection, stored, who, self.now)

    def wait(self, days: float = 0) -> list:
        """Let time pass and do what is due, as ``run-due`` does; return what was paid out."""
        self.now += days * DAY
        paid = []
        while row := self.store.due.take(
            self.connection,
            "shop",
            until=self.now,
            kinds=(REFERRAL,),
            clock=self.now,
            lease=DAY,
        ):
            paid += self.book.reward(self.connection, row.key, at=row.due_at)
            again = self.book.next_look(self.connection, row.key, after=row.due_at)
            assert self.store.due.finish(self.connection, row, next_at=again)
        return paid

    def all(self):
        return self.store.referrals.listed(self.connection, self.ledger.program.id)

    def told(self):
        """Return state and reasons of every referral, oldest first."""
        known = [read_referral(each) for each in self.all()]
        return [(each.state.value, each.reasons) for each in known]

    def states(self):
        return [state for state, _ in self.told()]

    def points(self, *names: str):
        """Return what people hold, debt counted below zero."""
        found = [
            self.ledger.balance(self.connection, self.who(name), now=self.now) for name in names
        ]
        return tuple(each.balance + each.pending - each.debt for each in found)
