"""``retention insert``: one card, without a store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ..app import Retention
from ..consent import explain
from ..errors import ConfigError
from ..inserts.formats import DEFAULT_FORMAT, get_format
from ..inserts.press import press_card
from ..inserts.profiles import DEFAULT_PROFILE, PdfX, get_profile
from ..model import Order
from ..pipeline.printing import PrintedCard
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

_PDFX: dict[str, PdfX | None] = {"": None, "x-4": "x-4", "x-1a": "x-1a"}


@dataclass(frozen=True, slots=True)
class _Wish:
    locale: str | None
    template: str | None
    format: str
    profile: str
    pdfx: PdfX | None
    marks: bool


def command(
    order: Annotated[
        Path | None, typer.Option(help="An order: canonical JSON or CSV, or a platform's own.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Use an invented order.")] = False,
    platform: Annotated[str, typer.Option("--platform", "-p", help="What wrote it.")] = "file",
    template: Annotated[str | None, typer.Option(help="Tried first; consent decides.")] = None,
    locale: Annotated[str | None, typer.Option(help="BCP 47; the order's own otherwise.")] = None,
    format: Annotated[str, typer.Option(help="The size of the card.")] = DEFAULT_FORMAT,  # noqa: A002
    profile: Annotated[str, typer.Option(help="How it will be printed.")] = DEFAULT_PROFILE,
    pdfx: Annotated[str, typer.Option(help="x-4 or x-1a, as the printer asks.")] = "",
    marks: Annotated[bool, typer.Option("--marks", help="Draw marks around the bleed.")] = False,
    out: Annotated[Path, typer.Option(help="Where to write.")] = Path("out"),
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Print one card: PDF with bleed for the press, two PNG to look at."""
    if sample == (order is not None):
        raise ConfigError("name one of --order and --sample", key="insert")
    if pdfx not in _PDFX:
        raise ConfigError(f"{pdfx!r} is none of x-4, x-1a", key="--pdfx")
    shop = _shop(config, is_sample=sample)
    orders = [_sample_order()] if order is None else _orders(shop, platform, order)
    wish = _Wish(locale, template, format, profile, _PDFX[pdfx], marks)
    answers = [_print(shop, each, wish, out) for each in orders]
    emit(answers, as_json=json, human=lambda: _show(answers))


def _shop(config: Path, *, is_sample: bool) -> Retention:
    """A sample needs no settings: where there are none, an invented shop prints it."""
    if is_sample and config == DEFAULT_CONFIG and not config.exists():
        return Retention.offline("Kiln & Leaf", sender="Mira Sand")
    return Retention.from_file(config)


def _sample_order() -> Order:
    from ..testing.builders import an_order

    return an_order("38.90 EUR")


def _orders(shop: Retention, platform: str, file: Path) -> list[Order]:
    if platform == "file":
        return list(shop.adapter_with("file", {"path": str(file)}).fetch_orders())
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(file)) from None
    return list(shop.adapter(platform).load_orders(data))


def _print(shop: Retention, order: Order, wish: _Wish, out: Path) -> dict[str, Any]:
    press = get_profile(wish.profile)
    printed = shop.print_card(order, locale=wish.locale, template=wish.template, format=wish.format)
    card = press_card(
        printed.card,
        profile=press,
        palette=shop.config.brand.palette,
        format=get_format(wish.format),
        created_at=shop.clock(),
        pdfx=wish.pdfx,
        marks=wish.marks,
    )
    out.mkdir(parents=True, exist_ok=True)
    artifacts = (card.pdf, card.front_png, card.back_png)
    files = [out / f"{_stem(order)}-{artifact.name}" for artifact in artifacts]
    for path, artifact in zip(files, artifacts, strict=True):
        path.write_bytes(artifact.data)
    return _answer(order, printed, files)


def _stem(order: Order) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in order.id)[:60]


def _answer(order: Order, printed: PrintedCard, files: list[Path]) -> dict[str, Any]:
    return {
        "order": order.id,
        "template": printed.candidate.template,
        "locale": printed.locale.tag,
        "locale_reason": printed.locale.reason,
        "files": [str(path) for path in files],
        "decisions": [explain(decision) for decision in printed.decisions],
    }


def _show(answers: list[dict[str, Any]]) -> None:
    out = console()
    for answer in answers:
        out.print(
            f"{answer['template']} in {answer['locale']}: {answer['locale_reason']}", markup=False
        )
        for sentence in answer["decisions"]:
            out.print(f"  • {sentence}", markup=False)
        for file in answer["files"]:
            out.print(f"  {file}", markup=False)
