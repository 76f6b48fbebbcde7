"""Everything that is kept of a person, as one JSON document, tables and a note, in a zip."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from ...consent import explain
from ...consent.rights import RequestKind
from ...context import customer_of, order_of
from ...errors import StorageError
from ...model import Customer, Order, ShopEvent
from ..cards.card_text import CardText
from .dossier_loyalty import LoyaltyDossier

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...storage import Connection, Store

Rows = list[dict[str, Any]]
Dossier = dict[str, Rows]

# GDPR art. 20(1) is about data that somebody provided; what was made of them is for art. 15.
_PROVIDED = frozenset({"profile", "orders", "consents"})
# Spreadsheets run what begins like this; OWASP, "CSV injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNREAD = """
Messages of the shop's platforms that could not be read: {}. They are sealed, nobody
knows about whom they are, and they are deleted when their days are over.
"""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossiers:
    """Collects for one shop."""

    store: Store
    ledgers: tuple[PointsLedger, ...]

    def collect(self, connection: Connection, subjects: Sequence[str]) -> Dossier:
        """Return what is kept of the subjects that are one person, by kind of record.

        Raises:
            SubjectErased: the person is forgotten.
        """
        events = [event for who in subjects for event in self.store.people.events(connection, who)]
        programs = tuple(ledger.program for ledger in self.ledgers)
        return {
            "profile": _profile(events),
            "orders": _orders(events),
            "order_facts": self._facts(connection, subjects),
            "consents": self._consents(connection, subjects),
            "decisions": self._decisions(connection, subjects),
            "deliveries": self._deliveries(connection, subjects),
            "devices": self._devices(connection, subjects),
            "points": self._points(connection, subjects),
            **LoyaltyDossier(self.store, programs).collect(connection, subjects),
            "cards": self._cards(connection, subjects),
            "requests": self._requests(connection, subjects),
            "events": [_event(event) for event in events],
        }

    def _facts(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "order_id": fact.order_id,
                "placed_at": _when(fact.placed_at),
                "paid_at": _when(fact.paid_at),
                "cancelled_at": _when(fact.cancelled_at),
                "total": str(fact.total),
                "refunded": str(fact.refunded),
            }
            for who in subjects
            for fact in self.store.orders.of_subject(connection, who)
        ]

    def _consents(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        """Return every answer; one that came along with a merge is told once."""
        rows = [
            each.model_dump(mode="json")
            for who in subjects
            for each in self.store.consents.history(connection, who)
        ]
        return list({json.dumps(row, sort_keys=True): row for row in rows}.values())

    def _decisions(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "decided_at": _when(each.decided_at),
                "allowed": each.allowed,
                "channel": each.channel.value,
                "sentence": explain(each),
                "event_id": each.event_id,
            }
            for who in subjects
            for each in self.store.people.decisions(connection, who)
        ]

    def _deliveries(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "surface": each.surface,
                "channel": each.channel,
                "state": each.state,
                "at": _when(each.updated_at),
                "event_id": each.event_id,
            }
            for who in subjects
            for each in self.store.people.sent(connection, who)
        ]

    def _devices(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        found = {
            each.device.id: {
                "push_service": each.device.host,
                "registered_at": _when(each.registered_at),
            }
            for who in subjects
            for each in self.store.devices.of(connection, who)
        }
        return list(found.values())

    def _points(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "program": ledger.program.id,
                "at": _when(each.occurred_at),
                "points": each.points,
                "balance_after": each.available_after,
                "sentence": ledger.explain(connection, each.txn_id).sentence,
            }
            for ledger in self.ledgers
            for who in subjects
            for each in ledger.history(connection, who)
        ]

    def _cards(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "card": f"{record.card_id:010x}",
                "order_id": record.place.order_id,
                "state": record.state.value,
                "locale": record.choice.locale,
                "template": record.choice.template,
                "made_at": _when(record.made_at),
                "text": _words(self.store.cards.payload(connection, record)),
            }
            for who in subjects
            for record in self.store.cards.of_subject(connection, who)
        ]

    def _requests(self, connection: Connection, subjects: Sequence[str]) -> Rows:
        return [
            {
                "request": each.id,
                "kind": each.kind,
                "state": step.state,
                "at": _when(step.at),
                "reason": step.reason,
                "citation": step.citation,
            }
            for who in subjects
            for each in self.store.requests.of_subject(connection, who)
            for step in each.steps
        ]


def pack(
    dossier: Dossier, *, kind: RequestKind, shop_name: str, at: datetime, unread: int = 0
) -> bytes:
    """Return the zip that a person gets: the same dossier always makes the same bytes.

    ``unread`` is how many deliveries of the shop's platforms nobody could read: they may be about
    anybody, so the note tells of them. Files are stored, not compressed: compressed bytes differ
    from library to library.

    Raises:
        StorageError: the request is not about getting data.
    """
    if kind not in {RequestKind.ACCESS, RequestKind.PORTABILITY}:
        raise StorageError(f"a request for {kind} has nothing to hand over")
    is_all = kind is RequestKind.ACCESS
    told = {name: rows for name, rows in dossier.items() if is_all or name in _PROVIDED}
    files = {"data.json": json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"}
    files |= {f"{name}.csv": _table(rows) for name, rows in told.items()}
    files["README.txt"] = _readme(told, kind, shop_name, at)
    if unread and is_all:
        files["README.txt"] += _UNREAD.format(unread)
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, date_time=_LONG_AGO)
            entry.create_system, entry.external_attr = 3, 0o600 << 16
            archive.writestr(entry, files[name].encode())
    return buffer.getvalue()


def _profile(events: Iterable[ShopEvent]) -> Rows:
    """Return what is known of who it is, one row for each state the platform told of."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        customer = customer_of(event)
        if isinstance(customer, Customer):
            row = customer.model_dump(mode="json", exclude={"consents"})
            row["address"] = _line(row["address"])
            found[json.dumps(row, sort_keys=True)] = row
    return list(found.values())


def _orders(events: Iterable[ShopEvent]) -> Rows:
    """Return each order once, as it was told last, with its lines and addresses in full."""
    newest: dict[str, Order] = {}
    for event in events:
        if order := order_of(event):
            newest[order.id] = order
    return [order.model_dump(mode="json", exclude={"customer"}) for order in newest.values()]


def _event(event: ShopEvent) -> dict[str, Any]:
    kind = str(getattr(event, "type", "unknown"))
    return {"event_id": event.id, "type": kind, "occurred_at": _when(event.occurred_at)}


def _words(payload: bytes) -> str:
    from ...inserts.media.plain import plain_text

    return plain_text(CardText.load(payload).card, columns=72)


def _table(rows: Rows) -> str:
    out = StringIO(newline="")
    columns = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows([[_cell(row.get(name)) for name in columns] for row in rows])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal()


def _line(address: Mapping[str, Any] | None) -> str:
    if not address:
        return ""
    parts = (address["name"], address["company"], *address["street"], address["postcode"])
    rest = (address["city"], address["region"], address["country"], address["phone"])
    return ", ".join(part for part in (*parts, *rest) if part)


def _readme(told: Dossier, kind: RequestKind, shop_name: str, at: datetime) -> str:
    counts = [f"  {name}.csv: {len(rows)}" for name, rows in told.items()]
    what = "everything that is kept of you" if kind is RequestKind.ACCESS else "what you provided"
    return "\n".join(
        [
            f"{shop_name}: {what}, as of {at:%Y-%m-%d %H:%M} UTC.",
            "",
            "data.json holds everything, for machines. The tables hold the same, in UTF-8:",
            *counts,
            "",
            "A cell that begins with a sign of calculation has a ' before it, so that no",
            "spreadsheet runs it; data.json has it as it is.",
            "",
        ]
    )


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
