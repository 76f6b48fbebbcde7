"""Compile ``locales/*/messages.po`` and ``locale.toml`` to the JSON that is read at run time.

    python -m retention_sdk.l10n.compile            # write locales/*/messages.json
    python -m retention_sdk.l10n.compile --check    # write nothing; exit 1 if one is outdated

The JSON is committed, so that neither a checkout nor a wheel needs a build step.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import MessageError
from .messageformat import parse
from .po import read_po
from .resources import CATALOGUE_FILE, locales_root

if TYPE_CHECKING:
    from collections.abc import Sequence


def compile_locale(folder: Path) -> dict[str, Any]:
    """Return one locale's compiled catalogue; fuzzy and empty texts are left out.

    Raises:
        MessageError: a text does not parse; the message names file and entry.
    """
    path = folder / "messages.po"
    messages: dict[str, Any] = {}
    states: dict[str, list[str]] = {}
    for entry in read_po(path):
        if entry.is_fuzzy or not entry.text:
            continue
        if entry.context in messages:
            raise MessageError(f"{path}: {entry.context} stands twice")
        try:
            messages[entry.context] = parse(entry.text)
        except MessageError as error:
            raise MessageError(f"{path}: {entry.context}: {error}") from error
        states.setdefault(entry.state, []).append(entry.context)
    profile = tomllib.loads((folder / "locale.toml").read_text("utf-8"))
    return {"profile": profile, "messages": messages, "states": states}


def dump(catalogue: dict[str, Any]) -> str:
    """Return the JSON of a compiled catalogue, one message a line so that changes show."""
    messages = ",\n".join(
        f"{_json(context)}:{_json(nodes)}" for context, nodes in catalogue["messages"].items()
    )
    return (
        f'{{"profile":{_json(catalogue["profile"])},\n"states":{_json(catalogue["states"])},\n'
        f'"messages":{{\n{messages}\n}}}}\n'
    )


def main(arguments: Sequence[str]) -> int:
    """Compile every locale, or check that all are compiled. Returns the exit code."""
    outdated = 0
    for path in sorted(locales_root().glob("*/messages.po")):
        target, text = path.parent / CATALOGUE_FILE, dump(compile_locale(path.parent))
        if target.is_file() and target.read_text("utf-8") == text:
            continue
        outdated += 1
        if "--check" in arguments:
            sys.stderr.write(f"{target} is outdated: run python -m retention_sdk.l10n.compile\n")
        else:
            target.write_text(text, "utf-8")
    return 1 if outdated and "--check" in arguments else 0


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
