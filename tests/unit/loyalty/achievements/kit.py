"""A shop, its customers and what they do, for tests of achievements and leaderboards."""

from __future__ import annotations

from datetime import UTC, datetime

from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.model import CustomersMerged, Engagement, Money, OrderRefunded
from retention_sdk.testing import a_customer, a_paid_event, a_shop, an_order

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ADA, BOB = a_customer(), a_customer(id="bob", email="bob@example.org")


def a_program(*achievements, **changes):
    rates = {"EUR": Rate(points=1, per_minor=100)}
    return Program.model_validate({"rates": rates, "achievements": achievements, **changes})


def person(number):
    """Return one of many customers."""
    name = f"p{number}"
    return a_customer(id=name, email=f"{name}@example.org", given_name="", family_name="")


def paid(order_id, *, at=NOW, customer=ADA, euros=20, **line):
    total = Money(minor=euros * 100, currency="EUR")
    order = an_order(id=order_id, number=order_id, customer=customer, placed_at=at, paid_at=at)
    one = order.lines[0].model_copy(
        update={"unit_price": total, "total": total, "quantity": 1, **line}
    )
    changes = {"total": total, "lines": (one,), "shipping": None, "tax": None}
    order = order.model_copy(update=changes)
    return a_paid_event(id=f"paid:{order_id}", occurred_at=at, order=order)


def refunded(event, euros=20, *, at=NOW):
    order = event.order.model_copy(update={"refunded": Money(minor=euros * 100, currency="EUR")})
    return OrderRefunded(
        id=f"refund:{order.id}:{euros}", shop_id=event.shop_id, occurred_at=at, order=order
    )


def engaged(kind, reference, *, at=NOW, customer=ADA):
    return Engagement(
        id=f"engagement:{kind}:{customer.id}:{reference}",
        shop_id=a_shop().id,
        occurred_at=at,
        customer=customer,
        kind=kind,
        reference=reference,
    )


def merged(survivor, absorbed, *, at=NOW):
    return CustomersMerged(
        id=f"merged:{absorbed.id}",
        shop_id=a_shop().id,
        occurred_at=at,
        customer=survivor,
        absorbed=(absorbed.id,),
    )


def who(shop, connection, customer=ADA):
    return shop.store.subjects.find(connection, shop.config.shop.id, f"id:{customer.id}")


def tell(shop, *events):
    """Take events in as the pipeline does, up to the commit of their facts; draw no cards."""
    shop.accept(events)
    for event in events:
        shop.press_room.snapshots.take(shop.intake.stored(event.id), now=shop.clock())
