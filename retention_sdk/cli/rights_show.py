"""``retention rights list`` and ``show``: how requests stand, in days that are left."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from ..app import Retention
from ..consent.rights import RequestState
from ..pipeline.privacy.erasure import ErasureReport
from ..pipeline.privacy.request_view import RequestView
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, counted, emit, table

RequestId = Annotated[str, typer.Argument(help="As `retention rights list` shows it.")]

_URGENT_DAYS = 7
_NOT_ADVICE = "Deadlines are engineering, not legal advice: have a lawyer check those you rely on."


def list_requests(
    every: Annotated[bool, typer.Option("--all", help="Those that are answered too.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """List the requests that wait, the most urgent first."""
    with Retention.from_file(config) as shop:
        views = [view for view in shop.rights.list() if every or view.is_open]
        with shop.store.reading() as connection:
            refused = shop.store.suppressions.refused_count(connection, shop.config.shop.id)
    answer = {"requests": [as_json(view) for view in views], "events_refused": refused}
    emit(answer, as_json=json, human=lambda: _show_list(views, refused))


def show(request_id: RequestId, config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """Tell everything about one request: steps, deadlines and where they stand, what comes next."""
    with Retention.from_file(config) as shop:
        view = shop.rights.get(request_id)
    emit(as_json(view), as_json=json, human=lambda: show_request(view))


def as_json(view: RequestView) -> dict[str, Any]:
    """Return a request for machines."""
    return view.model_dump(mode="json")


def show_request(view: RequestView) -> None:
    """Print one request for people."""
    out = console()
    left = " left" if view.is_open and view.days_left > 0 else ""
    head = Text.assemble((_words(view.kind), "bold"), f"  {view.id}  ", _left(view), left)
    out.print(head)
    places = ", ".join("an unknown place" if each == "*" else each for each in view.jurisdictions)
    out.print(f"law of {places}; received {_day(view.received_at)}")
    rows = [
        (_day(step.at), _words(step.state), step.by, _why(step.reason, step.citation))
        for step in view.steps
    ]
    out.print(table(("day", "state", "by", "why"), rows))
    out.print(_until(view))
    out.print(f"Terms: {'; '.join(view.citations)}.")
    if view.is_erased:
        out.print("The person is erased: what they said is not readable any more.")
    if view.is_open:
        ways = ", ".join(view.next_states)
        out.print(f"Next: retention rights advance {view.id} STATE   ({ways})")
    out.print(_NOT_ADVICE, style="dim")


def show_report(report: ErasureReport) -> None:
    """Print what an erasure did, and what stays by law or by nature."""
    out = console()
    done = (
        (report.subjects, "key destroyed: nothing sealed with it opens again"),
        (report.cards_voided, "card voided"),
        (report.deliveries_stopped, "message or print job stopped before it left"),
        (report.files_removed, "file taken back from folders and printers"),
        (report.exports_removed, "export deleted from disk"),
        (report.coupons_voided, "coupon made worthless"),
        (report.rewards_voided, "unused reward made worthless"),
        (report.unread_dropped, "delivery dropped that nobody could read"),
    )
    out.print("Erased.", style="bold green")
    for count, what in done:
        if count:
            out.print(f"  {count} × {what}")
    for name in report.platforms:
        out.print(f"  {name} erased the account too")
    if report.remains:
        out.print("What remains, and why:", style="bold")
    for each in report.remains:
        source = f" ({each.citation})" if each.citation else ""
        out.print(f"  {each.count} × {each.what}: {each.reason}{source}")
    out.print("Backups made before still hold the key: they must expire too.", style="dim")


def _show_list(views: list[RequestView], refused: int) -> None:
    out = console()
    if not views:
        out.print("Nobody waits for an answer.")
    else:
        rows = [
            (
                view.id,
                _words(view.kind),
                _words(view.state),
                " ".join(view.jurisdictions),
                _left(view),
            )
            for view in views
        ]
        out.print(table(("request", "kind", "state", "law", "left"), rows))
        out.print(_NOT_ADVICE, style="dim")
    if refused:
        out.print(f"Events that told of erased people and were refused: {refused}.")


def _left(view: RequestView) -> Text:
    if not view.is_open:
        return Text(_words(view.state), "green")
    if view.days_left < 0:
        return Text(f"{counted(-view.days_left, 'day')} late", "bold red")
    if view.days_left == 0:
        return Text("today", "bold red")
    colour = "yellow" if view.days_left <= _URGENT_DAYS else "green"
    return Text(counted(view.days_left, "day"), colour)


def _until(view: RequestView) -> str:
    parts = []
    if view.acknowledge_by and view.state is RequestState.RECEIVED:
        parts.append(f"acknowledge by {_day(view.acknowledge_by)}")
    parts.append(f"answer by {_day(view.answer_by)}")
    if view.extended_by > view.answer_by:
        parts.append(f"once extended, by {_day(view.extended_by)}")
    return f"Deadlines: {', '.join(parts)}; due now: {_day(view.due_at)}."


def _why(reason: str, citation: str) -> str:
    return f"{reason} ({citation})" if reason and citation else reason or citation


def _words(name: str) -> str:
    return name.replace("_", " ")


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}"
