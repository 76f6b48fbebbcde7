"""``retention lift``: what cards change, against customers held out, and how many that takes."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from ..app import Retention
from ..errors import ConfigError
from ..pipeline.attribution import LiftReport, Rate, measure_lift
from ..pipeline.attribution_statistics import POWER, sizes_needed
from .cards import Since, Window, first_day
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

Action = Literal["measure", "plan"]


def command(
    action: Annotated[Action, typer.Argument(help="What to do.")] = "measure",
    since: Since = "",
    window: Window = 60,
    matters: Annotated[
        float, typer.Option(min=0.1, help="The smallest difference worth acting on, in points.")
    ] = 2.0,
    planned: Annotated[
        int | None, typer.Option(min=2, help="Measure: customers planned for; before, no verdict.")
    ] = None,
    base: Annotated[float, typer.Option(help="Plan: percent that come back without cards.")] = 20.0,
    holdout: Annotated[float, typer.Option(help="Plan: percent of customers held out.")] = 5.0,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Compare how many customers come back with cards and without, by chance and not by choice.

    measure: the share that ordered again within the window, as customers were dealt, with the
    difference and its 95 % interval. plan: how many customers it takes to see a difference of
    --matters points four times in five. Look once, when they are there.
    """
    if action == "plan":
        _plan(base, matters, holdout, as_json=json)
        return
    with Retention.from_file(config) as shop:
        report = measure_lift(
            shop.store,
            shop_id=shop.config.shop.id,
            since=first_day(since, shop),
            now=shop.clock(),
            window_days=window,
            matters=matters / 100,
            planned=planned,
        )
    answer = {**report.model_dump(mode="json"), "sentence": report.sentence}
    emit(answer, as_json=json, human=lambda: _show(report))


def _plan(base: float, points: float, holdout: float, *, as_json: bool) -> None:
    try:
        sizes = sizes_needed(base / 100, points / 100, holdout=holdout / 100)
    except ValueError as error:
        hint = "percent: for example --base 20 --matters 3 --holdout 5"
        raise ConfigError(str(error), key="lift plan", hint=hint) from None
    total = sizes.treated + sizes.held_out
    answer = {"treated": sizes.treated, "held_out": sizes.held_out, "customers": total}
    sentence = (
        f"To see {base:g} % become {base + points:g} %, {100 * POWER:.0f} % of the time: {total:,} "
        f"customers, {sizes.treated:,} with cards and {sizes.held_out:,} held out. "
        f"Look once, when they are there: retention lift --planned {total}"
    )
    emit(answer, as_json=as_json, human=lambda: console().print(sentence, markup=False))


def _show(report: LiftReport) -> None:
    out = console()
    rows = [("with cards", *_cells(report.treated)), ("held out", *_cells(report.held_out))]
    out.print(table(("customers", "all", "came back", "share", "95 % interval"), rows))
    first, last = f"{report.since:%Y-%m-%d}", f"{report.until:%Y-%m-%d}"
    out.print(f"first card {first} to {last}, window {report.window_days} days", markup=False)
    out.print(report.sentence, markup=False)


def _cells(rate: Rate) -> tuple[str, ...]:
    interval = f"{100 * rate.low:.1f} to {100 * rate.high:.1f} %"
    return f"{rate.total:,}", f"{rate.count:,}", f"{100 * rate.ratio:.1f} %", interval
