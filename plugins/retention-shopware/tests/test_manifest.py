"""The manifest in the README asks for what the adapter needs."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from retention_shopware import criteria
from retention_shopware.codes import PARTS as CODE_PARTS

from retention_sdk.model import RecordChanged

README = Path(__file__).parents[1] / "README.md"
ASKED = {
    "Order": criteria.ORDER_PARTS,
    "Customer": criteria.CUSTOMER_PARTS,
    "SalesChannel": criteria.CHANNEL_PARTS,
    "Product": ("categories",),
    "Promotion": CODE_PARTS,
    "NewsletterRecipient": (),
    "Tag": (),
    "Currency": (),
}


@pytest.fixture(scope="module")
def manifest():
    (text,) = re.findall(r"```xml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return ET.fromstring(text.encode())


def entity(component):
    """Return the name in permissions: ``order_line_item`` for ``OrderLineItem``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", component).lower()


def test_permissions_to_read_are_those_of_all_that_is_asked(schema, manifest):
    needed = set(ASKED)
    for component, paths in ASKED.items():
        for path in paths:
            here = component
            for step in path.split("."):
                here = schema.association(here, step)
                needed.add(here)
    given = {each.text for each in manifest.iterfind("permissions/read")}

    assert {entity(component) for component in needed} == given


def test_every_webhook_but_a_deletion_rings(shop, delivery, manifest):
    payloads = {
        "order.written": "order_written",
        "customer.written": "order_written",
        "checkout.customer.register": "customer_register",
        "newsletter.confirm": "newsletter_confirm",
        "newsletter.unsubscribe": "newsletter_confirm",
    }
    events = {each.get("event") for each in manifest.iterfind("webhooks/webhook")}
    for event in events - {"checkout.customer.deleted"}:
        request = delivery(payloads.get(event, "order_placed"), event=event)
        (told,) = shop.adapter().handle(request)
        assert isinstance(told, RecordChanged), event
