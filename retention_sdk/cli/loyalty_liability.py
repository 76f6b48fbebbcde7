"""``retention loyalty liability``: what the shop owes in points, month by month, for an accountant.

The file holds whole numbers only, money in minor units: ``12.50`` is a date to a spreadsheet in
German. It begins with a byte order mark, without which Excel reads UTF-8 as another encoding.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from ..app import Retention
from ..errors import ConfigError
from .choices import refuse
from .loyalty_people import number_table, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from ..loyalty.liability import Liability, LiabilityLine
    from ..loyalty.point_value import PointValue

_FLOWS = ("opening", "issued", "redeemed", "expired", "reversed", "closing")
_SPLIT = ("pending", "available", "held", "owed")


def command(
    first: Annotated[
        str, typer.Option("--from", help="The first month or day, such as 2026-01; this year's.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", help="The last month or day, included; without, today.")
    ] = "",
    file: Annotated[Path | None, typer.Option("--csv", help="Write the report there, too.")] = None,
    separator: Annotated[
        str, typer.Option("--csv-separator", help="A semicolon suits Excel in much of Europe.")
    ] = ",",
    points: Annotated[
        str, typer.Option("--points", help="Only this currency of points; without it, all.")
    ] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell opening + issued − redeemed − expired − reversed = closing, per month and programme.

    Each currency of points has a report of its own: they are never added up. Months are those of
    the programme's time zone. Exit 9 if balances and postings disagree.
    """
    if len(separator) != 1 or separator in '"\r\n':
        refuse("--csv-separator", "is not one character; a comma, or a semicolon")
    with Retention.from_file(config) as shop:
        open_ledger(shop, points)
        reports = _read(shop, first, last, points)
        values = _values(shop)
    if file is not None:
        write_csv(file, csv_rows(reports, values), separator=separator)
    answer = [as_json(report, values.get(report.program.id)) for report in reports]
    emit(answer, as_json=json, human=lambda: _show(reports, values, file))


def _read(shop: Retention, first: str, last: str, points: str) -> list[Liability]:
    from ..loyalty.liability import month_days, read_liability
    from ..storage.ledger import reporting

    now, reports = shop.clock(), []
    start_day = _day(first, option="--from") if first else None
    end_day = _day(last, option="--to", is_last=True) if last else None
    with shop.store.reading() as connection:
        reporting.freeze(connection)
        for program in reporting.stored_programs(connection):
            if points not in {"", program.id}:
                continue
            today = now.astimezone(ZoneInfo(program.time_zone)).date()
            start = start_day or date(today.year, 1, 1)
            end = end_day or max(today, start)
            if end < start:
                refuse("--to", f"{end} is before {start}, where the report begins")
            days = month_days(start, end)
            reports.append(read_liability(connection, program, days, now=now))
    return reports


def _day(text: str, *, option: str, is_last: bool = False) -> date:
    is_month = len(text) == len("2026-01")
    try:
        day = datetime.strptime(text, "%Y-%m" if is_month else "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        refuse(option, "is no month or day; write 2026-01 or 2026-01-31")
    if is_month and is_last:
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return day


def _values(shop: Retention) -> dict[str, PointValue]:
    return {each.id: each.point_value for each in shop.config.programs if each.point_value}


def as_json(report: Liability, value: PointValue | None) -> dict[str, Any]:
    """Return a report for machines."""
    return {
        "program": report.program.id,
        "unit": report.program.unit,
        "time_zone": report.program.time_zone,
        "as_of": str(report.as_of),
        "periods": [_line_json(line, value) for line in report.lines],
    }


def _line_json(line: LiabilityLine, value: PointValue | None) -> dict[str, Any]:
    facts = asdict(line)
    facts["first_day"], facts["last_day"] = str(line.first_day), str(line.last_day)
    facts["expiring"] = {str(year or "never"): n for year, n in line.expiring.items()}
    if value:
        for name in ("opening", "closing"):
            facts[f"{name}_value"] = value.worth(getattr(line, name)).model_dump(mode="json")
    return facts


def csv_rows(
    reports: Sequence[Liability],
    values: Mapping[str, PointValue],
    *,
    years: Collection[int | None] = (),
) -> list[list[str]]:
    """Return a heading and a row for each period; ``years`` get columns, whatever expires."""
    found = {year for report in reports for line in report.lines for year in line.expiring}
    columns = [*sorted(year for year in found.union(years) if year), None]
    head = ["program", "unit", "first_day", "last_day", *_FLOWS, *_SPLIT]
    head += [f"expires_{year or 'never'}" for year in columns]
    rows = [[*head, "opening_value_minor", "closing_value_minor", "currency"]]
    for report in reports:
        value = values.get(report.program.id)
        for line in report.lines:
            row = [report.program.id, report.program.unit, line.first_day, line.last_day]
            row += [getattr(line, name) for name in (*_FLOWS, *_SPLIT)]
            row += [line.expiring.get(year, 0) for year in columns]
            money = (line.opening, line.closing) if value else ()
            row += [value.worth(points).minor for points in money if value] or ["", ""]
            rows.append([str(cell) for cell in (*row, value.currency if value else "")])
    return rows


def write_csv(file: Path, rows: list[list[str]], *, separator: str = ",") -> None:
    """Write rows as Excel reads them.

    Raises:
        ConfigError: the file cannot be written.
    """
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(rows)
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be written", file=str(file)) from None


def _show(reports: Sequence[Liability], values: dict[str, PointValue], file: Path | None) -> None:
    out = console()
    if not reports:
        out.print("No points were ever given, so none are owed.")
    for report in reports:
        show_report(report, values.get(report.program.id))
    if file is not None:
        out.print(f"wrote {file}")


def show_report(report: Liability, value: PointValue | None) -> None:
    """Print a report for people."""
    out, last = console(), report.lines[-1]
    program = report.program
    out.print(Text.assemble((f"{program.id}", "bold"), f"  in {program.unit}, {program.time_zone}"))
    heads = ("", "opening", "+ issued", "− redeemed", "− expired", "− reversed", "= closing")
    rows: list[Sequence[str | Text]] = [
        (_period(line), *(_count(getattr(line, name)) for name in _FLOWS)) for line in report.lines
    ]
    if len(rows) > 1:
        rows.append(_sum_row(report.lines))
    out.print(number_table(heads, rows, numbers=range(1, 7)))
    out.print()
    parts = [f"{getattr(last, name):,} {name}" for name in _SPLIT if getattr(last, name)]
    day, held = min(last.last_day, report.as_of), ", ".join(parts) or "nothing"
    out.print(Text.assemble((f"On {day}: ", "bold"), held))
    if last.expiring:
        ends = ", ".join(
            f"{n:,} {f'in {year}' if year else 'never'}" for year, n in last.expiring.items()
        )
        out.print(Text.assemble(("Expire: ", "bold"), ends))
    if value:
        rate = f"{value.points} for {value.worth(value.points)}"
        out.print(Text.assemble(("Worth ", "bold"), f"{value.worth(last.closing)}, at {rate}"))


def _sum_row(lines: Sequence[LiabilityLine]) -> tuple[Text, ...]:
    totals = {name: sum(getattr(line, name) for line in lines) for name in _FLOWS[1:-1]}
    totals["opening"], totals["closing"] = lines[0].opening, lines[-1].closing
    cells = ("all", *(_count(totals[name]) for name in _FLOWS))
    return tuple(Text(cell, "bold") for cell in cells)


def _period(line: LiabilityLine) -> str:
    is_first = line.first_day.day == 1
    is_whole = is_first and (line.last_day + timedelta(days=1)).day == 1
    if is_whole:
        return f"{line.first_day:%Y-%m}"
    return f"{line.first_day}…{line.last_day:%d}"


def _count(points: int) -> str:
    return f"{points:,}" if points else "–"
