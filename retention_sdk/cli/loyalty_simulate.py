"""``retention loyalty simulate``: what a proposed programme would have cost on past orders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from ..adapters.orders_file import OrdersFileAdapter
from ..app import Retention
from ..errors import ConfigError
from ..settings_file import read_toml, validate
from .choices import require_file
from .loyalty_liability import as_json, show_report
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, progress

if TYPE_CHECKING:
    from ..loyalty import Program
    from ..loyalty.liability import LiabilityLine
    from ..loyalty.simulate import Simulation

_BAR_MAX = 48
_FLOWS = ("issued", "redeemed", "expired", "reversed")


def command(
    orders: Annotated[Path, typer.Option("--orders", help="A .json or .csv file of orders.")],
    program: Annotated[
        Path | None,
        typer.Option("--program", help="A file with a [loyalty] table; without, the shop's own."),
    ] = None,
    redeem_from: Annotated[
        int, typer.Option(min=0, help="Who orders with so many points redeems them; 0: nobody.")
    ] = 0,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Take past orders through a programme, in memory: points, money, what is owed and expires.

    Nothing of the shop is changed. How often people redeem is an assumption, yours.
    """
    from ..loyalty.simulate import counted, simulate
    from ..storage import open_store

    require_file(orders)
    with Retention.from_file(config) as shop:
        proposed = _read(program) if program else shop.config.loyalty
        if proposed is None:
            raise ConfigError("there is no programme", file=shop.config.file, key="loyalty")
        adapter = OrdersFileAdapter.from_config(
            {"path": orders}, shop_id=shop.config.shop.id, file=str(orders)
        )
    events = counted(
        event for order in adapter.fetch_orders() for event in adapter.order_events(order)
    )
    # The store lives in memory and is gone afterwards, so its key protects nothing.
    with (
        open_store("sqlite://", key=bytes(32)) as store,
        progress("events", len(events), is_quiet=json) as step,
    ):
        made = simulate(store, proposed, events, redeem_from=redeem_from, on_event=step)
    answer = _as_json(made, proposed, redeem_from)
    emit(answer, as_json=json, human=lambda: _show(made, proposed, redeem_from))


def _read(file: Path) -> Program:
    from ..loyalty import Program

    values = read_toml(file).get("loyalty")
    if not isinstance(values, dict):
        raise ConfigError("there is no table [loyalty]", file=str(file), key="loyalty")
    return validate(Program, values, file, prefix="loyalty")


def _totals(lines: tuple[LiabilityLine, ...]) -> dict[str, int]:
    return {name: sum(getattr(line, name) for line in lines) for name in _FLOWS}


def _as_json(made: Simulation, program: Program, redeem_from: int) -> dict[str, Any]:
    totals, value = _totals(made.report.lines), program.point_value
    money = {name: value.worth(n).model_dump(mode="json") for name, n in totals.items() if value}
    return {
        "orders": made.orders,
        "customers": made.customers,
        "redeem_from": redeem_from,
        "redemptions": made.redemptions,
        "points": totals,
        "value": money or None,
        "report": as_json(made.report, value),
    }


def _show(made: Simulation, program: Program, redeem_from: int) -> None:
    out, lines = console(), made.report.lines
    people = "customer" if made.customers == 1 else "customers"
    out.print(f"{made.orders:,} orders of {made.customers:,} {people}\n", markup=False)
    show_report(made.report, program.point_value)
    out.print(Text("\nOwed at the end of each month", "bold"))
    most = max(1, *(line.closing for line in lines))
    for line in lines:
        bar = "█" * round(max(0, line.closing) * _BAR_MAX / most)
        out.print(Text.assemble(f"{line.first_day:%Y-%m}  ", (bar, "cyan"), f" {line.closing:,}"))
    totals, value = _totals(lines), program.point_value
    assumed = f"everybody who orders with {redeem_from:,}" if redeem_from else "nobody"
    out.print(f"\nAssumed: {assumed} redeems. Redemptions: {made.redemptions:,}.", markup=False)
    if value:
        cost, left = value.worth(totals["redeemed"]), value.worth(totals["expired"])
        given = value.worth(totals["issued"])
        out.print(f"Issued {given}, redeemed {cost}, expired {left}.", markup=False)
