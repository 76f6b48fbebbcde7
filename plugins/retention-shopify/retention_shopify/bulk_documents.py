"""What is exported in bulk, and the documents around it: Admin API 2026-10, checked by tests.

An export has no variables and no fragments, asks for ``edges``, and gives every node its ``id``.
Shopify refuses a connection inside a list, so what is in a parcel is asked for afterwards.
"""

from __future__ import annotations

import json
import re

from .documents import CUSTOMERS, sale

COUNT_ORDERS = """
query CountOrders($search: String, $limit: Int!) {
  found: ordersCount(query: $search, limit: $limit) { count }
}"""
COUNT_CUSTOMERS = """
query CountCustomers($search: String, $limit: Int!) {
  found: customersCount(query: $search, limit: $limit) { count }
}"""
# Grouped, so that a line of the file is read and forgotten; Shopify writes such files slower.
EXPORT = """
mutation Export($document: String!) {
  done: bulkOperationRunQuery(query: $document, groupObjects: true) {
    bulkOperation { id createdAt }
    userErrors { field code }
  }
}"""
EXPORTED = """
query Exported($id: ID!) {
  bulkOperation(id: $id) { status errorCode url fileSize createdAt }
}"""
PARCELS = """
query Parcels($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Fulfillment {
      id
      fulfillmentLineItems(first: 10) {
        nodes { quantity lineItem { id } } pageInfo { hasNextPage endCursor }
      }
    }
  }
}"""
_FRAGMENT = re.compile(r"fragment (\w+) on \w+ \{(.*?)\n\}", re.DOTALL)


def orders_export(search: str | None = None) -> str:
    """Return the document that exports orders, those that a search finds or all of them."""
    whole = sale("lineItems { edges { node { ...Item } } }", parts="")
    return _export("orders", "...Sale", whole, search)


def customers_export(search: str | None = None) -> str:
    """Return the document that exports customers."""
    return _export("customers", "id ...Account", CUSTOMERS, search)


def _export(name: str, node: str, fragments: str, search: str | None) -> str:
    wishes = f", query: {json.dumps(search)}" if search else ""
    text = f"{{ {name}(sortKey: UPDATED_AT{wishes}) {{ edges {{ node {{ {node} }} }} }} }}"
    bodies = dict(_FRAGMENT.findall(fragments))
    while "..." in text:
        text = re.sub(r"\.\.\.(\w+)", lambda found: bodies[found[1]].strip(), text)
    return text
