"""The printing conditions of a shop: the built-in ones, and those of its own printers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import ConfigError, PrintError
from ...inserts.press_settings import PressSettings
from ...inserts.profiles import PROFILES, PressProfile

if TYPE_CHECKING:
    from ...config import Config

_BYTES_MAX = 16 * 1024 * 1024


def presses_of(config: Config) -> dict[str, PressProfile]:
    """Return the printing conditions of a shop's own printers by name.

    Raises:
        ConfigError: as ``read_presses``.
    """
    return read_presses(config.press, path=config.path, file=config.file)


def read_presses(
    tables: Mapping[str, PressSettings], *, path: Callable[[str], Path], file: str
) -> dict[str, PressProfile]:
    """Return the shop's own printing conditions by name. ``path`` finds what a table names.

    Raises:
        ConfigError: a name is taken, or a file is missing or no ICC output profile for CMYK.
    """
    return {name: _read(name, table, path(table.icc), file) for name, table in tables.items()}


def _read(name: str, table: PressSettings, icc: Path, file: str) -> PressProfile:
    from ...inserts.press import own_profile

    if name in PROFILES:
        raise ConfigError(
            f"{name} is built in", file=file, key=f"press.{name}", hint="choose another name"
        )
    key = f"press.{name}.icc"
    try:
        if icc.stat().st_size > _BYTES_MAX:
            raise ConfigError("the file is larger than 16 MB", file=file, key=key)
        data = icc.read_bytes()
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise ConfigError(f"{table.icc}: {reason}", file=file, key=key) from None
    try:
        return own_profile(
            data,
            condition=table.condition,
            name=name,
            title=table.title,
            ink_max=table.ink_max,
            pdfx=table.pdfx,
        )
    except PrintError as error:
        raise ConfigError(
            str(error), file=file, key=key, hint="ask the printer for its CMYK output profile"
        ) from None
