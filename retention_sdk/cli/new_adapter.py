"""``retention new-adapter``: the package of a new platform adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..testing.scaffold import SIGNATURES, write_adapter_package
from .output import Json, console, emit

_SIGNATURES = ", ".join(SIGNATURES[:-1]) + f"; {SIGNATURES[-1]} for no webhooks"


def command(
    slug: Annotated[str, typer.Argument(help="The platform's name: lower case, one word.")],
    directory: Annotated[Path, typer.Option(help="Where to write the package.")] = Path(),
    title: Annotated[str, typer.Option(help="The platform's name as people write it.")] = "",
    signature: Annotated[
        str, typer.Option(help=f"How its webhooks are proved to be its own: {_SIGNATURES}.")
    ] = SIGNATURES[0],
    api: Annotated[bool, typer.Option("--api", help="It also lists orders over an API.")] = False,
    json: Json = False,
) -> None:
    """Write a package that works, with tests that run the kit and say what is left to do."""
    package = write_adapter_package(slug, directory, title=title, signature=signature, has_api=api)
    emit({"written": str(package)}, as_json=json, human=lambda: _tell(package))


def _tell(package: Path) -> None:
    out = console()
    out.print(f"wrote {package}")
    out.print(f"Next: pip install -e {package} && pytest {package}")
    out.print("It is red at first; README.md says what is left, under From here.")
