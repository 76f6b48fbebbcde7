"""How commands speak: tables and colours for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", help="The settings of the shop.", show_default=True)
]
DEFAULT_CONFIG = Path("retention.toml")
_SHORT = frozenset(
    {"platform", "card", "mail", "state", "language", "points", "kind", "plugin", "type"}
)


def console() -> Console:
    """Return a console that bends to the terminal it runs in."""
    return Console(highlight=False)


def emit(answer: Any, *, as_json: bool, human: Callable[[], None]) -> None:
    """Print the answer as JSON, or let ``human`` print it."""
    if as_json:
        json.dump(answer, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        human()


def table(
    headings: Sequence[str], rows: Iterable[Sequence[str | Text]], *, title: str = ""
) -> Table:
    """Return a light table: no box, one rule below the head. Cells are printed as they are."""
    made = Table(box=None, title=title or None, title_justify="left", pad_edge=False)
    for heading in headings:
        is_short = heading in _SHORT
        made.add_column(heading, header_style="bold", overflow="fold", no_wrap=is_short)
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in row))
    return made


@contextmanager
def progress(label: str, total: int | None, *, is_quiet: bool) -> Any:
    """Show a bar on the error stream while something long runs; yield a function that moves it.

    ``total`` is None where nobody knows how much there is.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True, disable=is_quiet)
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
