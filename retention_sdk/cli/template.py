"""``retention template``: copy a style of cards to change it, and draw samples of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer

from ..errors import PrintError
from ..inserts.families import FAMILIES
from ..inserts.formats import DEFAULT_FORMAT, get_format
from ..inserts.style import BUILT_IN_STYLES, CardStyle, copy_style, read_style
from .output import Json, console, emit, table

Action = Literal["new", "check", "list"]
# Fixed, so that two runs over the same style write the same files.
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_LANGUAGES = (
    "en", "ru", "el", "hy", "he", "ar", "fa", "hi", "th", "ja", "ko", "zh-Hans", "zh-Hant",
)  # fmt: skip
_FAMILIES = ("thank_you", "birthday", "care_guide", "gift_message")


class _Sample(NamedTuple):
    """One card that was tried: what it is, where it lies, or what is wrong with it."""

    template: str
    language: str
    file: str
    problem: str


def command(
    action: Annotated[Action, typer.Argument(help="What to do.")],
    name: Annotated[str, typer.Argument(help="New: its name. Check: its folder.")] = "",
    source: Annotated[str, typer.Option("--from", help="New: the style to copy.")] = "classic",
    directory: Annotated[Path, typer.Option(help="New: where to write the folder.")] = Path(
        "styles"
    ),
    out: Annotated[Path, typer.Option(help="Check: where to write the samples.")] = Path("samples"),
    language: Annotated[
        list[str] | None, typer.Option(help="Check: one of thirteen by itself; may be repeated.")
    ] = None,
    template: Annotated[
        list[str] | None, typer.Option(help="Check: a family of cards; may be repeated.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="Check: the paper size.")] = (
        DEFAULT_FORMAT
    ),
    json: Json = False,
) -> int:
    """Copy a style into a folder (new), draw it in all scripts (check), or list what there is.

    check: every sample is a picture of both sides; exit 1 if one cannot be printed.
    """
    if action == "list":
        return _list(as_json=json)
    if not name:
        raise typer.BadParameter(f"`retention template {action}` needs a name", param_hint="NAME")
    if action == "new":
        return _new(name, source, directory, as_json=json)
    style = read_style(Path(name))
    wanted = tuple(template or _FAMILIES), tuple(language or _LANGUAGES)
    return _check(style, *wanted, paper=get_format(format_).name, out=out, as_json=json)


def _list(*, as_json: bool) -> int:
    from ..inserts.style import built_in_style

    styles = {name: built_in_style(name).summary for name in BUILT_IN_STYLES}
    emit(
        {"styles": styles, "families": list(FAMILIES)},
        as_json=as_json,
        human=lambda: console().print(table(("style", "what it looks like"), styles.items())),
    )
    return 0


def _new(name: str, source: str, directory: Path, *, as_json: bool) -> int:
    folder = copy_style(source, directory / name)
    emit({"written": str(folder)}, as_json=as_json, human=lambda: _tell_new(folder))
    return 0


def _tell_new(folder: Path) -> None:
    out = console()
    out.print(f"wrote {folder}")
    out.print(
        "style.toml holds faces and sizes, front.typ and back.typ the layout.\n"
        f"Next: retention template check {folder}",
    )


def _check(
    style: CardStyle,
    templates: tuple[str, ...],
    languages: tuple[str, ...],
    *,
    paper: str,
    out: Path,
    as_json: bool,
) -> int:
    out.mkdir(parents=True, exist_ok=True)
    samples = list(_drawn(style, templates, languages, paper, out))
    answer = {"style": style.name, "samples": [each._asdict() for each in samples]}
    emit(answer, as_json=as_json, human=lambda: _tell_samples(style, samples, out))
    return 1 if any(each.problem for each in samples) else 0


def _drawn(
    style: CardStyle, templates: tuple[str, ...], languages: tuple[str, ...], paper: str, out: Path
) -> Iterator[_Sample]:
    from ..inserts import render_card
    from ..inserts.samples import sample_card

    for template in templates:
        for language in languages:
            try:
                card = sample_card(template, language, style=style.name)
                drawn = render_card(card, created_at=_NOW, styles={style.name: style}, format=paper)
            except PrintError as error:
                yield _Sample(template, language, "", str(error))
                continue
            stem = out / f"{style.name}-{template}-{language}"
            for side, artifact in (("front", drawn.front_png), ("back", drawn.back_png)):
                stem.with_name(f"{stem.name}-{side}.png").write_bytes(artifact.data)
            yield _Sample(template, language, str(stem), "")


def _tell_samples(style: CardStyle, samples: list[_Sample], out: Path) -> None:
    screen = console()
    bad = [each for each in samples if each.problem]
    screen.print(f"{style.name}: {len(samples) - len(bad)} samples in {out}")
    if bad:
        rows = ((each.template, each.language, each.problem) for each in bad)
        screen.print(table(("template", "language", "what is wrong"), rows))
