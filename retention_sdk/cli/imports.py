"""``retention import``: the orders of a file or an API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ..adapter import ShopAdapter
from ..app import Retention
from ..model import Order, Page
from .choices import read_since, refuse, require_file
from .import_check import check
from .import_show import Told
from .output import DEFAULT_CONFIG, ConfigFile, Json, progress


def command(
    file: Annotated[Path | None, typer.Argument(help="The export, instead of the set one.")] = None,
    platform: Annotated[
        str, typer.Option("--platform", "-p", help="The adapter that lists orders.")
    ] = "",
    mapping: Annotated[
        str, typer.Option(help="How its columns are read: a TOML file, or a preset.")
    ] = "",
    since: Annotated[str, typer.Option(help="Only orders changed since, ISO 8601.")] = "",
    history: Annotated[
        bool,
        typer.Option("--history", help="Count points and ranks only; print and send nothing."),
    ] = False,
    is_checked: Annotated[
        bool, typer.Option("--check", help="Show what would be read, and do nothing with it.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at the first order that cannot be read.")
    ] = False,
    rejects: Annotated[
        str, typer.Option(help="Where rows go that cannot be read; beside the export otherwise.")
    ] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Fetch orders and work on what is new in them. Repeating it has no further effect."""
    if not (file or platform):
        refuse("FILE, --platform", "name a file, or the platform whose orders are read")
    name = platform or ("files" if mapping else "file")
    if name != "files" and (mapping or strict or rejects):
        refuse("--mapping, --strict, --rejects", "these are for the platform files")
    moment = read_since(since)
    with Retention.from_file(config) as shop:
        options = {"mapping": mapping, "strict": strict, "rejects": rejects}
        own: dict[str, object] = {key: value for key, value in options.items() if value}
        if is_checked and name == "files":
            own["rejects"] = False
        adapter = _adapter(shop, name, file, own)
        pages = adapter.order_pages(updated_since=moment)
        if is_checked:
            return check(pages, as_json=json)
        return _take(shop, adapter, pages, is_history=history, as_json=json)


def _adapter(
    shop: Retention, name: str, file: Path | None, settings: dict[str, object]
) -> ShopAdapter:
    values = {**shop.config.platforms.get(name, {}), **settings}
    if file:
        values["path"] = str(file)
    adapter = shop.adapter_with(name, values)
    path = getattr(adapter.settings, "path", None)
    if isinstance(path, Path):
        require_file(path)
    return adapter


def _take(
    shop: Retention,
    adapter: ShopAdapter,
    pages: Iterator[Page[Order]],
    *,
    is_history: bool,
    as_json: bool,
) -> int:
    with Told(as_json=as_json) as told:
        with progress("orders", None, is_quiet=as_json) as step:
            for page in pages:
                events = [each for order in page.items for each in adapter.order_events(order)]
                told.add(shop.remember(events) if is_history else shop.ingest(events))
                told.refuse(page.refused)
                for _ in page.items:
                    step()
        return told.finish()
