"""``retention demo``: the whole pipeline on invented orders, and a gallery to look at."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from ..demo.run import PLATFORMS, Shown, is_worth_showing, run_demo, steps
from .output import Json, console, emit, progress, table


def command(
    out: Annotated[Path, typer.Option(help="Where to build the gallery.")] = Path("out/demo"),
    json: Json = False,
) -> None:
    """Take invented orders of three platforms through the pipeline and build a gallery."""
    begin = time.perf_counter()
    with progress("making cards", len(steps()), is_quiet=json) as step:
        shown = run_demo(out, on_step=step)
    taken_s = round(time.perf_counter() - begin, 1)
    answer = {
        "gallery": str(out / "index.html"),
        "seconds": taken_s,
        "outcomes": [each.outcome.model_dump(mode="json") for each in shown],
    }
    emit(answer, as_json=json, human=lambda: _show(shown, out, taken_s))


def _show(shown: list[Shown], out: Path, taken_s: float) -> None:
    rows = [_row(each) for each in shown if is_worth_showing(each)]
    console().print(table(("platform", "note", "language", "card", "mail", "points"), rows))
    console().print(f"\n{out / 'index.html'}  ({taken_s} s)")


def _row(shown: Shown) -> tuple[str, ...]:
    outcome = shown.outcome
    by_surface = {delivery.surface: delivery.template for delivery in outcome.deliveries}
    points = f"{outcome.points_earned:+d}" if outcome.points_earned and outcome.is_new else ""
    what = outcome.event_type.removeprefix("order_")
    note = outcome.state if outcome.error else shown.step.badge
    return (
        PLATFORMS[shown.step.platform],
        note or ("" if what == "paid" else what),
        outcome.locale,
        by_surface.get("card", "–").replace("_", " "),
        by_surface.get("email", "–").replace("_", " "),
        points,
    )
