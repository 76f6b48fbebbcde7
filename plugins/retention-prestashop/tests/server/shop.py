"""A small shop that answers as the webservice of PrestaShop's family does, from captured records.

It does what was met on a running thirty bees 1.7: filters, sorting and limits, empty lists, whole
records replaced by PUT, hashes left alone or hashed again, two rules with one code, tags cut out
of messages, numbers as text here and as numbers there. Version 8 and PATCH are synthetic: they
follow PrestaShop's source, and no such server was run. Nothing is sold here.
"""

import base64
import copy
import json
import random
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from tests.playing import reply

CAPTURES = Path(__file__).parents[1] / "captures"
KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456"
NOW = "2026-11-22 12:30:00"
LISTS = {"order_slip": "order_slips"}
KINDS = {
    "customers": "customer",
    "cart_rules": "cart_rule",
    "customer_threads": "customer_thread",
    "customer_messages": "customer_message",
    "orders": "order",
}
RANGE = re.compile(r"\[([\d.:\-\s]+),([\d.:\-\s]+)\]")
GREATER = re.compile(r">\[(.*)\]")
REQUIRED = {"customers": ("passwd", "firstname", "lastname", "email")}


def capture(name):
    return json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))


class RefusedError(Exception):
    """An error as the webservice tells it."""

    def __init__(self, status, code, message="No."):
        super().__init__(message)
        self.told = reply(status, {"errors": [{"message": message, "code": code}]})


class PrestaShop:
    """Tables of records by number, under the names of the webservice's resources."""

    def __init__(self, version="1.6.1.999"):
        self.version, self.now = version, NOW
        self.tables = {path.stem: table(path) for path in CAPTURES.glob("*.json")}
        self.tables.pop("error_filter")
        self.forbidden, self.requests, self.failures = set(), [], []
        self.before_answer = lambda _request: None
        self.number = 100

    # What happens in the shop ---------------------------------------------------------------

    def add(self, resource, *, like, **fields):
        """Put in a copy of a captured record, changed; return its number."""
        self.number += 1
        made = {**copy.deepcopy(self.tables[resource][like]), "id": self.number, **fields}
        self.tables[resource][self.number] = made
        return self.number

    def add_order(self, date_upd, *, like=7, **fields):
        """Put in an order with one line."""
        order_id = self.add("orders", like=like, date_upd=date_upd, **fields)
        self.add("order_details", like=17, id_order=str(order_id))
        return order_id

    def change(self, resource, number, **fields):
        self.tables[resource][number] |= fields

    def state(self, order_id, state, date, **fields):
        """Let an order go into a state."""
        self.add(
            "order_histories",
            like=8,
            id_order=str(order_id),
            id_order_state=str(state),
            date_add=date,
        )
        self.change("orders", order_id, current_state=str(state), date_upd=date, **fields)

    def paths(self):
        return [request["path"] for request in self.requests]

    # The webservice -------------------------------------------------------------------------

    def answer(self, request):
        self.requests.append(request)
        self.before_answer(request)
        if self.failures:
            return self.failures.pop(0)
        try:
            status, headers, body = self.told(request)
        except RefusedError as refused:
            status, headers, body = refused.told
        return status, {**headers, "PSWS-Version": self.version}, body

    def told(self, request):
        given = request["headers"].get("authorization", "").removeprefix("Basic ")
        if base64.b64decode(given).decode() != f"{KEY}:":
            raise RefusedError(401, 18, "Invalid authentication key format")
        parts = urlsplit(request["path"])
        resource, _, number = parts.path.removeprefix("/api/").partition("/")
        if resource in self.forbidden:
            raise RefusedError(401, 26, f'Resource of type "{resource}" is not allowed')
        if resource not in self.tables:
            raise RefusedError(400, 27, f'Resource of type "{resource}" does not exists')
        wishes = dict(parse_qsl(parts.query, keep_blank_values=True))
        assert wishes["output_format"] == "JSON"
        return getattr(self, request["method"].lower())(resource, number, wishes, request["body"])

    def get(self, resource, number, wishes, _body):
        rows = self.tables[resource]
        if number:
            row = rows.get(int(number))
            return reply(200, {KINDS[resource]: row}) if row else reply(404)
        chosen = list(rows.values())
        random.shuffle(chosen)  # the database promises nothing
        known = {name for row in capture(resource)[LISTS.get(resource, resource)] for name in row}
        for name, value in wishes.items():
            if match := re.fullmatch(r"filter\[(\w+)\]", name):
                if match[1] not in known:
                    return reply(400, capture("error_filter"))
                chosen = [row for row in chosen if fits(row[match[1]], value)]
        for wish in reversed(wishes.get("sort", "").strip("[]").split(",")):
            if wish:
                name = wish.removesuffix("_ASC")
                chosen.sort(key=lambda row, name=name: comparable(row[name]))
        chosen = chosen[: int(wishes.get("limit", len(chosen)))]
        fields = wishes["display"].strip("[]").split(",")
        if fields != ["full"]:
            if not known.issuperset(fields):
                raise RefusedError(400, 35, "Unable to display this field")
            chosen = [{name: row[name] for name in fields} for row in chosen]
        return reply(200, {LISTS.get(resource, resource): chosen} if chosen else [])

    def post(self, resource, _number, _wishes, body):
        record = read(body)
        assert "id" not in record
        blank = dict.fromkeys(next(iter(capture(resource)[resource])), None)
        blank.pop("associations", None)
        self.number += 1
        made = {**blank, **record, "date_add": self.now, "date_upd": self.now}
        stored = self.stored(resource, made)
        self.tables[resource][self.number] = {**stored, "id": self.number}
        return reply(201, {KINDS[resource]: {**made, "id": str(self.number)}})

    def put(self, resource, number, _wishes, body):
        """What is not sent is emptied."""
        record, row = read(body), self.row(resource, number)
        for name in REQUIRED.get(resource, ()):
            if name not in record:
                raise RefusedError(400, 41, f'parameter "{name}" required')
        emptied = {name: None for name in row if name not in {"id", "associations"}}
        self.rewrite(resource, row, {**emptied, **record})
        return reply(200, {KINDS[resource]: row})

    def patch(self, resource, number, _wishes, body):
        if int(self.version.split(".")[0]) < 8:
            raise RefusedError(405, 23, "Method PATCH is not valid")
        row = self.row(resource, number)
        self.rewrite(resource, row, read(body))
        return reply(200, {KINDS[resource]: row})

    def delete(self, resource, number, _wishes, _body):
        self.row(resource, number)
        del self.tables[resource][int(number)]
        return reply(200)

    def row(self, resource, number):
        if int(number) not in self.tables[resource]:
            raise RefusedError(404, 87, f"Id(s) not exists: {number}")
        return self.tables[resource][int(number)]

    def rewrite(self, resource, row, record):
        was = row.get("passwd")
        row |= {**record, "id": row["id"], "date_upd": self.now}
        if was is not None and row["passwd"] != was:
            row["passwd"] = f"hash of {row['passwd']}"

    def stored(self, resource, row):
        """What the database makes of a new record."""
        if resource == "customer_messages":
            row = {**row, "message": row["message"].partition("<")[0]}
        if resource == "cart_rules":
            amounts = ("minimum_amount", "reduction_amount")
            row = {**row, **{name: f"{float(row[name] or 0):.6f}" for name in amounts}}
            row["reduction_percent"] = f"{float(row['reduction_percent'] or 0):.2f}"
            row["reduction_currency"] = (
                row["reduction_currency"] if row["reduction_currency"] != "0" else "1"
            )
        return row


def table(path):
    (rows,) = json.loads(path.read_text(encoding="utf-8")).values()
    return {row["id"]: row for row in rows if "id" in row}


def fits(value, wish):
    """Whether a value meets a filter in the webservice's own words."""
    text = str(value)
    if match := GREATER.fullmatch(wish):
        return comparable(text) > comparable(match[1])
    if match := RANGE.fullmatch(wish):
        return match[1] <= text <= match[2]
    return text.casefold() in wish.strip("[]").casefold().split("|")


def comparable(value):
    text = str(value)
    return (int(text), "") if text.isdecimal() else (0, text)


def read(body):
    """Read a record as SimpleXML does."""
    (record,) = ET.fromstring(body)
    return {field.tag: value_of(field) for field in record}


def value_of(field):
    if field.tag == "associations":
        return {
            many.tag: [{each.tag: each.text or "" for each in item} for item in many]
            for many in field
        }
    if len(field):
        return [{"id": int(each.get("id")), "value": each.text or ""} for each in field]
    return field.text or ""
