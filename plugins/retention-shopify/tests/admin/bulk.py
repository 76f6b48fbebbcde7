"""Bulk operations on loopback: what may be exported, how long it takes, what is in the file.

The rules are those of Shopify's guide and of the refusals that people report: no variables, up to
five connections, two levels of them, none inside a list, and an ``id`` beside each.
"""

import itertools
import json
import re

from graphql import (
    GraphQLError,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    execute_sync,
    get_named_type,
    get_nullable_type,
    is_list_type,
    visit,
)
from graphql.language import FragmentDefinitionNode

from tests.playing import reply

AT_ONCE = 5
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


class Exports:
    """The operations of one app in one shop. ``outcome`` is what becomes of the next one."""

    def __init__(self, documents, shop, clock, resolve):
        self._documents, self._shop, self._clock, self._resolve = documents, shop, clock, resolve
        self._numbers = itertools.count(1)
        self.operations, self.files, self.fetched = {}, {}, []
        self.takes_s, self.outcome, self.error_code = 45.0, "COMPLETED", None
        self.ignores_ranges = self.scatters = False
        self.began_at = "2026-11-20T12:00:00Z"
        self.url = ""

    def root(self):
        return {"bulkOperationRunQuery": self._run, "bulkOperation": self._operation}

    def _run(self, query, group_objects):
        document, faults = self._documents.read(query)
        faults = [*faults, *bulk_faults(self._documents.schema, document)]
        assert not faults, faults
        under_way = [each for each in self.operations.values() if self._is_under_way(each)]
        if len(under_way) >= AT_ONCE:
            return _refused("LIMIT_REACHED")
        number = str(next(self._numbers))
        lines = list(self._lines(document))
        if self.scatters or not group_objects:
            lines.sort(key=lambda line: "__parentId" in line)
        self.files[number] = "".join(json.dumps(each) + "\n" for each in lines).encode()
        gid = f"gid://shopify/BulkOperation/{number}"
        self.operations[gid] = {
            "id": gid,
            "number": number,
            "ready": self._clock.now() + self.takes_s,
            "createdAt": self.began_at,
            "outcome": (self.outcome, self.error_code),
        }
        return {"bulkOperation": {**self.operations[gid], "status": "CREATED"}, "userErrors": []}

    def _is_under_way(self, operation):
        return self._clock.now() < operation["ready"]

    def _operation(self, gid):
        operation = self.operations.get(gid)
        if operation is None or self._is_under_way(operation):
            none = {"errorCode": None, "url": None, "fileSize": None}
            return operation and {**operation, "status": "RUNNING", **none}
        status, error = operation["outcome"]
        content = self.files[operation["number"]]
        is_there = status == "COMPLETED" and content
        address = f"{self.url}/bulk/{operation['number']}?signature=a%2Bkey"
        return {
            **operation,
            "status": status,
            "errorCode": error,
            "url": address if is_there else None,
            "fileSize": str(len(content)) if is_there else None,
        }

    def _lines(self, document):
        result = execute_sync(
            self._documents.schema,
            document,
            root_value=self._shop.root(),
            field_resolver=self._resolve,
        )
        assert not result.errors, result.errors
        ((_, found),) = result.data.items()
        for edge in found["edges"]:
            yield from _flat(edge["node"])

    def answer(self, request):
        """Hand out a part of a file. The address is the key: an app's token has no place here."""
        if (
            "x-shopify-access-token" in request["headers"]
            or "signature=a%2Bkey" not in (request["path"])
        ):
            return reply(403, b"")
        number = request["path"].rpartition("/")[2].partition("?")[0]
        content = self.files[number]
        first, last = map(int, _RANGE.fullmatch(request["headers"]["range"]).groups())
        self.fetched.append((first, last))
        assert request["headers"]["accept-encoding"] == "identity"
        if self.ignores_ranges:
            return reply(200, content)
        return reply(206, content[first : last + 1])


def bulk_faults(schema, document):
    """Return why Shopify would not run a document in bulk."""
    if any(isinstance(each, FragmentDefinitionNode) for each in document.definitions):
        return [GraphQLError("fragments were never tried in bulk")]
    info, found = TypeInfo(schema), Connections()
    found.info = info
    visit(document, TypeInfoVisitor(info, found))
    if not 1 <= found.count <= 5:
        found.faults.append(f"{found.count} connections; one to five may be there")
    return [GraphQLError(fault) for fault in found.faults]


class Connections(Visitor):
    def __init__(self):
        super().__init__()
        self.count, self.faults, self.around = 0, [], []

    def enter_field(self, node, *_):
        kind = self.info.get_type()
        is_list = is_list_type(get_nullable_type(kind))
        is_connection = get_named_type(kind).name.endswith("Connection")
        if is_connection:
            self._check(node)
        self.around.append("connection" if is_connection else "list" if is_list else "")

    def leave_field(self, *_):
        self.around.pop()

    def _check(self, node):
        self.count += 1
        # The list of a connection's own edges is none.
        inner = [
            kind
            for kind, around in zip(self.around[1:], self.around, strict=False)
            if not (kind == "list" and around == "connection")
        ]
        if "list" in inner:
            self.faults.append("a connection field within a list field is not supported")
        if self.around.count("connection") > 2:
            self.faults.append("more than two levels of connections")
        (edges,) = (each for each in node.selection_set.selections if each.name.value == "edges")
        (inner_node,) = edges.selection_set.selections
        names = {
            getattr(each, "name", None) and each.name.value
            for each in inner_node.selection_set.selections
        }
        if "id" not in names:
            self.faults.append(f"{node.name.value}: the node must select the id field")


def _flat(node, parent=None):
    lists = {name: value for name, value in node.items() if _is_connection(value)}
    line = {name: value for name, value in node.items() if name not in lists}
    yield {**line, "__parentId": parent} if parent else line
    for value in lists.values():
        for edge in value["edges"]:
            yield from _flat(edge["node"], node["id"])


def _is_connection(value):
    return isinstance(value, dict) and "edges" in value


def _refused(code):
    said = [{"field": None, "code": code, "message": "words"}]
    return {"bulkOperation": None, "userErrors": said}
