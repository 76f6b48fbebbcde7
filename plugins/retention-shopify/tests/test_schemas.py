"""Our payloads have the documented shape, and the documented examples are understood."""

import json

import pytest

from retention_sdk.model import (
    CustomerErased,
    DataRequested,
    OrderCancelled,
    OrderPlaced,
    ShopErased,
)

VERSION = "2026-07"
WITH_SCHEMA = (
    "orders_create",
    "orders_paid",
    "orders_paid_abroad",
    "orders_fulfilled",
    "orders_updated_refunded",
    "orders_cancelled",
    "customers_create",
    "customers_update",
    "consent_email_confirmed",
    "consent_email_withdrawn",
    "consent_sms",
    "customers_data_request",
    "customers_redact",
    "shop_redact",
)


def read(folder, kind, topic):
    return json.loads((folder / kind / VERSION / f"{topic}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", WITH_SCHEMA)
def test_payload_has_the_shape_of_its_topic(shopify, schemas, name):
    document = shopify.document(name)
    if name == "orders_updated_refunded":  # the schema was inferred from orders without refunds
        document["refunds"] = []

    topic = shopify.topic(name)
    assert [] == list(faults(document, read(schemas, "schemas", topic), "$"))


@pytest.mark.parametrize(
    "topic", ["orders/create", "orders/paid", "orders/updated", "orders/fulfilled"]
)
def test_documented_order_is_read(shopify, schemas, topic):
    """Shopify's example was never paid ("voided") and is cancelled."""
    body = json.dumps(read(schemas, "metadatas", topic)["response"]).encode()
    request = shopify.request("orders_paid", body, **{"X-Shopify-Topic": topic})

    events = shopify.adapter().handle(request)

    assert [OrderPlaced, OrderCancelled] == [type(event) for event in events]
    assert "404.95 USD" == str(events[0].order.total)
    assert 5 == len(events[0].order.lines)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("customers/data_request", DataRequested),
        ("customers/redact", CustomerErased),
        ("shop/redact", ShopErased),
    ],
)
def test_documented_compliance_request_is_read(shopify, schemas, topic, expected):
    body = json.dumps(read(schemas, "metadatas", topic)["response"]).encode()
    request = shopify.request("shop_redact", body, **{"X-Shopify-Topic": topic})

    (event,) = shopify.adapter().handle(request)

    assert expected is type(event)


def faults(value, schema, where):
    """Compare with the part of JSON Schema that these files use."""
    if schema is False:
        yield f"{where}: nothing may be here"
    if not isinstance(schema, dict):
        return
    kinds = schema.get("type", [])
    allowed = [kinds] if isinstance(kinds, str) else kinds
    if allowed and kind_of(value) not in allowed and not is_whole(value, allowed):
        yield f"{where}: {kind_of(value)} is none of {allowed}"
    elif isinstance(value, dict):
        yield from faults_of_object(value, schema, where)
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from faults(each, schema.get("items", {}), f"{where}[{position}]")


def faults_of_object(value, schema, where):
    missing = [name for name in schema.get("required", ()) if name not in value]
    yield from (f"{where}.{name}: missing" for name in missing)
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            yield from faults(value[name], inner, f"{where}.{name}")


def kind_of(value):
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return kinds.get(type(value)) or ("integer" if isinstance(value, int) else "number")


def is_whole(value, allowed):
    return kind_of(value) == "integer" and "number" in allowed
