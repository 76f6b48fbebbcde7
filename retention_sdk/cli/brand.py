"""``retention brand``: look the brand over, or draft it from a shop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from ..app import Retention
from ..brand import load_brand
from ..brand.check import BrandFinding, check_brand
from ..brand.draft import draft_brand
from ..config import load_config
from ..errors import ConfigError
from ..model import Brand, Shop
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit, table

Action = Literal["check", "draft"]
_COLOURS = {"error": "red", "warning": "yellow", "note": ""}


def command(
    action: Annotated[Action, typer.Argument(metavar="check|draft", help="What to do.")],
    file: Annotated[
        Path | None, typer.Option("--brand", help="A brand file; the shop's own without.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Check: a language the shop sells in; may be repeated.")
    ] = None,
    platform: Annotated[
        str | None, typer.Option("--platform", "-p", help="Draft: who knows the shop.")
    ] = None,
    sender: Annotated[str, typer.Option(help="Draft: who signs.")] = "",
    out: Annotated[Path, typer.Option(help="Draft: the file to write.")] = Path("brand.toml"),
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Check a brand (exit 1 on an error), or write a first brand.toml from a platform's profile.

    check: contrast, drawings, resolution, ink limits, faces and the brand's own words in every
    language, who sells and how to reach them. draft: nothing that exists is touched.
    """
    if action == "draft":
        return _draft(config, platform, sender, out, as_json=json)
    return _check(config, file, language or (), as_json=json)


def _check(config: Path, file: Path | None, languages: Sequence[str], *, as_json: bool) -> int:
    from ..inserts.fonts import load_fonts

    brand, shop = _brand(config, file)
    tags = tuple(languages) or _languages(brand, shop)
    findings = check_brand(brand, tags, fonts=load_fonts(), shop=shop)
    answer = {"languages": tags, "findings": [each.model_dump() for each in findings]}
    emit(answer, as_json=as_json, human=lambda: _show(brand, tags, findings))
    return 1 if any(each.severity == "error" for each in findings) else 0


def _brand(config: Path, file: Path | None) -> tuple[Brand, Shop | None]:
    if file is not None:
        return load_brand(file), None
    loaded = load_config(config)
    return loaded.brand, loaded.shop


def _languages(brand: Brand, shop: Shop | None) -> tuple[str, ...]:
    """The languages that the brand has words in, and the shop's own; English if there is none."""
    tables = (brand.tagline, brand.purpose, brand.story, brand.legal_footer, brand.formality)
    own = [shop.language.replace("_", "-")] if shop else []
    return tuple(dict.fromkeys([*own, *(tag for texts in tables for tag in texts)])) or ("en",)


def _show(brand: Brand, tags: Sequence[str], findings: Sequence[BrandFinding]) -> None:
    out = console()
    rows = [
        (Text(each.severity, _COLOURS[each.severity]), each.key, _sentence(each))
        for each in findings
    ]
    if rows:
        out.print(table(("", "where", "finding"), rows))
    errors = sum(each.severity == "error" for each in findings)
    verdict = f"{errors} to mend before printing" if errors else "ready to print"
    out.print(f"{brand.name} in {', '.join(tags)}: {verdict}")


def _sentence(finding: BrandFinding) -> str:
    return f"{finding.message}: {finding.hint}" if finding.hint else finding.message


def _draft(config: Path, platform: str | None, sender: str, out: Path, *, as_json: bool) -> int:
    if out.exists():
        hint = "move it away, or name another file with --out"
        raise ConfigError("exists already", file=str(out), hint=hint)
    text = draft_brand(_profile(config, platform), sender=sender)
    out.write_text(text, encoding="utf-8")
    emit({"written": str(out)}, as_json=as_json, human=lambda: _tell(out))
    return 0


def _profile(config: Path, platform: str | None) -> Shop:
    """What the platform says of the shop; without one, what retention.toml says."""
    shop = Retention.from_file(config)
    return shop.adapter(platform).fetch_shop() if platform else shop.config.shop


def _tell(out: Path) -> None:
    console().print(f"wrote {out}")
    console().print("Next: fill in what stands behind #, then retention brand check")
