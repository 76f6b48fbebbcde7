"""``retention loyalty partners``: who exchanges points, and what was exchanged in a month."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from ..app import Retention
from ..errors import ConfigError
from .loyalty_people import Points
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

if TYPE_CHECKING:
    from ..loyalty.partners import ExchangeTerms, PartnerStatement
    from ..pipeline.loyalty.partnering import PartnerDesk

HELP = "Points for points of partners: the contracts, and statements of a month. Each takes --json."
Month = Annotated[str, typer.Option(help="YYYY-MM, on the programme's calendar.")]
_SUMS = ("points_sent", "points_received", "units_due")


def add_commands(app: typer.Typer) -> None:
    """Add the sub-commands."""
    app.command("list")(list_partners)
    app.command("statement")(statement)


def list_partners(
    points: Points = "", config: ConfigFile = DEFAULT_CONFIG, json: Json = False
) -> None:
    """List the partners of all programmes, or of one, with their rates."""
    with Retention.from_file(config) as shop:
        ledgers = _desk(shop, points).ledgers
    chosen = {points: ledgers[points]} if points else ledgers
    found = [(name, each) for name, one in chosen.items() for each in one.program.partners]
    rows = [(each.id, each.unit, name, _rate(each.out), _rate(each.into)) for name, each in found]

    def human() -> None:
        console().print(table(("partner", "unit", "points", "to them", "to us"), rows))

    as_data = [{"program": name, **each.model_dump(mode="json")} for name, each in found]
    emit(as_data, as_json=json, human=human)


def statement(
    partner: Annotated[str, typer.Argument(help="As `retention loyalty partners list` shows it.")],
    month: Month,
    points: Points = "",
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV, a line for each step.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Add up what was exchanged in a month, compared with the ledger; 6 where they differ."""
    from ..loyalty.partners import statement_csv

    with Retention.from_file(config) as shop:
        desk = _desk(shop, points)
        zone = desk.ledger(partner, program=points).program.time_zone
        start, end = _month(month, ZoneInfo(zone))
        found = desk.statement(partner, start=start, end=end, program=points)
    if csv:
        print(statement_csv(found), end="")
    else:
        emit(_as_json(found), as_json=json, human=lambda: _show(found))
    return 6 if found.differences else 0


def _show(found: PartnerStatement) -> None:
    rows = [
        (
            f"{line.at:%Y-%m-%d}",
            line.direction,
            line.state,
            line.reference,
            f"{line.points:+,}",
            f"{line.units:+,}",
            "" if line.points == line.posted else f"the ledger says {line.posted:+,}",
        )
        for line in found.lines
    ]
    if rows:
        columns = ("day", "direction", "step", "reference", "points", "units", "")
        console().print(table(columns, rows))
    sent, received, due = (getattr(found, name) for name in _SUMS)
    print(f"{sent:,} points sent, {received:,} received; units due: {due:+,}")


def _as_json(found: PartnerStatement) -> dict[str, object]:
    names = ("direction", "state", "reference", "partner_reference", "points", "units", "posted")
    return {
        "program": found.program,
        "partner": found.partner,
        "start": found.start.isoformat(),
        "end": found.end.isoformat(),
        **{name: getattr(found, name) for name in _SUMS},
        "lines": [
            {"at": line.at.isoformat(), **{name: getattr(line, name) for name in names}}
            for line in found.lines
        ],
    }


def _desk(shop: Retention, points: str) -> PartnerDesk:
    desk = shop.loyalty.partners if shop.loyalty else None
    if desk is None or (points and points not in desk.ledgers):
        which = f"points called {points!r}" if points else "points"
        hint = f"there are: {', '.join(desk.ledgers)}" if desk else "[[loyalty.partners]] makes one"
        raise ConfigError(f"this shop exchanges no {which}", key="loyalty.partners", hint=hint)
    return desk


def _month(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Read a month; return when it begins and when the next one does.

    Raises:
        ConfigError: it is none.
    """
    try:
        start = datetime.strptime(text, "%Y-%m").replace(tzinfo=zone)
    except ValueError:
        raise ConfigError(f"--month {text!r} is no month", hint="2026-11") from None
    year, month = divmod(start.year * 12 + start.month, 12)
    return start, start.replace(year=year, month=month + 1)


def _rate(terms: ExchangeTerms | None) -> str:
    return f"{terms.give:,} for {terms.get:,}" if terms else "-"
