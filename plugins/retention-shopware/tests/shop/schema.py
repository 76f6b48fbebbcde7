"""Compares bodies with Shopware's OpenAPI description, and makes empty entities from it."""

import re

_KNOWN = frozenset(
    "type properties required items $ref anyOf allOf oneOf enum pattern additionalProperties "
    # What says nothing about a single value that we send or answer.
    "format description title example default readOnly deprecated nullable discriminator "
    "minLength maxLength minimum maximum minItems maxItems uniqueItems exclusiveMinimum".split()
)
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}
_KINDS |= {dict: "object", type(None): "null"}


class Schema:
    """One OpenAPI description."""

    def __init__(self, document):
        self.paths, self._parts = document["paths"], document["components"]["schemas"]

    def component(self, name):
        return self._parts[name]

    def resolved(self, node):
        while "$ref" in node:
            node = self._parts[node["$ref"].rpartition("/")[2]]
        return node

    # Comparing -----------------------------------------------------------------------------

    def faults(self, value, node, where, *, is_part=False):
        """Yield what is wrong; ``is_part`` is for writes, which name some of the fields only.

        The description calls no field nullable, but Shopware answers null for every one that is
        not set; so a field that is not required may be null.
        """
        node = self.resolved(node)
        unknown = node.keys() - _KNOWN
        assert not unknown, f"{where}: the description says {unknown}"
        for kind in ("anyOf", "oneOf"):
            if kind in node and not self._any(value, node[kind], where, is_part=is_part):
                yield f"{where}: fits none of {kind}"
        if "allOf" in node:
            node = self._merged(node)
        kinds = node.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        kind = _KINDS[type(value)]
        if kinds and kind not in kinds and not (kind == "integer" and "number" in kinds):
            yield f"{where}: {kind} is none of {kinds}"
        elif kind == "string":
            yield from _text_faults(value, node, where)
        elif kind == "array":
            for number, each in enumerate(value):
                inner = node.get("items", {})
                yield from self.faults(each, inner, f"{where}[{number}]", is_part=is_part)
        elif kind == "object":
            yield from self._object_faults(value, node, where, is_part=is_part)

    def _merged(self, node):
        """Return one description for several that hold at once."""
        parts = [self.resolved(each) for each in node["allOf"]]
        fields = {name: each for part in parts for name, each in part.get("properties", {}).items()}
        required = [name for part in parts for name in part.get("required", ())]
        return {"type": "object", "properties": fields, "required": required}

    def _any(self, value, nodes, where, *, is_part):
        return any(not list(self.faults(value, each, where, is_part=is_part)) for each in nodes)

    def _object_faults(self, value, node, where, *, is_part):
        fields, rest = node.get("properties", {}), node.get("additionalProperties")
        for name in () if is_part else node.get("required", ()):
            if name not in value or any(self.faults(value[name], fields[name], name)):
                yield f"{where}.{name}: missing or wrong"
        for name, each in value.items():
            inner = fields.get(name, rest if isinstance(rest, dict) else None)
            if inner is None:
                if fields:
                    yield f"{where}.{name}: unknown"
            elif each is not None:
                yield from self.faults(each, inner, f"{where}.{name}", is_part=is_part)
                if is_part and (inner.get("deprecated") or inner.get("readOnly")):
                    yield f"{where}.{name}: deprecated or only for reading"

    def criteria_faults(self, entity, criteria, where):
        """Yield the fields and associations of a search that the entity does not have."""
        for path in _paths(criteria.get("filter", ())):
            yield from self._path_faults(entity, path, where)
        for sort in criteria.get("sort", ()):
            yield from self._path_faults(entity, sort["field"], where)
        for name, inner in criteria.get("associations", {}).items():
            other = self.association(entity, name)
            if other is None:
                yield f"{where}: {entity} has no association {name}"
            else:
                yield from self.criteria_faults(other, inner, f"{where}.{name}")

    def _path_faults(self, entity, path, where):
        *steps, last = path.split(".")
        for step in steps:
            entity = self.association(entity, step)
            if entity is None:
                yield f"{where}: no such way: {path}"
                return
        field = self._parts[entity]["properties"].get(last)
        if field is None or field.get("deprecated"):
            yield f"{where}: no such field: {path}"

    # Entities ------------------------------------------------------------------------------

    def association(self, entity, name):
        """Return the component that a field leads to, None for a plain field."""
        node = self._parts[entity]["properties"].get(name, {})
        node = node.get("items", node) if node.get("type") == "array" else node
        reference = node.get("$ref", "").rpartition("/")[2]
        return reference if "id" in self._parts.get(reference, {}).get("properties", {}) else None

    def is_list(self, entity, name):
        return self._parts[entity]["properties"][name].get("type") == "array"

    def entity(self, name, entity_id, /, **fields):
        """Return an entity in which all that has to be there is, and all else is null."""
        component = self._parts[name]
        made = dict.fromkeys(component["properties"])
        made |= {each: self._blank(component["properties"][each]) for each in component["required"]}
        moments = {"createdAt": "2026-11-01T08:00:00.000+00:00", "updatedAt": None}
        made |= {each: moment for each, moment in moments.items() if each in made}
        unknown = fields.keys() - made.keys()
        assert not unknown, f"{name} has no {unknown}"
        return {**made, "id": entity_id, **fields}

    def _blank(self, node):
        node = self.resolved(node)
        if "enum" in node:
            return node["enum"][0]
        if node.get("format") == "date-time":
            return "2026-11-01T08:00:00.000+00:00"
        blanks = {"string": "", "number": 0.0, "integer": 0, "boolean": False, "array": []}
        if node["type"] == "object":
            fields = node.get("properties", {})
            return {name: self._blank(fields[name]) for name in node.get("required", ())}
        return "0" * 32 if "pattern" in node else blanks[node["type"]]


def _text_faults(value, node, where):
    if "enum" in node and value not in node["enum"]:
        yield f"{where}: {value!r} is none of {node['enum']}"
    if "pattern" in node and not re.search(node["pattern"], value):
        yield f"{where}: {value!r} does not fit {node['pattern']}"


def _paths(conditions):
    for each in conditions:
        yield from [each["field"]] if "field" in each else _paths(each["queries"])
