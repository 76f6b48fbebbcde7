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
from typer.core import TyperGroup

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", help="The settings of the shop.", show_default=True)
]
DEFAULT_CONFIG = Path("retention.toml")
_SHORT = frozenset(
    {"card", "kind", "language", "mail", "placed, UTC", "platform"}
    | {"plugin", "points", "total", "type", "when"}
)
"""Columns whose cells are never divided."""
_NARROW = 12
"""Cells a column of sentences needs at least, to be read."""


def console() -> Console:
    """Return a console that bends to the terminal it runs in, and prints texts as they are."""
    return Console(highlight=False, markup=False)


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
    """Return a light table: no box, one rule below the head. Cells are printed as they are.

    The first column names the row, to be copied: it is divided only if the others have no room.
    """
    cells = [[cell if isinstance(cell, Text) else Text(cell) for cell in row] for row in rows]
    widths = [
        max(cell.cell_len for cell in column)
        for column in zip([Text(heading) for heading in headings], *cells, strict=True)
    ]
    rest = sum(
        width + 2 if heading in _SHORT else min(width, _NARROW) + 2
        for heading, width in zip(headings[1:], widths[1:], strict=True)
    )
    made = Table(box=None, title=title or None, title_justify="left", pad_edge=False)
    for place, heading in enumerate(headings):
        is_whole = heading in _SHORT or (place == 0 and widths[0] + rest <= console().width)
        made.add_column(heading, header_style="bold", overflow="fold", no_wrap=is_whole)
    for row in cells:
        made.add_row(*row)
    return made


class Group(TyperGroup):
    """Commands below a command, listed with whole sentences."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands."""
        names = self.list_commands(ctx)
        rows = [(name, self.commands[name].get_short_help_str(limit=200)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def counted(count: int, what: str) -> str:
    """Return a number with its noun, as ``1 order`` or ``2,000 orders``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


@contextmanager
def progress(label: str, total: int | None, *, is_quiet: bool) -> Any:
    """Show a bar on the error stream while something long runs; yield a function that moves it.

    ``total`` is None where nobody knows how much there is.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    screen = Console(stderr=True)
    is_quiet = is_quiet or not screen.is_terminal  # a log would get an empty line
    bar = Progress(*columns, console=screen, transient=True, disable=is_quiet)
    with bar:
        task = bar.add_task(label, total=total)
        yield lambda: bar.advance(task)
