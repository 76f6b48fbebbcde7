"""``retention loyalty balance``, ``history`` and ``explain``: one person's points, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from ..app import Retention
from .loyalty_people import Customer, Points, find_person, number_table, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..loyalty import Explanation, HistoryEntry, Program
    from ..loyalty.statement import LotLine, Statement

Locale = Annotated[
    str, typer.Option("--locale", help="Write days as people of a locale do, such as de-AT.")
]
_BALANCES = ("available", "pending", "held", "owed")


def balance(
    customer: Customer,
    locale: Locale = "",
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell what somebody holds now: by lot, and what expires next. Expired points never count."""
    from ..loyalty.statement import Statement, read_statement

    with Retention.from_file(config) as shop:
        program = open_ledger(shop, points).program
        with shop.store.reading() as connection:
            subject_id = find_person(shop, connection, customer)
            found = read_statement(connection, program, subject_id, now=shop.clock())
    statement = found or Statement("", 0, 0, 0, 0, None, ())
    answer = _statement_json(statement, program, subject_id)
    day = _day_writer(locale, program)
    emit(answer, as_json=json, human=lambda: _show_statement(statement, program, subject_id, day))


def history(
    customer: Customer,
    last: Annotated[int, typer.Option(min=0, help="Only the last so many; 0 for all.")] = 0,
    locale: Locale = "",
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell everything that happened to somebody's points, each with its reason, oldest first."""
    with Retention.from_file(config) as shop:
        ledger = open_ledger(shop, points)
        with shop.store.reading() as connection:
            entries = ledger.history(connection, find_person(shop, connection, customer))
            told = [
                (entry, ledger.explain(connection, entry.txn_id).sentence)
                for entry in entries[-last:]
            ]
    answer = [_entry_json(entry, sentence) for entry, sentence in told]
    day = _day_writer(locale, ledger.program)
    emit(answer, as_json=json, human=lambda: _show_history(told, day))


def explain(
    txn: Annotated[str, typer.Argument(help="As `retention loyalty history` shows it.")],
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell how one transaction came about, with all that it was computed from."""
    with Retention.from_file(config) as shop, shop.store.reading() as connection:
        told = open_ledger(shop, points).explain(connection, txn)
    answer = {
        "txn": told.txn_id,
        "kind": told.kind,
        "sentence": told.sentence,
        "rules": told.policy_version,
        "facts": told.facts,
    }
    emit(answer, as_json=json, human=lambda: _show_explanation(told))


def _statement_json(found: Statement, program: Program, subject_id: str) -> dict[str, Any]:
    ending = found.next_expiry
    return {
        "subject": subject_id,
        "account": found.account_id or None,
        "program": program.id,
        "unit": program.unit,
        **{name: getattr(found, name) for name in _BALANCES},
        "next_expiry": {"day": str(ending.day), "at": _iso(ending.at), "points": ending.points}
        if ending
        else None,
        "lots": [
            {
                "lot": lot.id,
                "from": lot.source,
                "available": lot.available,
                "pending": lot.pending,
                "held": lot.held,
                "spendable_from": _iso(lot.matures_at),
                "expires_at": _iso(lot.expires_at) if lot.expires_at else None,
            }
            for lot in found.lots
        ],
    }


def _entry_json(entry: HistoryEntry, sentence: str) -> dict[str, Any]:
    return {
        "txn": entry.txn_id,
        "kind": entry.kind,
        "points": entry.points,
        "occurred_at": _iso(entry.occurred_at),
        "cause": {"type": entry.cause_type, "id": entry.cause_id},
        "sentence": sentence,
        "after": {
            "available": entry.available_after,
            "pending": entry.pending_after,
            "owed": entry.debt_after,
        },
    }


def _show_statement(
    found: Statement, program: Program, subject_id: str, day: Callable[[datetime], str]
) -> None:
    out = console()
    out.print(Text.assemble((f"{found.available:,} {program.unit}", "bold"), " can be spent now"))
    rest = [
        f"{getattr(found, name):,} {what}"
        for name, what in (
            ("pending", "not yet spendable"),
            ("held", "set aside for a redemption"),
            ("owed", "owed to the shop after a refund"),
        )
        if getattr(found, name)
    ]
    if rest:
        out.print(", ".join(rest))
    if ending := found.next_expiry:
        out.print(f"{ending.points:,} expire on {day(ending.at)}", style="yellow")
    if found.lots:
        out.print()
        headings = ("from", "available", "pending", "held", "spendable from", "expires")
        rows = (_lot_row(lot, day) for lot in found.lots)
        out.print(number_table(headings, rows, numbers=(1, 2, 3)))
    out.print(f"subject {subject_id}", style="dim")


def _lot_row(lot: LotLine, day: Callable[[datetime], str]) -> tuple[str, ...]:
    ends = day(lot.expires_at) if lot.expires_at else "never"
    counts = (_count(points) for points in (lot.available, lot.pending, lot.held))
    return (lot.source, *counts, day(lot.matures_at), ends)


def _show_history(told: list[tuple[HistoryEntry, str]], day: Callable[[datetime], str]) -> None:
    out = console()
    if not told:
        out.print("Nothing happened to these points yet.")
        return
    for entry, sentence in told:
        head = Text.assemble(
            (f"{day(entry.occurred_at)}  ", "bold"),
            (f"{entry.points:+,}" if entry.points else "±0", _colour(entry.points)),
            f"  {entry.kind.replace('_', ' ')}",
            (f"  {_after(entry)}", "dim"),
        )
        out.print(head)
        out.print(Text(f"  {sentence}"))
        out.print(Text(f"  {entry.txn_id}", "dim"))


def _after(entry: HistoryEntry) -> str:
    parts = [f"then {entry.available_after:,} available"]
    parts += [f"{entry.pending_after:,} pending"] if entry.pending_after else []
    parts += [f"{entry.debt_after:,} owed"] if entry.debt_after else []
    return ", ".join(parts)


def _show_explanation(told: Explanation) -> None:
    out = console()
    out.print(Text(told.sentence))
    breakdown = told.facts.get("breakdown") or {}
    if parts := breakdown.get("parts"):
        rows = [
            (
                f"{part.get('points', 0):,}",
                str(part.get("source", "")),
                str(part.get("rule") or part.get("plugin") or ""),
            )
            for part in parts
        ]
        out.print(number_table(("points", "source", "rule"), rows, numbers=(0,)))
    after = told.facts["after"]
    counts = [(name, after[name]) for name in ("available", "pending", "held")]
    counts += [("owed", after["debt"])] if after["debt"] else []
    out.print(Text(f"Afterwards: {', '.join(f'{n:,} {name}' for name, n in counts)}."))
    out.print(f"rules {told.policy_version}", style="dim")


def _day_writer(locale: str, program: Program) -> Callable[[datetime], str]:
    """Return what writes days of the programme's time zone: ISO 8601 unless a locale is asked."""
    zone = ZoneInfo(program.time_zone)
    if not locale:
        return lambda moment: moment.astimezone(zone).date().isoformat()
    from ..l10n import localizer

    words = localizer(locale)
    return lambda moment: words.date(moment, time_zone=program.time_zone)


def _count(points: int) -> str:
    return f"{points:,}" if points else "–"


def _colour(points: int) -> str:
    return "green" if points > 0 else "red" if points < 0 else "dim"


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
