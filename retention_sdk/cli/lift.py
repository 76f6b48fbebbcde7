"""``retention lift``: what cards change, against customers held out, and how many that takes."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

import typer

from ..app import Retention
from ..pipeline.cards.attribution import LiftReport, Rate, measure_lift
from ..pipeline.cards.attribution_statistics import POWER, Sizes, sizes_needed
from .cards import Since, Window, first_day
from .choices import refuse
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

Action = Literal["measure", "plan"]


def command(
    action: Annotated[
        Action, typer.Argument(metavar="measure|plan", help="What to do.")
    ] = "measure",
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
        _tell_plan(_Plan(base, matters, holdout), as_json=json)
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
    plan = _Plan(base, matters, holdout)
    emit(answer, as_json=json, human=lambda: _show(report, plan))


class _Plan(NamedTuple):
    """What an experiment is to show, in percent and points."""

    base: float
    points: float
    holdout: float


def _sizes(plan: _Plan) -> Sizes:
    base, points, holdout = plan
    try:
        return sizes_needed(base / 100, points / 100, holdout=holdout / 100)
    except ValueError as error:
        hint = "percent: for example --base 20 --matters 3 --holdout 5"
        refuse("--base, --matters, --holdout", f"{error} ({hint})")


def _tell_plan(plan: _Plan, *, as_json: bool) -> None:
    sizes = _sizes(plan)
    total = sizes.treated + sizes.held_out
    answer = {"treated": sizes.treated, "held_out": sizes.held_out, "customers": total}
    sentence = (
        f"To see {plan.base:g} % become {plan.base + plan.points:g} %, {100 * POWER:.0f} % of the "
        f"time: {total:,} customers, {sizes.treated:,} with cards and {sizes.held_out:,} held out. "
        f"Look once, when they are there: retention lift --planned {total}"
    )
    emit(answer, as_json=as_json, human=lambda: console().print(sentence))


def _show(report: LiftReport, plan: _Plan) -> None:
    out = console()
    if not (report.treated.total and report.held_out.total):
        out.print(_too_few(report, _sizes(plan)))
        return
    rows = [("with cards", *_cells(report.treated)), ("held out", *_cells(report.held_out))]
    out.print(table(("customers", "all", "came back", "share", "95 % interval"), rows))
    first, last = f"{report.since:%Y-%m-%d}", f"{report.until:%Y-%m-%d}"
    out.print(f"first card {first} to {last}, window {report.window_days} days")
    out.print(report.sentence)


def _too_few(report: LiftReport, needed: Sizes) -> str:
    """Say that there is nothing to compare yet, and how much it takes."""
    return (
        f"There is not enough data yet: the {report.window_days} days after a first card are over "
        f"for {report.treated.total:,} customers with cards and {report.held_out.total:,} held "
        f"out; it takes cards for {needed.treated:,} customers, and {needed.held_out:,} held out "
        "(retention lift plan)."
    )


def _cells(rate: Rate) -> tuple[str, ...]:
    interval = f"{100 * rate.low:.1f} to {100 * rate.high:.1f} %"
    return f"{rate.total:,}", f"{rate.count:,}", f"{100 * rate.ratio:.1f} %", interval
