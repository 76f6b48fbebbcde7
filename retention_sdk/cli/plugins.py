"""``retention plugins``: what is installed, and what is wrong with it."""

from __future__ import annotations

from typing import Any

from ..hooks.manager import Plugins, load
from .output import Json, console, emit, table


def command(json: Json = False) -> int:
    """List plugins and what they offer; exit 4 if one is broken."""
    plugins = load()
    emit(_answer(plugins), as_json=json, human=lambda: _show(plugins))
    return 4 if plugins.problems else 0


def _answer(plugins: Plugins) -> dict[str, Any]:
    shelves = {kind: getattr(plugins.shelves, kind) for kind in plugins.shelves.__slots__}
    return {
        "plugins": list(plugins.names),
        "blocked": plugins.blocked,
        "problems": [str(problem) for problem in plugins.problems],
        "offers": {
            kind: {name: {"owner": o.owner, "summary": o.summary} for name, o in shelf.items()}
            for kind, shelf in shelves.items()
        },
    }


def _show(plugins: Plugins) -> None:
    out = console()
    rows = [
        (name, kind.removesuffix("s"), offer.owner, offer.summary)
        for kind in plugins.shelves.__slots__
        for name, offer in getattr(plugins.shelves, kind).items()
    ]
    out.print(table(("name", "kind", "plugin", "what it is"), rows))
    for name in plugins.blocked:
        out.print(f"blocked: {name}", style="dim")
    for problem in plugins.problems:
        out.print(f"problem: {problem}", style="red")
