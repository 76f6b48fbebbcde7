"""``retention resume``: finish what was left open."""

from __future__ import annotations

from ..app import Retention
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit
from .show import exit_code, show_outcomes


def command(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> int:
    """Work on every event that a crash, quiet hours or a refusal left pending."""
    with Retention.from_file(config) as shop:
        outcomes = shop.resume()
    answer = [outcome.model_dump(mode="json") for outcome in outcomes]
    emit(answer, as_json=json, human=lambda: show_outcomes(outcomes))
    return exit_code(outcomes)
