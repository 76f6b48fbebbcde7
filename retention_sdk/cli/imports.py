"""``retention import``: the orders of a file or an API."""

from __future__ import annotations

from typing import Annotated

import typer

from ..adapters.orders_file import OrdersFileAdapter
from ..app import Retention
from ..pipeline import Outcome
from .choices import read_since, require_file
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit, progress
from .show import exit_code, show_outcomes


def command(
    platform: Annotated[
        str, typer.Option("--platform", "-p", help="The adapter that lists orders.")
    ],
    since: Annotated[str, typer.Option(help="Only orders changed since, ISO 8601.")] = "",
    history: Annotated[
        bool,
        typer.Option("--history", help="Count points and ranks only; print and send nothing."),
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Fetch orders and work on what is new in them. Repeating it has no further effect."""
    with Retention.from_file(config) as shop:
        adapter = shop.adapter(platform)
        if isinstance(adapter, OrdersFileAdapter):
            require_file(adapter.settings.path)
        orders = list(adapter.fetch_orders(updated_since=read_since(since)))
        outcomes: list[Outcome] = []
        with progress("orders", len(orders), is_quiet=json) as step:
            for order in orders:
                events = adapter.order_events(order)
                outcomes += shop.remember(events) if history else shop.ingest(events)
                step()
    answer = [outcome.model_dump(mode="json") for outcome in outcomes]
    emit(answer, as_json=json, human=lambda: show_outcomes(outcomes))
    return exit_code(outcomes)
