"""``retention consent sign``: a signature under one rule, for the settings of the shop."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from ..consent import SignOff
from ..consent.sign_off import add_sign_off, make_sign_off, write_sign_off
from .choices import read_input, refuse
from .consent_words import read_day, rules_of
from .output import DEFAULT_CONFIG, ConfigFile, Json, emit


def command(
    rule_id: Annotated[str, typer.Argument(help="As `retention consent rules` lists it.")],
    by: Annotated[str, typer.Option(help="Who read the rule and stands for it.")],
    note: Annotated[str, typer.Option(help="What it was checked against.")] = "",
    on: Annotated[str, typer.Option(help="The day it was read, 2026-01-31; today without.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Append it to the settings.")] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Print the lines that sign one rule off, or append them with --write.

    The signature binds to the rule as it stands today, by the hash of its columns: when the rule
    changes, it counts no longer, and `retention doctor` says so.
    """
    rules, day = rules_of(config), read_day(on, option="--on")
    try:
        sign_off = make_sign_off(rule_id, rules=rules, by=by, on=day, note=note)
    except ValidationError:
        refuse("--by", "is a name of 1 to 200 characters; a note has 500 at most")
    lines = write_sign_off(sign_off)
    if write:
        _append(config, sign_off)
    answer = {**sign_off.model_dump(mode="json"), "toml": lines, "written": write}
    emit(answer, as_json=json, human=lambda: _show(lines, config if write else None))


def _append(file: Path, sign_off: SignOff) -> None:
    """Replace the file in one step, so that it is never there by half; it may hold secrets."""
    text = add_sign_off(read_input(file).decode("utf-8"), sign_off)
    target = file.resolve()
    new = target.with_name(f"{target.name}.new")
    new.touch(mode=0o600)
    new.write_text(text, encoding="utf-8")
    new.chmod(stat.S_IMODE(target.stat().st_mode))
    new.replace(target)


def _show(lines: str, file: Path | None) -> None:
    if file is None:
        print("# add to the settings of the shop, or run again with --write")
    print(lines, end="")
    if file is not None:
        print(f"# appended to {file}")
