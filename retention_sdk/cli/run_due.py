"""``retention run-due``: do what time brought about, for cron, a timer or a loop."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ..app import Retention
from ..errors import ConfigError
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit

if TYPE_CHECKING:
    from ..pipeline.due.run import DueReport

Now = Annotated[
    str, typer.Option("--now", help="Pretend it is this moment, in a copy of the store.")
]
Limit = Annotated[int, typer.Option(min=1, help="Stop after so many rows.")]


def command(
    now: Now = "",
    limit: Limit = 1_000_000,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Let points mature and expire and ranks end; tell of notices and days to remember, once."""
    moment = _read(now) if now else datetime.now(UTC)
    with Retention.from_file(config, clock=lambda: moment) as shop:
        report = shop.run_due(now=moment, limit=limit)
    emit(
        report.model_dump(mode="json"),
        as_json=json,
        human=lambda: _show(report),
    )
    return 9 if report.postponed else 0


def _show(report: DueReport) -> None:
    print(
        f"{report.done} done, {len(report.events)} events told, "
        f"{report.postponed} to be tried again"
    )
    if report.left:
        print(f"{report.left} left for you: see `retention consent untold`")


def _read(text: str) -> datetime:
    """Read a moment of ISO 8601; one without an offset is ambiguous, and refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"--now {text!r} is no moment with an offset", hint="2027-01-31T09:00:00+01:00"
        )
    return moment.astimezone(UTC)
