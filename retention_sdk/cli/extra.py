"""``retention x``: commands that plugins bring."""

from __future__ import annotations

from typing import Annotated

import typer

from ..hooks.manager import load
from .output import console, table


def command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The command; leave out for a list.")] = "",
) -> int:
    """Run a plugin's command, with all further arguments."""
    shelf = load().shelves.commands
    if not name:
        rows = [(offer.name, offer.owner, offer.summary) for offer in shelf.values()]
        console().print(table(("command", "plugin", "what it does"), rows))
        return 0
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command()(shelf[name].load())
    result = typer.main.get_command(app)(
        context.args, prog_name=f"retention x {name}", standalone_mode=False
    )
    return result if isinstance(result, int) else 0
