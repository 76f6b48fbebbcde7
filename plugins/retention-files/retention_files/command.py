"""``retention x mapping``: a mapping to begin with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from retention_sdk.errors import ConfigError


def mapping(
    file: Annotated[Path, typer.Argument(help="The export: .csv, .tsv or .jsonl, also .gz.")],
    out: Annotated[
        Path | None, typer.Option(help="The file to write; it is printed otherwise.")
    ] = None,
    encoding: Annotated[str, typer.Option(help="Of the export, if it is not UTF-8.")] = "",
) -> int:
    """Propose how the columns of an export become orders."""
    from .draft import draft
    from .text import is_readable

    if encoding and not is_readable(encoding):
        hint = "for example windows-1256, cp932 or utf-16"
        raise ConfigError(f"--encoding: {encoding!r} is not read", hint=hint)
    text = draft(file, encoding=encoding)
    if out is None:
        sys.stdout.write(text + "\n")
        return 0
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(text + "\n")
    except FileExistsError:
        raise ConfigError("is there already; name another with --out", file=str(out)) from None
    then = f"retention import {file} --mapping {out} --check"
    sys.stdout.write(f"wrote {out}: look through it, then `{then}`\n")
    return 0
