"""Find the font files. Only packages bring faces; the fonts of the system are never used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ..errors import MissingFont
from .typography import CJK_FAMILIES, CJK_PACKAGE, CORE_PACKAGE, Face

ENTRY_POINT_GROUP = "retention_sdk_fonts"

# OpenType name table: typographic family, then the family of the four-style model.
_FAMILY_NAMES = (16, 1)
_STYLE_NAMES = (17, 2)
# Without a typographic family, the weight is part of the name.
_WEIGHT = re.compile(r" (Thin|ExtraLight|Light|Medium|SemiBold|Bold|ExtraBold|Black)$")


class FontFile(NamedTuple):
    """A file of a family. ``weight`` is that of OS/2; a variable face has it unless told else."""

    path: Path
    weight: int = 400
    is_italic: bool = False


@dataclass(frozen=True)
class FontLibrary:
    """Installed faces: folders for the typesetter, the files of each family for shaping."""

    directories: tuple[Path, ...]
    files: Mapping[str, tuple[FontFile, ...]] = field(hash=False)

    @cached_property
    def families(self) -> frozenset[str]:
        """Names of all families that have a file."""
        return frozenset(self.files)

    def file_for(self, family: str, *, is_italic: bool = False, weight: int = 400) -> Path | None:
        """Return the file of a family that the typesetter takes: its style, then its weight.

        Widths of another weight would be wrong, so that a text is set too small or does not fit.
        """

        def distance(file: FontFile) -> tuple[bool, int]:
            return file.is_italic != is_italic, abs(file.weight - weight)

        return min(self.files[family], key=distance).path if family in self.files else None

    def files_of(self, face: Face) -> tuple[Path, ...]:
        """Return the files that set a role, in the order of trying.

        Raises:
            MissingFont: the face itself is not installed.
        """
        is_italic = face.style == "italic"
        found = (
            self.file_for(family, is_italic=is_italic, weight=face.weight)
            for family in self.chain(face)
        )
        return tuple(path for path in found if path)

    def chain(self, face: Face) -> tuple[str, ...]:
        """Return the installed families that set a role, in the order of trying.

        Raises:
            MissingFont: the face itself is not installed.
        """
        self.require(face.family)
        return tuple(family for family in face.families if family in self.families)

    def covers(self, family: str, text: str) -> bool:
        """Tell whether a family has a letter for every visible character of a text."""
        path = self.file_for(family)
        return path is not None and {c for c in text if not is_unseen(c)} <= _letters_of(path)

    def needed(self, face: Face, letters: frozenset[str]) -> tuple[str, ...]:
        """Return the families of a chain that set some of the letters; the first in any case.

        Raises:
            MissingFont: the face itself is not installed.
        """
        first, *others = self.chain(face)
        left = letters - self._letters(first)
        found = [first]
        for family in others:
            if not left:
                break
            has = self._letters(family)
            if left & has:
                found.append(family)
                left -= has
        return tuple(found)

    def _letters(self, family: str) -> frozenset[str]:
        path = self.file_for(family)
        return _letters_of(path) if path else frozenset()

    def require(self, family: str) -> None:
        """Refuse to go on without a family.

        Raises:
            MissingFont: with the pip command that brings it.
        """
        if family not in self.families:
            package = CJK_PACKAGE if family in CJK_FAMILIES else CORE_PACKAGE
            raise MissingFont(f"the face {family} is not installed: pip install {package}")


@cache
def load_fonts() -> FontLibrary:
    """Return the faces of all installed font packages, read once per process.

    Raises:
        MissingFont: no font package is installed.
    """
    from importlib.metadata import entry_points

    offers = sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name)
    return read_library(Path(point.load()()) for point in offers)


def read_library(directories: Iterable[Path]) -> FontLibrary:
    """Return the faces in some folders; of the same face twice, the first folder's counts.

    Raises:
        MissingFont: there is not a single face.
    """
    folders = tuple(directories)
    files: dict[str, dict[tuple[bool, int], FontFile]] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.[ot]tf")):
            family, file = _read_file(path)
            files.setdefault(family, {}).setdefault((file.is_italic, file.weight), file)
    if not files:
        raise MissingFont(f"no face is installed: pip install {CORE_PACKAGE}")
    found = {family: tuple(each.values()) for family, each in files.items()}
    return FontLibrary(folders, MappingProxyType(found))


@cache
def _letters_of(path: Path) -> frozenset[str]:
    """Return the characters that a file maps to glyphs."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    return frozenset(map(chr, face.unicodes))


def is_unseen(char: str) -> bool:
    """Tell whether a character is a space or a control, which no face has to have."""
    return unicodedata.category(char) in {"Cf", "Cc", "Zs", "Zl", "Zp"}


def _read_file(path: Path) -> tuple[str, FontFile]:
    """Return the family of a file, and its place in it."""
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)))
    family = _first_name(face, _FAMILY_NAMES)
    style = _first_name(face, _STYLE_NAMES)
    weight = uharfbuzz.Font(face).get_style_value(uharfbuzz.StyleTag.WEIGHT)
    return _WEIGHT.sub("", family), FontFile(path, round(weight), "Italic" in style)


def _first_name(face: Any, identifiers: tuple[int, ...]) -> str:
    names = (face.get_name(number) for number in identifiers)
    return next((str(name) for name in names if name), "")
