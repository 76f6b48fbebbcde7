"""Writes the deliveries that our own subscription would get; they were never sent by a Saleor.

Their objects are what the test server answers to the fragments of our subscription, and that is
made of captures: see ``payloads/PROVENANCE.md``. Run by a test, too.
"""

import json
from pathlib import Path

from graphql import execute_sync, parse
from retention_saleor import documents as sent
from retention_saleor.settings import SaleorSettings

ISSUED = "2026-11-21T20:39:12.255432+00:00"


def deliveries(documents, shop, resolve):
    """Return the deliveries by name of file."""
    own = SaleorSettings(
        url="https://shop.example/graphql/", token="x", channel="c", consent_metadata="public"
    )

    def ask(document, **variables):
        result = execute_sync(
            documents.schema,
            parse(sent.tailored(document, own)),
            root_value=shop.root(),
            variable_values=variables,
            field_resolver=resolve,
        )
        assert not result.errors, result.errors
        return result.data

    order, user = shop.add_order(), shop.add_user()
    person = {"id": user["id"], "email": user["email"]}
    return {
        "order_told": _told("OrderUpdated", order=ask(sent.ORDER, id=order["id"])["order"]),
        "customer_told": _told("CustomerUpdated", user=ask(sent.CUSTOMER, id=user["id"])["user"]),
        "customer_deleted": _told("CustomerDeleted", user=person),
    }


def _told(kind, **fields):
    return {"__typename": kind, "issuedAt": ISSUED, "version": "3.24.0-a.0", **fields}


def write(folder, made):
    for name, body in made.items():
        Path(folder, f"{name}.json").write_text(text_of(body), encoding="utf-8")


def text_of(body):
    return json.dumps(body, indent=1) + "\n"
