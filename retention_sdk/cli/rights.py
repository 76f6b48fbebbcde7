"""``retention rights``: what people ask about their data, until when, and what was done."""

from __future__ import annotations

import typer

from . import rights_act, rights_show

HELP = "Requests of people: deadlines, exports, corrections, erasure. Each takes --json."


def add_commands(app: typer.Typer) -> None:
    """Add the sub-commands."""
    app.command("open")(rights_act.open_request)
    app.command("list")(rights_show.list_requests)
    app.command("show")(rights_show.show)
    app.command("advance")(rights_act.advance)
    app.command("export")(rights_act.export)
    app.command("rectify")(rights_act.rectify)
    app.command("erase")(rights_act.erase)
