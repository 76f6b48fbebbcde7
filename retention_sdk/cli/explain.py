"""``retention explain``: what happened to an event, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from ..app import Retention
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit
from .show import sentences


def command(
    event_id: Annotated[str, typer.Argument(help="As `retention receive` printed it.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Tell in sentences what was decided, by which rule, what left, and which points moved."""
    with Retention.from_file(config) as shop:
        outcome = shop.outcome(event_id)
    told = sentences(outcome)
    answer = {**outcome.model_dump(mode="json"), "sentences": told}
    emit(answer, as_json=json, human=lambda: _show(told))


def _show(told: list[str]) -> None:
    out = console()
    for sentence in told:
        out.print(f"• {sentence}", markup=False)
