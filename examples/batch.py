"""A packing list for the morning: every order of a CSV file as a card in one folder."""

import sys
from pathlib import Path

from retention_sdk import Retention

orders_file, folder = Path(sys.argv[1]), Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)

shop = Retention.offline("Kiln & Leaf", sender="Mira Sand")
adapter = shop.adapter_with("file", {"path": str(orders_file)})
for order in adapter.fetch_orders():
    printed = shop.print_card(order)
    (folder / f"{order.number}.pdf").write_bytes(printed.card.pdf.data)
    print(f"{order.number}: {printed.candidate.template} in {printed.locale.tag}")
