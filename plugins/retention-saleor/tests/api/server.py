"""A small GraphQL API on loopback: the rules of Saleor's that an adapter has to live with.

It answers by graphql-core from the part of Saleor's schema in ``schema/used.graphql``, so that a
document with another name, a deprecated one, or an answer of the wrong shape fails.
"""

import base64
import json

from graphql import GraphQLError, build_schema, execute_sync, parse, validate
from graphql.language import FieldNode, OperationDefinitionNode
from graphql.validation import NoDeprecatedCustomRule, specified_rules

from tests.playing import reply

TOKEN = "app-token-invented"
FIRST_MAX, COST_MAX = 100, 50_000
MUTATIONS_MAX, ALIASES_MAX = 4, 100
"""Saleor's own limits for one request, as it has them without settings."""


PYTHON_NAMES = {"id": "gid", "input": "wish", "filter": "chosen", "sortBy": "sort_by"}
"""Arguments that have another name here, because Python has that one."""


class Documents:
    """Parses and checks each document once for a whole test run."""

    def __init__(self, sdl):
        self.schema, self._known = build_schema(sdl), {}
        self.schema.get_type("PaymentMethodDetails").resolve_type = lambda *_: (
            "OtherPaymentMethodDetails"
        )

    def read(self, text):
        if text not in self._known:
            document = parse(text)
            rules = [*specified_rules, NoDeprecatedCustomRule]
            self._known[text] = (document, validate(self.schema, document, rules))
        return self._known[text]


class Server:
    """Who may ask what, and how much of it; then the shop answers."""

    def __init__(self, documents, shop):
        self.documents, self.shop = documents, shop
        self.tokens, self.cost_of_one = {f"Bearer {TOKEN}"}, 10
        self.asked, self.before, self.after = [], None, None

    def answer(self, request):
        if request["path"] == "/.well-known/jwks.json":
            assert "authorization" not in request["headers"]
            return reply(200, self.shop.jwks)
        if request["path"] != "/graphql/":
            return reply(404, b"<h1>Not Found</h1>")
        asked = json.loads(request["body"])
        self.asked.append(asked)
        if self.before and (made := self.before(asked)) is not None:
            return made
        if request["headers"].get("authorization") not in self.tokens:
            # Whoever is unknown is a visitor, and visitors may not.
            return reply(200, failed("PermissionDenied"))
        made = self._run(asked["query"], asked["variables"])
        return None if self.after and self.after(asked) else made

    def _run(self, text, variables):
        document, faults = self.documents.read(text)
        if faults:
            return reply(400, failed("GraphQLError", str(faults[0])))
        if over_limit(document):
            return reply(400, failed("GraphQLError", "too many in one request"))
        cost = self.cost_of_one * variables.get("first", 1)
        told = {"requestedQueryCost": cost, "maximumAvailable": COST_MAX}
        if cost > COST_MAX:
            return reply(400, failed("QueryCostError") | {"extensions": {"cost": told}})
        result = execute_sync(
            self.documents.schema,
            document,
            root_value=self.shop.root(),
            variable_values=variables,
            field_resolver=resolve,
        )
        body = result.formatted
        for error in body.get("errors", ()):
            error["extensions"] = {"exception": {"code": "GraphQLError"}}
        return reply(200, {**body, "extensions": {"cost": told}})


def failed(code, message="words that may quote a customer"):
    return {"errors": [{"message": message, "extensions": {"exception": {"code": code}}}]}


def over_limit(document):
    """Whether one request holds more mutations or aliases than Saleor takes."""
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    is_mutation = operation.operation.value == "mutation"
    roots = len(operation.selection_set.selections)
    return (is_mutation and roots > MUTATIONS_MAX) or aliases(document) > ALIASES_MAX


def aliases(document):
    def count(node):
        own = int(isinstance(node, FieldNode) and node.alias is not None)
        inner = getattr(node, "selection_set", None)
        return own + sum(map(count, inner.selections if inner else ()))

    return sum(map(count, document.definitions))


def connection(nodes, key, *, first, after=None):
    """Return a page after a cursor, which holds what the list is sorted by."""
    if not 0 < first <= FIRST_MAX:
        raise GraphQLError("Requesting too many records")
    rest = sorted(nodes, key=key)
    if after:
        try:
            last = tuple(json.loads(base64.b64decode(after, validate=True)))
        except ValueError:
            raise GraphQLError("Received cursor is invalid.") from None
        rest = [node for node in rest if key(node) > last]
    page = rest[:first]
    end = base64.b64encode(json.dumps(key(page[-1])).encode()).decode() if page else None
    return {
        "edges": [{"node": node} for node in page],
        "pageInfo": {"hasNextPage": len(rest) > len(page), "endCursor": end},
    }


def resolve(source, info, **given):
    """Return a field: metadata by its key, a connection by its arguments, else what is there."""
    metadata = {"metafield": "metadata", "privateMetafield": "privateMetadata"}
    if info.field_name in metadata:
        return source[metadata[info.field_name]].get(given["key"])
    value = source[info.field_name]
    if not callable(value):
        return value
    return value(**{PYTHON_NAMES.get(name, name): each for name, each in given.items()})
