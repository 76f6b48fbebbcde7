"""Puts invented people into recorded structures: writes ``data/deliveries``.

Run ``python -m retention_sdk.demo.derive`` after changing ``orders.toml``; a test compares.
"""

from __future__ import annotations

import csv
import hmac
import io
import json
import tomllib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
DEMO_SECRET = "kiln-and-leaf-demo"  # noqa: S105 - the published secret of an invented shop
SHOP_URL = "https://kiln-and-leaf.example"
FIRST = datetime.fromisoformat("2026-11-20T08:12:00")
# ISO 4217 exponents of the currencies in orders.toml that are not 2; toman has none.
_EXPONENTS = {"JPY": 0, "KRW": 0, "IRT": 0}

Json = dict[str, Any]


def derived_files() -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of every derived file, in a fixed order."""
    orders = tomllib.loads((DATA / "orders.toml").read_text(encoding="utf-8"))["order"]
    by_platform: dict[str, list[tuple[Json, datetime]]] = {}
    for position, order in enumerate(orders):
        moment = order.get("placed", FIRST + timedelta(hours=1, minutes=7) * position)
        by_platform.setdefault(order["platform"], []).append((order, moment))
    for order, moment in by_platform["woocommerce"]:
        yield from _delivery(order["id"], _woocommerce(order, moment), "order.created")
    refunded, moment = by_platform["woocommerce"][1]
    yield from _delivery(f"{refunded['id']}-refund", _refund(refunded, moment), "order.updated")
    for order, moment in by_platform["vendure"]:
        yield f"vendure-{order['id']}.json", _dump(_vendure(order, moment))
    delivered, moment = by_platform["vendure"][0]
    answer = _vendure(delivered, moment, recorded="delivered")
    yield f"vendure-{delivered['id']}-delivered.json", _dump(answer)
    exports: dict[str, list[tuple[Json, datetime]]] = {}
    for order, moment in by_platform["file"]:
        exports.setdefault(order.get("export", "orders"), []).append((order, moment))
    for name, exported in exports.items():
        yield f"{name}.csv", _csv(exported)


def _dump(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _amount(value: Decimal, currency: str) -> str:
    return f"{value:.{_EXPONENTS.get(currency, 2)}f}"


def _sums(order: Mapping[str, Any]) -> tuple[list[Decimal], Decimal]:
    lines = [quantity * Decimal(price) for _, _, quantity, price in order["lines"]]
    return lines, sum(lines, Decimal(order["shipping"]))


# WooCommerce ---------------------------------------------------------------------------------


def _recorded_woocommerce() -> Json:
    raw = (DATA / "recorded/woocommerce_order_updated.raw").read_bytes()
    recorded: Json = json.loads(raw)
    return recorded


def _woocommerce(order: Json, moment: datetime) -> Json:
    body = _recorded_woocommerce()
    sums, total = _sums(order)
    currency = order["currency"]
    stamp, later = moment.isoformat(), (moment + timedelta(minutes=1)).isoformat()
    person = {
        "first_name": order["given"],
        "last_name": order["family"],
        "address_1": order["street"],
        "city": order["city"],
        "postcode": order["postcode"],
        "country": order["country"],
    }
    body |= {
        "id": int(order["id"]),
        "number": order["id"],
        "status": "processing",
        "currency": currency,
        "currency_symbol": currency,
        "date_created": stamp,
        "date_created_gmt": stamp,
        "date_modified": later,
        "date_modified_gmt": later,
        "date_paid": later,
        "date_paid_gmt": later,
        "date_completed": None,
        "date_completed_gmt": None,
        "total": _amount(total, currency),
        "discount_total": "0.00",
        "shipping_total": order["shipping"],
        "customer_id": int(str(order.get("customer", order["id"]))),
        "customer_note": "",
        "order_key": f"wc_order_demo{order['id']}",
        "payment_url": f"{SHOP_URL}/checkout/order-pay/{order['id']}/",
        "coupon_lines": [],
        "created_via": "checkout",
        "meta_data": _woocommerce_meta(order),
    }
    body["billing"] |= {**person, "email": order["email"], "phone": ""}
    body["shipping"] |= person
    body["shipping_lines"][0]["total"] = order["shipping"]
    line = body["line_items"][0]
    body["line_items"] = [
        _woocommerce_line(line, position, row, _amount(amount, currency))
        for position, (row, amount) in enumerate(zip(order["lines"], sums, strict=True), 1)
    ]
    del body["_links"]
    return body


def _woocommerce_line(recorded: Json, position: int, row: list[Any], amount: str) -> Json:
    sku, title, quantity, price = row
    line = deepcopy(recorded)
    line |= {
        "id": position,
        "name": title,
        "sku": sku,
        "product_id": 100 + position,
        "quantity": quantity,
        "subtotal": amount,
        "total": amount,
        "price": float(price),
        "meta_data": [],
    }
    return line


def _woocommerce_meta(order: Mapping[str, Any]) -> list[Json]:
    meta = [{"id": 1, "key": "wpml_language", "value": order["language"]}]
    if answer := order.get("consent"):
        meta.append({"id": 2, "key": "marketing_consent", "value": answer})
    return meta


def _refund(order: Json, moment: datetime) -> Json:
    body = _woocommerce(order, moment)
    later = (moment + timedelta(days=1)).isoformat()
    body |= {
        "date_modified": later,
        "date_modified_gmt": later,
        "refunds": [{"id": 9001, "reason": "", "total": f"-{order['lines'][1][3]}"}],
    }
    return body


def _delivery(name: str, body: Json, topic: str) -> Iterator[tuple[str, bytes]]:
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    recorded = (DATA / "recorded/woocommerce_order_updated.headers.json").read_bytes()
    headers: dict[str, str] = json.loads(recorded)
    signature = hmac.digest(DEMO_SECRET.encode(), raw, sha256)
    headers |= {
        "Host": "kiln-and-leaf.example",
        "X-WC-Webhook-Source": f"{SHOP_URL}/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Event": topic.partition(".")[2],
        "X-WC-Webhook-Signature": b64encode(signature).decode(),
        "X-WC-Webhook-Delivery-ID": sha256(raw).hexdigest()[:32],
        "Content-Length": str(len(raw)),
    }
    yield f"woocommerce-{name}.raw", raw
    yield f"woocommerce-{name}.headers.json", _dump(headers)


# Vendure -------------------------------------------------------------------------------------

# Vendure counts every currency with two decimals.
_VENDURE_SCALE = 100


def _vendure(order: Json, moment: datetime, *, recorded: str = "paid") -> Json:
    answer: Json = json.loads((DATA / f"recorded/vendure_order_{recorded}.json").read_bytes())
    body = answer["order"]
    sums, total = _sums(order)
    stamp = f"{moment.isoformat()}.000Z"
    consent = order.get("consent")
    body |= {
        "id": order["id"],
        "code": f"KL{order['id']}",
        "updatedAt": stamp,
        "orderPlacedAt": stamp,
        "currencyCode": order["currency"],
        "totalWithTax": _scaled(total),
        "shippingWithTax": _scaled(Decimal(order["shipping"])),
        "taxSummary": [],
        "customFields": {"languageCode": order["language"], "giftMessage": order.get("gift")},
    }
    body["customer"] |= {
        "id": order["id"],
        "firstName": order["given"],
        "lastName": order["family"],
        "emailAddress": order["email"],
        "customFields": {
            "emailMarketingConsent": None if consent is None else consent == "yes",
            "emailMarketingConsentAt": stamp if consent else None,
        },
    }
    body["shippingAddress"] |= {
        "fullName": f"{order['given']} {order['family']}",
        "streetLine1": order["street"],
        "city": order["city"],
        "postalCode": order["postcode"],
        "countryCode": order["country"],
    }
    line, lines = body["lines"][0], enumerate(zip(order["lines"], sums, strict=True), 1)
    body["lines"] = [_vendure_line(line, number, row, amount) for number, (row, amount) in lines]
    body["payments"][0]["amount"] = _scaled(total)
    for entry in body["history"]["items"]:
        entry["createdAt"] = stamp
    for fulfilment in body["fulfillments"]:
        fulfilment["lines"] = [
            {"orderLineId": each["id"], "quantity": each["quantity"]} for each in body["lines"]
        ]
    return answer


def _scaled(amount: Decimal) -> int:
    return int(amount * _VENDURE_SCALE)


def _vendure_line(recorded: Json, number: int, row: list[Any], amount: Decimal) -> Json:
    sku, title, quantity, price = row
    line = deepcopy(recorded)
    line |= {
        "id": str(number),
        "quantity": quantity,
        "orderPlacedQuantity": quantity,
        "unitPriceWithTax": _scaled(Decimal(price)),
        "proratedUnitPriceWithTax": _scaled(Decimal(price)),
        "proratedLinePriceWithTax": _scaled(amount),
    }
    line["productVariant"] |= {"sku": sku, "name": title, "product": {"id": str(number)}}
    return line


# CSV -----------------------------------------------------------------------------------------


def _csv(orders: list[tuple[Json, datetime]]) -> bytes:
    """One row per line item, as ``retention_sdk.adapters.orders_csv`` documents."""
    rows = [row for order, moment in orders for row in _csv_rows(order, moment)]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _csv_rows(order: Json, moment: datetime) -> Iterator[Json]:
    _, total = _sums(order)
    of_the_order = {
        "order_id": order["id"],
        "placed_at": f"{moment.isoformat()}Z",
        "paid_at": f"{(moment + timedelta(minutes=1)).isoformat()}Z",
        "currency": order["currency"],
        "total": _amount(total, order["currency"]),
        "language": order["language"],
        "customer_id": order.get("customer", order["id"]),
        "given_name": order["given"],
        "family_name": order["family"],
        "email": order["email"],
        "marketing_consent": order.get("consent", ""),
        "consent_channel": "any" if "consent" in order else "",
        "consent_purposes": "marketing|profiling" if "consent" in order else "",
        "consent_at": f"{moment.isoformat()}Z" if "consent" in order else "",
        "birthday": order.get("birthday", ""),
        "ship_by": order.get("ship_by", ""),
        "subscription": order.get("subscription", ""),
        "ship_street": order["street"],
        "ship_postcode": order["postcode"],
        "ship_city": order["city"],
        "ship_country": order["country"],
    }
    for sku, title, quantity, price in order["lines"]:
        line = {"title": title, "quantity": quantity, "unit_price": price, "sku": sku}
        yield of_the_order | line


def main() -> None:
    """Write every derived file."""
    folder = DATA / "deliveries"
    folder.mkdir(exist_ok=True)
    for name, data in derived_files():
        (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
