"""Mappings that are there already, and how one is read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as Table
from importlib.resources import files
from pathlib import Path
from typing import Any

from retention_sdk.errors import ConfigError
from retention_sdk.settings_file import read_toml, validate

from .mapping import NEEDED, Mapping

_FOLDER = files(__package__) / "data"
_INLINE = Path("retention.toml")


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets."""
    names = (entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def read_mapping(given: str | Table[str, Any]) -> Mapping:
    """Return the mapping that a setting gives: a TOML file, a preset by name, or a table.

    Raises:
        ConfigError: it is missing or wrong; file and key say where.
    """
    if isinstance(given, str) and given in preset_names():
        return _validated({"preset": given}, Path(f"preset {given}"), "")
    if isinstance(given, str):
        path = Path(given)
        if path.suffix.lower() != ".toml":
            known = ", ".join(preset_names())
            hint = f"name a .toml file, or one of {known}"
            raise ConfigError("there is no such mapping", key="platforms.files.mapping", hint=hint)
        return _validated(dict(read_toml(path)), path, "")
    return _validated(dict(given), _INLINE, "platforms.files.mapping")


def _validated(own: dict[str, Any], path: Path, prefix: str) -> Mapping:
    if name := own.get("preset"):
        if name not in preset_names():
            hint = f"there are {', '.join(preset_names())}"
            raise ConfigError("there is no such preset", file=str(path), key="preset", hint=hint)
        own = _above(preset_table(name), own)
    return validate(Mapping, own, path, prefix=prefix)


def preset_table(name: str) -> dict[str, Any]:
    """Return a preset as it stands, with every column as a table of its own."""
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    columns = {field: _optional(field, column) for field, column in table["columns"].items()}
    return {**table, "columns": columns}


def _optional(field: str, column: object) -> dict[str, Any]:
    """Return a preset's column as a table; people leave columns out when they export."""
    named = column if isinstance(column, dict) else {"column": column}
    names = named.get("column", [])
    names = [names] if isinstance(names, str) else names
    return {**named, "column": names, "is_optional": field not in NEEDED}


def _above(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a preset's settings with those of a shop above them, column by column."""
    columns = own.get("columns", {})
    both = {**base["columns"], **columns} if isinstance(columns, dict) else columns
    return {**base, **own, "columns": both}
