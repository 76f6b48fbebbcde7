"""``retention new-adapter``: the package of a new platform adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..testing.scaffold import write_adapter_package
from .output import Json, console, emit


def command(
    slug: Annotated[str, typer.Argument(help="The platform's name: lower case, one word.")],
    directory: Annotated[Path, typer.Option(help="Where to write the package.")] = Path(),
    json: Json = False,
) -> None:
    """Write a package that works, with a test that runs the conformance kit."""
    package = write_adapter_package(slug, directory)
    emit({"written": str(package)}, as_json=json, human=lambda: _tell(package))


def _tell(package: Path) -> None:
    out = console()
    out.print(f"wrote {package}", markup=False)
    out.print(f"Next: pip install -e {package} && pytest {package}", markup=False)
