"""A small Admin API on loopback: the rules of Shopify's that an adapter has to live with.

It answers from Shopify's own schema by graphql-core, so a document that the schema does not
allow, a deprecated name, or an answer of the wrong shape fails. What is in it is invented.
"""

import base64
import json
import re
from urllib.parse import parse_qs

from graphql import (
    GraphQLError,
    execute_sync,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.language import FieldNode, FragmentDefinitionNode, OperationDefinitionNode
from graphql.utilities import type_from_ast
from graphql.validation import ValidationRule, specified_rules

from tests.playing import reply

VERSION = "2026-10"
TOKEN = "shpat-invented"
COST_MAX = 1000
_PATH = re.compile(r"/api/admin/api/(?P<version>[\w-]+)/graphql\.json")


class Bucket:
    """Points that come back with time: what ``throttleStatus`` tells of."""

    def __init__(self, clock, *, maximum=2000.0, rate=100.0):
        self._clock, self.maximum, self.rate = clock, maximum, rate
        self.left, self._at = maximum, clock.now()

    def take(self, cost):
        now = self._clock.now()
        self.left = min(self.maximum, self.left + (now - self._at) * self.rate)
        self._at = now
        is_enough = cost <= self.left + 1e-6  # what a wait of the exact length leaves missing
        self.left -= cost if is_enough else 0
        return is_enough

    def status(self):
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": self.left,
            "restoreRate": self.rate,
        }


class NothingDeprecated(ValidationRule):
    """Refuses every name in a document that will be gone one day.

    The rule that graphql-core has for it cannot name arguments of a schema made by introspection.
    """

    def enter_field(self, node, *_):
        self._check(self.context.get_field_def(), node)

    def enter_argument(self, node, *_):
        self._check(self.context.get_argument(), node)

    def enter_enum_value(self, node, *_):
        self._check(self.context.get_enum_value(), node)

    def enter_object_field(self, node, *_):
        kind = get_named_type(self.context.get_parent_input_type())
        self._check(kind.fields.get(node.name.value) if kind else None, node)

    def _check(self, definition, node):
        if definition is not None and definition.deprecation_reason is not None:
            name = getattr(node, "name", node)
            self.report_error(GraphQLError(f"{name.value} is deprecated", node))


class Documents:
    """Parses and checks each document once for a whole test run; that takes a tenth of a second."""

    def __init__(self, schema):
        self.schema, self._known = schema, {}

    def read(self, text):
        if text not in self._known:
            document = parse(text)
            rules = [*specified_rules, NothingDeprecated]
            self._known[text] = (document, validate(self.schema, document, rules))
        return self._known[text]


class Server:
    """Who may ask what, of which version, how often; then the shop answers."""

    def __init__(self, documents, shop, clock):
        self.documents, self.shop, self.clock = documents, shop, clock
        self.bucket = Bucket(clock)
        self.tokens = {TOKEN}
        self.retired = {}
        self.apps = {}
        self.asked, self.throttled = [], 0
        self.exports = None
        self.before = None
        self.after = None

    def answer(self, request):
        if request["path"].endswith("/admin/oauth/access_token"):
            return self._token(request)
        if request["path"].startswith("/api/bulk/"):
            return self.exports.answer(request)
        version = self._version(request["path"])
        if request["headers"].get("x-shopify-access-token") not in self.tokens:
            return reply(401, {"errors": "[API] Invalid API key or access token"})
        asked = json.loads(request["body"])
        self.asked.append(asked)
        if self.before and (made := self.before(asked)) is not None:
            return made
        body = self._run(asked["query"], asked["variables"])
        if self.after and self.after(asked):
            return None
        return reply(200, body, X_Shopify_API_Version=version)

    def data(self, asked):
        """What it answers, whoever asks and whatever it costs."""
        self.bucket.left = self.bucket.maximum
        return self._run(asked["query"], asked["variables"])["data"]

    def _token(self, request):
        form = {name: values[0] for name, values in parse_qs(request["body"].decode()).items()}
        is_known = self.apps.get(form["client_id"]) == form["client_secret"]
        if form["grant_type"] != "client_credentials" or not is_known:
            return reply(400, {"error": "invalid_client"})
        token = f"shpat-of-a-day-{len(self.tokens)}"
        self.tokens.add(token)
        return reply(200, {"access_token": token, "scope": "", "expires_in": 86399})

    def _version(self, path):
        """A version that is gone falls forward to the oldest that is left."""
        asked = _PATH.fullmatch(path)["version"]
        return self.retired.get(asked, asked)

    def _run(self, text, variables):
        document, faults = self.documents.read(text)
        faults = [*faults, *deprecated_variables(self.documents.schema, document, variables)]
        if faults:
            return {"errors": [{"message": str(fault)} for fault in faults]}
        cost = cost_of(self.documents.schema, document, variables)
        told = {"requestedQueryCost": cost, "throttleStatus": self.bucket.status()}
        if cost > COST_MAX:
            return _failed("MAX_COST_EXCEEDED", told)
        if not self.bucket.take(cost):
            self.throttled += 1
            return _failed("THROTTLED", told)
        told["throttleStatus"] = self.bucket.status()
        result = execute_sync(
            self.documents.schema,
            document,
            root_value={**self.shop.root(), **self.exports.root()},
            variable_values=variables,
            field_resolver=resolve,
            type_resolver=lambda value, *_: value["__typename"],
        )
        body = result.formatted
        return {**body, "extensions": {"cost": told}}


def connection(nodes, key, *, first, after=None):
    """Return a page after a cursor. A cursor holds a key, not a position: nodes may move."""
    rest = sorted(nodes, key=key)
    if after:
        last = tuple(json.loads(base64.b64decode(after)))
        rest = [node for node in rest if key(node) > last]
    page = rest[:first]
    end = base64.b64encode(json.dumps(key(page[-1])).encode()).decode() if page else None
    return {
        "nodes": page,
        "edges": [{"node": node} for node in page],
        "pageInfo": {"hasNextPage": len(rest) > len(page), "endCursor": end},
    }


def resolve(source, info, **arguments):
    value = source[info.field_name]
    if not callable(value):
        return value
    return value(**{_python_name(name): given for name, given in arguments.items()})


def _python_name(name):
    """Return ``customer_id`` for ``customerId``; two names are Python's own."""
    own = {"id": "gid", "input": "wish"}
    return own.get(name) or re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _failed(code, cost):
    error = {"message": code.title(), "extensions": {"code": code}}
    return {"errors": [error], "extensions": {"cost": cost}}


# Costs -------------------------------------------------------------------------------------


def cost_of(schema, document, variables):
    """Count one point for each object, as many as a list may hold; ten for a mutation.

    Shopify's own counting is milder and not published to the point; this is an upper bound.
    """
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    is_mutation = operation.operation.value == "mutation"
    root = schema.mutation_type if is_mutation else schema.query_type

    def cost(selections, parent):
        return sum(cost_of_one(each, parent) for each in selections.selections)

    def cost_of_one(node, parent):
        if not isinstance(node, FieldNode):
            inner = node if hasattr(node, "selection_set") else fragments[node.name.value]
            return cost(inner.selection_set, schema.get_type(inner.type_condition.name.value))
        if node.name.value == "__typename":
            return 0
        named = get_named_type(parent.fields[node.name.value].type)
        if not is_composite_type(named):
            return 0
        each = 1 + cost(node.selection_set, named)
        return each * (_first(node) if named.name.endswith("Connection") else 1)

    def _first(node):
        for argument in node.arguments:
            if argument.name.value == "first":
                value = argument.value
                named = getattr(value, "name", None)
                return variables[named.value] if named else int(value.value)
        return 1

    return cost(operation.selection_set, root) + (10 if is_mutation else 0)


# Deprecated names in variables -------------------------------------------------------------


def deprecated_variables(schema, document, variables):
    """Yield an error for every deprecated field or word, and every float of money, in variables."""
    (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in variables:
            yield from _faults(type_from_ast(schema, definition.type), variables[name], name)
    unknown = variables.keys() - {
        d.variable.name.value for d in operation.variable_definitions or ()
    }
    yield from (GraphQLError(f"no such variable: {name}") for name in unknown)


def _faults(kind, value, where):
    kind = kind.of_type if is_non_null_type(kind) else kind
    if value is None:
        return
    if is_list_type(kind):
        for each in value:
            yield from _faults(kind.of_type, each, where)
    elif is_input_object_type(kind):
        for name in value.keys() & kind.fields.keys():
            if kind.fields[name].deprecation_reason:
                yield GraphQLError(f"{where}.{name} is deprecated")
            yield from _faults(kind.fields[name].type, value[name], f"{where}.{name}")
    elif is_enum_type(kind) and kind.values[value].deprecation_reason:
        yield GraphQLError(f"{where}: {value} is deprecated")
    elif kind.name in {"Decimal", "DateTime", "Date"} and not isinstance(value, str):
        yield GraphQLError(f"{where}: {kind.name} is written as text")
