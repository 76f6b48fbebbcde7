"""``retention loyalty simulate``: what a proposed programme would have cost on past orders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..adapters.orders_file import OrdersFileAdapter
from ..adapters.orders_stream import stream_orders
from ..app import Retention
from ..errors import ConfigError
from ..settings_file import read_toml, validate
from .choices import refuse, require_file
from .loyalty_liability import as_json, csv_rows, write_csv
from .loyalty_people import Points, open_ledger
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit, progress

if TYPE_CHECKING:
    from ..loyalty import Program
    from ..loyalty.simulate import Assumptions, Simulation
    from ..model import OrderEvent

_FLOWS = ("issued", "redeemed", "expired", "reversed")


def command(
    orders: Annotated[Path, typer.Option("--orders", help="A .json, .jsonl or .csv file.")],
    program: Annotated[
        Path | None,
        typer.Option("--program", help="A file with a [loyalty] table; without, the shop's own."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Another such file, to set beside it.")
    ] = None,
    assume: Annotated[
        list[str] | None,
        typer.Option(
            "--assume",
            help="A share, such as redeem=0.4, referral=0.05 or review=0.1. May be repeated.",
        ),
    ] = None,
    redeem_from: Annotated[
        int,
        typer.Option(min=0, help="Without rewards: redeem multiples of so many points; 0: none."),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another number is another draw of chance.")] = 0,
    file: Annotated[Path | None, typer.Option("--csv", help="Write the months there, too.")] = None,
    points: Points = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Take past orders through a programme, in memory: points, ranks, rewards, and their cost.

    Nothing of the shop is changed. How often people redeem or refer is an assumption, yours.
    Shares to assume: redeem, referral, signup, newsletter, follow, review, survey.
    """
    from ..loyalty.simulate import simulate

    require_file(orders)
    assumed = _assumptions(assume or [], redeem_from, seed)
    with Retention.from_file(config) as shop:
        own = _read(program) if program else open_ledger(shop, points).program
        shop_id = shop.config.shop.id
    proposed = [own, *([_read(against)] if against else [])]
    events = _events(orders, shop_id)
    with progress("events", len(events) * len(proposed), is_quiet=json) as step:
        made = [simulate(each, events, assumed=assumed, on_event=step) for each in proposed]
    if file is not None:
        write_csv(file, _rows(made))
    answers = [_as_json(each) for each in made]
    answer = dict(zip(("proposed", "against"), answers, strict=True)) if against else answers[0]
    emit(answer, as_json=json, human=lambda: _show(made, file))


def _show(made: list[Simulation], file: Path | None) -> None:
    from .loyalty_simulate_show import show, show_both

    show(made[0]) if len(made) == 1 else show_both(*made)
    if file is not None:
        print(f"wrote {file}")


def _assumptions(texts: list[str], redeem_from: int, seed: int) -> Assumptions:
    from ..loyalty.simulate import Assumptions

    names = sorted(set(Assumptions.model_fields) - {"redeem_from", "seed"})
    values: dict[str, Any] = {"redeem_from": redeem_from, "seed": seed}
    for text in texts:
        name, _, share = text.partition("=")
        try:
            values[name] = float(share)
        except ValueError:
            values[name] = -1.0
        if name not in names or not 0 <= values[name] <= 1:
            known = ", ".join(names)
            refuse("--assume", f"{text!r} is no share from 0 to 1 of one of: {known}")
    return Assumptions.model_validate(values)


def _read(file: Path) -> Program:
    from ..loyalty import Program

    values = read_toml(file).get("loyalty")
    if not isinstance(values, dict):
        raise ConfigError("there is no table [loyalty]", file=str(file), key="loyalty")
    return validate(Program, values, file, prefix="loyalty")


def _events(orders: Path, shop_id: str) -> list[OrderEvent]:
    from ..loyalty.simulate import counted

    adapter = OrdersFileAdapter.from_config({"path": orders}, shop_id=shop_id, file=str(orders))
    read = stream_orders(orders, shop_id=shop_id)
    return counted(event for order in read for event in adapter.order_events(order))


def _rows(made: list[Simulation]) -> list[list[str]]:
    """Return the months of each simulation, told apart by a first column."""
    values = [
        {each.program.id: each.program.point_value} if each.program.point_value else {}
        for each in made
    ]
    names, rows = ("proposed", "against"), list[list[str]]()
    years = {year for each in made for line in each.report.lines for year in line.expiring}
    for name, each, value in zip(names, made, values, strict=False):
        head, *body = csv_rows([each.report], value, years=years)
        rows = rows or [["simulation", *head]]
        rows += [[name, *row] for row in body]
    return rows


def _as_json(made: Simulation) -> dict[str, Any]:
    totals, value = {name: made.total(name) for name in _FLOWS}, made.program.point_value
    money = {name: value.worth(n).model_dump(mode="json") for name, n in totals.items() if value}
    return {
        "orders": made.orders,
        "customers": made.customers,
        "assumed": made.assumed.model_dump(mode="json"),
        "paid_minor": made.paid,
        "redemptions": made.redemptions,
        "referrals": made.referrals,
        "points": totals,
        "value": money or None,
        "redemption_ratio": round(float(made.redemption), 6),
        "breakage_ratio": round(float(made.breakage), 6),
        "cost_minor": made.cost,
        "rewards": [
            {
                "reward": use.reward,
                "count": use.count,
                "points": use.points,
                "cost_minor": dict(sorted(use.cost.items())),
                "unpriced": use.unpriced,
            }
            for use in made.rewards
        ],
        "sources": made.sources,
        "tiers": {key or "none": number for key, number in made.tiers.items()},
        "report": as_json(made.report, value),
    }
