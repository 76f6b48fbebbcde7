"""``retention sync``: read a platform's past, and close the gaps that lost webhooks leave."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from ..app import Retention
from ..errors import PlatformError
from ..pipeline.incoming.sync import OVERLAP, SyncedPage
from ..pipeline.incoming.syncing import SyncReport, SyncWishes
from .choices import read_since
from .output import DEFAULT_CONFIG, ConfigFile, Json, counted, emit, progress


def command(
    platform: Annotated[
        str, typer.Option("--platform", "-p", help="The platform whose orders are read.")
    ],
    since: Annotated[
        str, typer.Option(help="How far back history is read, ISO 8601; all of it by default.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it is stopped.")] = False,
    every: Annotated[int, typer.Option(min=1, help="Seconds between passes with --follow.")] = 300,
    overlap: Annotated[
        int, typer.Option(min=0, help="Minutes that a pass looks back behind the last one.")
    ] = OVERLAP // timedelta(minutes=1),
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Count a shop's past and send nothing for it; afterwards take what changed since last time.

    The first run draws the line: what happened before it is history. Stop it as you like; the
    next run goes on after the last page.
    """
    wishes: SyncWishes = {
        "since": read_since(since),
        "overlap": timedelta(minutes=overlap),
    }
    with Retention.from_file(config) as shop:
        if not follow:
            return _one_pass(shop, platform, wishes, json=json)
        with suppress(KeyboardInterrupt):
            while True:
                _try_pass(shop, platform, wishes, json=json)
                time.sleep(every)
    return 0


def _try_pass(shop: Retention, platform: str, wishes: SyncWishes, *, json: bool) -> None:
    """Read once; what may pass does not end a sync that follows."""
    try:
        _one_pass(shop, platform, wishes, json=json)
    except PlatformError as error:
        if not error.retryable:
            raise
        print(f"retention: {error}; the next pass goes on from here", file=sys.stderr, flush=True)


def _one_pass(shop: Retention, platform: str, wishes: SyncWishes, *, json: bool) -> int:
    with progress("orders", None, is_quiet=json) as step:

        def count(page: SyncedPage) -> None:
            for _ in range(page.orders):
                step()

        told: SyncWishes = {**wishes, "on_page": count}
        report = shop.sync(platform, **told)
    emit(_answer(report), as_json=json, human=lambda: _show(report))
    sys.stdout.flush()
    return 1 if report.failed else 8 if report.waiting else 5 if report.refused else 0


def _answer(report: SyncReport) -> dict[str, Any]:
    told = asdict(report).items()
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in told
    }


def _show(report: SyncReport) -> None:
    line = (
        f"{counted(report.orders, 'order')} read: "
        f"{counted(report.history, 'fact')} of the past counted, "
        f"{report.news} news worked on"
    )
    rest = [f"{report.waiting} to be tried again"] if report.waiting else []
    if report.failed:
        rest.append(f"{report.failed} failed (`retention explain`)")
    if report.refused:
        rest.append(f"{counted(report.refused, 'order')} that cannot be read")
    seen = f"{report.seen_until:%Y-%m-%d %H:%M} UTC" if report.seen_until else "now"
    print("; ".join([line, *rest, f"whatever changed before {seen} is stored"]))
    for sentence in report.refusals:
        print(f"  {sentence}")
