"""A storefront's own script: from the shop's order to a card, without a platform or a store."""

from datetime import UTC, datetime
from pathlib import Path

from retention_sdk import Customer, Money, Order, OrderLine, Retention, plan_fulfilment

shop = Retention.offline("Kiln & Leaf", sender="Mira Sand", country="DE")

lines = (
    OrderLine(
        id="1",
        title="Teeschale aus Steinzeug",
        quantity=2,
        unit_price=Money.parse("26.00", "EUR"),
        total=Money.parse("52.00", "EUR"),
    ),
)
order = Order(
    id="2042",
    number="2042",
    placed_at=datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
    paid_at=datetime(2026, 11, 21, 9, 31, tzinfo=UTC),
    currency="EUR",
    total=Money.parse("56.90", "EUR"),
    shipping=Money.parse("4.90", "EUR"),
    lines=lines,
    fulfilments=plan_fulfilment("2042", lines),
    customer=Customer(id="77", given_name="Jürgen", family_name="Weiß", language="de"),
)

printed = shop.print_card(order)
for artifact in (printed.card.pdf, printed.card.front_png, printed.card.back_png):
    Path(artifact.name).write_bytes(artifact.data)
    print(artifact.name, artifact.sha256[:12])
