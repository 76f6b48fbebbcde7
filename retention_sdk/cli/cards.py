"""``retention cards report``: what became of the cards, by template and variant."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from ..app import Retention
from ..pipeline.cards.attribution import CardRow, CardsReport, Rate, report_cards
from .choices import refuse
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

Action = Literal["report"]
Since = Annotated[str, typer.Option(help="The first day, 2026-01-31; a year ago without.")]
Window = Annotated[int, typer.Option(min=1, max=730, help="Days in which an order counts.")]

_YEAR = timedelta(days=365)
_HEADINGS = ("card", "given", "printed", "packed", "void", "scanned", "ordered", "coupons")


def command(
    action: Annotated[Action, typer.Argument(metavar="report", help="What to do.")],  # noqa: ARG001 - there is one
    since: Since = "",
    window: Window = 60,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Count cards, scans, orders after a scan, and coupons used. Nothing in it is about a person.

    Who scans might have come back anyway: what cards change is told by `retention lift`.
    """
    with Retention.from_file(config) as shop:
        report = report_cards(
            shop.store,
            shop_id=shop.config.shop.id,
            since=first_day(since, shop),
            until=shop.clock(),
            window_days=window,
        )
    emit(report.model_dump(mode="json"), as_json=json, human=lambda: _show(report))


def first_day(text: str, shop: Retention) -> datetime:
    """Return the beginning of a day where the shop is; a year ago for an empty text.

    Raises:
        BadParameter: it is no date.
    """
    if not text:
        return shop.clock() - _YEAR
    try:
        day = date.fromisoformat(text)
    except ValueError:
        refuse("--since", "is not a date; write it as 2026-01-31")
    return datetime.combine(day, time(), tzinfo=ZoneInfo(shop.config.shop.time_zone))


def _show(report: CardsReport) -> None:
    out = console()
    out.print(table(_HEADINGS, map(_cells, report.rows)))
    first, last = f"{report.since:%Y-%m-%d}", f"{report.until:%Y-%m-%d}"
    days = report.window_days
    out.print(
        f"cards of {first} to {last}; ordered: again, within {days} days of a scan; coupons: used"
    )


def _cells(row: CardRow) -> tuple[str, ...]:
    counts = (row.assigned, row.printed, row.packed, row.voided)
    return (
        f"{row.template}/{row.arm}" if row.arm else row.template,
        *(f"{count:,}" for count in counts),
        _share(row.scanned),
        _share(row.ordered),
        f"{row.redeemed.count:,} of {row.coupons:,}" if row.coupons else "–",
    )


def _share(rate: Rate) -> str:
    return f"{rate.count:,}, {100 * rate.ratio:.0f} %" if rate.total else "–"
