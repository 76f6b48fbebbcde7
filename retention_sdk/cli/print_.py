"""``retention print``: many cards, resumable, each printed once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from ..app import Retention
from ..config import load_config
from ..errors import ConfigError
from ..model import Order, OrderPaid
from ..pipeline.batch import Batch
from ..pipeline.draw import Medium
from ..pipeline.sheets import SHEETS_PER_FILE, SheetPlan, plan_named
from ..pipeline.slips import BatchCount, Slip
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, progress, table

_SHOWN_MAX = 20
_KEPT_MAX = 1000


def command(
    orders: Annotated[
        list[Path] | None,
        typer.Option(help="Files of orders: .jsonl, .json, .csv; without, all cards that wait."),
    ] = None,
    platform: Annotated[str, typer.Option("--platform", "-p", help="What wrote them.")] = "file",
    card_format: Annotated[str, typer.Option("--format", help="The size; else the shop's.")] = "",
    profile: Annotated[str, typer.Option(help="The printing condition.")] = "digital_rgb",
    pdfx: Annotated[str, typer.Option(help="x-4 or x-1a, where the profile has them.")] = "",
    sheet: Annotated[str, typer.Option(help="Impose on sheets: sra3, a4 …")] = "",
    sheets_per_file: Annotated[
        int, typer.Option(min=1, max=500, help="How many sheets are cut at once.")
    ] = SHEETS_PER_FILE,
    backend: Annotated[str, typer.Option(help="The channel that takes the files.")] = "folder",
    out: Annotated[Path | None, typer.Option(help="The folder of the channel folder.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Print the cards of many orders, in their order; run it again to go on after a crash."""
    plan = plan_named(sheet, sheets_per_file=sheets_per_file) if sheet else None
    with ExitStack() as stack:
        shop = stack.enter_context(_open(config, backend, out))
        medium = _medium(card_format or shop.config.inserts.format, profile, pdfx)
        _check_sheet(plan, medium)
        manifest = stack.enter_context(_manifest(out)) if out else None
        run = _run(shop, backend, medium, plan)
        slips = run.run(_paid(shop, platform, orders)) if orders else run.run_waiting()
        answer = _follow(slips, manifest, is_quiet=json or not sys.stderr.isatty())
    emit(answer, as_json=json, human=lambda: _show(answer))
    return _exit_code(answer)


def _medium(card_format: str, profile: str, pdfx: str) -> Medium:
    medium = Medium(format=card_format, profile=profile, pdfx=pdfx or None)  # type: ignore[arg-type] # checked below
    known = medium.press.pdfx
    if pdfx and pdfx not in known:
        hint = f"{profile} has: {', '.join(known) or 'none'}"
        raise ConfigError("no such standard for this profile", key="--pdfx", hint=hint)
    assert medium.paper, "an unknown format has raised by now"
    return medium


def _check_sheet(plan: SheetPlan | None, medium: Medium) -> None:
    """Refuse a sheet that takes no card of the format before anything is drawn."""
    if plan is None:
        return
    if medium.press.colour == "mono":
        message = "label printers take one card at a time; leave --sheet out"
        raise ConfigError(message, key="--sheet")
    plan.places_count(medium.paper)


def _open(config: Path, backend: str, out: Path | None) -> Retention:
    """Open the shop; ``--out`` replaces the directory of its folder channel for this run."""
    settings = load_config(config)
    if out is not None:
        if backend != "folder":
            raise ConfigError("goes with --backend folder only", key="--out")
        channels = settings.channels | {"folder": {"directory": str(out.resolve())}}
        settings = settings.model_copy(update={"channels": channels})
    return Retention(settings)


def _run(shop: Retention, backend: str, medium: Medium, plan: SheetPlan | None) -> Batch:
    channel = shop.channel(backend)
    if channel.is_deferred:
        message = "prints nothing; name the channel of a printer"
        raise ConfigError(message, key=f"--backend {backend}")
    return Batch(room=shop.press_room, channel=channel, medium=medium, sheet=plan)


def _paid(shop: Retention, platform: str, files: Iterable[Path]) -> Iterator[OrderPaid]:
    """Yield the payments of the orders in all files; what is not paid gets no card."""
    for file in files:
        if platform == "file":
            from ..adapters.orders_stream import stream_orders

            found: Iterable[Order] = stream_orders(file, shop_id=shop.config.shop.id)
            adapter = shop.adapter_with("file", {"path": str(file)})
        else:
            adapter = shop.adapter(platform)
            found = adapter.load_orders(_bytes(file))
        for order in found:
            for event in adapter.order_events(order):
                if isinstance(event, OrderPaid):
                    yield event


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(file)) from None


def _manifest(out: Path) -> IO[str]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        return (out / "manifest.jsonl").open("a", encoding="utf-8")
    except OSError as error:
        message = error.strerror or "cannot be written"
        raise ConfigError(message, key="--out", file=str(out)) from None


def _follow(slips: Iterable[Slip], manifest: IO[str] | None, *, is_quiet: bool) -> dict[str, Any]:
    """Write the manifest line by line, and return the counts with what needs a person."""
    counts = dict.fromkeys(BatchCount.model_fields, 0)
    attention: list[dict[str, Any]] = []
    with progress("cards", None, is_quiet=is_quiet) as step:
        for slip in slips:
            counts[slip.state] += 1
            line = slip.model_dump(mode="json", exclude_defaults=True)
            if manifest is not None:
                manifest.write(slip.model_dump_json(exclude_defaults=True) + "\n")
                manifest.flush()
            if slip.state in {"failed", "void"} and len(attention) < _KEPT_MAX:
                attention.append(line)
            step()
    return {"counts": counts, "attention": attention}


_SAID = {"known": "printed before", "none": "without a card"}


def _show(answer: dict[str, Any]) -> None:
    out = console()
    counts = answer["counts"]
    said = (f"{count} {_SAID.get(state, state)}" for state, count in counts.items() if count)
    out.print(", ".join(said) or "none")
    shown = answer["attention"][:_SHOWN_MAX]
    if shown:
        rows = [(each["order"], each["state"], each.get("reason", "")) for each in shown]
        out.print(table(("order", "state", "why"), rows))
    if hidden := len(answer["attention"]) - len(shown):
        out.print(f"and {hidden} more; --json lists them")


def _exit_code(answer: dict[str, Any]) -> int:
    """Return 6 if a card that should be printed is not, else 0."""
    return 6 if answer["counts"]["failed"] else 0
