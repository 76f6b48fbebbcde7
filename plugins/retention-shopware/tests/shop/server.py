"""A small Admin API on loopback: the rules of Shopware's that an adapter has to live with.

Every request and every answer is compared with Shopware's own description; what does not fit is
written down in ``faults``, and fails the test. What is in the shop is invented.
"""

import copy
import json
import re

from tests.playing import reply

VERSION = "6.7.10.1"
_WRITE = re.compile(r"/api/(?P<entity>[a-z-]+)(/(?P<id>[^/]+))?")


class Server:
    """Who may ask; then the shop answers. ``before`` may answer instead, or change the shop."""

    def __init__(self, schema, clock):
        self.schema, self.clock = schema, clock
        self.shelves = {}
        self.apps = {"SWIA-INVENTED": "invented-secret"}
        self.tokens, self.granted = {}, 0
        self.version = VERSION
        self.asked, self.faults = [], []
        self.before = None
        self.today = "2026-11-20T12:00:00.000+00:00"

    # Contents ------------------------------------------------------------------------------

    def add(self, entity, made):
        shelf = self.shelves.setdefault(entity, {})
        if "autoIncrement" in made and made["autoIncrement"] in (None, 0):
            made["autoIncrement"] = 1 + max((e["autoIncrement"] for e in shelf.values()), default=0)
        shelf[made["id"]] = made
        return made

    def shelf(self, entity):
        return self.shelves.setdefault(entity, {})

    # Requests ------------------------------------------------------------------------------

    def answer(self, request):
        path, body = request["path"], request["body"]
        asked = json.loads(body) if body else None
        if path == "/api/oauth/token":
            return self._token(asked)
        self.asked.append((request["method"], path.removeprefix("/api/"), asked))
        if self.before and (made := self.before(*self.asked[-1])) is not None:
            return made
        if self._is_stranger(request["headers"]):
            return reply(401, {"errors": [{"code": "9", "status": "401"}]})
        if path == "/api/_info/version":
            return self._checked("/_info/version", "get", {"version": self.version})
        if path.startswith("/api/search/"):
            return self._search(path.rpartition("/")[2], asked)
        match = _WRITE.fullmatch(path)
        return getattr(self, f"_{request['method'].lower()}")(match["entity"], match["id"], asked)

    def _token(self, asked):
        if self.apps.get(asked["client_id"]) != asked["client_secret"]:
            return reply(401, {"errors": [{"code": "4", "title": "Client authentication failed"}]})
        self._compare(asked, self._body("/oauth/token", "post"), "token", is_part=False)
        self.granted += 1
        token = f"token-{self.granted}"
        self.tokens[token] = self.clock.now() + 600
        body = {"token_type": "Bearer", "expires_in": 600, "access_token": token}
        return self._checked("/oauth/token", "post", body)

    def _is_stranger(self, headers):
        token = headers.get("authorization", "").removeprefix("Bearer ")
        return self.clock.now() >= self.tokens.get(token, 0)

    def _search(self, entity, criteria):
        where, component = f"search {entity}", _component(entity)
        self._compare(criteria, self._body(f"/search/{entity}", "post"), where, is_part=False)
        self.faults += self.schema.criteria_faults(component, criteria, where)
        found = [e for e in self.shelf(entity).values() if _fits_all(e, criteria)]
        for sort in reversed(criteria.get("sort", [{"field": "id", "order": "ASC"}])):
            found.sort(key=lambda e, by=sort["field"]: e[by] or "", reverse=sort["order"] == "DESC")
        size = criteria.get("limit", 100)
        start = size * (criteria.get("page", 1) - 1)
        page = [self._shown(component, e, criteria) for e in found[start : start + size]]
        return self._checked(f"/search/{entity}", "post", {"total": len(page), "data": page})

    def _shown(self, component, entity, criteria):
        """Return an entity with the associations that were asked for, and no other."""
        shown, asked = dict(entity), criteria.get("associations", {})
        for name, value in entity.items():
            other = self.schema.association(component, name)
            if other is None:
                continue
            if name not in asked:
                is_needed = name in self.schema.component(component)["required"]
                shown[name] = [] if is_needed else None
            elif isinstance(value, list):
                fitting = [each for each in value if _fits_all(each, asked[name])]
                shown[name] = [self._shown(other, each, asked[name]) for each in fitting]
            elif value is not None:
                shown[name] = self._shown(other, value, asked[name])
        return shown

    # Writing -------------------------------------------------------------------------------

    def _post(self, entity, _, fields):
        self._compare(fields, self._body(f"/{entity}", "post"), f"create {entity}", is_part=True)
        missing = {"id"} - fields.keys()
        self.faults += [f"create {entity}: {name} is missing" for name in missing]
        if fields["id"] in self.shelf(entity) or self._is_taken(fields.get("code")):
            return reply(400, {"errors": [{"code": "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"}]})
        made = self._made(_component(entity), fields)
        if entity == "promotion-individual-code":
            self.shelf("promotion")[fields["promotionId"]]["individualCodes"].append(made)
        self.add(entity, made)
        return reply(204)

    def _made(self, component, fields):
        """Return an entity with its parts, as Shopware completes what was written."""
        made = {}
        for name, value in fields.items():
            other = self.schema.association(component, name)
            is_parts = other is not None and isinstance(value, list)
            made[name] = [self._made(other, each) for each in value] if is_parts else value
        defaults = {"Promotion": {"individualCodes": [], "active": False}}
        number = made.pop("id", f"{len(json.dumps(fields)):032x}")
        return self.schema.entity(component, number, **{**defaults.get(component, {}), **made})

    def _patch(self, entity, number, fields):
        where = f"write {entity}"
        self._compare(fields, self._body(f"/{entity}/{{id}}", "patch"), where, is_part=True)
        there = self.shelf(entity).get(number)
        if there is None:
            return reply(404, {"errors": [{"code": "FRAMEWORK__RESOURCE_NOT_FOUND"}]})
        for name, value in fields.items():
            if name == "tags":
                self._tag(there, value)
            elif name == "customFields":
                there[name] = {**(there[name] or {}), **value}
            else:
                there[name] = value
        there["updatedAt"] = self.today
        return reply(204)

    def _tag(self, there, tags):
        known = {tag["id"] for tag in there["tags"]}
        for tag in tags:
            if tag["id"] not in self.shelf("tag"):
                self.add("tag", self.schema.entity("Tag", tag["id"], name=tag["name"]))
            if tag["id"] not in known:
                there["tags"].append(self.shelf("tag")[tag["id"]])

    def _delete(self, entity, number, _):
        gone = self.shelf(entity).pop(number, None)
        return reply(204) if gone else reply(404, {"errors": [{"code": "FRAMEWORK__NOT_FOUND"}]})

    def _is_taken(self, code):
        promotions = self.shelf("promotion").values()
        codes = [e["code"] for p in promotions for e in (p, *p["individualCodes"]) if e["code"]]
        return code is not None and code.casefold() in map(str.casefold, codes)

    # Comparing -----------------------------------------------------------------------------

    def _body(self, path, method):
        return self.schema.paths[path][method]["requestBody"]["content"]["application/json"][
            "schema"
        ]

    def _compare(self, body, node, where, *, is_part):
        self.faults += self.schema.faults(body, node, where, is_part=is_part)

    def _checked(self, path, method, body):
        """Answer what fits the description."""
        content = self.schema.paths[path][method]["responses"]["200"]["content"]
        node = content["application/json"]["schema"]
        self._compare(body, node, f"answer of {path}", is_part=False)
        return reply(200, copy.deepcopy(body))


def _component(entity):
    """Return the component of an entity: ``OrderAddress`` for ``order-address``."""
    return "".join(word.title() for word in entity.split("-"))


# Filters -----------------------------------------------------------------------------------


def _fits_all(entity, criteria):
    is_asked = entity["id"] in criteria.get("ids", [entity["id"]])
    return is_asked and all(_fits(entity, each) for each in criteria.get("filter", ()))


def _fits(entity, condition):
    kind = condition["type"]
    if kind == "multi":
        is_any = condition["operator"] == "or"
        fitting = (_fits(entity, each) for each in condition["queries"])
        return any(fitting) if is_any else all(fitting)
    found = [_plain(value) for value in _values(entity, condition["field"].split("."))]
    if kind == "equals":
        return _plain(condition["value"]) in (found or [None])
    if kind == "equalsAny":
        return bool({_plain(each) for each in condition["value"]} & set(found))
    signs = {"gte": lambda a, b: a >= b, "gt": lambda a, b: a > b}
    ((sign, bound),) = condition["parameters"].items()
    return any(value is not None and signs[sign](value, _plain(bound)) for value in found)


def _plain(value):
    """Return a value as a database compares it: texts without case, dates as stored."""
    if not isinstance(value, str):
        return value
    is_date = re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", value)
    return value[:23].replace("T", " ") if is_date else value.casefold()


def _values(entity, steps):
    if not steps:
        yield entity
    elif isinstance(entity, list):
        for each in entity:
            yield from _values(each, steps)
    elif entity is not None:
        yield from _values(entity[steps[0]], steps[1:])
