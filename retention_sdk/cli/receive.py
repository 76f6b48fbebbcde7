"""``retention receive``: one webhook delivery, from files."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer

from ..app import Retention
from ..errors import ConfigError
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit
from .show import exit_code, show_outcomes


def command(
    platform: Annotated[str, typer.Option("--platform", "-p", help="The adapter that reads it.")],
    body: Annotated[Path, typer.Option(help="The exact bytes of the body.")],
    headers: Annotated[Path, typer.Option(help="The headers, as a JSON object.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Verify, read and work on one delivery. Repeating it has no further effect."""
    with Retention.from_file(config) as shop:
        outcomes = shop.receive(platform, headers=_headers(headers), body=_bytes(body))
    answer = [outcome.model_dump(mode="json") for outcome in outcomes]
    emit(answer, as_json=json, human=lambda: show_outcomes(outcomes))
    return exit_code(outcomes)


def _headers(path: Path) -> dict[str, str]:
    text = _bytes(path)
    try:
        values = json_module.loads(text)
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        hint = 'for example {"X-WC-Webhook-Topic": "order.updated"}'
        raise ConfigError("is not a JSON object of texts", file=str(path), hint=hint)
    return values


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(path)) from None
