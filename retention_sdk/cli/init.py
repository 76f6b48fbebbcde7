"""``retention init``: the first files of a shop."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from secrets import token_hex
from typing import Annotated

import typer

from ..errors import ConfigError
from .output import Json, console, emit

_TEMPLATES = files("retention_sdk.cli") / "templates"


def command(
    directory: Annotated[Path, typer.Argument(help="Where to write.")] = Path(),
    name: Annotated[str, typer.Option(help="The shop's name.")] = "My Shop",
    country: Annotated[str, typer.Option(help="Where the shop sits, ISO 3166.")] = "DE",
    currency: Annotated[str, typer.Option(help="Its currency, ISO 4217.")] = "EUR",
    language: Annotated[str, typer.Option(help="Its language, BCP 47.")] = "en",
    email: Annotated[str, typer.Option(help="Where the shop's mail comes from.")] = "",
    json: Json = False,
) -> None:
    """Write retention.toml, brand.toml and a key. Nothing that exists is touched."""
    values = {
        "name": name,
        "id": _slug(name),
        "country": country.upper(),
        "currency": currency.upper(),
        "language": language,
        "email": email,
        "contact": "" if email else "# ",
        "contact_email": email or "hello@shop.example",
    }
    planned = {file: _fill(file, values) for file in ("retention.toml", "brand.toml")}
    planned["retention.key"] = token_hex(32) + "\n"
    if existing := sorted(file for file in planned if (directory / file).exists()):
        hint = "move it away, or choose another directory"
        raise ConfigError("exists already", file=str(directory / existing[0]), hint=hint)
    directory.mkdir(parents=True, exist_ok=True)
    for file, text in planned.items():
        _write(directory / file, text, is_secret=file.endswith(".key"))
    answer = {"written": [str(directory / file) for file in planned]}
    emit(answer, as_json=json, human=lambda: _tell(directory, planned))


def _slug(name: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower())
    return "-".join(filter(None, kept.split("-"))) or "shop"


def _fill(file: str, values: dict[str, str]) -> str:
    text = (_TEMPLATES / file).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value.replace("\\", "\\\\").replace('"', '\\"'))
    return text


def _write(path: Path, text: str, *, is_secret: bool) -> None:
    mode = 0o600 if is_secret else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


def _tell(directory: Path, planned: dict[str, str]) -> None:
    out = console()
    for file in planned:
        out.print(f"wrote {directory / file}")
    out.print("Keep retention.key secret and backed up: without it, personal data cannot be read.")
    out.print("Next: retention doctor, then retention insert --sample")
