"""``retention resume``: finish what was left open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import Retention
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit
from .show import exit_code, show_outcomes

if TYPE_CHECKING:
    from ..pipeline.due.run import DueReport

Failed = Annotated[
    bool,
    typer.Option("--failed", help="Also try again what run-due gave up after ten times."),
]


def command(failed: Failed = False, config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> int:
    """Work on every event that a crash, quiet hours or a refusal left pending."""
    with Retention.from_file(config) as shop:
        outcomes = shop.resume()
        retried, report = _retry(shop) if failed else (0, None)
    answer: Any = [outcome.model_dump(mode="json") for outcome in outcomes]
    if report is not None:
        answer = {"events": answer, "retried": retried, "due": report.model_dump(mode="json")}
    emit(answer, as_json=json, human=lambda: show_outcomes(outcomes))
    if report is not None and not json:
        again = report.postponed + report.left
        print(f"{retried} tried again: {report.done} done, {again} failed once more")
    return exit_code(outcomes) or (9 if report and report.postponed else 0)


def _retry(shop: Retention) -> tuple[int, DueReport]:
    """Give rows that failed for good another chance, and work on all that is due."""
    with shop.store.begin() as connection:
        retried = shop.store.due.retry_failed(connection, shop.config.shop.id)
    return retried, shop.run_due()
