"""``retention x saleor-keys`` and ``retention x saleor-subscription``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, cast

import typer

from retention_sdk.app import Retention

from .adapter import SaleorAdapter

Config = Annotated[Path, typer.Option("--config", "-c", help="The shop's retention.toml.")]
_DEFAULT = Path("retention.toml")


def keys(config: Config = _DEFAULT) -> int:
    """Ask the shop for the keys that it signs webhooks with, and print them for retention.toml."""
    with Retention.from_file(config) as shop:
        found = cast("SaleorAdapter", shop.adapter("saleor")).fetch_keys()
    for key in found["keys"]:
        if key.get("kty") == "RSA":
            typer.echo("[[platforms.saleor.jwks]]")
            for name in ("kid", "n", "e"):
                typer.echo(f"{name} = {json.dumps(key[name])}")
    return 0


def subscription(config: Config = _DEFAULT) -> int:
    """Print the subscription query for a webhook that somebody makes by hand."""
    with Retention.from_file(config) as shop:
        typer.echo(cast("SaleorAdapter", shop.adapter("saleor")).subscription)
    return 0
