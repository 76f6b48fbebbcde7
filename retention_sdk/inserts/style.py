"""A style: how cards look, as a folder of Typst files and a table of typography.

Three are built in. A shop copies one (``retention template new``) and changes it; a plugin brings
one with ``registry.style``. What a style does not say is as in ``classic``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import PrintError
from .typography import TypeTable, read_table

DEFAULT_STYLE = "classic"
BUILT_IN_STYLES = ("classic", "handwritten", "editorial")
TABLE_FILE = "style.toml"
# What each style draws in its own way, and what all share unless they replace it.
STYLE_SOURCES = ("front.typ", "back.typ", "ornament.typ")
SHARED_SOURCES = ("card.typ", "emblem.typ", "grid.typ", "parts.typ", "type.typ")

# One name for all styles that are not built in: a new one would stay in the typesetter's memory.
_ELSEWHERE = "style"
_NAME = re.compile(r"[a-z][a-z0-9_\-]{0,39}")
_PACKAGE = re.compile(rb"(import|include)\s*\(?\s*\"@")


@dataclass(frozen=True)
class CardStyle:
    """A look: Typst files by name, and the faces and sizes for each script."""

    name: str
    summary: str
    table: TypeTable
    sources: Mapping[str, bytes] = field(default_factory=dict, hash=False, repr=False)

    @property
    def folder(self) -> str:
        """Where the typesetter finds the files of this style, below its root."""
        return self.name if self.name in BUILT_IN_STYLES else _ELSEWHERE

    @property
    def files(self) -> dict[str, bytes]:
        """The files that are not built in, by path."""
        return {self.path_of(name): source for name, source in self.sources.items()}

    def path_of(self, name: str) -> str:
        """Return the path of a file: its own where each style has one, else the shared one."""
        return f"{self.folder}/{name}" if name in STYLE_SOURCES else name


@cache
def built_in_style(name: str) -> CardStyle:
    """Return a style that is shipped.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    if name not in BUILT_IN_STYLES:
        raise PrintError(f"no card style {name!r}; there are: {', '.join(BUILT_IN_STYLES)}")
    return _read(template_root() / name, name)


def get_style(name: str, others: Mapping[str, CardStyle]) -> CardStyle:
    """Return a style by its name: one of a shop or plugin, else a built-in one.

    Raises:
        PrintError: there is none of that name; the message lists all.
    """
    if name in others:
        return others[name]
    if name not in BUILT_IN_STYLES:
        known = ", ".join((*BUILT_IN_STYLES, *sorted(others)))
        raise PrintError(f"no card style {name!r}; there are: {known}")
    return built_in_style(name)


def read_style(folder: Path) -> CardStyle:
    """Return the style in a folder; the folder's name is its name.

    Raises:
        PrintError: a file is missing, unknown or imports a package, or the table is not right.
    """
    _check_name(folder)
    return _read(folder, folder.name)


def _check_name(folder: Path) -> None:
    if not _NAME.fullmatch(folder.name):
        raise PrintError(f"{folder.name!r} is no name for a style: small letters, digits, - and _")
    if folder.name in BUILT_IN_STYLES:
        raise PrintError(f"{folder}: {folder.name} is built in; give the copy another name")


def read_styles(folder: Path) -> dict[str, CardStyle]:
    """Return all styles of a shop: each folder in this one that holds a ``style.toml``.

    Raises:
        PrintError: one of them is not right.
    """
    tables = sorted(folder.glob(f"*/{TABLE_FILE}"))
    return {path.parent.name: read_style(path.parent) for path in tables}


def copy_style(source: str, folder: Path) -> Path:
    """Write a built-in style into a new folder, to be changed; the folder's name is its name.

    Raises:
        PrintError: there is no such style, the name is no name or taken, or the folder exists.
    """
    if source not in BUILT_IN_STYLES:
        raise PrintError(f"no card style {source!r}; there are: {', '.join(BUILT_IN_STYLES)}")
    _check_name(folder)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise PrintError(f"{folder} exists already; nothing was written") from None
    for name in (TABLE_FILE, *STYLE_SOURCES):
        (folder / name).write_bytes((template_root() / source / name).read_bytes())
    return folder


def read_sources(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return Typst files by name.

    Raises:
        PrintError: one is missing, a link, or imports a package, which the typesetter would
            fetch from the network.
    """
    sources = {}
    for name in names:
        path = folder / name
        if path.is_symlink() or not path.is_file():
            raise PrintError(f"{path}: there is no such file; copy it from a built-in style")
        sources[name] = path.read_bytes()
        if _PACKAGE.search(sources[name]):
            raise PrintError(f"{name} imports a package; templates stand alone")
    return sources


def _read(folder: Path, name: str) -> CardStyle:
    raw = _table(folder / TABLE_FILE)
    is_built_in = name in BUILT_IN_STYLES
    base = None if name == DEFAULT_STYLE else built_in_style(DEFAULT_STYLE).table
    replaced = tuple(each for each in SHARED_SOURCES if (folder / each).exists())
    return CardStyle(
        name=name,
        summary=str(raw.get("summary", "")),
        table=read_table(raw.get("type", {}), base=base, where=f"{name}/{TABLE_FILE}"),
        sources={} if is_built_in else read_sources(folder, (*STYLE_SOURCES, *replaced)),
    )


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise PrintError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PrintError(f"{path}: {error}") from None


def template_root() -> Path:
    """Return the folder of all built-in Typst files: the root that the typesetter may read."""
    return Path(__file__).with_name("templates")
