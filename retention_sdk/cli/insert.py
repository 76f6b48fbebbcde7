"""``retention insert``: one card, without a store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ..app import Retention
from ..config import load_config
from ..consent import explain as explain_decision
from ..inserts import Card, RenderedCard, render_card
from ..inserts.formats import CardFormat
from ..inserts.media import MEDIA, draw_as
from ..inserts.media.thermal import DPIS
from ..inserts.press import press_card
from ..inserts.profiles import DEFAULT_PROFILE, PdfX, PressProfile
from ..inserts.samples import NOW, sample_card
from ..model import Artifact, Decision, Formality, Order
from ..pipeline.cards.printing import PrintedCard
from ..pipeline.locale import asked_locale
from .choices import (
    PaperFormat,
    PdfStandard,
    Profile,
    Style,
    check_style,
    one_of,
    pick_format,
    pick_pdfx,
    pick_profile,
    read_input,
    refuse,
    require_file,
)
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

_ENDINGS = frozenset({".pdf", ".png", ".svg", ".txt", ".zpl"})
_MEDIA: dict[str, str] = {name: name for name in ("", *MEDIA)}
_DPIS: dict[str, int] = {str(dpi): dpi for dpi in DPIS}
_FORMALITIES: dict[str, Formality | None] = {
    "": None,
    "formal": "formal",
    "neutral": "neutral",
    "warm": "warm",
}


@dataclass(frozen=True, slots=True)
class _Wish:
    locale: str | None
    template: str | None
    style: str
    formality: Formality | None
    format: CardFormat
    profile: PressProfile
    pdfx: PdfX | None
    marks: bool
    medium: str
    dpi: int


def command(
    order: Annotated[
        Path | None, typer.Option(help="An order: canonical JSON or CSV, or a platform's own.")
    ] = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Use an invented order; with --template any family.")
    ] = False,
    platform: Annotated[str, typer.Option("--platform", "-p", help="What wrote it.")] = "file",
    template: Annotated[str | None, typer.Option(help="Tried first; consent decides.")] = None,
    locale: Annotated[str | None, typer.Option(help="BCP 47; the order's own otherwise.")] = None,
    style: Style = "",
    formality: Annotated[
        str, typer.Option(help="formal, neutral or warm; of a sample with --template.")
    ] = "",
    card_format: PaperFormat = "",
    profile: Profile = DEFAULT_PROFILE,
    pdfx: PdfStandard = "",
    marks: Annotated[bool, typer.Option("--marks", help="Draw marks around the bleed.")] = False,
    medium: Annotated[
        str, typer.Option("--as", help="thermal-png, zpl, text, plotter or svg; PDF otherwise.")
    ] = "",
    dpi: Annotated[int, typer.Option(help="A label printer's resolution.")] = 203,
    out: Annotated[Path, typer.Option(help="A folder, or a file such as card.pdf.")] = Path("out"),
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell every decision with its law.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Print one card: PDF with bleed for the press, two PNG to look at."""
    if sample == (order is not None):
        refuse("--order, --sample", "name one of them")
    shop = _shop(config, style, is_sample=sample)
    wish = _Wish(
        locale,
        template,
        style,
        one_of(formality, _FORMALITIES, option="--formality"),
        pick_format(card_format or shop.config.inserts.format),
        press := pick_profile(profile, shop.config),
        pick_pdfx(pdfx, press),
        marks,
        one_of(medium, _MEDIA, option="--as"),
        one_of(str(dpi), _DPIS, option="--dpi"),
    )
    if sample and template and template not in shop.looks.templates:
        answers = [_print_sample(shop, wish, out)]
    else:
        orders = [_sample_order()] if order is None else _orders(shop, platform, order)
        if len(orders) > 1 and out.suffix in _ENDINGS:
            refuse("--out", f"there are {len(orders)} orders; name a folder")
        answers = [_print(shop, each, wish, out) for each in orders]
    emit(answers, as_json=json, human=lambda: _show(answers, is_explained=explain))


def _shop(config: Path, style: str, *, is_sample: bool) -> Retention:
    """A sample needs no settings: where there are none, an invented shop prints it."""
    is_invented = is_sample and config == DEFAULT_CONFIG and not config.exists()
    offline = Retention.offline("Kiln & Leaf", sender="Mira Sand") if is_invented else None
    settings = offline.config if offline else load_config(config)
    if not style:
        return offline or Retention(settings)
    inserts = settings.inserts.model_copy(update={"style": style})
    shop = Retention(settings.model_copy(update={"inserts": inserts}))
    check_style(style, shop.looks.styles)
    return shop


def _sample_order() -> Order:
    from ..testing.builders import an_order

    return an_order("38.90 EUR")


def _orders(shop: Retention, platform: str, file: Path) -> list[Order]:
    require_file(file)
    if platform == "file":
        return list(shop.adapter_with("file", {"path": str(file)}).fetch_orders())
    return list(shop.adapter(platform).load_orders(read_input(file)))


def _print(shop: Retention, order: Order, wish: _Wish, out: Path) -> dict[str, Any]:
    printed = shop.print_card(
        order, locale=wish.locale, template=wish.template, format=wish.format.name
    )
    stem, now = _stem(order), shop.clock()
    if wish.medium:
        files = _write_as(shop, printed.composed, wish, out, stem=stem, now=now)
    else:
        files = _write(shop, printed.card, wish, out, stem=stem, now=now)
    return _answer(order, printed, files)


def _print_sample(shop: Retention, wish: _Wish, out: Path) -> dict[str, Any]:
    """Print a card of any family, from invented facts: nobody is asked, for nobody gets it."""
    brand, template = shop.config.brand, wish.template or ""
    choice = asked_locale(wish.locale or shop.config.shop.language, brand)
    tone = wish.formality or choice.formality
    style = wish.style or shop.config.inserts.style
    card = sample_card(template, choice.tag, formality=tone, style=style, brand=brand)
    stem = f"sample-{template}"
    if wish.medium:
        files = _write_as(shop, card, wish, out, stem=stem, now=NOW)
    else:
        styles = shop.looks.styles
        rendered = render_card(card, created_at=NOW, format=wish.format.name, styles=styles)
        files = _write(shop, rendered, wish, out, stem=stem, now=NOW)
    return {
        "order": "",
        "template": template,
        "locale": choice.tag,
        "locale_reason": choice.reason,
        "reason": "it is a sample",
        "not_allowed": [],
        "files": [str(path) for path in files],
        "decisions": [],
    }


def _write(
    shop: Retention, card: RenderedCard, wish: _Wish, out: Path, *, stem: str, now: datetime
) -> list[Path]:
    """Finish a card for its press and write it: the PDF, and a picture of both sides."""
    finished = press_card(
        card,
        profile=wish.profile,
        palette=shop.config.brand.palette,
        format=wish.format,
        created_at=now,
        pdfx=wish.pdfx,
        marks=wish.marks,
    )
    return _put((finished.pdf, finished.front_png, finished.back_png), out, stem=stem)


def _write_as(
    shop: Retention, card: Card, wish: _Wish, out: Path, *, stem: str, now: datetime
) -> list[Path]:
    """Draw a card in another medium and write its files."""
    artifacts = draw_as(
        wish.medium,
        card,
        created_at=now,
        format=wish.format.name,
        dpi=wish.dpi,
        template=shop.looks.trusted_template_for(card.template),
        styles=shop.looks.styles,
    )
    return _put(artifacts, out, stem=stem)


def _put(artifacts: Sequence[Artifact], out: Path, *, stem: str) -> list[Path]:
    is_file = out.suffix in _ENDINGS
    folder = out.parent if is_file else out
    folder.mkdir(parents=True, exist_ok=True)
    prefix = out.stem if is_file else f"{stem}-card"
    files = [folder / artifact.name.replace("card", prefix, 1) for artifact in artifacts]
    for path, artifact in zip(files, artifacts, strict=True):
        path.write_bytes(artifact.data)
    return files


def _stem(order: Order) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "-" for char in order.id)[:60]


def _answer(order: Order, printed: PrintedCard, files: list[Path]) -> dict[str, Any]:
    return {
        "order": order.id,
        "template": printed.candidate.template,
        "locale": printed.locale.tag,
        "locale_reason": printed.locale.reason,
        "reason": printed.candidate.reason,
        "not_allowed": [_refusal(each) for each in printed.decisions if not each.allowed],
        "files": [str(path) for path in files],
        "decisions": [explain_decision(decision) for decision in printed.decisions],
    }


def _refusal(decision: Decision) -> str:
    """Name a card that may not lie in the parcel, and the last and narrowest reason."""
    surface, _, rest = decision.candidate_id.partition(":")  # a plugin may name it otherwise
    template = rest.partition(":")[0] or surface
    return f"{template} ({(decision.message_class, *decision.reasons, *decision.vetoes)[-1]})"


def _show(answers: list[dict[str, Any]], *, is_explained: bool) -> None:
    out = console()
    for answer in answers:
        out.print(_sentence(answer))
        for sentence in answer["decisions"] if is_explained else ():
            out.print(f"  • {sentence}")
        for file in answer["files"]:
            out.print(f"  {file}", soft_wrap=True)


def _sentence(answer: dict[str, Any]) -> str:
    """Tell which card in which language, why, and what was tried before and not allowed."""
    said = f"{answer['template']} in {answer['locale']}: {answer['reason']}; "
    said += f"language: {answer['locale_reason']}"
    denied = "; ".join(answer["not_allowed"])
    return f"{said}; not allowed: {denied}" if denied else said
