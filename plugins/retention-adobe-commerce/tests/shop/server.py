"""A small REST API on loopback: what Adobe Commerce does with lists, rules and coupons.

Requests and answers are compared with facts of its published description; what does not fit is
written down in ``faults``, and fails the test. What is in the shop is invented.
"""

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.playing import reply

_PARAMETER = re.compile(
    r"searchCriteria\[(filterGroups\]\[\d+\]\[filters\]\[\d+\]\[(field|value|conditionType)"
    r"|sortOrders\]\[\d+\]\[(field|direction)|pageSize|currentPage)\]"
)
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string"}
_KEYS = {"customers": "id", "coupons": "coupon_id", "salesRules": "rule_id", "products": "id"}
_KEYS |= {"customerGroups": "id"}


class Facts:
    """What the description says of the paths and fields in use."""

    def __init__(self, facts):
        self._paths, self._definitions = facts["paths"], facts["definitions"]
        self._patterns = {
            re.compile(re.sub(r"\{\w+\}", r"\\d+", name)): name for name in self._paths
        }

    def named(self, method, path):
        """Return the path of the description that a request is for, None if there is none."""
        asked = f"{method} /V1/{path}"
        return next((n for p, n in self._patterns.items() if p.fullmatch(asked)), None)

    def body(self, name):
        return self._paths[name]["body"]

    def answer(self, name):
        return self._paths[name]["answer"]

    def fields(self, definition):
        return self._definitions[definition]["fields"]

    def faults(self, value, kind, where):
        """Yield what is wrong with a value: a kind is a name, a list of one, or fields."""
        if isinstance(kind, list):
            parts = [(each, kind[0], f"{where}[{n}]") for n, each in enumerate(value)]
        elif isinstance(kind, dict):
            parts = [(value[name], inner, f"{where}.{name}") for name, inner in kind.items()]
        elif kind in self._definitions:
            definition = self._definitions[kind]
            given = {name: each for name, each in value.items() if each is not None}
            wrong = (set(definition["required"]) - given.keys()) | (
                given.keys() - definition["fields"]
            )
            yield from (f"{where}.{name}: missing, or no such field" for name in wrong)
            parts = [(each, definition["fields"][n], f"{where}.{n}") for n, each in given.items()]
        else:
            yield from () if _is_a(kind, value) else [f"{where}: {value!r} is no {kind}"]
            parts = []
        for part in parts:
            yield from self.faults(*part)


def _is_a(kind, value):
    """Whether a plain value is of a kind; definitions that nobody reads may hold anything."""
    given = _KINDS.get(type(value), "object")
    return "-" in kind or given == kind or (given == "integer" and kind == "number")


class Server:
    """Who may ask; then the shop answers. ``before`` may answer instead."""

    def __init__(self, facts):
        self.facts = facts
        self.shelves, self.faults, self.asked = {}, [], []
        self.tokens = {"Bearer invented-token"}
        self.signed_by = None
        self.before = None

    def add(self, kind, made):
        self.shelves.setdefault(kind, {})[made[_KEYS.get(kind, "entity_id")]] = made
        return made

    def shelf(self, kind):
        return self.shelves.setdefault(kind, {})

    def answer(self, request):
        url = urlsplit(request["path"])
        path = unquote(url.path).removeprefix("/api/rest/default/V1/")
        asked = json.loads(request["body"]) if request["body"] else None
        self.asked.append((request["method"], path, asked))
        if self.before and (made := self.before(request["method"], path, asked)) is not None:
            return made
        if not self._may_ask(request, url):
            return reply(401, {"message": "The consumer isn't authorized to access %resources."})
        name = self.facts.named(request["method"], path)
        if name is None:
            self.faults.append(f"no such path: {request['method']} {path}")
            return reply(404, {"message": "Request does not match any route."})
        if asked is not None:
            self._check_body(asked, self.facts.body(name), name)
        return self._act(request["method"], path, name, dict(parse_qsl(url.query)), asked)

    def _may_ask(self, request, url):
        given = request["headers"].get("authorization", "")
        return self.signed_by(request, url) if self.signed_by else given in self.tokens

    def _check_body(self, asked, facts, name):
        self.faults += [
            f"{name}: {each} is missing" for each in set(facts["required"]) - asked.keys()
        ]
        for field, value in asked.items():
            self.faults += self.facts.faults(value, facts["fields"][field], f"{name} {field}")

    def _act(self, method, path, name, query, asked):
        kind, _, rest = path.partition("/")
        if method == "GET" and rest in {"", "search"}:
            return self._search(kind, name, query)
        if kind == "store":
            return self._good(name, list(self.shelf(rest).values()))
        number = int(rest.partition("/")[0]) if rest else 0
        if method == "POST":
            return getattr(self, f"_post_{kind.casefold()}")(number, asked)
        there = self.shelf(kind).get(number)
        if there is None:
            return reply(404, {"message": "No such entity with %fieldName = %fieldValue"})
        if method == "PUT":
            self.shelf(kind)[number] = there = {**there, **asked["customer"]}
        if method == "DELETE":
            del self.shelf(kind)[number]
            return self._good(name, body=True)
        return self._good(name, there)

    def _good(self, name, body):
        self.faults += self.facts.faults(body, self.facts.answer(name), f"answer of {name}")
        return reply(200, body)

    # Lists ---------------------------------------------------------------------------------

    def _search(self, kind, name, query):
        self.faults += [f"{name}: {each}?" for each in query if not _PARAMETER.fullmatch(each)]
        (definition,) = self.facts.answer(name)["items"]
        known = {*self.facts.fields(definition), "entity_id"}
        found = list(self.shelf(kind).values())
        for field, condition, value in _conditions(query):
            if field not in known:
                self.faults.append(f"{name}: no field {field}")
            found = [each for each in found if _fits(_value(each, field), condition, value)]
        by = query["searchCriteria[sortOrders][0][field]"]
        found.sort(key=lambda each: _value(each, by))
        size = int(query["searchCriteria[pageSize]"])
        items = [{k: v for k, v in each.items() if v is not None} for each in found[:size]]
        return self._good(name, {"items": items, "total_count": len(found)})

    # Writing -------------------------------------------------------------------------------

    def _post_orders(self, number, asked):
        self.shelf("orders")[number]["status_histories"].append(asked["statusHistory"])
        return self._good("POST /V1/orders/{id}/comments", body=True)

    def _post_salesrules(self, _, asked):
        made = {**asked["rule"], "rule_id": 1 + max(self.shelf("salesRules"), default=0)}
        return self._good("POST /V1/salesRules", self.add("salesRules", made))

    def _post_coupons(self, _, asked):
        coupon = asked["coupon"]
        codes = {each["code"].casefold() for each in self.shelf("coupons").values()}
        rule = self.shelf("salesRules")[coupon["rule_id"]]
        if coupon["code"].casefold() in codes or rule["use_auto_generation"] != bool(
            coupon["type"]
        ):
            return reply(400, {"message": "Error occurred when saving coupon: %1"})
        made = {**coupon, "coupon_id": 100 + max(self.shelf("coupons"), default=0)}
        return self._good("POST /V1/coupons", self.add("coupons", made))


def _conditions(query):
    """Yield the conditions of a query; each stands in a group of its own."""
    for name, field in query.items():
        if name.endswith("[field]") and "filters" in name:
            group = name.removesuffix("[field]")
            yield field, query[f"{group}[conditionType]"], query[f"{group}[value]"]


def _value(entity, field):
    """Return a value; accounts and products call their number ``id`` in answers alone."""
    return entity.get(field, entity["id"] if field == "entity_id" and "id" in entity else None)


def _fits(value, condition, wanted):
    as_text = isinstance(value, str)
    if condition == "in":
        return str(value) in wanted.split(",")
    given, bound = (value.casefold(), wanted.casefold()) if as_text else (value, float(wanted))
    return {"eq": given == bound, "gt": given > bound, "gteq": given >= bound}[condition]
