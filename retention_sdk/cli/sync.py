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
from ..pipeline.sync import OVERLAP, Patience, Sync
from .choices import read_since
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit, progress


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
    moment = read_since(since)
    with Retention.from_file(config) as shop:
        reader = Sync(
            intake=shop.intake,
            adapter=shop.adapter(platform),
            shop_id=shop.config.shop.id,
            overlap=timedelta(minutes=overlap),
        )
        if not follow:
            return _one_pass(reader, moment, json=json)
        with suppress(KeyboardInterrupt):
            while True:
                _try_pass(reader, moment, json=json)
                time.sleep(every)
    return 0


def _try_pass(reader: Sync, since: datetime | None, *, json: bool) -> None:
    """Read once; what may pass does not end a sync that follows."""
    try:
        _one_pass(reader, since, json=json)
    except PlatformError as error:
        if not error.retryable:
            raise
        print(f"retention: {error}; the next pass goes on from here", file=sys.stderr, flush=True)


def _one_pass(reader: Sync, since: datetime | None, *, json: bool) -> int:
    total = {"pages": 0, "orders": 0, "history": 0, "news": 0, "waiting": 0, "failed": 0}
    with progress("orders", None, is_quiet=json) as step:
        for page in Patience(time.sleep).run(reader, since=since):
            total["pages"] += 1
            for name, count in asdict(page).items():
                total[name] += count
            for _ in range(page.orders):
                step()
    answer = _answer(reader, total)
    emit(answer, as_json=json, human=lambda: print(_line(answer)))
    sys.stdout.flush()
    return 1 if total["failed"] else 8 if total["waiting"] else 0


def _answer(reader: Sync, total: dict[str, int]) -> dict[str, Any]:
    state = reader.state()
    assert state is not None, "a pass wrote it"
    moments = {
        "history_until": state.began_at,
        "since": state.since,
        "seen_until": state.seen_until,
    }
    told = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return {"platform": reader.adapter.name, **told, **total}


def _line(answer: dict[str, Any]) -> str:
    line = (
        f"{answer['orders']} orders read: {answer['history']} facts of the past counted, "
        f"{answer['news']} news worked on"
    )
    left = {"waiting": "to be tried again", "failed": "failed (`retention explain`)"}
    rest = [f"{answer[name]} {words}" for name, words in left.items() if answer[name]]
    return "; ".join([line, *rest, f"whatever changed before {answer['seen_until']} is stored"])
