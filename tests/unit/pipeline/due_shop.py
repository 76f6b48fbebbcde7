"""A shop whose clock is moved by hand, for tests of what time brings about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from retention_sdk import Retention
from retention_sdk.config import StoreConfig
from retention_sdk.loyalty import Program, Rate
from retention_sdk.model import CustomerUpdated, Money
from retention_sdk.testing import a_customer, a_paid_event, an_order

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA = a_customer(birthday="02-29")


def day(count):
    return NOON + timedelta(days=count)


def program(**changes):
    rates = {"EUR": Rate(points=1, per_minor=100)}
    values = {"matures_after_days": 14, "expires_after_days": 365, "time_zone": "Europe/Berlin"}
    return Program.model_validate({"rates": rates, **values, **changes})


def an_order_of(minor, *, order="1", at=NOON, customer=None):
    """Return a paid order of one line, without shipping and tax."""
    total = Money(minor=minor, currency="EUR")
    made = an_order(id=order, number=order, placed_at=at, paid_at=at, customer=customer)
    line = made.lines[0].model_copy(update={"unit_price": total, "total": total, "quantity": 1})
    plain = {"total": total, "lines": (line,), "shipping": None, "tax": None, "discounts": ()}
    return made.model_copy(update=plain)


class Shop:
    """A shop in a database of its own."""

    def __init__(self, url="sqlite://", **changes):
        self.now = NOON
        self.app = Retention.offline("Soap", sender="Ann", clock=lambda: self.now)
        store = StoreConfig(url=url, key=SecretStr("00" * 32))
        values = {"store": store, "loyalty": program(), **changes}
        self.app.config = self.app.config.model_copy(update=values)
        self.store = self.app.store

    @property
    def id(self):
        return self.app.config.shop.id

    def tell(self, customer=ADA, *, at=NOON, name="told"):
        """Keep what an account says of itself."""
        event = CustomerUpdated(id=name, shop_id=self.id, occurred_at=at, customer=customer)
        (outcome,) = self.app.ingest([event])
        assert "done" == outcome.state
        return self.subject(name)

    def subject(self, event_id):
        with self.store.reading() as connection:
            return self.store.inbox.get(connection, event_id).subject_id

    def earn(self, who, *, minor=1200, order="1", at=NOON):
        """Post the points of an order, and nothing else of it."""
        order = an_order(f"{minor / 100:.2f} EUR", id=order, placed_at=at, paid_at=at)
        with self.store.begin() as connection:
            paid = a_paid_event(order, shop_id=self.id)
            return self.app.ledger.earn(connection, paid, subject_id=who, now=at)

    def buy(self, minor=1200, *, order="1", at=NOON, customer=ADA, is_whole=False):
        """Let the shop tell of a paid order when it was paid; return its event.

        Unless the work is to be done as a whole, it ends with the snapshot: cards take time.
        """
        paid = an_order_of(minor, order=order, at=at, customer=customer)
        event = a_paid_event(paid, id=f"paid:{order}", shop_id=self.id, occurred_at=at)
        self.now = max(self.now, at)
        if is_whole:
            (outcome,) = self.app.ingest([event])
            assert ("done", "") == (outcome.state, outcome.error)
            return event
        self.begin(event)
        with self.store.begin() as connection:
            self.store.inbox.mark(connection, event.id, "done")
        return event

    def begin(self, event):
        """Receive an event and work on it up to the commit of its snapshot, as if it crashed then."""
        self.app.accept([event])
        assert "context" == next(iter(self.app.stages(event.id)))

    def run(self, now, **changes):
        self.now = now
        return self.app.run_due(now=now, **changes)

    def events(self, report):
        return [self.app.intake.stored(name).event for name in report.events]

    def told(self, report):
        """Return what events say, without names that differ from store to store."""
        return [
            each.model_dump(mode="json", exclude={"id", "customer"}) for each in self.events(report)
        ]

    def followers(self, event):
        """Return the events that followed from one."""
        names = self.app.pipeline.followers(event.id)
        return [self.app.intake.stored(name).event for name in names]

    def states(self, kind):
        """Return the states of all events of a type, by their identifiers."""
        query = "SELECT id, state FROM event WHERE type = ?".replace("?", f"'{kind}'")
        with self.store.reading() as connection:
            return dict(connection.exec_driver_sql(query).all())

    def planned(self, kind, key):
        with self.store.reading() as connection:
            return self.store.due.planned(connection, kind, key)

    def ranks(self, who):
        """Return how a rank changed: before, after and why."""
        with self.store.reading() as connection:
            found = self.store.tiers.history(connection, self.app.config.loyalty.id, who)
        return [(each.tier_before, each.tier, each.reason) for each in found]

    def history(self, who):
        with self.store.reading() as connection:
            found = self.app.ledger.history(connection, who)
        return [(each.kind, each.points, each.occurred_at) for each in found]

    def is_clean(self):
        with self.store.reading() as connection:
            return self.app.ledger.verify(connection).is_clean


def kinds(told):
    return [each["type"] for each in told]
