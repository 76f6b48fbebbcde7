"""``retention print``: many cards, resumable, each printed once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from os.path import commonpath
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from ..app import Retention
from ..config import load_config
from ..errors import ConfigError, PrintError
from ..inserts.profiles import DEFAULT_PROFILE
from ..model import Order, OrderPaid
from ..pipeline.cards.batch import Batch
from ..pipeline.cards.draw import Medium
from ..pipeline.cards.presses import presses_of
from ..pipeline.cards.sheets import SHEETS_PER_FILE, SheetPlan, plan_named
from ..pipeline.cards.slips import BatchCount, Slip
from .choices import (
    PaperFormat,
    PdfStandard,
    Profile,
    pick_format,
    pick_pdfx,
    pick_profile,
    read_input,
    refuse,
    require_file,
)
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, progress, table

_MANIFEST = "manifest.jsonl"
_SHOWN_MAX = 20
_FILES_MAX = 3
_KEPT_MAX = 1000


def command(
    orders: Annotated[
        list[Path] | None,
        typer.Option(help="Files of orders: .jsonl, .json, .csv; without, all cards that wait."),
    ] = None,
    platform: Annotated[str, typer.Option("--platform", "-p", help="What wrote them.")] = "file",
    card_format: PaperFormat = "",
    profile: Profile = DEFAULT_PROFILE,
    pdfx: PdfStandard = "",
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
    plan = _plan(sheet, sheets_per_file) if sheet else None
    for file in orders or ():
        require_file(file)
    with ExitStack() as stack:
        shop = stack.enter_context(_open(config, backend, out))
        medium = _medium(shop, card_format, profile, pdfx)
        _check_sheet(plan, medium)
        manifest = stack.enter_context(_manifest(out)) if out else None
        run = _run(shop, backend, medium, plan)
        slips = run.run(_paid(shop, platform, orders)) if orders else run.run_waiting()
        answer = _follow(slips, manifest, is_quiet=json or not sys.stderr.isatty())
    if out and (out / _MANIFEST).exists():
        answer["manifest"] = str(out / _MANIFEST)
    emit(answer, as_json=json, human=lambda: _show(answer))
    return _exit_code(answer)


def _medium(shop: Retention, card_format: str, profile: str, pdfx: str) -> Medium:
    press = pick_profile(profile, shop.config)
    paper = pick_format(card_format or shop.config.inserts.format)
    standard = pick_pdfx(pdfx, press)
    return Medium(
        format=paper.name, profile=press.name, pdfx=standard, presses=presses_of(shop.config)
    )


def _plan(sheet: str, sheets_per_file: int) -> SheetPlan:
    try:
        return plan_named(sheet, sheets_per_file=sheets_per_file)
    except PrintError as error:
        refuse("--sheet", str(error))


def _check_sheet(plan: SheetPlan | None, medium: Medium) -> None:
    """Refuse a sheet that takes no card of the format before anything is drawn."""
    if plan is None:
        return
    if medium.press.colour == "mono":
        refuse("--sheet", "label printers take one card at a time; leave it out")
    plan.places_count(medium.paper)


def _open(config: Path, backend: str, out: Path | None) -> Retention:
    """Open the shop; ``--out`` replaces the directory of its folder channel for this run."""
    settings = load_config(config)
    if out is not None:
        if backend != "folder":
            refuse("--out", "goes with --backend folder only")
        channels = settings.channels | {"folder": {"directory": str(out.resolve())}}
        settings = settings.model_copy(update={"channels": channels})
    return Retention(settings)


def _run(shop: Retention, backend: str, medium: Medium, plan: SheetPlan | None) -> Batch:
    channel = shop.channel(backend)
    if channel.is_deferred:
        refuse("--backend", f"{backend} prints nothing; name the channel of a printer")
    gifts = shop.loyalty.parcel_gifts if shop.loyalty else None
    return Batch(room=shop.press_room, channel=channel, medium=medium, sheet=plan, gifts=gifts)


def _paid(shop: Retention, platform: str, files: Iterable[Path]) -> Iterator[OrderPaid]:
    """Yield the payments of the orders in all files; what is not paid gets no card."""
    for file in files:
        if platform == "file":
            from ..adapters.orders_stream import stream_orders

            found: Iterable[Order] = stream_orders(file, shop_id=shop.config.shop.id)
            adapter = shop.adapter_with("file", {"path": str(file)})
        else:
            adapter = shop.adapter(platform)
            found = adapter.load_orders(read_input(file))
        for order in found:
            for event in adapter.order_events(order):
                if isinstance(event, OrderPaid):
                    yield event


@contextmanager
def _manifest(out: Path) -> Iterator[IO[str]]:
    """Open the manifest to go on with it; one that stays without a line is not left behind."""
    path = out / _MANIFEST
    try:
        out.mkdir(parents=True, exist_ok=True)
        stream = path.open("a", encoding="utf-8")
    except OSError as error:
        message = error.strerror or "cannot be written"
        raise ConfigError(message, key="--out", file=str(out)) from None
    try:
        with stream:
            yield stream
    finally:
        if path.stat().st_size == 0:
            path.unlink()


def _follow(slips: Iterable[Slip], manifest: IO[str] | None, *, is_quiet: bool) -> dict[str, Any]:
    """Write the manifest line by line; return counts, places, and what needs a person."""
    counts = dict.fromkeys(BatchCount.model_fields, 0)
    attention: list[dict[str, Any]] = []
    places: dict[str, None] = {}  # a set that keeps its order
    gifts: list[dict[str, Any]] = []
    with progress("cards", None, is_quiet=is_quiet) as step:
        for slip in slips:
            counts[slip.state] += 1
            line = slip.model_dump(mode="json", exclude_defaults=True)
            if manifest is not None:
                manifest.write(slip.model_dump_json(exclude_defaults=True) + "\n")
                manifest.flush()
            if slip.file and len(places) < _KEPT_MAX:
                places[slip.file] = None
            if slip.gifts and len(gifts) < _KEPT_MAX:
                gifts.append({"order": slip.order, "gifts": list(slip.gifts)})
            if slip.state in {"failed", "void"} and len(attention) < _KEPT_MAX:
                attention.append(line)
            step()
    answer = {"counts": counts, "attention": attention, "files": list(places)}
    return answer | ({"gifts": gifts} if gifts else {})


_AGAIN = "To print a card again: retention pack --again ORDER-NUMBER"
_SAID = {"known": "printed before", "none": "without a card"}


def _show(answer: dict[str, Any]) -> None:
    out = console()
    counts = answer["counts"]
    said = (f"{count} {_SAID.get(state, state)}" for state, count in counts.items() if count)
    out.print(", ".join(said) or "No card waits to be printed; all were printed before.")
    for line in _where(answer):
        out.print(line, soft_wrap=True)
    if gifts := answer.get("gifts", ())[:_SHOWN_MAX]:
        also = [(each["order"], ", ".join(each["gifts"])) for each in gifts]
        out.print(table(("order", "also put in"), also))
    if {state for state, count in counts.items() if count} <= {"known"}:
        out.print(_AGAIN)
    shown = answer["attention"][:_SHOWN_MAX]
    if shown:
        rows = [(each["order"], each["state"], each.get("reason", "")) for each in shown]
        out.print(table(("order", "state", "why"), rows))
    if hidden := len(answer["attention"]) - len(shown):
        out.print(f"and {hidden} more; --json lists them")


def _where(answer: dict[str, Any]) -> Iterator[str]:
    """Say where the files are: each of a few, and the folder of many."""
    files = answer["files"]
    if len(files) <= _FILES_MAX:
        yield from (f"  {file}" for file in files)
    elif all(Path(file).is_absolute() for file in files):
        yield f"  {len(files)} files in {commonpath(files)}"
    if "manifest" in answer:
        yield f"  {answer['manifest']} tells where each card is"


def _exit_code(answer: dict[str, Any]) -> int:
    """Return 6 if a card that should be printed is not, else 0."""
    return 6 if answer["counts"]["failed"] else 0
